"""A Buku Induk Penduduk that was saved as delimited text: back to the sheet that it was.

Belongs here: which sign divides its cells, and which line a row begins in. Does not: what a book is
(`pipeline.extracts.workbooks.family_book`), and tables as text (`pipeline.extracts.text.rows`).
"""

from __future__ import annotations

import csv
import io
from typing import IO

from pipeline.extracts.files.encoding import decode_with_holes
from pipeline.extracts.grids.grid import BLANKS, Grid, squared
from pipeline.extracts.text.careful import DELIMITERS
from pipeline.extracts.workbooks.family_book import unfold

# A book shows what it is on its first page; other texts are not read whole to find out.
_SAMPLE = 2**16
# As many columns as old Excel has; a line of thousands of cells would make every row as wide.
_WIDEST = 256


def read_book(stream: IO[bytes]) -> Grid | None:
    """The members of a family book; None where its beginning shows that the text is none.

    Args:
        stream: the file's bytes.
    """
    begin = stream.read(_SAMPLE)
    sign = next((sign for sign in DELIMITERS if _unfolded(begin, sign)), None)
    return _unfolded(begin + stream.read(), sign) if sign else None


def _unfolded(data: bytes, delimiter: str) -> Grid | None:
    rows = _rows(decode_with_holes(data), delimiter)
    return unfold(squared(rows)) if rows else None


def _rows(text: str, delimiter: str) -> list[tuple[int, list[str]]]:
    """Its lines without blank ones, each numbered by the line it begins in; none where they are no sheet."""
    # A quote too many would take all lines behind it for one cell.
    lonely = text.count('"') % 2 == 1
    lines = io.StringIO(text, newline="")
    reader = csv.reader(lines, delimiter=delimiter, quoting=csv.QUOTE_NONE if lonely else csv.QUOTE_MINIMAL)
    rows: list[tuple[int, list[str]]] = []
    begin = 1
    try:
        for row in reader:
            if any(cell.strip(BLANKS) for cell in row):
                rows.append((begin, row))
            begin = reader.line_num + 1
    except csv.Error:
        return []
    return rows if all(len(row) <= _WIDEST for _, row in rows) else []
