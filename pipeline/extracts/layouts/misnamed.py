"""Finds a column with an unknown header whose values look like those of a missing identifying column.

Nothing is guessed: the column stays unread, and a sentence asks the officer to change the header.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import polars as pl

from pipeline.extracts.grids.grid import BLANKS, LONG_NUMBER, Grid, is_filled
from schemas.extracts import Delivered, Layout, fold_header, header_words, headers_of, known_headers, unread_headers
from schemas.extracts.shapes import DATE, NUMBER

# Identifying columns whose values have a recognisable shape.
_SHAPES = {"nik": NUMBER, "no_kk": NUMBER, "tanggal_lahir": DATE}
_MOST = 0.5
_TOLD = "Kolom {} tidak ada, tetapi isi kolom {} tampak seperti itu. Bila benar, ganti judulnya, lalu serahkan lagi."


def misnamed(grid: Grid, columns: Mapping[str, Delivered], layout: Layout) -> str | None:
    """The sentence about an unknown header that hides a missing identifying column; None if there is none.

    Args:
        grid: the table.
        columns: the known columns.
        layout: of the header.
    """
    known = headers_of(layout.source)
    of_layout = {known.get(fold_header(text)) for text in layout.headers}
    lacking = [name for name in _SHAPES if name in of_layout and name not in columns]
    if not lacking:
        return None
    understood = known_headers() | unread_headers()
    taken = {cell for delivered in columns.values() for cell in delivered.cells}
    # A header with a long number may be a person's data, which must not be shown.
    unknown = [
        (cell, text)
        for cell, text in enumerate(grid.header)
        if text and cell not in taken and fold_header(text) not in understood and not re.search(LONG_NUMBER, text)
    ]
    for name in lacking:
        for cell, text in unknown:
            value = pl.col(f"c{cell}")
            fits = value.filter(is_filled(value)).str.strip_chars(BLANKS).str.contains(_SHAPES[name]).mean()
            if (grid.rows.select(fits).item() or 0) >= _MOST:
                return _TOLD.format(header_words(layout)[name], text)
    return None
