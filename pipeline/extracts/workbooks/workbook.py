"""Reads every sheet of a workbook, or the tables of a web page saved as one, into grids with all cells as text.

The header row is found by its known headers. The meaning of columns does not belong here, except which hold money.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from html.parser import HTMLParser

import fastexcel
import polars as pl

from pipeline.extracts.files.encoding import decode
from pipeline.extracts.files.unreadable import GIVE_DATA, SEND_AGAIN, UnreadableError
from pipeline.extracts.grids.grid import BLANKS, Grid, cell_columns, refused_lines
from pipeline.extracts.grids.heading import (
    HEADER_SEARCH_ROWS,
    LETTERHEAD_SEARCH_ROWS,
    Heading,
    data_rows_above,
    find_heading,
    has_known_headers,
)
from pipeline.extracts.workbooks.family_book import parse_family_book
from pipeline.extracts.workbooks.old_excel import has_cyclic_chain, xls_parts
from pipeline.extracts.workbooks.open_document import ods_parts
from pipeline.extracts.workbooks.sheet_parts import FAR_CELLS, SheetParts, Span, fill_spans, restore_numbers, xlsx_parts
from schemas.extracts import folded_headers, known_headers, money_positions, recognise
from schemas.rules import ABOVE_HEADER

_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
# A member of every Word document.
_WORD = b"word/document.xml"
_ROW_TAGS, _CELL_TAGS = {"tr", "row"}, {"td", "th", "cell"}
# A carriage return as written in a workbook; a line feed follows it.
_LINE_BREAK = "_x000D_"
# The widest sheet of Excel; larger counts are implausible.
_MAX_COLUMNS, _MAX_COUNT_DIGITS = 16_384, 10


@dataclass(frozen=True)
class Sheet:
    """One sheet: its name, its table or why it is not read, and whether it is not hidden."""

    name: str
    grid: Grid | UnreadableError
    visible: bool


def read_workbook(data: bytes) -> list[Sheet]:
    """Read all sheets of an Excel file, in the workbook's order.

    Args:
        data: the file's bytes.

    Raises:
        UnreadableError: broken, protected by a password, or not Excel.
    """
    if _ENCRYPTED in data:
        message = "Buku kerja Excel ini dilindungi kata sandi; simpan lagi tanpa kata sandi."
        raise UnreadableError(message)
    if has_cyclic_chain(data):
        message = f"Buku kerja Excel ini rusak; {SEND_AGAIN}"
        raise UnreadableError(message)
    try:
        workbook = fastexcel.read_excel(data)
        parts = xlsx_parts(data) or ods_parts(data) or xls_parts(data)
        return [_read_sheet(workbook, name, parts.get(name, SheetParts())) for name in workbook.sheet_names]
    except (fastexcel.FastExcelError, pl.exceptions.PolarsError) as error:
        if _WORD in data:
            message = "Ini dokumen Word, bukan buku kerja Excel; simpan tabelnya sebagai Excel atau CSV."
            raise UnreadableError(message) from error
        message = (
            "Berkas ini rusak, dilindungi kata sandi, atau bukan buku kerja Excel; simpan lagi di Excel tanpa kata "
            f"sandi, atau {SEND_AGAIN}"
        )
        raise UnreadableError(message) from error


def _read_sheet(workbook: fastexcel.ExcelReader, name: str, parts: SheetParts) -> Sheet:
    if parts.too_large:
        return Sheet(name, UnreadableError(f"Lembar ini {FAR_CELLS}"), visible=True)
    # skip_rows=0 keeps blank top rows, so that row numbers are those officers see; blank first columns are omitted.
    sheet = workbook.load_sheet(name, header_row=None, skip_rows=0, dtypes="string")
    first = min((column.absolute_index for column in sheet.available_columns()), default=0)
    grid = _to_grid(_with_row_numbers(sheet.to_polars()), parts.relative_to(first))
    return Sheet(name, grid, sheet.visible == "visible")


def read_html(data: bytes) -> Grid:
    """Read the tables of a web page, or of an XML workbook, as one sheet; old applications save both as `.xls`.

    Args:
        data: the page's bytes.

    Raises:
        UnreadableError: it holds no table.
    """
    page = _TableParser()
    page.feed(decode(data))
    page.close()
    width = max((len(row) for row in page.rows), default=0)
    if not width:
        message = f"Halaman atau berkas XML ini tidak memuat tabel; {GIVE_DATA}"
        raise UnreadableError(message)
    square = [row + [None] * (width - len(row)) for row in page.rows]
    sheet = pl.DataFrame(square, schema=dict.fromkeys(cell_columns(width), pl.String), orient="row")
    return _to_grid(_with_row_numbers(sheet), SheetParts(page.spans))


class _TableParser(HTMLParser):
    """Collects the text of table cells, row by row."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str | None]] = []
        self.spans: list[Span] = []
        self._in_cell = False
        self._cell = 0
        # Per column, how many rows below the current one its merged cells still span; the same from the rows above.
        self._merged: dict[int, int] = {}
        self._above: dict[int, int] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        tag = tag.rpartition(":")[2]
        if tag in _ROW_TAGS:
            self._begin_row()
        elif tag in _CELL_TAGS and self.rows:
            self._open_cell(dict(attrs))
        elif tag == "br" and self._in_cell:
            self.handle_data("\n")

    def _begin_row(self) -> None:
        if self.rows:
            last = self.rows[-1]
            self._fill(last, max(self._above, default=-1) + 1)
            further = {column: below - 1 for column, below in self._above.items() if below > 1}
            self._above = further | self._merged
        self._merged = {}
        self.rows.append([])
        self._in_cell = False

    def _open_cell(self, attributes: dict[str, str | None]) -> None:
        row = self.rows[-1]
        # A cell may state its column, counted from 1, and how many columns and rows it spans.
        self._fill(row, _parse_count(attributes.get("ss:index"), 1) - 1)
        while len(row) in self._above:
            self._fill(row, len(row) + 1)
        self._cell, self._in_cell = len(row), True
        across = max(_parse_count(attributes.get("colspan"), 1) - 1, _parse_count(attributes.get("ss:mergeacross"), 0))
        row += ["", *[None] * across]
        down = max(_parse_count(attributes.get("rowspan"), 1) - 1, _parse_count(attributes.get("ss:mergedown"), 0))
        if down:
            self._merged[self._cell] = down
            self.spans.append((self._cell, len(self.rows), len(self.rows) + down))

    def _fill(self, row: list[str | None], width: int) -> None:
        """Pad a row with blank cells; merged cells from above are filled in later (`fill_spans`)."""
        row += [None] * (width - len(row))

    def handle_endtag(self, tag: str) -> None:
        if tag.rpartition(":")[2] in _CELL_TAGS | _ROW_TAGS:
            self._in_cell = False

    def handle_data(self, data: str) -> None:
        if self._in_cell:
            self.rows[-1][self._cell] = (self.rows[-1][self._cell] or "") + data


def _parse_count(text: str | None, default: int) -> int:
    """A stated count; `default` if it is missing or implausible."""
    return (
        min(int(text), _MAX_COLUMNS)
        if text and text.isascii() and text.isdigit() and len(text) < _MAX_COUNT_DIGITS
        else default
    )


def _with_row_numbers(sheet: pl.DataFrame) -> pl.DataFrame:
    """The rows with the row numbers that officers see and cells named by position, without blank rows."""
    names = cell_columns(sheet.width)
    sheet = sheet.rename(dict(zip(sheet.columns, names, strict=True))).with_row_index("baris", offset=1)
    if names:
        sheet = sheet.with_columns(pl.col(*names).str.replace_all(_LINE_BREAK, "", literal=True))
    filled = pl.any_horizontal(pl.col(*names).str.strip_chars(BLANKS) != "") if names else pl.lit(value=False)
    return sheet.with_columns(pl.col("baris").cast(pl.Int64)).filter(filled)


def _to_grid(sheet: pl.DataFrame, parts: SheetParts) -> Grid:
    if sheet.is_empty():
        return Grid([], sheet, refused_lines(), None)
    sheet = restore_numbers(sheet, parts.numbers)
    book = parse_family_book(sheet)
    if book is not None:
        return book
    top, heading = _find_header(sheet, HEADER_SEARCH_ROWS)
    if not has_known_headers(heading):
        top, heading = _find_header(sheet, LETTERHEAD_SEARCH_ROWS)
    rows = data_rows_above([row for _, row in top[: heading.first]], heading.cells)
    titles = [
        " ".join(filter(None, row)) for position, (_, row) in enumerate(top[: heading.first]) if position not in rows
    ]
    above = refused_lines([top[position][0] for position in rows], ABOVE_HEADER)
    body = sheet.filter(pl.col("baris") > top[heading.last][0])
    body = fill_spans(body, _spans_without_amounts(parts.spans, heading.cells, body))
    return Grid(heading.cells, body, above, " / ".join(titles) or None, heading.lines)


def _find_header(sheet: pl.DataFrame, within: int) -> tuple[list[tuple[int, list[str]]], Heading]:
    """The first rows of a sheet, numbered, and the header among them."""
    top = [(row[0], [" ".join((cell or "").split()) for cell in row[1:]]) for row in sheet.head(within).rows()]
    return top, find_heading([row for _, row in top])


def _spans_without_amounts(spans: list[Span], header: list[str], rows: pl.DataFrame) -> list[Span]:
    """The merged cells without those under headers of money, also of a table further down.

    An amount over several rows may apply to each row or to all together, so it is not repeated.
    """
    columns = [pl.col(name) for name in {f"c{column}" for column, *_ in spans} if name in rows.columns]
    folded = map(folded_headers, columns)
    candidates = (
        rows.filter(pl.any_horizontal(cell.is_in(list(known_headers())) for cell in folded)) if columns else rows[:0]
    )
    below = ((line, [text or "" for text in texts]) for line, *texts in candidates.iter_rows())
    headers = [(0, header), *((line, texts) for line, texts in below if recognise(texts))]
    money = [(line, set(money_positions(texts))) for line, texts in headers]
    lines = [line for line, _ in money]
    return [span for span in spans if span[0] not in money[max(0, bisect_left(lines, span[1]) - 1)][1]]
