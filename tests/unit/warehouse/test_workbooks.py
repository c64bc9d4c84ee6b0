"""Cells as Excel can hold them."""

from __future__ import annotations

import gc
import signal
import subprocess
import sys
from pathlib import Path

import fastexcel
import polars as pl
import pytest
from xlsxwriter.exceptions import FileCreateError

from pipeline.warehouse import workbooks
from pipeline.warehouse.workbooks import Book, fitting, write_workbooks

LONGEST = 32_767


def _book(path: Path, cells: list[str]) -> Book:
    return Book(path, {"Isi": (pl.DataFrame({"a": cells}), {"a": "A"})}, widths={}, usual_width=20)


@pytest.mark.parametrize("cell", ["", "DESA", "x" * LONGEST, "😀" * (LONGEST // 2)])
def test_what_fits_stays(cell: str):
    assert fitting(cell) == cell


@pytest.mark.parametrize("cell", ["x" * (LONGEST + 1), "😀" * LONGEST])
def test_what_is_too_long_is_cut_and_says_so(tmp_path: Path, cell: str):
    write_workbooks([_book(tmp_path / "a.xlsx", [cell])])
    (written,) = fastexcel.read_excel(tmp_path / "a.xlsx").load_sheet("Isi", dtypes="string").to_polars()["A"]
    assert written.startswith(cell[:1000])
    assert written.endswith("(dipotong: lebih panjang daripada yang muat di satu sel Excel)")
    assert LONGEST - 1 <= len(written.encode("utf-16-le")) / 2 <= LONGEST


def test_many_rows_are_written_by_several_processes_and_are_the_same_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    cells = {"a.xlsx": ["x", "y", "z"], "b.xlsx": ["u", "v"], "c.xlsx": []}
    (tmp_path / "satu").mkdir()
    alone = write_workbooks([_book(tmp_path / "satu" / name, rows) for name, rows in cells.items()])
    monkeypatch.setattr(workbooks, "_ROWS_OF_A_PROCESS", 2)
    monkeypatch.setattr(pl, "thread_pool_size", lambda: 2)
    together = write_workbooks([_book(tmp_path / name, rows) for name, rows in cells.items()])
    assert [path.name for path in together] == list(cells)
    assert [path.read_bytes() for path in together] == [path.read_bytes() for path in alone]


# The writer leaves its working file open where it cannot make the workbook.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_what_another_process_fails_at_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(workbooks, "_ROWS_OF_A_PROCESS", 1)
    monkeypatch.setattr(pl, "thread_pool_size", lambda: 2)
    books = [_book(tmp_path / "a.xlsx", ["x", "y"]), _book(tmp_path / "tidak ada" / "b.xlsx", ["u"])]
    with pytest.raises(FileCreateError, match="tidak ada"):
        write_workbooks(books)
    gc.collect()
    assert (tmp_path / "a.xlsx").exists()


def test_a_writer_ends_with_a_parent_that_is_killed():
    killed = """
import os, signal, time
from multiprocessing import get_context
from pipeline.warehouse.workbooks import _write_share
get_context("fork").Process(target=_write_share, args=((time.sleep(60) for _ in "ab"),)).start()
os.kill(os.getpid(), signal.SIGKILL)
"""
    # Its output ends when the last process that holds it does.
    ended = subprocess.run([sys.executable, "-W", "ignore", "-c", killed], capture_output=True, timeout=30, check=False)
    assert ended.returncode == -signal.SIGKILL
