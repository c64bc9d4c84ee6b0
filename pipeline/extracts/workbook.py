"""Excel workbooks to grids: every sheet with a recognisable header among its first rows, all cells as text."""

from __future__ import annotations

from collections.abc import Callable

import fastexcel
import polars as pl

from pipeline.extracts.text import HEADER_WITHIN, Grid, cells, refusals
from pipeline.extracts.unreadable import UnreadableError


def read_workbook(data: bytes, likeness: Callable[[list[str]], int]) -> dict[str, Grid]:
    """Read all sheets of an Excel file.

    Args:
        data: the file's bytes.
        likeness: how many cells of a row are known headers; the row with most becomes the sheet's header.

    Returns:
        Grids by sheet name, in the workbook's order; sheets without any known header among their first rows have an
        empty grid whose header is their first row.

    Raises:
        UnreadableError: broken, protected by a password, or not Excel.
    """
    try:
        workbook = fastexcel.read_excel(data)
        return {name: _read_sheet(workbook, name, likeness) for name in workbook.sheet_names}
    except fastexcel.FastExcelError as error:
        message = "Buku kerja Excel ini rusak atau dilindungi kata sandi."
        raise UnreadableError(message) from error


def _read_sheet(workbook: fastexcel.ExcelReader, name: str, likeness: Callable[[list[str]], int]) -> Grid:
    # skip_rows=0 keeps blank top rows, so that row numbers are the officer's.
    sheet = workbook.load_sheet(name, header_row=None, skip_rows=0, dtypes="string").to_polars()
    width = sheet.width
    sheet = sheet.rename(dict(zip(sheet.columns, cells(width), strict=True)))
    sheet = sheet.with_row_index("baris", offset=1).with_columns(pl.col("baris").cast(pl.Int64))
    filled = pl.any_horizontal(pl.col(*cells(width)).str.strip_chars(" \t\xa0") != "") if width else pl.lit(value=False)
    sheet = sheet.filter(filled)
    if sheet.is_empty():
        return Grid([], sheet, refusals([], []), None)
    top = [(row[0], [cell or "" for cell in row[1:]]) for row in sheet.head(HEADER_WITHIN).rows()]
    head, header = max(top, key=lambda row: (likeness(row[1]), -row[0]))
    titles = [" ".join(filter(None, row)) for number, row in top if number < head]
    body = sheet.filter(pl.col("baris") > head)
    return Grid(header, body, refusals([], []), " / ".join(titles) or None)
