"""Numbers written one digit a cell, as forms draw boxes for a NIK: back into the cell under their header."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import polars as pl

from pipeline.extracts.grids.grid import BLANKS, Grid
from schemas.extracts import KINDS, fold_header, headers_of

_BOXED, _BOXES = ("nik", "no_kk"), 16
_DIGIT = r"^([0-9])(?:[.,]0)?$"


def without_boxes(grid: Grid) -> Grid:
    """The table, with a NIK or KK number whose digits stand under its header and fifteen blank ones in the first cell.

    Where a box is blank the number is as many digits short; where one holds more than a digit they are no boxes.
    """
    folded = [fold_header(text) for text in grid.header]
    starts = [
        place
        for place, fold in enumerate(folded)
        if fold in _boxed_headers() and folded[place + 1 : place + _BOXES] == [""] * (_BOXES - 1)
    ]
    rows = grid.rows
    for start in starts:
        cells = [f"c{place}" for place in range(start, start + _BOXES)]
        told = {cell: pl.col(cell).str.strip_chars(BLANKS).fill_null("") for cell in cells}
        boxes = pl.all_horizontal((text == "") | text.str.contains(_DIGIT) for text in told.values())
        number = pl.concat_str(text.str.extract(_DIGIT).fill_null("") for text in told.values())
        first, *others = cells
        rows = rows.with_columns(
            pl.when(boxes).then(number).otherwise(first).alias(first),
            *(pl.when(~boxes).then(cell).alias(cell) for cell in others),
        )
    return replace(grid, rows=rows) if starts else grid


@cache
def _boxed_headers() -> frozenset[str]:
    """Folded headers of numbers that forms draw boxes for: a digit beside a count or an amount is no digit of it."""
    return frozenset(fold for kind in KINDS for fold, name in headers_of(kind).items() if name in _BOXED)
