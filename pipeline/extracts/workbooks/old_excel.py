"""Reads from an Excel 97 workbook (`.xls`) what the library for cells does not return: merged cells and damage.

Newer workbooks: `pipeline.extracts.workbooks.sheet_parts`. An `.xls` file is an OLE compound file: a sector allocation
table chains sectors into streams, and the workbook stream is a sequence of records (kind, length, body).
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator

from pipeline.extracts.workbooks.sheet_parts import SheetParts, Span

_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_STREAM = "Workbook".encode("utf-16-le")
# Sector sizes in bytes, and the file version that has the larger one.
_SMALL_SECTOR, _LARGE_SECTOR, _LARGE = 512, 4096, 4
# Sector numbers from here on mean that there is no sector.
_NO_SECTOR = 0xFFFFFFFA
_ENTRY, _TABLES_IN_HEADER = 128, 109
# Kinds of directory entries, and the length below which a stream is kept in small sectors.
_OF_STREAM, _OF_ROOT, _SHORT = 2, 5, 4096
# Kinds of records.
_BEGIN, _END, _SHEET, _MERGED = 0x0809, 0x000A, 0x0085, 0x00E5
# A record of merged cells: its length and the number of ranges in it.
_MERGED_RECORD = re.compile(rb"\xe5\x00(?=(..)(..))", re.DOTALL)


def xls_parts(data: bytes) -> dict[str, SheetParts]:
    """Sheet → its merged cells; empty for other kinds of workbooks and unreadable structures.

    Args:
        data: the bytes of a workbook that could be opened.
    """
    if not data.startswith(_COMPOUND):
        return {}
    try:
        book = _workbook_stream(data)
        if not _may_be_merged(book):
            return {}
        sheets = [_parse_sheet_record(body) for kind, body in _records(book, 0) if kind == _SHEET]
        return {name: SheetParts(list(_merged_spans(book, begin))) for name, begin in sheets}
    except (struct.error, IndexError, UnicodeDecodeError):
        return {}


def has_cyclic_chain(data: bytes) -> bool:
    """Whether a damaged compound file has a cyclic chain of sectors, on which its reader would exhaust memory."""
    if not data.startswith(_COMPOUND):
        return False
    try:
        size, next_sectors, ends = _read_sector_table(data)
        directory, small = (struct.unpack_from("<I", data, offset)[0] for offset in (48, 60))
        if not ends or not _chain_ends(directory, next_sectors) or not _chain_ends(small, next_sectors):
            return True
        # Short streams have smaller sectors with an allocation table of their own.
        table = _read_chain(data, small, next_sectors, size)
        following_small = struct.unpack(f"<{len(table) // 4}I", table)
        entries = _read_chain(data, directory, next_sectors, size)
        for begin in range(0, len(entries), _ENTRY):
            kind, (first, length) = entries[begin + 66], struct.unpack_from("<II", entries, begin + 116)
            is_short = kind == _OF_STREAM and length < _SHORT
            if kind in {_OF_STREAM, _OF_ROOT} and not _chain_ends(first, following_small if is_short else next_sectors):
                return True
    except (struct.error, IndexError):
        # The file is cut off: the library for cells refuses it.
        return False
    return False


def _chain_ends(first: int, next_sectors: tuple[int, ...]) -> bool:
    for _ in range(len(next_sectors) + 1):
        if first >= len(next_sectors):
            return True
        first = next_sectors[first]
    return False


def _read_sector_table(data: bytes) -> tuple[int, tuple[int, ...], bool]:
    """Sector size, the next sector of each sector, and whether the chain of the allocation table itself ends."""
    size = _LARGE_SECTOR if struct.unpack_from("<H", data, 26)[0] == _LARGE else _SMALL_SECTOR
    max_sectors = len(data) // size
    next_table = struct.unpack_from("<I", data, 68)[0]
    tables = list(struct.unpack_from(f"<{_TABLES_IN_HEADER}I", data, 76))
    # Entries beyond the header are in further sectors, each ending with the number of the next.
    for _ in range(max_sectors):
        if next_table >= _NO_SECTOR:
            break
        *further, next_table = struct.unpack(f"<{size // 4}I", _sector(data, next_table, size))
        tables += further
    sectors = [table for table in tables if table < _NO_SECTOR][:max_sectors]
    next_sectors = struct.unpack(
        f"<{len(sectors) * size // 4}I", b"".join(_sector(data, offset, size) for offset in sectors)
    )
    return size, next_sectors, next_table >= _NO_SECTOR


def _workbook_stream(data: bytes) -> bytes:
    size, next_sectors, _ = _read_sector_table(data)
    entries = _read_chain(data, struct.unpack_from("<I", data, 48)[0], next_sectors, size)
    for begin in range(0, len(entries), _ENTRY):
        if entries.startswith(_STREAM + b"\x00\x00", begin):
            return _read_chain(data, struct.unpack_from("<I", entries, begin + 116)[0], next_sectors, size)
    return b""


def _may_be_merged(book: bytes) -> bool:
    """Whether any record may list merged cells; most workbooks have none and need not be parsed."""
    counts = ([int.from_bytes(part, "little") for part in record] for record in _MERGED_RECORD.findall(book))
    return any(count and length == 2 + 8 * count for length, count in counts)


def _sector(data: bytes, number: int, size: int) -> bytes:
    return data[(number + 1) * size : (number + 2) * size].ljust(size, b"\x00")


def _read_chain(data: bytes, first: int, next_sectors: tuple[int, ...], size: int) -> bytes:
    sectors: list[bytes] = []
    while first < _NO_SECTOR and len(sectors) < len(next_sectors):
        sectors.append(_sector(data, first, size))
        first = next_sectors[first]
    return b"".join(sectors)


def _records(book: bytes, offset: int) -> Iterator[tuple[int, bytes]]:
    """Kind and body of the sheet and merge records of the section at a position, without those of nested charts."""
    depth, head = 0, struct.Struct("<HH").unpack_from
    while offset + 4 <= len(book):
        kind, length = head(book, offset)
        depth += (kind == _BEGIN) - (kind == _END)
        if kind in {_SHEET, _MERGED} and depth == 1:
            yield kind, book[offset + 4 : offset + 4 + length]
        if depth < 1:
            return
        offset += 4 + length


def _parse_sheet_record(body: bytes) -> tuple[str, int]:
    letters, wide = body[6], body[7] & 1
    return body[8 : 8 + (letters << wide)].decode("utf-16-le" if wide else "latin-1"), struct.unpack_from("<I", body)[0]


def _merged_spans(book: bytes, begin: int) -> Iterator[Span]:
    for kind, body in _records(book, begin):
        if kind == _MERGED:
            for first, last, column, _ in struct.iter_unpack("<4H", body[2 : 2 + 8 * (len(body) // 8)]):
                if last > first:
                    yield column, first + 1, last + 1
