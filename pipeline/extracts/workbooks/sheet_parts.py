"""Reads from an `.xlsx` file what the library for cells does not return: merged cells, digits of large numbers, size.

Excel stores the value of merged cells only in the first one and shows it for every row they span. The library reads
numbers as floats, which are not exact above 2**53 (a NIK of Papua, an ID of 18 digits), though programs other than
Excel write all digits. A sheet takes memory for all cells between its outermost ones, however few are filled. Does not
belong here: headers (`pipeline.extracts.grids.heading`).
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import unescape
from xml.parsers import expat

import polars as pl

from pipeline.extracts.files.containers import BROKEN_ZIP

# Column (from 0), first and last row (from 1) of a cell that spans rows.
Span = tuple[int, int, int]
# Column (from 0), row (from 1) and digits of a large number.
Number = tuple[int, int, str]
_SHEET, _PART = re.compile(r"<(?:\w+:)?sheet\s([^>]*)>"), re.compile(r"<(?:\w+:)?Relationship\s([^>]*)>")
_ATTRIBUTE = re.compile(r'(?:\w+:)?(\w+)\s*=\s*"([^"]*)"')
# End of the cells, before the merged cells; shorter than `_KEPT_BYTES`, the bytes kept of each chunk while searching.
_END_OF_CELLS, _ALL_CELLS = re.compile(rb"</(?:\w+:)?sheetData\s*>"), b"sheetData"
_CHUNK_BYTES, _KEPT_BYTES = 2**20, 2**8
# Whole numbers that a float may not represent: a NIK of Papua, an ID of more than 16 digits.
DIGITS = r"9\d{15}|\d{17,}"
_LARGE_NUMBER = re.compile(rf'<(?:\w+:)?c r="([A-Z]+)(\d+)"[^>]*><(?:\w+:)?v>({DIGITS})(?:\.0+)?<'.encode())
_LARGE_BEGINS = re.compile(rf"v>(?:{DIGITS})".encode())
_LARGE_WITHOUT_POSITION = re.compile(rf"<(?:\w+:)?c(?:\s(?![^>]*\br=)[^>]*)?><(?:\w+:)?v>(?:{DIGITS})".encode())
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s+ref="([A-Z]+)(\d+):[A-Z]+(\d+)"')
# All rows of Excel, 128 columns wide: 4 GiB. A larger sheet has a cell beyond CZ1049999.
_MAX_CELLS = 2**27
_FAR_CELL = re.compile(rb""" r=["'](?![A-C]?[A-Z]?(?:\d{1,6}|10[0-4]\d{4})["'])[A-Za-z]*\d+["']""")
FAR_CELLS = (
    "memuat sel yang sangat jauh dari tabelnya, sehingga terlalu besar untuk dibaca; tekan Ctrl+End di Excel, hapus "
    "baris dan kolom di luar tabel, lalu simpan lagi."
)
"""The end of a sentence about a sheet that is too large, with its cure."""
# A cell that is not blank, or a row whose cells do not state their positions.
_FILLED = re.compile(
    rb"""<(?:\w+:)?(?:row|c)\s(?:[^>]*?\s)?r=["']([A-Za-z]*)(\d+)["'][^>]*(?<!/)>(?!</|<(?:\w+:)?c\s[^>]*?\br=)"""
)


@dataclass(frozen=True)
class SheetParts:
    """Facts of one sheet: cells that span several rows, and numbers that floats may not represent.

    `cells` is how many cells the library would allocate; only counted if it may exceed `_MAX_CELLS`, else 0.
    """

    spans: list[Span] = field(default_factory=list)
    numbers: list[Number] = field(default_factory=list)
    cells: int = 0

    @property
    def too_large(self) -> bool:
        """Whether reading the sheet would take too much memory."""
        return self.cells > _MAX_CELLS

    def relative_to(self, column: int) -> SheetParts:
        """The same with columns counted from this one, as the library omits blank columns on the left."""
        return SheetParts(
            [(place - column, first, last) for place, first, last in self.spans],
            [(place - column, row, digits) for place, row, digits in self.numbers],
            self.cells,
        )


def xlsx_parts(data: bytes) -> dict[str, SheetParts]:
    """Sheet → merged cells, large numbers and size; empty for other kinds of workbooks and unreadable ones.

    Args:
        data: the bytes of a workbook that could be opened.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as book:
            parts = {
                attributes.get("Id"): attributes.get("Target", "")
                for attributes in _tag_attributes(_PART, book.read("xl/_rels/workbook.xml.rels"))
            }
            sheets = _tag_attributes(_SHEET, book.read("xl/workbook.xml"))
            return {
                unescape(attributes.get("name", "")): _read_parts(book, _member_path(parts[attributes.get("id")]))
                for attributes in sheets
            }
    except (*BROKEN_ZIP, KeyError, expat.ExpatError):
        return {}


def fill_spans(rows: pl.DataFrame, spans: Sequence[Span]) -> pl.DataFrame:
    """Fill the value of merged cells into every row they span.

    Args:
        rows: `baris` and text cells `c0`, `c1`, … below the header.
        spans: of this sheet; those that begin above these rows are ignored.
    """
    first = rows.item(0, "baris") if rows.height else 0
    below = pl.DataFrame(
        [span for span in spans if span[1] >= first], schema=("kolom", "atas", "akhir"), orient="row"
    ).sort("atas")
    for column in below["kolom"].unique().sort():
        name = f"c{column}"
        if name in rows.columns:
            of_column = below.filter(pl.col("kolom") == column).join(
                rows.select(atas="baris", isi=name), on="atas", how="left", maintain_order="left"
            )
            spans_above = rows.select("baris").join_asof(of_column, left_on="baris", right_on="atas")
            spanned = spans_above.select(pl.when(pl.col("baris") <= pl.col("akhir")).then("isi")).to_series()
            rows = rows.with_columns(pl.coalesce(name, spanned).alias(name))
    return rows


def restore_numbers(rows: pl.DataFrame, numbers: Sequence[Number]) -> pl.DataFrame:
    """Replace large numbers in rows (`baris` and text cells `c0`, `c1`, …) by the digits in the file.

    Only cells whose text is the float nearest to the number are replaced.
    """
    written = pl.DataFrame(numbers, schema={"kolom": pl.Int64, "baris": pl.Int64, "angka": pl.String}, orient="row")
    for column in written["kolom"].unique().sort():
        name = f"c{column}"
        digits = written.filter(pl.col("kolom") == column).select("baris", "angka").unique("baris", keep="last")
        if name in rows.columns:
            exact = rows.select("baris").join(digits, on="baris", how="left", maintain_order="left")["angka"]
            same = pl.col(name).cast(pl.Float64, strict=False) == exact.cast(pl.Float64)
            rows = rows.with_columns(pl.when(same).then(exact).otherwise(name).alias(name))
    return rows


def _tag_attributes(tag: re.Pattern[str], part: bytes) -> list[dict[str, str]]:
    return [dict(_ATTRIBUTE.findall(attributes)) for attributes in tag.findall(part.decode(errors="replace"))]


def _member_path(target: str) -> str:
    return target.removeprefix("/") if target.startswith("/") else f"xl/{target}"


def _read_parts(book: zipfile.ZipFile, part: str) -> SheetParts:
    # Merged cells are listed after all cells, so the cells' text need not be kept.
    text, past_cells, has_far_cells, lacks_positions = b"", False, False, False
    numbers: list[Number] = []
    with book.open(part) as sheet:
        while chunk := sheet.read(_CHUNK_BYTES):
            text += chunk
            if _LARGE_BEGINS.search(text):
                large = _LARGE_NUMBER.findall(text)
                numbers += [(_column(letters), int(row), digits.decode()) for letters, row, digits in large]
                lacks_positions = lacks_positions or bool(_LARGE_WITHOUT_POSITION.search(text))
            has_far_cells = has_far_cells or bool(_FAR_CELL.search(text))
            past_cells = past_cells or (_ALL_CELLS in text and bool(_END_OF_CELLS.search(text)))
            if not past_cells:
                text = text[-_KEPT_BYTES:]
    spans = ((_column(letters), int(first), int(last)) for letters, first, last in _MERGED.findall(text))
    numbers = _count_to_numbers(book, part) if lacks_positions else numbers
    return SheetParts(
        [span for span in spans if span[2] > span[1]], numbers, _count_cells(book, part) if has_far_cells else 0
    )


def _count_to_numbers(book: zipfile.ZipFile, part: str) -> list[Number]:
    """Large numbers of a sheet whose cells do not state their positions: cells and rows are counted."""
    numbers: list[Number] = []
    row, column, text = 0, -1, ""

    def begin(name: str, attributes: dict[str, str]) -> None:
        nonlocal row, column, text
        tag, position = name.rpartition(":")[2], attributes.get("r", "")
        if tag == "row":
            row, column = int(position) if position.isdecimal() else row + 1, -1
        elif tag == "c":
            letters = position.rstrip("0123456789")
            column = _column(letters.encode()) if letters else column + 1
        text = ""

    def collect(letters: str) -> None:
        nonlocal text
        text += letters

    def end(name: str) -> None:
        nonlocal text
        if name.rpartition(":")[2] == "v" and (digits := re.fullmatch(rf"({DIGITS})(?:\.0+)?", text)):
            numbers.append((column, row, digits[1]))
        text = ""

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler, parser.CharacterDataHandler, parser.EndElementHandler = begin, collect, end
    with book.open(part) as sheet:
        parser.ParseFile(sheet)
    return numbers


def _count_cells(book: zipfile.ZipFile, part: str) -> int:
    """Cells from the top to the last filled row, in all columns from the first to the last filled one."""
    columns, last = set[int](), 0
    with book.open(part) as sheet:
        rest = b""
        while chunk := sheet.read(_CHUNK_BYTES):
            # Elements are complete up to the last closing tag.
            window, end, rest = (rest + chunk).rpartition(b"</")
            for letters, row in _FILLED.findall(window + end):
                columns.add(max(_column(letters.upper()), 0))
                last = max(last, int(row))
    return (max(columns) - min(columns) + 1) * last if columns else 0


def _column(letters: bytes) -> int:
    place = 0
    for letter in letters:
        place = place * 26 + letter - ord("A") + 1
    return place - 1
