"""Reads a Buku Induk Penduduk (family book) that was saved as delimited text.

Belongs here: its delimiter, and the line each row begins in. Does not: the structure of a book
(`pipeline.extracts.workbooks.family_book`), and other delimited text (`pipeline.extracts.text.rows`).
"""

from __future__ import annotations

import csv
import io
from typing import IO

from pipeline.extracts.files.encoding import decode_without_zeros
from pipeline.extracts.grids.grid import BLANKS, Grid, pad_rows
from pipeline.extracts.text.row_format import DELIMITERS
from pipeline.extracts.workbooks.family_book import parse_family_book

# The first page shows whether a text is a book; other texts are not read whole to find out.
_SAMPLE = 2**16
# Columns of old Excel; a line of thousands of cells would make every row as wide.
_MAX_CELLS = 256


def read_text_book(stream: IO[bytes]) -> Grid | None:
    """The members of a family book; None if the beginning of the text shows that it is not one.

    Args:
        stream: the file's bytes.
    """
    begin = stream.read(_SAMPLE)
    delimiter = next((delimiter for delimiter in DELIMITERS if _parse_book(begin, delimiter)), None)
    return _parse_book(begin + stream.read(), delimiter) if delimiter else None


def _parse_book(data: bytes, delimiter: str) -> Grid | None:
    rows = _rows(decode_without_zeros(data), delimiter)
    return parse_family_book(pad_rows(rows)) if rows else None


def _rows(text: str, delimiter: str) -> list[tuple[int, list[str]]]:
    """The filled rows, each with the number of the line it begins in; empty if the text is no sheet."""
    # With an unmatched quote the parser would take all following lines for one cell.
    has_unmatched_quote = text.count('"') % 2 == 1
    lines = io.StringIO(text, newline="")
    reader = csv.reader(
        lines, delimiter=delimiter, quoting=csv.QUOTE_NONE if has_unmatched_quote else csv.QUOTE_MINIMAL
    )
    rows: list[tuple[int, list[str]]] = []
    first_line = 1
    try:
        for row in reader:
            if any(cell.strip(BLANKS) for cell in row):
                rows.append((first_line, row))
            first_line = reader.line_num + 1
    except csv.Error:
        return []
    return rows if all(len(row) <= _MAX_CELLS for _, row in rows) else []
