"""Reads from an OpenDocument workbook (`.ods`) what the library for cells does not return.

As `pipeline.extracts.workbooks.sheet_parts` for Excel: merged cells and digits of large numbers. The library for cells
itself refuses sheets that are too large.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from typing import IO
from xml.parsers import expat

from pipeline.extracts.files.containers import BROKEN_ZIP
from pipeline.extracts.workbooks.sheet_parts import DIGITS, SheetParts

_CELLS = {"table:table-cell", "table:covered-table-cell"}
# A repetition count; the last rows of a sheet may repeat a million times, longer counts are implausible.
_COUNT = re.compile("[0-9]{1,9}")


def ods_parts(data: bytes) -> dict[str, SheetParts]:
    """Sheet → merged cells and large numbers; empty for other kinds of workbooks and unreadable ones.

    Args:
        data: the bytes of a workbook that could be opened.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as book, book.open("content.xml") as content:
            return _SheetReader().read(content)
    except (*BROKEN_ZIP, KeyError, expat.ExpatError):
        return {}


class _SheetReader:
    """Counts rows and cells, which state how often they are repeated but not their positions."""

    def __init__(self) -> None:
        self._parts: dict[str, SheetParts] = {}
        self._sheet = SheetParts()
        # The current row, how often it is repeated, and the next cell's column.
        self._row, self._rows, self._column = 1, 0, 0

    def read(self, content: IO[bytes]) -> dict[str, SheetParts]:
        parser = expat.ParserCreate()
        parser.StartElementHandler = self._begin
        parser.ParseFile(content)
        return self._parts

    def _begin(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "table:table":
            self._sheet = self._parts[attributes.get("table:name", "")] = SheetParts()
            self._row, self._rows = 1, 0
        elif tag == "table:table-row":
            self._row += self._rows
            self._rows, self._column = _repetitions(attributes, "table:number-rows-repeated"), 0
        elif tag in _CELLS:
            self._read_cell(attributes)
            self._column += _repetitions(attributes, "table:number-columns-repeated")

    def _read_cell(self, cell: Mapping[str, str]) -> None:
        if (rows := _repetitions(cell, "table:number-rows-spanned")) > 1:
            self._sheet.spans.append((self._column, self._row, self._row + rows - 1))
        if digits := re.fullmatch(rf"({DIGITS})(?:\.0+)?", cell.get("office:value", "")):
            self._sheet.numbers.append((self._column, self._row, digits[1]))


def _repetitions(attributes: Mapping[str, str], name: str) -> int:
    count = attributes.get(name, "")
    return max(int(count), 1) if _COUNT.fullmatch(count) else 1
