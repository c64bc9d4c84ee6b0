"""Which of the first rows of a table is its header: one row, or two or three that say a header together.

In several rows stand words that were wrapped (`TANGGAL` over `LAHIR`) and groups (`NOMOR` over `KK` and `NIK`). A row
that is a header by itself is never spoilt by what stands above it, a title, or below, the first person. How rows are
found and what is in a cell are the business of each format.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import zip_longest

from pipeline.extracts.grids.grid import LONG_NUMBER, TITLE_CELLS, WHOLE_NUMBER
from pipeline.extracts.grids.lists import as_revised, lists_beside
from schemas.extracts import fold_header, known_headers, recognise, unexplained_header, unread_headers

HEADER_WITHIN = 10
# Below a letterhead, where nothing above looks like a header.
BELOW_LETTERHEAD = 30
MOST_ROWS = 3
# So many words that are completed by the row below outweigh one that it spoils.
_MANY = 4
# Behind a header, as in the sheets of BDT 2015; nothing that tells somebody apart stands before it.
_WITH_COLUMN_NUMBER = r"(?:\D|(?<!\d)\d{1,3}(?!\d))*\(\d{1,3}\)"
# Of a NIK or KK number.
_DIGITS = 16
# A row with fewer known headers than this share of the fullest one is a title; from there on, the first is the header.
_LIKE_THE_FULLEST = 0.5
_FILLED_AS = 0.8


@dataclass(frozen=True)
class Heading:
    """A header: its cells, the places of its first and last row, and its rows as written where they are several."""

    cells: list[str]
    first: int
    last: int
    lines: tuple[list[str], ...] = ()


def likeness(cells: Sequence[str]) -> int:
    """How many cells of a row are known headers, by which a header is told from whatever else stands in a table."""
    return sum(map(_is_header, cells))


@lru_cache(maxsize=10_000)
def _is_header(text: str) -> bool:
    return not known_headers().isdisjoint({fold_header(text), unexplained_header(text)})


def find_heading(rows: Sequence[list[str]], below: Sequence[int] | None = None) -> Heading:
    """The first row that is about as much of a header as any; several where only together they are that of something.

    Args:
        rows: the first rows of a table, at least one.
        below: for each row the place of the one below, as rows may begin within others; the next unless given.
    """
    below = below or range(1, len(rows) + 1)
    alone = [Heading(cells, place, place) for place, cells in enumerate(rows)]
    several: list[Heading] = []
    lower = alone
    for _ in range(MOST_ROWS - 1):
        begin = {heading.first: heading for heading in lower}
        lower = [
            _over(alone[place], begin[under])
            for place, under in enumerate(below)
            if under in begin and _may_stand_over(rows[place], begin[under].cells)
        ]
        # What adds no header and holds none is a remark below the header.
        lower = [heading for heading in lower if _adds_headers(heading)]
        several += lower
    whole = [heading for heading in (*several, *alone) if _is_whole(heading.cells)]
    found = _above_rows(whole, rows) or alone
    fullest = max(likeness(heading.cells) for heading in found)
    like = [heading for heading in found if likeness(heading.cells) >= _LIKE_THE_FULLEST * fullest]
    return min(like, key=lambda heading: (heading.first, -likeness(heading.cells)))


def is_worded(heading: Heading) -> bool:
    """Whether a header names columns at all, so that none need be looked for further down."""
    return likeness(heading.cells) > 1


def rows_above(rows: Sequence[list[str]], header: Sequence[str]) -> list[int]:
    """Places of those of the lines above a header that are rows of data: wider than titles, one with a whole number.

    Targets have no such number: where none is told, a row is filled as the header is, and mostly with numbers.
    """
    wide = [place for place, cells in enumerate(rows) if sum(map(bool, cells)) > TITLE_CELLS]
    if any(re.search(WHOLE_NUMBER, text) for place in wide for text in rows[place]):
        return wide
    return [place for place in wide if _is_filled_as(rows[place], header)]


def _is_filled_as(cells: Sequence[str], header: Sequence[str]) -> bool:
    filled = [text for text in cells if text]
    numbers = [text for text in filled if re.search(r"\d", text)]
    long = any(re.search(LONG_NUMBER, re.sub("[.,]", "", text)) for text in numbers)
    alike = len(filled) >= _FILLED_AS * sum(map(bool, header))
    return alike and long and 2 * len(numbers) > len(filled) and not likeness(cells)


def _above_rows(found: list[Heading], rows: Sequence[list[str]]) -> list[Heading]:
    """Those of the headers that stand above the rows of the first one: a fuller one below is that of another table."""
    first = min((heading.last for heading in found), default=len(rows))
    row = next((place for place in range(first + 1, len(rows)) if any(map(is_whole_number, rows[place]))), len(rows))
    return [heading for heading in found if heading.first < row]


def _over(upper: Heading, lower: Heading) -> Heading:
    lines = (upper.cells, *(lower.lines or (lower.cells,)))
    return Heading(_together(upper.cells, lower.cells), upper.first, lower.last, lines)


def _may_stand_over(upper: list[str], lower: list[str]) -> bool:
    """Whether a row and what stands below may be a header together; one that is whole is so only for what it lacks."""
    if any(map(_is_number, [*upper, *lower])):
        return False
    above_whole, below_whole = _is_whole(upper), _is_whole(lower)
    if above_whole and (below_whole or not _only_completes(lower, upper)):
        return False
    return not below_whole or _belongs_above(upper, lower)


def _adds_headers(heading: Heading) -> bool:
    return likeness(heading.lines[-1]) > 0 or likeness(heading.cells) > likeness(heading.lines[0])


def _is_whole(cells: list[str]) -> bool:
    """Whether a row has all the headers of some kind of file; a row that tells somebody's number has none."""
    # Of the first rows most are somebody's, whose cells are known at a glance and are each compared with no header.
    return (
        not any(map(is_whole_number, cells))
        and likeness(cells) > 0
        and bool(recognise(cells) or lists_beside(cells) or as_revised(cells))
    )


def is_whole_number(text: str) -> bool:
    """Whether a cell is a NIK or the like and nothing else."""
    return len(text) == _DIGITS and text.isdigit()


@lru_cache(maxsize=10_000)
def _is_number(text: str) -> bool:
    """Whether a cell is mostly digits, as in a row of data or of column numbers, and no header with its number."""
    digits = len(re.findall(r"\d", text))
    return 2 * digits > len(re.sub(r"\s", "", text)) and not re.fullmatch(_WITH_COLUMN_NUMBER, text)


def _only_completes(lower: list[str], upper: list[str]) -> bool:
    """Whether headers stand under groups and half words only; a person has something under the headers themselves.

    NAMA is a header itself, and half of NAMA IBU KANDUNG. Where many words are completed one may be mistyped; what
    explains a header, in brackets say, completes none.
    """
    under = [
        (above, f"{above} {below}")
        for place, (above, below) in enumerate(zip(upper, lower, strict=False))
        if above and below and not _is_group(upper, lower, place)
    ]
    completed = sum(likeness([both]) for above, both in under if unexplained_header(both) != unexplained_header(above))
    spoilt = sum(likeness([above]) and not likeness([both]) for above, both in under)
    return spoilt * _MANY <= completed


def _belongs_above(upper: list[str], lower: list[str]) -> bool:
    """Whether a row names columns that the whole header below leaves blank, or tells whose its repeated ones are."""
    over_blank = [above for above, below in zip_longest(upper, lower, fillvalue="") if not below]
    # One may be a title over the running numbers.
    if likeness(over_blank) > 1:
        return True
    named = [text for text in lower if text]
    return len(set(named)) < len(named) and likeness(_together(upper, lower)) < likeness(lower)


def _is_group(upper: list[str], lower: list[str], place: int) -> bool:
    """Whether a cell of the upper row stands over more than one cell of the lower."""
    return upper[place + 1 : place + 2] in ([""], []) and any(lower[place + 1 : place + 2])


def _together(upper: list[str], lower: list[str]) -> list[str]:
    """The header that two rows say together; a group stands over all the blank cells to its right."""
    width = max(len(upper), len(lower))
    upper, lower = (cells + [""] * (width - len(cells)) for cells in (upper, lower))
    group, together = "", []
    for place, (above, below) in enumerate(zip(upper, lower, strict=True)):
        group = above or group
        said = f"{group if below else above} {below}".strip()
        # In brackets the one explains the other, unless it tells that the number or name is somebody else's.
        ways = [said, f"{below} {group}", f"{below} ({group})"] if below else [above]
        if above and below and not _is_group(upper, lower, place):
            ways.append(f"{above} ({below})")
        known = (way for way in ways if likeness([way]))
        together.append(said if fold_header(said) in unread_headers() else next(known, said))
    return together
