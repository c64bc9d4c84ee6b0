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

from pipeline.extracts.grids.grid import IDENTITY_NUMBER, LONG_NUMBER, MAX_TITLE_CELLS
from pipeline.extracts.grids.lists import find_side_by_side_lists, revised_header
from schemas.extracts import bare_header, fold_header, known_headers, recognise, unread_headers

HEADER_SEARCH_ROWS = 10
# How many rows are searched if none of the first ones looks like a header, as below a letterhead.
LETTERHEAD_SEARCH_ROWS = 30
MAX_HEADER_ROWS = 3
# So many headers that the row below completes outweigh one that it spoils.
_COMPLETED_PER_SPOILT = 4
# A header with its column number, as in the sheets of BDT 2015, and no identifying number before it.
_WITH_COLUMN_NUMBER = r"(?:\D|(?<!\d)\d{1,3}(?!\d))*\(\d{1,3}\)"
# Length of a NIK or KK number.
_IDENTITY_DIGITS = 16
# The header is the first row with at least this share of the known headers of the fullest row; others are titles.
_MIN_SHARE_OF_FULLEST = 0.5
_MIN_SHARE_FILLED = 0.8


@dataclass(frozen=True)
class Heading:
    """A header: its cells, the positions of its first and last row, and its rows as written if there are several."""

    cells: list[str]
    first: int
    last: int
    lines: tuple[list[str], ...] = ()


def count_known_headers(cells: Sequence[str]) -> int:
    """How many cells of a row are known headers: the score by which header rows are found."""
    return sum(map(_is_known_header, cells))


@lru_cache(maxsize=10_000)
def _is_known_header(text: str) -> bool:
    return not known_headers().isdisjoint({fold_header(text), bare_header(text)})


def find_heading(rows: Sequence[list[str]], below: Sequence[int] | None = None) -> Heading:
    """The first row with at least half the best number of known headers; several if only together they are complete.

    Args:
        rows: the first rows of a table, at least one.
        below: for each row the position of the row below it, as text rows may overlap; by default the next one.
    """
    below = below or range(1, len(rows) + 1)
    single = [Heading(cells, position, position) for position, cells in enumerate(rows)]
    joined: list[Heading] = []
    lower = single
    for _ in range(MAX_HEADER_ROWS - 1):
        by_first_row = {heading.first: heading for heading in lower}
        lower = [
            _join_headings(single[position], by_first_row[under])
            for position, under in enumerate(below)
            if under in by_first_row and _may_join(rows[position], by_first_row[under].cells)
        ]
        # A row that adds no header and contains none is a remark below the header.
        lower = [heading for heading in lower if _adds_headers(heading)]
        joined += lower
    complete = [heading for heading in (*joined, *single) if _is_complete_header(heading.cells)]
    candidates = _headings_above_data(complete, rows) or single
    fullest = max(count_known_headers(heading.cells) for heading in candidates)
    full_enough = [
        heading for heading in candidates if count_known_headers(heading.cells) >= _MIN_SHARE_OF_FULLEST * fullest
    ]
    return min(full_enough, key=lambda heading: (heading.first, -count_known_headers(heading.cells)))


def has_known_headers(heading: Heading) -> bool:
    """Whether a heading has known headers, so that no header need be searched further down."""
    return count_known_headers(heading.cells) > 1


def data_rows_above(rows: Sequence[list[str]], header: Sequence[str]) -> list[int]:
    """Positions of the rows above a header that are data: wider than a title, if any of these has a NIK or KK number.

    Targets have no such numbers: without any, a data row is one that is filled like the header, mostly with numbers.
    """
    wide = [position for position, cells in enumerate(rows) if sum(map(bool, cells)) > MAX_TITLE_CELLS]
    if any(re.search(IDENTITY_NUMBER, text) for position in wide for text in rows[position]):
        return wide
    return [position for position in wide if _is_filled_like(rows[position], header)]


def _is_filled_like(cells: Sequence[str], header: Sequence[str]) -> bool:
    filled = [text for text in cells if text]
    numbers = [text for text in filled if re.search(r"\d", text)]
    has_long_number = any(re.search(LONG_NUMBER, re.sub("[.,]", "", text)) for text in numbers)
    filled_like = len(filled) >= _MIN_SHARE_FILLED * sum(map(bool, header))
    return filled_like and has_long_number and 2 * len(numbers) > len(filled) and not count_known_headers(cells)


def _headings_above_data(headings: list[Heading], rows: Sequence[list[str]]) -> list[Heading]:
    """The headings above the first data row of the first one: a fuller one below belongs to another table."""
    header_end = min((heading.last for heading in headings), default=len(rows))
    data_row = next(
        (position for position in range(header_end + 1, len(rows)) if any(map(is_identity_number, rows[position]))),
        len(rows),
    )
    return [heading for heading in headings if heading.first < data_row]


def _join_headings(upper: Heading, lower: Heading) -> Heading:
    lines = (upper.cells, *(lower.lines or (lower.cells,)))
    return Heading(_join_cells(upper.cells, lower.cells), upper.first, lower.last, lines)


def _may_join(upper: list[str], lower: list[str]) -> bool:
    """Whether two rows may form a header together; a complete one joins only for the columns that it leaves blank."""
    if any(map(_is_mostly_digits, [*upper, *lower])):
        return False
    upper_complete, lower_complete = _is_complete_header(upper), _is_complete_header(lower)
    if upper_complete and (lower_complete or not _only_completes(lower, upper)):
        return False
    return not lower_complete or _belongs_above(upper, lower)


def _adds_headers(heading: Heading) -> bool:
    first, last = heading.lines[0], heading.lines[-1]
    return count_known_headers(last) > 0 or count_known_headers(heading.cells) > count_known_headers(first)


def _is_complete_header(cells: list[str]) -> bool:
    """Whether a row has all required headers of some kind of file and no NIK or KK number."""
    # Most of the first rows are data: the cheap check for numbers spares comparing their cells with headers.
    return (
        not any(map(is_identity_number, cells))
        and count_known_headers(cells) > 0
        and bool(recognise(cells) or find_side_by_side_lists(cells) or revised_header(cells))
    )


def is_identity_number(text: str) -> bool:
    """Whether a cell is a number of sixteen digits (NIK, KK) and nothing else."""
    return len(text) == _IDENTITY_DIGITS and text.isdigit()


@lru_cache(maxsize=10_000)
def _is_mostly_digits(text: str) -> bool:
    """Whether a cell is mostly digits, as in data or column numbers, and not a header with its column number."""
    digits = len(re.findall(r"\d", text))
    return 2 * digits > len(re.sub(r"\s", "", text)) and not re.fullmatch(_WITH_COLUMN_NUMBER, text)


def _only_completes(lower: list[str], upper: list[str]) -> bool:
    """Whether the lower row only continues groups and half words; a data row also fills cells under whole headers.

    NAMA is a header itself, and half of NAMA IBU KANDUNG. If many headers are completed, one may be mistyped; text that
    only explains a header, in parentheses for example, completes none.
    """
    pairs = [
        (above, f"{above} {below}")
        for position, (above, below) in enumerate(zip(upper, lower, strict=False))
        if above and below and not _is_group(upper, lower, position)
    ]
    completed = sum(
        count_known_headers([joined]) for above, joined in pairs if bare_header(joined) != bare_header(above)
    )
    spoilt = sum(count_known_headers([above]) and not count_known_headers([both]) for above, both in pairs)
    return spoilt * _COMPLETED_PER_SPOILT <= completed


def _belongs_above(upper: list[str], lower: list[str]) -> bool:
    """Whether a row names columns that the complete header below leaves blank, or qualifies its repeated headers."""
    over_blank = [above for above, below in zip_longest(upper, lower, fillvalue="") if not below]
    # A single one may be a title over the running numbers.
    if count_known_headers(over_blank) > 1:
        return True
    named = [text for text in lower if text]
    return len(set(named)) < len(named) and count_known_headers(_join_cells(upper, lower)) < count_known_headers(lower)


def _is_group(upper: list[str], lower: list[str], position: int) -> bool:
    """Whether a cell of the upper row stands over more than one cell of the lower."""
    return upper[position + 1 : position + 2] in ([""], []) and any(lower[position + 1 : position + 2])


def _join_cells(upper: list[str], lower: list[str]) -> list[str]:
    """The header that two rows form together; a group applies to all blank cells to its right."""
    width = max(len(upper), len(lower))
    upper, lower = (cells + [""] * (width - len(cells)) for cells in (upper, lower))
    group, joined = "", []
    for position, (above, below) in enumerate(zip(upper, lower, strict=True)):
        group = above or group
        plain = f"{group if below else above} {below}".strip()
        # In parentheses one explains the other, unless it says that the number or name is another person's.
        readings = [plain, f"{below} {group}", f"{below} ({group})"] if below else [above]
        if above and below and not _is_group(upper, lower, position):
            readings.append(f"{above} ({below})")
        known = (reading for reading in readings if count_known_headers([reading]))
        joined.append(plain if fold_header(plain) in unread_headers() else next(known, plain))
    return joined
