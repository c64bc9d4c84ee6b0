"""A table as read, whatever it was read from: the one shape that every format becomes.

What the columns mean is not known here, only what may stand in any cell: nothing, somebody's number, a total.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, pairwise

import polars as pl

# What counts as nothing in a cell.
BLANKS = " \t\n\xa0"
# A NIK or the like, as it must be written.
WHOLE_NUMBER = r"(?:^|\D)\d{16}(?:\D|$)"
# The same in groups, with a digit too few or too many, or with letters for digits; phones begin otherwise.
_BADLY_WRITTEN = r"(?:^|[^0-9+])[1-9](?:[ .'\-\xa0]?[0-9OIl]){12,16}[ .'\-\xa0]*(?:[^0-9OIl .'\-\xa0]|$)"
# Somebody is meant, however little is told.
SOMEBODY = f"{WHOLE_NUMBER}|{_BADLY_WRITTEN}"
# The number of whoever signed, and nothing else.
CIVIL_SERVANT = r"(?i)^\s*NIP\b[^A-Z]*$"
# Whoever stands in a row has a number as long as this; numbers of columns and of sentences are shorter.
LONG_NUMBER = "[0-9]{5}"
_SUM = "(?:sub ?|grand )?(?:jumlah|total)"
# What a total or a remark begins with; Sumber alone is a kecamatan too.
TOTAL = rf"(?i)^\s*(?:{_SUM}\b|catatan\b|sumber(?: data)? ?:|sumber data\b)"
# A total beside which other words may stand, such as the code of an office.
TOTAL_ALONE = rf"(?i)^{_SUM}\s*:?$"

# A row of data has more than a title.
TITLE_CELLS = 3

_REFUSALS = {"baris": pl.Int64, "rusak": pl.String}
# So many rows are put between others without moving these.
_FEW = 16


@dataclass(frozen=True)
class Grid:
    """A table as read: its header cells, its rows as text, and the lines that are no rows.

    Attributes:
        header: header cells as written.
        rows: `baris` (1-based line or sheet row) and one text column `c0`, `c1`, … per header cell.
        refused: `baris` and `rusak` (a rule code of `Berkas`).
        title: what stood above the header, joined by ' / '; None where nothing did.
        header_lines: the rows that the header was put together from, where there were two.
        titles_below: number of each header further down above which a title of its own stands, and that title.
        remarks: number and cells of refused lines that may be a title, where they are in no row.
    """

    header: list[str]
    rows: pl.DataFrame
    refused: pl.DataFrame
    title: str | None
    header_lines: tuple[list[str], ...] = ()
    titles_below: tuple[tuple[int, str], ...] = ()
    remarks: tuple[tuple[int, tuple[str, ...]], ...] = ()


def cells(width: int) -> list[str]:
    """Names of the cell columns of a grid."""
    return [f"c{position}" for position in range(width)]


def empty_rows(width: int) -> pl.DataFrame:
    """No rows, in the columns of a grid of this width."""
    return pl.DataFrame(schema={"baris": pl.Int64, **dict.fromkeys(cells(width), pl.String)})


def squared(rows: Sequence[tuple[int, Sequence[str]]]) -> pl.DataFrame:
    """Numbered rows of texts as rows of a grid: as wide as the widest, blank cells null."""
    width = max((len(texts) for _, texts in rows), default=0)
    square = [(number, *(text or None for text in texts), *[None] * (width - len(texts))) for number, texts in rows]
    return pl.DataFrame(square, schema=empty_rows(width).schema, orient="row")


def refusals(lines: list[int], codes: list[str]) -> pl.DataFrame:
    """Lines that are no rows, as a frame (`baris`, `rusak`)."""
    return pl.DataFrame({"baris": lines, "rusak": codes}, schema=_REFUSALS) if lines else pl.DataFrame(schema=_REFUSALS)


def in_order(rows: pl.DataFrame, others: pl.DataFrame) -> pl.DataFrame:
    """Rows, in the order of their lines, and others between them: both have `baris`."""
    if others.is_empty():
        return rows
    if others.height > _FEW:
        return pl.concat([rows, others]).sort("baris")
    # What lies between a handful stays where it is; sorting would copy every cell.
    ordered = others.sort("baris")
    cuts = [0, *rows["baris"].search_sorted(ordered["baris"]).to_list(), rows.height]
    first, *between = (rows[above:below] for above, below in pairwise(cuts))
    return pl.concat([first, *chain.from_iterable(zip(ordered.iter_slices(1), between, strict=True))])


def is_filled(value: pl.Expr) -> pl.Expr:
    """Whether a cell holds more than blanks."""
    return (value.str.strip_chars(BLANKS) != "").fill_null(value=False)
