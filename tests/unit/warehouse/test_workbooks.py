"""Cells as Excel can hold them."""

from __future__ import annotations

from pathlib import Path

import fastexcel
import polars as pl
import pytest

from pipeline.warehouse.workbooks import fitting, write_workbook

LONGEST = 32_767


@pytest.mark.parametrize("cell", ["", "DESA", "x" * LONGEST, "😀" * (LONGEST // 2)])
def test_what_fits_stays(cell: str):
    assert fitting(cell) == cell


@pytest.mark.parametrize("cell", ["x" * (LONGEST + 1), "😀" * LONGEST])
def test_what_is_too_long_is_cut_and_says_so(tmp_path: Path, cell: str):
    write_workbook(tmp_path / "a.xlsx", {"Isi": (pl.DataFrame({"a": [cell]}), {"a": "A"})}, widths={}, usual_width=20)
    (written,) = fastexcel.read_excel(tmp_path / "a.xlsx").load_sheet("Isi", dtypes="string").to_polars()["A"]
    assert written.startswith(cell[:1000])
    assert written.endswith("(dipotong: lebih panjang daripada yang muat di satu sel Excel)")
    assert LONGEST - 1 <= len(written.encode("utf-16-le")) / 2 <= LONGEST
