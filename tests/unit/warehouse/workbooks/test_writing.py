"""Cells as Excel can hold them."""

from __future__ import annotations

import re
import time
from pathlib import Path
from zipfile import ZipFile

import fastexcel
import polars as pl
import pytest

from pipeline.warehouse.workbooks import writing as workbooks
from pipeline.warehouse.workbooks.writing import Book, fit_cell, write_workbooks

LONGEST = 32_767


def _book(path: Path, cells: list[str]) -> Book:
    return Book(path, {"Isi": (pl.DataFrame({"a": cells}), {"a": "A"})}, widths={}, default_width=20)


@pytest.mark.parametrize("cell", ["", "DESA", "x" * LONGEST, "😀" * (LONGEST // 2)])
def test_what_fits_stays(cell: str):
    assert fit_cell(cell) == cell


@pytest.mark.parametrize("cell", ["x" * (LONGEST + 1), "😀" * LONGEST])
def test_what_is_too_long_is_cut_and_says_so(tmp_path: Path, cell: str):
    write_workbooks([_book(tmp_path / "a.xlsx", [cell])])
    (written,) = fastexcel.read_excel(tmp_path / "a.xlsx").load_sheet("Isi", dtypes="string").to_polars()["A"]
    assert written.startswith(cell[:1000])
    assert written.endswith("(dipotong: lebih panjang daripada yang muat di satu sel Excel)")
    assert LONGEST - 1 <= len(written.encode("utf-16-le")) / 2 <= LONGEST


def test_the_same_content_is_the_same_bytes_whenever_it_is_written(tmp_path: Path):
    (once,) = write_workbooks([_book(tmp_path / "a.xlsx", ["x", "=1+1", "<&\x01>"])])
    written = once.read_bytes()
    with ZipFile(once) as parts:
        assert parts.testzip() is None
        assert len(parts.namelist()) == len(set(parts.namelist()))
        assert re.findall(rb"\d{4}-\d\d-\d\dT", parts.read("docProps/core.xml")) == [b"2000-01-01T"] * 2
    # What the writer takes from the clock has the resolution of a second.
    time.sleep(1.1)
    write_workbooks([_book(tmp_path / "a.xlsx", ["x", "=1+1", "<&\x01>"])])
    assert once.read_bytes() == written
    assert fastexcel.read_excel(once).load_sheet("Isi", dtypes="string").to_polars()["A"].to_list()[:2] == ["x", "=1+1"]


def test_amounts_are_numbers_and_all_else_is_text_on_as_many_sheets_as_it_takes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(workbooks, "SHEET_ROWS", 2)
    rows = pl.DataFrame({"nik": ["0012345678901234", "1e5", ""], "rupiah": [200_000, None, 0]})
    heads = {"nik": "NIK", "rupiah": "Rupiah"}
    book = Book(tmp_path / "a.xlsx", {"Isi": (rows, heads), "Lain": (rows.clear(), heads)}, {"nik": 20}, 12)
    file = fastexcel.read_excel(*write_workbooks([book]))
    assert file.sheet_names == ["Isi", "Isi 2", "Lain"]
    first, second, empty = (file.load_sheet(name).to_polars() for name in file.sheet_names)
    assert first.to_dict(as_series=False) == {"NIK": ["0012345678901234", "1e5"], "Rupiah": [200_000.0, None]}
    assert second.to_dict(as_series=False) == {"NIK": [None], "Rupiah": [0.0]}
    assert empty.columns == list(heads.values())
    with ZipFile(book.path) as parts:
        assert b'<ignoredError sqref="A2:A3" numberStoredAsText="1"/>' in parts.read("xl/worksheets/sheet1.xml")


def test_a_folder_that_is_missing_is_told_by_its_name(tmp_path: Path):
    with pytest.raises(FileNotFoundError, match="tidak ada"):
        write_workbooks([_book(tmp_path / "tidak ada" / "b.xlsx", ["u"])])


def test_a_printed_list_is_numbered_and_has_its_head_on_every_page(tmp_path: Path):
    with ZipFile(*write_workbooks([_book(tmp_path / "a.xlsx", ["x"])])) as parts:
        sheet, book = parts.read("xl/worksheets/sheet1.xml"), parts.read("xl/workbook.xml")
    assert b'paperSize="9"' in sheet
    assert b'orientation="landscape"' in sheet
    assert b"Halaman &amp;P dari &amp;N" in sheet
    assert b"Isi!$1:$1" in book
