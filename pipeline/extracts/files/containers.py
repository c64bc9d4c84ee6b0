"""Unpacks gz and zip archives, also nested ones, into streams, without trusting the sizes they declare.

Each member is unpacked to a temporary file before it is read, so that nothing of a broken one is used and memory stays
bounded. The format of the unpacked bytes does not belong here.
"""

from __future__ import annotations

import gzip
import io
import re
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Protocol

from pipeline.extracts.files.unreadable import EMPTY, SEND_AGAIN, UnreadableError

# Extracts compress about tenfold; only zip bombs compress more than five-hundredfold.
MAX_RATIO = 500
MIN_SIZE_FOR_RATIO = 64 * 2**20
_MAX_DEPTH = 3
MAX_MEMBERS = 10_000
_MAX_IN_MEMORY = 32 * 2**20
_CHUNK_BYTES = 2**20
# Files that file managers leave behind.
_SYSTEM_FILES = re.compile(r"(^|/)(__MACOSX/|\.(?!\.?/)|~\$|Thumbs\.db$|desktop\.ini$)", re.IGNORECASE)

# Members of the files of Excel and LibreOffice, which are zip archives too.
_OFFICE_MEMBERS = {"[Content_Types].xml", "content.xml"}
# What zipfile raises on damaged archives and unknown compression methods.
BROKEN_ZIP = (zipfile.BadZipFile, OSError, ValueError, RuntimeError, EOFError, zlib.error)

GZIP, ZIP = b"\x1f\x8b", b"PK\x03\x04"
_EMPTY_ZIP = b"PK\x05\x06"


class _Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


@dataclass(frozen=True)
class Part:
    """One unpacked file: its path in the archive (None: not from an archive), and its bytes or why it has none."""

    label: str | None
    content: IO[bytes] | UnreadableError


@dataclass
class _Budget:
    """Limit on the bytes unpacked from one file, over all its nested archives."""

    limit: int
    unpacked: int = 0

    def spend(self, size: int) -> None:
        self.unpacked += size
        self.allow(0)

    def allow(self, size: int) -> None:
        if self.unpacked + size > self.limit:
            message = "Isi berkas ini terlalu besar setelah dibuka; pecah menjadi beberapa berkas."
            raise UnreadableError(message)


def unpack(stream: IO[bytes], max_bytes: int) -> Iterator[Part]:
    """The members of an archive, sorted by name; any other file, also a workbook, is its own only part.

    A damaged member becomes a part with an error; a damaged or too large archive becomes a single such part. The stream
    of a part is closed when the next part is requested.

    Args:
        stream: the file.
        max_bytes: most bytes that all parts together may have.
    """
    packed = stream.seek(0, io.SEEK_END)
    stream.seek(0)
    limit = min(max_bytes, max(MIN_SIZE_FOR_RATIO, MAX_RATIO * packed))
    yield from _unpack(stream, None, _Budget(limit), 0)


def _unpack(stream: IO[bytes], label: str | None, budget: _Budget, depth: int) -> Iterator[Part]:
    start = stream.read(4)
    stream.seek(0)
    is_archive = start[:2] == GZIP or start == _EMPTY_ZIP or (start == ZIP and not _is_workbook(stream))
    if not is_archive:
        yield Part(label, stream)
    elif depth == _MAX_DEPTH:
        yield Part(label, UnreadableError("Arsip ini berlapis-lapis; serahkan berkas di dalamnya saja."))
    elif start[:2] == GZIP:
        try:
            inner = _gunzip(stream, budget)
        except UnreadableError as error:
            yield Part(label, error)
        else:
            with inner:
                yield from _unpack(inner, label, budget, depth + 1)
    else:
        yield from _unzip(stream, label, budget, depth)


def _gunzip(stream: IO[bytes], budget: _Budget) -> IO[bytes]:
    try:
        with gzip.open(stream) as packed:
            return _unpack_to_spool(packed, budget)
    except (OSError, EOFError, zlib.error) as error:
        message = f"Berkas gz ini rusak atau terpotong; {SEND_AGAIN}"
        raise UnreadableError(message) from error


def _unzip(stream: IO[bytes], label: str | None, budget: _Budget, depth: int) -> Iterator[Part]:
    try:
        archive = zipfile.ZipFile(stream)
    except BROKEN_ZIP:
        yield Part(label, UnreadableError(f"Berkas zip atau buku kerja Excel ini rusak atau terpotong; {SEND_AGAIN}"))
        return
    with archive:
        try:
            members = _members(archive, budget)
        except UnreadableError as error:
            yield Part(label, error)
            return
        for member in members:
            # The name of an archive's only member adds nothing for the officer.
            name = "/".join(filter(None, (label, member.filename))) if len(members) > 1 else label
            try:
                inner = _extract(archive, member, budget)
            except UnreadableError as error:
                yield Part(name, error)
            else:
                with inner:
                    yield from _unpack(inner, name, budget, depth + 1)


def _members(archive: zipfile.ZipFile, budget: _Budget) -> list[zipfile.ZipInfo]:
    members = [
        member for member in archive.infolist() if not member.is_dir() and not _SYSTEM_FILES.search(member.filename)
    ]
    if not members:
        message = f"Berkas zip ini kosong; {EMPTY}"
        raise UnreadableError(message)
    if len(members) > MAX_MEMBERS:
        message = "Berkas zip ini berisi terlalu banyak berkas; pecah menjadi beberapa zip."
        raise UnreadableError(message)
    budget.allow(sum(member.file_size for member in members))
    return sorted(members, key=lambda member: member.filename)


def _extract(archive: zipfile.ZipFile, member: zipfile.ZipInfo, budget: _Budget) -> IO[bytes]:
    if member.flag_bits & 1:
        message = "Berkas zip ini dilindungi kata sandi; serahkan isinya tanpa kata sandi."
        raise UnreadableError(message)
    try:
        with archive.open(member) as packed:
            return _unpack_to_spool(packed, budget)
    except BROKEN_ZIP as error:
        message = f"Berkas zip ini rusak atau terpotong; {SEND_AGAIN}"
        raise UnreadableError(message) from error


def _unpack_to_spool(packed: _Readable, budget: _Budget) -> IO[bytes]:
    unpacked = tempfile.SpooledTemporaryFile(max_size=_MAX_IN_MEMORY)  # noqa: SIM115 - its caller closes it
    try:
        while chunk := packed.read(_CHUNK_BYTES):
            budget.spend(len(chunk))
            unpacked.write(chunk)
    except BaseException:
        unpacked.close()
        raise
    unpacked.seek(0)
    return unpacked


def _is_workbook(stream: IO[bytes]) -> bool:
    try:
        with zipfile.ZipFile(stream) as archive:
            return any(name.startswith("xl/") or name in _OFFICE_MEMBERS for name in archive.namelist())
    except BROKEN_ZIP:
        return False
    finally:
        stream.seek(0)
