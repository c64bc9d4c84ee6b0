"""Finds the header among the first rows of a table: one row, or two or three rows that form it together.

Several rows hold wrapped words (`TANGGAL` over `LAHIR`) and groups (`NOMOR` over `KK` and `NIK`). A complete header row
is never joined with the title above or the first person below. Does not belong here: how a format is split into rows
and cells.
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
# How many rows are searched if none of the first ones looks like a header, as below a letterhead.
BELOW_LETTERHEAD = 30
MOST_ROWS = 3
# So many headers that the row below completes outweigh one that it spoils.
_MANY = 4
# A header with its column number, as in the sheets of BDT 2015, and no identifying number before it.
_WITH_COLUMN_NUMBER = r"(?:\D|(?<!\d)\d{1,3}(?!\d))*\(\d{1,3}\)"
# Length of a NIK or KK number.
_DIGITS = 16
# The header is the first row with at least this share of the known headers of the fullest row; others are titles.
_LIKE_THE_FULLEST = 0.5
_FILLED_AS = 0.8


@dataclass(frozen=True)
class Heading:
    """A header: its cells, the positions of its first and last row, and its rows as written if there are several."""

    cells: list[str]
    first: int
    last: int
    lines: tuple[list[str], ...] = ()


def likeness(cells: Sequence[str]) -> int:
    """How many cells of a row are known headers: the score by which header rows are found."""
    return sum(map(_is_header, cells))


@lru_cache(maxsize=10_000)
def _is_header(text: str) -> bool:
    return not known_headers().isdisjoint({fold_header(text), unexplained_header(text)})


def find_heading(rows: Sequence[list[str]], below: Sequence[int] | None = None) -> Heading:
    """The first row with at least half the best `likeness`; several rows if only together they have all of a header.

    Args:
        rows: the first rows of a table, at least one.
        below: for each row the position of the row below it, as text rows may overlap; by default the next one.
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
        # A row that adds no header and contains none is a remark below the header.
        lower = [heading for heading in lower if _adds_headers(heading)]
        several += lower
    whole = [heading for heading in (*several, *alone) if _is_whole(heading.cells)]
    found = _above_rows(whole, rows) or alone
    fullest = max(likeness(heading.cells) for heading in found)
    like = [heading for heading in found if likeness(heading.cells) >= _LIKE_THE_FULLEST * fullest]
    return min(like, key=lambda heading: (heading.first, -likeness(heading.cells)))


def is_worded(heading: Heading) -> bool:
    """Whether a heading has known headers, so that no header need be searched further down."""
    return likeness(heading.cells) > 1


def rows_above(rows: Sequence[list[str]], header: Sequence[str]) -> list[int]:
    """Positions of the rows above a header that are data: wider than a title, if any of these has a NIK or KK number.

    Targets have no such numbers: without any, a data row is one that is filled like the header, mostly with numbers.
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
    """The headings above the first data row of the first one: a fuller one below belongs to another table."""
    first = min((heading.last for heading in found), default=len(rows))
    row = next((place for place in range(first + 1, len(rows)) if any(map(is_whole_number, rows[place]))), len(rows))
    return [heading for heading in found if heading.first < row]


def _over(upper: Heading, lower: Heading) -> Heading:
    lines = (upper.cells, *(lower.lines or (lower.cells,)))
    return Heading(_together(upper.cells, lower.cells), upper.first, lower.last, lines)


def _may_stand_over(upper: list[str], lower: list[str]) -> bool:
    """Whether two rows may form a header together; a complete one joins only for the columns that it leaves blank."""
    if any(map(_is_number, [*upper, *lower])):
        return False
    above_whole, below_whole = _is_whole(upper), _is_whole(lower)
    if above_whole and (below_whole or not _only_completes(lower, upper)):
        return False
    return not below_whole or _belongs_above(upper, lower)


def _adds_headers(heading: Heading) -> bool:
    return likeness(heading.lines[-1]) > 0 or likeness(heading.cells) > likeness(heading.lines[0])


def _is_whole(cells: list[str]) -> bool:
    """Whether a row has all required headers of some kind of file and no NIK or KK number."""
    # Most of the first rows are data: the cheap check for numbers spares comparing their cells with headers.
    return (
        not any(map(is_whole_number, cells))
        and likeness(cells) > 0
        and bool(recognise(cells) or lists_beside(cells) or as_revised(cells))
    )


def is_whole_number(text: str) -> bool:
    """Whether a cell is a number of sixteen digits (NIK, KK) and nothing else."""
    return len(text) == _DIGITS and text.isdigit()


@lru_cache(maxsize=10_000)
def _is_number(text: str) -> bool:
    """Whether a cell is mostly digits, as in data or column numbers, and not a header with its column number."""
    digits = len(re.findall(r"\d", text))
    return 2 * digits > len(re.sub(r"\s", "", text)) and not re.fullmatch(_WITH_COLUMN_NUMBER, text)


def _only_completes(lower: list[str], upper: list[str]) -> bool:
    """Whether the lower row only continues groups and half words; a data row also fills cells under whole headers.

    NAMA is a header itself, and half of NAMA IBU KANDUNG. If many headers are completed, one may be mistyped; text that
    only explains a header, in parentheses for example, completes none.
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
    """Whether a row names columns that the complete header below leaves blank, or qualifies its repeated headers."""
    over_blank = [above for above, below in zip_longest(upper, lower, fillvalue="") if not below]
    # A single one may be a title over the running numbers.
    if likeness(over_blank) > 1:
        return True
    named = [text for text in lower if text]
    return len(set(named)) < len(named) and likeness(_together(upper, lower)) < likeness(lower)


def _is_group(upper: list[str], lower: list[str], place: int) -> bool:
    """Whether a cell of the upper row stands over more than one cell of the lower."""
    return upper[place + 1 : place + 2] in ([""], []) and any(lower[place + 1 : place + 2])


def _together(upper: list[str], lower: list[str]) -> list[str]:
    """The header that two rows form together; a group applies to all blank cells to its right."""
    width = max(len(upper), len(lower))
    upper, lower = (cells + [""] * (width - len(cells)) for cells in (upper, lower))
    group, together = "", []
    for place, (above, below) in enumerate(zip(upper, lower, strict=True)):
        group = above or group
        said = f"{group if below else above} {below}".strip()
        # In parentheses one explains the other, unless it says that the number or name is another person's.
        ways = [said, f"{below} {group}", f"{below} ({group})"] if below else [above]
        if above and below and not _is_group(upper, lower, place):
            ways.append(f"{above} ({below})")
        known = (way for way in ways if likeness([way]))
        together.append(said if fold_header(said) in unread_headers() else next(known, said))
    return together
