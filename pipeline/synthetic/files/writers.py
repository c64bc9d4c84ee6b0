"""Writes delimited text, gz, zip and workbooks, reproducibly byte for byte.

Belongs here: encoding and packing. Does not: the contents of a file (the modules beside this one).
"""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import polars as pl
import xlsxwriter

_GZIP_LEVEL = 5
_QUOTED_AT_RANDOM = 0.4
_ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)
_WORKBOOK_DATE = datetime(2022, 12, 1, tzinfo=UTC).replace(tzinfo=None)


@dataclass(frozen=True)
class TextFormat:
    """How a delimited file is written.

    Attributes:
        separator: between the columns.
        quoting: "perlu" only where the value demands it, "acak" also at random, "semua" always.
        newline: line end.
        encoding: a Python codec; utf-8-sig writes a byte order mark.
        packing: "", "gz" or "zip".
    """

    separator: str = "|"
    quoting: str = "perlu"
    newline: str = "\n"
    encoding: str = "utf-8"
    packing: str = ""


def text_lines(table: pl.DataFrame, form: TextFormat, rng: np.random.Generator) -> list[str]:
    """Header and rows of an all-text table as lines without line ends."""
    cells = [_quote(pl.col(name), form, rng, table.height).alias(str(i)) for i, name in enumerate(table.columns)]
    body = table.select(pl.concat_str(cells, separator=form.separator)).to_series().to_list()
    quote_all = form.quoting in ("acak", "semua")
    header = [f'"{name}"' if quote_all else name for name in table.columns]
    return [form.separator.join(header), *body]


def _quote(cell: pl.Expr, form: TextFormat, rng: np.random.Generator, rows: int) -> pl.Expr:
    value = cell.fill_null("")
    quoted = pl.concat_str(pl.lit('"'), value.str.replace_all('"', '""', literal=True), pl.lit('"'))
    if form.quoting == "semua":
        return quoted
    needs_quotes = value.str.contains(f'["\\r\\n{"" if form.separator == "|" else form.separator}]')
    if form.separator == "|":
        needs_quotes |= value.str.contains("|", literal=True)
    if form.quoting == "acak":
        needs_quotes |= pl.Series(rng.random(rows) < _QUOTED_AT_RANDOM) & (value != "")
    return pl.when(needs_quotes).then(quoted).otherwise(value)


def write_lines(path: Path, lines: Sequence[str], form: TextFormat) -> None:
    """Write lines as a text file, packed if the format says so."""
    path.parent.mkdir(parents=True, exist_ok=True)
    data = (form.newline.join(lines) + form.newline).encode(form.encoding)
    if form.packing == "gz":
        data = gzip.compress(data, _GZIP_LEVEL, mtime=0)
    elif form.packing == "zip":
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            member = zipfile.ZipInfo(f"{path.stem}.psv", _ZIP_EPOCH)
            archive.writestr(member, data, zipfile.ZIP_DEFLATED)
        data = packed.getvalue()
    path.write_bytes(data)


def write_workbook(
    path: Path,
    sheet: str,
    titles: Sequence[str],
    table: pl.DataFrame,
    *,
    numbers: Sequence[str] = (),
    notes: Mapping[str, Sequence[str]] | None = None,
) -> int:
    """Write a table under title rows as a workbook.

    Args:
        path: the .xlsx file.
        sheet: name of the sheet.
        titles: rows above the header, "" for an empty one.
        table: all-text table.
        numbers: columns whose all-digit cells become numbers.
        notes: further sheets with lines of text.

    Returns:
        1-based row of the first data row.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with xlsxwriter.Workbook(path) as book:
        book.set_properties({"created": _WORKBOOK_DATE})
        page = book.add_worksheet(sheet)
        for number, title in enumerate(titles):
            if title:
                page.write_string(number, 0, title)
        page.write_row(len(titles), 0, table.columns)
        for column, name in enumerate(table.columns):
            for number, cell in enumerate(table[name].to_list(), len(titles) + 1):
                if cell and name in numbers and cell.isdigit():
                    page.write_number(number, column, int(cell))
                elif cell:
                    page.write_string(number, column, cell)
        for name, lines in (notes or {}).items():
            book.add_worksheet(name).write_column(0, 0, lines)
    return len(titles) + 2
