"""Files as officers hand them in, made in memory: text of a layout, workbooks, archives, old Excel."""

from __future__ import annotations

import io
import struct
import tempfile
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import xlsxwriter

from pipeline.extracts.grids.grid import Grid
from pipeline.extracts.read import iter_source
from pipeline.extracts.text.rows import PIECE_BYTES, read_delimited
from schemas.extracts import KINDS, LAYOUTS, Layout
from schemas.extracts.kinds import ADDITIONAL_LAYOUTS
from schemas.table import polars_schema


def layout(key: str) -> Layout:
    """A known layout by its key."""
    return {**LAYOUTS, **ADDITIONAL_LAYOUTS}[key]


def row(key: str, **values: str) -> list[str]:
    """One row of a layout: `values` by header (spaces as underscores), all else blank."""
    known = {header.replace(" ", "_"): value for header, value in values.items()}
    return [known.pop(header.replace(" ", "_"), "") for header in layout(key).headers]


def delimited(rows: Iterable[Sequence[str]], delimiter: str = "|") -> bytes:
    """Rows of cells as lines of text."""
    return "\n".join(map(delimiter.join, rows)).encode()


def text_and_workbook(rows: Sequence[Sequence[str]], delimiter: str = "|") -> tuple[bytes, bytes]:
    """The same rows as text and as a sheet."""
    return delimited(rows, delimiter), workbook({"Data": rows})


def text(key: str, *rows: Sequence[str], delimiter: str = "|") -> bytes:
    """A delimited file of a layout."""
    return delimited((layout(key).headers, *rows), delimiter)


def workbook(sheets: Mapping[str, Sequence[Sequence[object]]], hidden: Sequence[str] = ()) -> bytes:
    """An Excel file; cells keep their types."""
    with io.BytesIO() as stream:
        with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
            as_date = book.add_format({"num_format": "dd/mm/yyyy"})
            for name, rows in sheets.items():
                sheet = book.add_worksheet(name)
                if name in hidden:
                    sheet.hide()
                for y, cells in enumerate(rows):
                    for x, cell in enumerate(cells):
                        if isinstance(cell, str) and cell.startswith("="):
                            sheet.write_formula(y, x, cell, None, "#N/A" if "NA()" in cell else "7")
                        elif isinstance(cell, str):
                            sheet.write_string(y, x, cell)
                        elif isinstance(cell, date):
                            sheet.write_datetime(y, x, cell, as_date)
                        elif cell is not None:
                            sheet.write(y, x, cell)
        return stream.getvalue()


def zip_archive(members: Mapping[str, bytes]) -> bytes:
    """A zip archive."""
    with io.BytesIO() as stream:
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in members.items():
                archive.writestr(name, data)
        return stream.getvalue()


def old_excel(rows: Sequence[Sequence[object]], merged: Sequence[tuple[int, int, int, int]] = ()) -> bytes:
    """An Excel 97 file (BIFF8 in a compound file) of one sheet `Sheet1`, with texts and numbers.

    `merged`: first and last row, first and last column of merged cells, from 0.
    """

    def record(kind: int, body: bytes) -> bytes:
        return struct.pack("<HH", kind, len(body)) + body

    def cell(y: int, x: int, value: object) -> bytes:
        place = struct.pack("<HHH", y, x, 0)
        if isinstance(value, str):
            return record(0x0204, place + struct.pack("<HB", len(value), 1) + value.encode("utf-16-le"))
        return record(0x0203, place + struct.pack("<d", float(str(value))))

    def begin(kind: int) -> bytes:
        return record(0x0809, struct.pack("<HHHHII", 0x0600, kind, 0x0DBB, 0x07CC, 0x41, 0x06))

    end = record(0x000A, b"")
    name = b"Sheet1"
    sheet_at = len(begin(5)) + 4 + 8 + len(name) + len(end)
    globals_ = begin(5) + record(0x0085, struct.pack("<IHBB", sheet_at, 0, len(name), 0) + name) + end
    filled = [(y, x, value) for y, cells in enumerate(rows) for x, value in enumerate(cells) if value not in {"", None}]
    spans = record(0x00E5, struct.pack("<H", len(merged)) + b"".join(struct.pack("<4H", *span) for span in merged))
    # A chart within the sheet ends before it does.
    chart = begin(0x20) + end
    stream = globals_ + begin(0x10) + b"".join(cell(*place) for place in filled) + chart + spans + end
    return _compound_file("Workbook", stream.ljust(-(-max(len(stream), 4096) // 512) * 512, b"\x00"))


def _compound_file(name: str, stream: bytes) -> bytes:
    """One stream in a compound file: header, the allocation table, the directory, the stream."""
    sectors = len(stream) // 512
    tables = -(-(sectors + 2) // 127)
    chain = [0xFFFFFFFD] * tables + [0xFFFFFFFE] + [tables + 2 + n for n in range(sectors - 1)] + [0xFFFFFFFE]
    table = struct.pack(f"<{tables * 128}I", *chain, *[0xFFFFFFFF] * (tables * 128 - len(chain)))
    header = struct.pack(
        "<8s16sHHHHH6sIIIIIIIII",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"", 0x3E, 3, 0xFFFE, 9, 6, b"", 0, tables, tables, 0, 4096,
        0xFFFFFFFE, 0, 0xFFFFFFFE, 0,
    )  # fmt: skip
    header += struct.pack("<109I", *range(tables), *[0xFFFFFFFF] * (109 - tables))

    def entry(title: str, kind: int, child: int, start: int, size: int) -> bytes:
        encoded = title.encode("utf-16-le") + b"\x00\x00"
        return struct.pack(
            "<64sHBBIII16sIQQIQ",
            encoded, len(encoded), kind, 1, 0xFFFFFFFF, 0xFFFFFFFF, child, b"", 0, 0, 0, start, size,
        )  # fmt: skip

    unused = struct.pack("<64sHBBIII16sIQQIQ", b"", 0, 0, 0, 0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF, b"", 0, 0, 0, 0, 0)
    directory = entry("Root Entry", 5, 1, 0xFFFFFFFE, 0) + entry(name, 2, 0xFFFFFFFF, tables + 1, len(stream))
    return header + table + directory + 2 * unused + stream


def read_file(data: bytes, name: str, source: str, piece_bytes: int = PIECE_BYTES) -> pl.DataFrame:
    """The rows of one file handed in for `source` under this name, read in pieces of `piece_bytes`."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        files = pl.DataFrame({"sumber": [source], "berkas": [name], "status_berkas": ["DIBACA"]})
        empty = pl.DataFrame(schema=polars_schema(KINDS[source]))
        return pl.concat([empty, *iter_source(Path(folder), files, source, piece_bytes)])


def only_one_table(texts: list[str]) -> bool:
    """A predicate for headers of further tables: there are none."""
    return False


def read_text(data: bytes) -> Grid:
    """Delimited text of one table, with its pieces joined."""
    pieces = list(read_delimited(io.BytesIO(data), only_one_table))
    rows, refused = pl.concat([piece.rows for piece in pieces]), pl.concat([piece.refused for piece in pieces])
    return Grid(pieces[0].header, rows, refused, pieces[0].title)


def read(data: bytes, source: str, piece_bytes: int = PIECE_BYTES) -> list[dict[str, Any]]:
    """The rows of one file as dictionaries."""
    return read_file(data, f"{source}/x", source, piece_bytes).rows(named=True)


def accepted_rows(data: bytes, source: str = "dtks", piece_bytes: int = PIECE_BYTES) -> list[dict[str, Any]]:
    """The rows of one file that are not refused."""
    return [each for each in read(data, source, piece_bytes) if not each["rusak"]]


def refusal_sentence(data: bytes, source: str) -> str:
    """The sentence about a file that was refused as a whole."""
    (refused,) = read(data, source)
    assert (refused["baris"], refused["rusak"]) == (0, "BERKAS_DITOLAK")
    return str(refused["catatan"])


def parquet(df: pl.DataFrame) -> bytes:
    """A Parquet file."""
    with io.BytesIO() as stream:
        df.write_parquet(stream)
        return stream.getvalue()


HEADERS = LAYOUTS["dtks_17"].headers
NIK = "3604041211870001"


def person(number: int, name: str = "SITI", **values: str) -> list[str]:
    """A row under `HEADERS`."""
    return row("dtks_17", ID_DTKS=f"D{number}", NOMOR_NIK=NIK, NAMA=name, **values)


GOOD = text("dtks_17", person(1))


def html(*rows: str) -> bytes:
    """A page with one table, of rows below `HEADERS`."""
    head = "".join(f"<th>{name}</th>" for name in HEADERS)
    return f"<html><body><table><tr>{head}</tr>{''.join(rows)}</table></body></html>".encode()
