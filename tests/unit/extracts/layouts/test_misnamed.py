"""An identifying column under an unknown header."""

from __future__ import annotations

import polars as pl
import pytest

from pipeline.extracts.grids.grid import Grid, cells, refusals
from pipeline.extracts.layouts.misnamed import misnamed
from schemas.extracts import LAYOUTS, columns_in


@pytest.mark.parametrize(
    ("header", "cell", "told"),
    [
        ("NOMOR IDENTITAS WARGA", "3309014411740001", True),
        ("NOMOR NIK", "3309014411740001", False),
        ("NOMOR IDENTITAS WARGA", "TIDAK ADA", False),
        ("NOMOR 3309014411740001", "3309014411740001", False),
    ],
)
def test_a_header_that_is_not_known_is_named_where_a_column_that_identifies_is_missing(
    header: str, cell: str, told: bool
) -> None:
    layout = LAYOUTS["dtks_17"]
    headers = [header if text == "NOMOR NIK" else text for text in layout.headers]
    place = headers.index(header)
    filled = {name: [cell if at == place else "x"] * 2 for at, name in enumerate(cells(len(headers)))}
    rows = pl.DataFrame({"baris": [2, 3], **filled})
    grid = Grid(headers, rows, refusals([], []), None)
    sentence = misnamed(grid, columns_in(headers, layout), layout)
    assert (sentence is not None) is told
    assert not told or ("Kolom NOMOR NIK tidak ada" in str(sentence) and header in str(sentence))
