"""Writes workbooks for the kabupaten: any number of rows, amounts as numbers, all else as text.

The same content gives the same bytes. Lists have hundreds of thousands of rows, so they are written column by column
by a compiled library, nine times as fast as cell by cell.

Does not belong here: their content (`pipeline.warehouse.workbooks.correction_lists` and `correction_forms`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import polars as pl
from rustpy_xlsxwriter import Format, write_worksheets

from pipeline.parallel import map_on_all_cores

# A sheet has 2^20 rows, one of them the header.
SHEET_ROWS = 1_048_575
# Excel's longest cell; the library silently drops longer ones.
_CELL_CHARACTERS = 32_767
_CUT_NOTE = " … (dipotong: lebih panjang daripada yang muat di satu sel Excel)"
# A workbook contains its creation date; a fixed one gives the same bytes for the same content.
_PROPERTIES, _CREATED = "docProps/core.xml", b"2000-01-01T00:00:00Z"
_TIMESTAMP = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
_EVERY_SHEET = "general"
# Printed on A4 landscape, with header and page number. All columns on one page would be too small to read.
_A4 = 9
_PAGE_SETUP = {
    "landscape": True,
    "paper_size": _A4,
    "scale": 60,
    "repeat_rows": 0,
    "footer": "&L&F, &A&RHalaman &P dari &N",
}
NO_KABUPATEN = "0000"


def fit_cell(text: str) -> str:
    """The text, cut (with a note) to the longest cell."""
    # Excel counts UTF-16 units, so some characters count as two.
    if len(text.encode("utf-16-le")) <= 2 * _CELL_CHARACTERS:
        return text
    beginning = text.encode("utf-16-le")[: 2 * (_CELL_CHARACTERS - len(_CUT_NOTE))]
    return beginning.decode("utf-16-le", "ignore") + _CUT_NOTE


def kabupaten_file_name(code: str, regions: pl.DataFrame) -> str:
    """The file name of a kabupaten's workbook: `3604_KABUPATEN_SERANG.xlsx`.

    Args:
        code: four digits; `NO_KABUPATEN` for rows without one.
        regions: kode, nama of every region.
    """
    names = [*regions.filter(kode=code)["nama"], "TANPA KABUPATEN"]
    return f"{code}_{names[0]}.xlsx".replace(" ", "_")


@dataclass(frozen=True)
class Book:
    """A workbook to write.

    Attributes:
        path: of the file; its folder must exist.
        sheets: title → rows, and column → header in the order of the sheet. Columns are text, or integers if they may
            be added up.
        widths: column widths in characters.
        default_width: width of the other columns.
    """

    path: Path
    sheets: Mapping[str, tuple[pl.DataFrame, Mapping[str, str]]]
    widths: Mapping[str, int]
    default_width: int

    def fingerprint(self) -> str:
        """Checksum of the content."""
        digest = sha256()
        for title, (rows, headers) in self.sheets.items():
            digest.update(repr((title, headers)).encode())
            digest.update(rows.rechunk().write_ipc(None).getbuffer())
        return digest.hexdigest()


def write_workbooks(books: Sequence[Book]) -> list[Path]:
    """Write workbooks, on all cores; returns their paths in the order given.

    Raises:
        OSError: a file cannot be written.
    """
    map_on_all_cores(_write_workbook, books)
    return [book.path for book in books]


def _write_workbook(book: Book) -> None:
    """Write the sheets; rows that do not fit into one continue on the next (`Temuan`, `Temuan 2`)."""
    head = Format().set_bold().set_background_color("#DDE6F0").set_text_wrap()
    # Whole columns are formatted as text, so that what is typed into them stays as typed.
    text = Format().set_num_format("@").set_text_wrap().set_align("top")
    amount = Format().set_num_format("#,##0").set_align("top")
    sheets: list[tuple[str, Any]] = []
    widths: dict[str, Any] = {}
    formats: dict[str, Any] = {}
    texts: dict[str, Any] = {}
    for title, (rows, headers) in book.sheets.items():
        cells = rows.select(_fit_cells(rows[name]).alias(header) for name, header in headers.items())
        for number, part in enumerate(cells.iter_slices(SHEET_ROWS) if cells.height else [cells], start=1):
            sheet = title if number == 1 else f"{title} {number}"
            sheets.append((sheet, part))
            widths[sheet] = [book.widths.get(name, book.default_width) for name in headers]
            formats[sheet] = [amount if kind.is_numeric() else text for kind in cells.dtypes]
            texts[sheet] = [header for header, kind in cells.schema.items() if not kind.is_numeric()]
    content = BytesIO()
    write_worksheets(
        sheets,
        content,
        freeze_panes={_EVERY_SHEET: {"row": 1, "col": 0}},
        column_widths=widths,
        column_formats=formats,
        header_format={_EVERY_SHEET: head},
        autofilter={_EVERY_SHEET: True},
        page_setup={_EVERY_SHEET: _PAGE_SETUP},
        # Excel would warn that every NIK is a number stored as text.
        ignore_errors=texts,
    )
    _fix_creation_time(content)
    book.path.write_bytes(content.getbuffer())


def _fit_cells(cells: pl.Series) -> pl.Series:
    """The cells, cut where necessary (rarely)."""
    if cells.dtype == pl.String and (cells.str.len_chars() > _CELL_CHARACTERS // 2).any():
        return cells.map_elements(fit_cell, return_dtype=pl.String)
    return cells


def _fix_creation_time(book: BytesIO) -> None:
    """Replace the creation time that the library wrote by the fixed date, rewriting the end of the file."""
    with ZipFile(book, "a", ZIP_DEFLATED) as parts:
        start = parts.getinfo(_PROPERTIES).header_offset
        end = {part: parts.read(part) for part in parts.infolist() if part.header_offset >= start}
        for part in end:
            parts.filelist.remove(part)
            del parts.NameToInfo[part.filename]
        parts.start_dir = start
        for part, content in end.items():
            parts.writestr(ZipInfo(part.filename), _TIMESTAMP.sub(_CREATED, content), ZIP_DEFLATED)
