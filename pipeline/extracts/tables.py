"""Splits one unpacked file of any format into its tables, with rows and columns as in the file.

The format follows from the file's first bytes, never from its name. Belongs here: which reader a file goes to, and
which of its tables are read at all. Does not: how a format becomes cells (the modules beside this one), what the
columns mean (`pipeline.extracts.layouts.expected`, `pipeline.extracts.layouts.mapping`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from io import BytesIO
from typing import IO

import polars as pl

from pipeline.extracts.files.containers import Part
from pipeline.extracts.files.encoding import detect_utf_16
from pipeline.extracts.files.unreadable import EMPTY, GIVE_DATA, SEND_AGAIN, UnreadableError, panics_refused
from pipeline.extracts.grids.adjacent_tables import split_adjacent_tables
from pipeline.extracts.grids.grid import IDENTITY_NUMBER, Grid
from pipeline.extracts.grids.heading import count_known_headers
from pipeline.extracts.grids.lists import split_lists
from pipeline.extracts.layouts.expected import describe_unknown_layout
from pipeline.extracts.parquet import read_parquet
from pipeline.extracts.service import read_service_answers
from pipeline.extracts.sql_dump import read_sql_dump
from pipeline.extracts.text.family_book_text import read_text_book
from pipeline.extracts.text.fixed_width import read_fixed_width, read_printed_book
from pipeline.extracts.text.head import header_predicate
from pipeline.extracts.text.rows import read_delimited
from pipeline.extracts.workbooks.workbook import Sheet, read_html, read_workbook
from schemas.extracts import folder_of, recognise, recognise_in_folder
from schemas.rules import HIDDEN_SHEET

_OTHER_FORMATS = {b"%PDF": "PDF", b"Rar!": "RAR", b"7z\xbc\xaf": "7z", b"\x89PNG": "gambar", b"\xff\xd8\xff": "gambar"}
_BOOK_SOURCE = "dukcapil"
# JSON, but not a text whose header or title begins with a bracket: [NIK]|[NAMA], [RAHASIA] DAFTAR BAYAR.
_JSON = re.compile(rb'[\[{]\s*["\[{\]}]')
_NOT_TEXT_NAME = re.compile(r"\.(xls[xbm]?|ods|parquet)$", re.IGNORECASE)
Table = tuple[str | None, Iterator[Grid] | UnreadableError]
"""A table's name inside its file, and its grids or why it is not read."""


def split_into_tables(part: Part, name: str, source: str, piece_bytes: int) -> Iterator[Table]:
    """The tables of one unpacked file: each has a name and one or more grids, or the error why it is not read.

    Raises:
        UnreadableError: the file has no table.
    """
    if isinstance(part.content, UnreadableError):
        raise part.content
    stream, label = part.content, part.label
    start = stream.read(512)
    stream.seek(0)
    codec = detect_utf_16(start)
    text = start.decode(codec, errors="replace").encode() if codec else start
    stripped = text.lstrip(b"\xef\xbb\xbf \t\r\n")
    for signature, what in _OTHER_FORMATS.items():
        if start.startswith(signature):
            message = f"Ini berkas {what}, bukan data; {GIVE_DATA}"
            raise UnreadableError(message)
    if start[:4] == b"PAR1":
        yield label, read_parquet(stream)
    elif start[:4] in {b"PK\x03\x04", b"\xd0\xcf\x11\xe0"}:
        yield from _sheets(stream.read(), label, source)
    elif stripped.startswith(b"<"):
        yield from _split_adjacent(label, read_html(stream.read()), source)
    elif _JSON.match(stripped):
        yield label, iter([read_service_answers(stream.read())])
    elif dump := read_sql_dump(stream):
        yield from _readable_sheets([Sheet(table, grid, visible=True) for table, grid in dump], label, source)
    else:
        stream.seek(0)
        yield label, _read_text(stream, label or name, source, piece_bytes)


def _sheets(data: bytes, label: str | None, source: str) -> Iterator[Table]:
    with panics_refused(f"Buku kerja Excel ini rusak atau terpotong; {SEND_AGAIN}"):
        sheets = read_workbook(data)
    yield from _readable_sheets(sheets, label, source)


def _readable_sheets(sheets: list[Sheet], label: str | None, source: str) -> Iterator[Table]:
    """The sheets of a workbook, or tables of a dump, that are read: a known layout; others with people are refused."""
    contents = [_tables_of_sheet(sheet.grid, source) for sheet in sheets]
    grids = [tables[0] for tables in contents if not isinstance(tables, UnreadableError)]
    # If one sheet has all required columns, a sheet without them (recognised only in its folder) is a recapitulation.
    any_complete = any(recognise(table.header) for grid in grids for _, table in split_lists(grid))

    def recognised(grid: Grid) -> bool:
        headers = (table.header for _, table in split_lists(grid))
        return any(recognise(header) if any_complete else recognise_in_folder(header, source) for header in headers)

    # An unreadable sheet may be the one with the data.
    if len(grids) == len(sheets) and not any(map(recognised, grids)):
        nearest = max((grid.header for grid in grids), key=count_known_headers, default=[])
        if not any(any(grid.header) for grid in grids):
            message = f"Buku kerja Excel ini kosong; {EMPTY}"
            raise UnreadableError(message)
        raise UnreadableError(describe_unknown_layout(nearest, source))
    # A hidden sheet may be the only one, or an old copy: visible sheets come first, as the first row of an ID counts.
    for sheet, tables in sorted(zip(sheets, contents, strict=True), key=lambda pair: not pair[0].visible):
        name = sheet.name if sheet.visible else HIDDEN_SHEET + sheet.name
        sheet_label = "/".join(filter(None, (label, name)))
        if isinstance(tables, UnreadableError):
            yield sheet_label, tables
        elif not recognised(tables[0]):
            if _has_identity_number(tables[0]):
                yield sheet_label, UnreadableError(describe_unknown_layout(tables[0].header, source))
        elif len(tables) > 1:
            yield sheet_label, iter(tables)
        else:
            yield from _split_adjacent(sheet_label, tables[0], source)


def _tables_of_sheet(sheet: Grid | UnreadableError, source: str) -> list[Grid] | UnreadableError:
    """The sheet itself, or the tables of a text that a spreadsheet opened with its lines unsplit or split at commas.

    Excel does so with every delimiter but the one of the computer's region. A part that it took for a short number may
    have lost zeros: with a question mark behind it no amount is read from it.
    """
    if isinstance(sheet, UnreadableError):
        return sheet
    if sheet.rows.is_empty() or count_known_headers(sheet.header) > 1:
        return [sheet]
    first, *others = (pl.col(name).fill_null("").str.replace_all("\n", " ") for name in sheet.rows.columns[1:])
    parts = [first, *(part.str.replace("^[0-9]{1,2}$", "${0}?") for part in others)]
    line = pl.concat_str(parts, separator="\0").str.strip_chars_end("\0").str.replace_all("\0", ",")
    above = sheet.rows["baris"][0] - 1
    header_line = pl.DataFrame({"baris": above, "teks": ",".join(sheet.header).rstrip(",")})
    lines = pl.concat([header_line, sheet.rows.select("baris", teks=line)])
    numbers = lines.select(pl.int_range(1, pl.col("baris").max() + 1).alias("baris"))
    by_number = numbers.join(lines, on="baris", how="left", maintain_order="left")
    text = by_number["teks"].fill_null("").str.join("\n").item()
    try:
        tables = list(read_delimited(BytesIO(text.encode()), header_predicate(source)))
    except UnreadableError:
        return [sheet]
    header = tables[0].header
    return tables if len(header) > len(sheet.header) and recognise_in_folder(header, source) else [sheet]


def _split_adjacent(label: str | None, grid: Grid, source: str) -> Iterator[Table]:
    for column, table in split_adjacent_tables(grid):
        table_label, found = " ".join(filter(None, (label, column))) or None, recognise_in_folder(table.header, source)
        if column and found and folder_of(found[0]) != source:
            # The file is in the right folder, so a table of another source beside it is only there to compare with.
            message = (
                f"Tabel ini {found[1].label}, bukan data {source}, dan tidak dibaca; tabel di sebelah kirinya dibaca."
            )
            yield table_label, UnreadableError(message)
        else:
            yield table_label, iter([table])


def _has_identity_number(grid: Grid) -> bool:
    """Whether a table has a NIK or KK number, so that ignoring the table would lose a person."""
    in_header = [re.search(IDENTITY_NUMBER, text) for text in grid.header]
    if any(in_header) or grid.rows.is_empty():
        return any(in_header)
    row = pl.concat_str(grid.rows.columns[1:], separator=" ", ignore_nulls=True)
    return bool(grid.rows.select(row.str.contains(IDENTITY_NUMBER).any()).item())


def _read_text(stream: IO[bytes], name: str, source: str, piece_bytes: int) -> Iterator[Grid]:
    grids = read_delimited(stream, header_predicate(source), piece_bytes)
    first = next(grids)
    if not recognise_in_folder(first.header, source) and (other := _read_without_delimiters(stream, source)):
        yield other
        return
    if (ending := _NOT_TEXT_NAME.search(name)) and not recognise_in_folder(first.header, source):
        message = f"Isinya teks biasa, bukan {ending.group(1).lower()} seperti namanya; {SEND_AGAIN}"
        raise UnreadableError(message)
    yield first
    yield from grids


def _read_without_delimiters(stream: IO[bytes], source: str) -> Grid | None:
    """A text without delimiters, read as fixed-width columns or as a family book; None if it is neither."""
    books = (read_text_book, read_printed_book) if source == _BOOK_SOURCE else ()
    for read in (*books, partial(read_fixed_width, is_header=header_predicate(source))):
        stream.seek(0)
        if grid := read(stream):
            return grid
    return None
