"""How workbooks for the kabupaten are written: any number of rows, amounts as numbers, all else as text.

The same content gives the same bytes. Writing a cell takes ten microseconds of one core, and Python has but one at a
time: many rows are divided among processes.

Does not belong here: what stands in them (`pipeline.warehouse.correction_lists` and `correction_forms`).
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing import get_context, parent_process
from pathlib import Path
from threading import Thread

import polars as pl
import xlsxwriter

# A sheet holds 2^20 rows, one of them the head.
SHEET_ROWS = 1_048_575
# Excel holds no longer cell, and the writer would leave it out without a word.
_CELL_CHARACTERS = 32_767
_CUT = " … (dipotong: lebih panjang daripada yang muat di satu sel Excel)"
# A process of its own takes half a second to start, about as long as so many rows take to write.
_ROWS_OF_A_PROCESS = 8_000
# A workbook carries its date of making; a fixed one keeps the same content the same bytes.
_MADE = datetime(2000, 1, 1, tzinfo=UTC)


def fitting(text: str) -> str:
    """The text as a cell can hold it; a longer one is cut and says so."""
    # Counted as Excel does, which takes some characters for two.
    if len(text.encode("utf-16-le")) <= 2 * _CELL_CHARACTERS:
        return text
    kept = text.encode("utf-16-le")[: 2 * (_CELL_CHARACTERS - len(_CUT))]
    return kept.decode("utf-16-le", "ignore") + _CUT


@dataclass(frozen=True)
class Book:
    """A workbook to write.

    Attributes:
        path: where to; its folder exists.
        sheets: by title the rows and, by column and in the order of the sheet, the headers. Columns are text, or whole
            numbers where they may be added up.
        widths: of columns, in characters.
        usual_width: of the columns that `widths` does not name.
    """

    path: Path
    sheets: Mapping[str, tuple[pl.DataFrame, Mapping[str, str]]]
    widths: Mapping[str, int]
    usual_width: int

    @property
    def rows(self) -> int:
        """Rows of all its sheets."""
        return sum(rows.height for rows, _ in self.sheets.values())


def write_workbooks(books: Sequence[Book]) -> list[Path]:
    """Write workbooks, on all cores where it is worth it; returns their paths in the order given.

    Raises:
        FileCreateError: a file cannot be written (of xlsxwriter).
    """
    here, *elsewhere = _shares(books)
    # Started anew rather than forked: a fork would share the locks of threads that it lacks.
    helpers = [get_context("spawn").Process(target=_write_share, args=(share,), daemon=True) for share in elsewhere]
    for helper in helpers:
        helper.start()
    try:
        for book in here:
            _write(book)
    except BaseException:
        for helper in helpers:
            helper.terminate()
        raise
    finally:
        for helper in helpers:
            helper.join()
    for helper, share in zip(helpers, elsewhere, strict=True):
        # What went wrong there is told by trying again here.
        for book in share if helper.exitcode else ():
            _write(book)
    return [book.path for book in books]


def _shares(books: Sequence[Book]) -> list[list[Book]]:
    """The workbooks in parts of about as many rows each, one per core or fewer."""
    count = max(1, min(pl.thread_pool_size(), sum(book.rows for book in books) // _ROWS_OF_A_PROCESS))
    shares: list[list[Book]] = [[] for _ in range(count)]
    for book in sorted(books, key=lambda book: -book.rows):
        min(shares, key=lambda share: sum(other.rows for other in share)).append(book)
    return shares


def _write_share(books: Sequence[Book]) -> None:
    # Whoever interrupts means the process that waits for this one, and ends it; where that one is killed, nobody does.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_parent, daemon=True).start()
    try:
        for book in books:
            _write(book)
    except Exception:
        sys.exit(1)


def _end_with_parent() -> None:
    if parent := parent_process():
        parent.join()
        os._exit(1)


def _write(book: Book) -> None:
    """Write the sheets; what does not fit into one goes on in the next (`Temuan`, `Temuan 2`)."""
    # Rows are written as they come, so that no list is too long for memory.
    with xlsxwriter.Workbook(book.path, {"constant_memory": True}) as workbook:
        workbook.set_properties({"created": _MADE})
        head = workbook.add_format({"bold": True, "bg_color": "#DDE6F0", "text_wrap": True})
        text = workbook.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
        amount = workbook.add_format({"num_format": "#,##0", "valign": "top"})
        for title, (rows, headers) in book.sheets.items():
            cells = rows.select(*headers)
            for number, part in enumerate(cells.iter_slices(SHEET_ROWS) if cells.height else [cells], start=1):
                sheet = workbook.add_worksheet(title if number == 1 else f"{title} {number}")
                sheet.freeze_panes(1, 0)
                for position, (name, header) in enumerate(headers.items()):
                    # A whole column is text, so that what is typed into it stays as typed.
                    kind = amount if cells.schema[name].is_numeric() else text
                    sheet.set_column(position, position, book.widths.get(name, book.usual_width), kind)
                    sheet.write_string(0, position, header, head)
                for row, values in enumerate(part.iter_rows(), start=1):
                    for position, value in enumerate(values):
                        # Text as text, whatever it looks like: Excel would round a NIK and follow links and formulas.
                        if isinstance(value, int):
                            sheet.write_number(row, position, value, amount)
                        elif value:
                            sheet.write_string(row, position, fitting(value), text)
                sheet.autofilter(0, 0, max(part.height, 1), len(headers) - 1)
