"""`Grid`, the common form of a table as read from any format, and patterns for cells of any column.

Belongs here: blanks, identity numbers, totals. Does not: the meaning of columns (`pipeline.extracts.layouts`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, pairwise

import polars as pl

# Characters that count as blank in a cell.
BLANKS = " \t\n\xa0"
# A NIK or KK number as it must be written.
IDENTITY_NUMBER = r"(?:^|\D)\d{16}(?:\D|$)"
# The same in groups, with missing or extra digits, or with letters for digits; not a phone number.
_DAMAGED_IDENTITY_NUMBER = r"(?:^|[^0-9+])[1-9](?:[ .'\-\xa0]?[0-9OIl]){12,16}[ .'\-\xa0]*(?:[^0-9OIl .'\-\xa0]|$)"
# A person's number, well or badly written.
LIKELY_IDENTITY_NUMBER = f"{IDENTITY_NUMBER}|{_DAMAGED_IDENTITY_NUMBER}"
# The number of the civil servant who signed, and nothing else.
CIVIL_SERVANT = r"(?i)^\s*NIP\b[^A-Z]*$"
# A row of a person has a number at least this long; column numbers and numbers in sentences are shorter.
LONG_NUMBER = "[0-9]{5}"
_SUM = "(?:sub ?|grand )?(?:jumlah|total)"
# How a total or a remark begins; Sumber alone is also a kecamatan.
TOTAL = rf"(?i)^\s*(?:{_SUM}\b|catatan\b|sumber(?: data)? ?:|sumber data\b)"
# A total beside which other words may stand, such as the code of an office.
TOTAL_ALONE = rf"(?i)^{_SUM}\s*:?$"

# A title fills at most this many cells; a row of data fills more.
MAX_TITLE_CELLS = 3

_REFUSALS = {"baris": pl.Int64, "rusak": pl.String}
# Up to so many rows are inserted between others without sorting.
_FEW_ROWS = 16


@dataclass(frozen=True)
class Grid:
    """A table as read: its header cells, its rows as text, and the lines that are not rows.

    Attributes:
        header: header cells as written.
        rows: `baris` (1-based line or sheet row) and one text column `c0`, `c1`, … per header cell.
        refused: `baris` and `rusak` (a rule code of `Berkas`).
        title: the lines above the header, joined by ' / '; None if there were none.
        header_lines: the rows that a header of several rows was joined from.
        titles_below: `baris` of each further header with a title of its own, and that title.
        remarks: `baris` and cells of refused lines that may be a title and are part of no row.
    """

    header: list[str]
    rows: pl.DataFrame
    refused: pl.DataFrame
    title: str | None
    header_lines: tuple[list[str], ...] = ()
    titles_below: tuple[tuple[int, str], ...] = ()
    remarks: tuple[tuple[int, tuple[str, ...]], ...] = ()


def cell_columns(width: int) -> list[str]:
    """Names of the cell columns of a grid."""
    return [f"c{position}" for position in range(width)]


def empty_rows(width: int) -> pl.DataFrame:
    """No rows, in the columns of a grid of this width."""
    return pl.DataFrame(schema={"baris": pl.Int64, **dict.fromkeys(cell_columns(width), pl.String)})


def pad_rows(rows: Sequence[tuple[int, Sequence[str]]]) -> pl.DataFrame:
    """Numbered rows of texts as rows of a grid: padded to the widest row, blank cells null."""
    width = max((len(texts) for _, texts in rows), default=0)
    padded = [(number, *(text or None for text in texts), *[None] * (width - len(texts))) for number, texts in rows]
    return pl.DataFrame(padded, schema=empty_rows(width).schema, orient="row")


def refused_lines(lines: Sequence[int] = (), codes: str | Sequence[str] = ()) -> pl.DataFrame:
    """Lines that are not rows, with their common code or the code of each, as a frame (`baris`, `rusak`)."""
    return pl.DataFrame({"baris": lines, "rusak": codes} if lines else None, schema=_REFUSALS)


def merge_in_order(rows: pl.DataFrame, others: pl.DataFrame) -> pl.DataFrame:
    """Merge other rows into rows that are sorted by `baris`; the result is sorted."""
    if others.is_empty():
        return rows
    if others.height > _FEW_ROWS:
        return pl.concat([rows, others]).sort("baris")
    # For a few rows slice and concatenate, as sorting would copy every cell.
    ordered = others.sort("baris")
    cuts = [0, *rows["baris"].search_sorted(ordered["baris"]).to_list(), rows.height]
    head, *between = (rows[above:below] for above, below in pairwise(cuts))
    return pl.concat([head, *chain.from_iterable(zip(ordered.iter_slices(1), between, strict=True))])


def is_filled(value: pl.Expr) -> pl.Expr:
    """Whether a cell holds more than blanks."""
    return (value.str.strip_chars(BLANKS) != "").fill_null(value=False)
