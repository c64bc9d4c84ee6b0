"""Bytes to UTF-8: UTF-16 by its mark, else UTF-8, and where a byte is none, cp1252. Files of officers are mixed."""

from __future__ import annotations

import codecs

from pipeline.extracts.unreadable import UnreadableError

UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_BOM = b"\xef\xbb\xbf"
_MIXED = "padan-cp1252"


def _as_cp1252(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    # One byte at a time: what comes behind it may be UTF-8 again.
    byte = error.object[error.start : error.start + 1]
    try:
        return byte.decode("cp1252"), error.start + 1
    except UnicodeDecodeError:
        return byte.decode("latin-1"), error.start + 1


codecs.register_error(_MIXED, _as_cp1252)


def decode(data: bytes) -> str:
    """Bytes to text.

    Raises:
        UnreadableError: the bytes are no text.
    """
    if data[:2] in UTF_16_MARKS:
        return data.decode("utf-16", errors="replace")
    refuse_binary(data)
    return to_utf8(data).decode()


def refuse_binary(data: bytes) -> None:
    """Raises `UnreadableError` where a zero byte shows that these are no text."""
    if b"\x00" in data:
        message = "Berkas ini bukan teks."
        raise UnreadableError(message)


def to_utf8(data: bytes) -> bytes:
    """Text in UTF-8, cp1252 or both, in UTF-8 without marks."""
    if data.isascii():
        return data
    data = data.replace(_BOM, b"")
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("utf-8", errors=_MIXED).encode()
    return data
