"""Joins numbers that forms write one digit per cell, in boxes, into the cell under their header."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import polars as pl

from pipeline.extracts.grids.grid import BLANKS, Grid
from schemas.extracts import KINDS, fold_header, headers_of

_BOXED, _BOXES = ("nik", "no_kk"), 16
_DIGIT = r"^([0-9])(?:[.,]0)?$"


def join_digit_boxes(grid: Grid) -> Grid:
    """Join each NIK or KK number written in sixteen boxes (its header and fifteen blank ones) into the first cell.

    A blank box makes the number a digit short. A row with more than one digit in a box is left as it is.
    """
    folded = [fold_header(text) for text in grid.header]
    starts = [
        position
        for position, fold in enumerate(folded)
        if fold in _boxed_headers() and folded[position + 1 : position + _BOXES] == [""] * (_BOXES - 1)
    ]
    rows = grid.rows
    for start in starts:
        cells = [f"c{position}" for position in range(start, start + _BOXES)]
        digits = {cell: pl.col(cell).str.strip_chars(BLANKS).fill_null("") for cell in cells}
        boxes = pl.all_horizontal((text == "") | text.str.contains(_DIGIT) for text in digits.values())
        number = pl.concat_str(text.str.extract(_DIGIT).fill_null("") for text in digits.values())
        first, *others = cells
        rows = rows.with_columns(
            pl.when(boxes).then(number).otherwise(first).alias(first),
            *(pl.when(~boxes).then(cell).alias(cell) for cell in others),
        )
    return replace(grid, rows=rows) if starts else grid


@cache
def _boxed_headers() -> frozenset[str]:
    """Folded headers of the numbers that forms draw boxes for; digits beside counts or amounts are never joined."""
    return frozenset(fold for kind in KINDS for fold, name in headers_of(kind).items() if name in _BOXED)
