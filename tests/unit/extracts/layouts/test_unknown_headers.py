"""Columns under an unknown header."""

from __future__ import annotations

import polars as pl
import pytest

from pipeline.extracts.grids.grid import Grid, cell_columns, refused_lines
from pipeline.extracts.layouts.unknown_headers import describe_unknown_headers
from schemas.extracts import LAYOUTS, Layout, map_columns


@pytest.mark.parametrize(
    ("header", "cell", "named"),
    [
        ("NOMOR IDENTITAS WARGA", "3309014411740001", True),
        ("NOMOR NIK", "3309014411740001", False),
        ("NOMOR IDENTITAS WARGA", "TIDAK ADA", False),
        ("NOMOR 3309014411740001", "3309014411740001", False),
    ],
)
def test_a_header_that_is_not_known_is_named_where_a_column_that_identifies_is_missing(
    header: str, cell: str, named: bool
) -> None:
    layout = LAYOUTS["dtks_17"]
    headers = [header if text == "NOMOR NIK" else text for text in layout.headers]
    place = headers.index(header)
    filled = {name: [cell if at == place else "x"] * 2 for at, name in enumerate(cell_columns(len(headers)))}
    rows = pl.DataFrame({"baris": [2, 3], **filled})
    grid = Grid(headers, rows, refused_lines(), None)
    sentence = _sentence(grid, layout)
    assert ("Kolom NOMOR NIK tidak ada" in str(sentence) and header in str(sentence)) is named


@pytest.mark.parametrize(
    ("renamed", "cell", "named"),
    [
        ({"HUBUNGAN KELUARGA": "HUBUNGAN DGN KRT"}, "3", ("HUBUNGAN KELUARGA", "HUBUNGAN DGN KRT")),
        ({"HUBUNGAN KELUARGA": "HUBUNGAN DGN KRT"}, None, ()),  # a column without a value hides nothing
        ({"HUBUNGAN KELUARGA": "NO URUT"}, "3", ()),
        (dict.fromkeys(LAYOUTS["dtks_17"].headers[3:10] + LAYOUTS["dtks_17"].headers[12:], "LAINNYA"), "3", ()),
        ({"TEMPAT LAHIR": "NOMOR TELEPON"}, "3", ()),  # which many lists lack
        ({"DUSUN": "CATATAN PENDATA"}, "3", ()),  # which nothing is made of
        ({"HUBUNGAN KELUARGA": "HUB KELUARGA", "DUSUN": "CATATAN PENDATA"}, "3", ()),
    ],
)
def test_headers_that_are_not_known_are_named_where_columns_of_the_layout_are_missing(
    renamed: dict[str, str], cell: str | None, named: tuple[str, ...]
) -> None:
    layout = LAYOUTS["dtks_17"]
    headers = [renamed.get(text, text) for text in layout.headers]
    sentence = _sentence(_grid(headers, cell), layout)
    assert (sentence is not None) is bool(named)
    assert all(header in str(sentence) for header in named)


def _grid(headers: list[str], cell: str | None) -> Grid:
    rows = pl.DataFrame({"baris": [2, 3], **dict.fromkeys(cell_columns(len(headers)), [cell] * 2)})
    return Grid(headers, rows.cast({pl.Null: pl.String}), refused_lines(), None)


def _sentence(grid: Grid, layout: Layout) -> str | None:
    columns = map_columns(grid.header, layout)
    return describe_unknown_headers(
        grid, columns, {f"c{cell}" for found in columns.values() for cell in found.cells}, layout
    )
