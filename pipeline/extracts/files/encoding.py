"""Decodes text: UTF-16 (by its BOM or zero bytes), else UTF-8 with cp1252 for invalid bytes: files mix the two."""

from __future__ import annotations

import codecs
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from pipeline.extracts.files.unreadable import GIVE_DATA, UnreadableError

_UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")
# UTF-16 without a BOM: in a sample of so many characters, nearly all have a zero byte as their other half.
_SAMPLE_CHARACTERS, _MIN_CHARACTERS, _MIN_ZERO_SHARE = 64, 4, 0.8
_BOM = b"\xef\xbb\xbf"
_CP1252_FALLBACK = "padan-cp1252"
# Non-ASCII signs of Mac Roman in a register; cp1252 has rare capitals at most of these bytes.
_MAC_ROMAN_SIGNS = "\xa0‘’“”–—…éè".encode("mac_roman")
# First bytes of text that was encoded in UTF-8 twice, via cp1252: Â, Ã, â€.
_DOUBLE_ENCODED = (b"\xc3\x82", b"\xc3\x83", b"\xc3\xa2\xe2\x82\xac")


def _decode_byte_as_cp1252(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    # One byte at a time: the next may be valid UTF-8 again.
    byte = error.object[error.start : error.start + 1]
    try:
        return byte.decode("cp1252"), error.start + 1
    except UnicodeDecodeError:
        return byte.decode("latin-1"), error.start + 1


codecs.register_error(_CP1252_FALLBACK, _decode_byte_as_cp1252)


def detect_utf_16(data: bytes) -> str | None:
    """The UTF-16 codec of a text that begins with these bytes; None if it is not UTF-16."""
    if data[:2] in _UTF_16_MARKS:
        return "utf-16"
    characters = min(len(data) // 2, _SAMPLE_CHARACTERS)
    sample = data[: 2 * characters]
    for codec, zeros, others in (("utf-16-le", sample[1::2], sample[::2]), ("utf-16-be", sample[::2], sample[1::2])):
        if characters >= _MIN_CHARACTERS and zeros.count(0) >= _MIN_ZERO_SHARE * characters and not others.count(0):
            return codec
    return None


def decode(data: bytes) -> str:
    """Bytes to text.

    Raises:
        UnreadableError: the bytes are not text.
    """
    if codec := detect_utf_16(data):
        return data.decode(codec, errors="replace")
    refuse_binary(data)
    return to_utf8(data).decode()


def decode_without_zeros(data: bytes) -> str:
    """Like `decode`, but drops zero bytes, which a failed copy leaves in text other than UTF-16."""
    return decode(data if detect_utf_16(data) else data.replace(b"\x00", b""))


def refuse_binary(data: bytes) -> None:
    """Raise `UnreadableError` if a zero byte shows that the bytes are not text."""
    if b"\x00" in data:
        message = f"Berkas ini bukan teks; {GIVE_DATA}"
        raise UnreadableError(message)


def to_utf8(data: bytes) -> bytes:
    """Convert text in UTF-8, cp1252, a mix of both, or doubly encoded UTF-8 to UTF-8 without BOMs."""
    if data.isascii():
        return data
    data = data.removeprefix(_BOM)
    # Searching for one byte takes a tenth of the time of searching for three.
    if _BOM[:1] in data:
        data = data.replace(_BOM, b"")
    double_encoded = _DOUBLE_ENCODED[0][:1] in data and any(mark in data for mark in _DOUBLE_ENCODED)
    return data if _is_utf8(data) and not double_encoded else _repair_runs(data)


def mac_roman_to_utf8(data: bytes) -> bytes:
    """Like `to_utf8`, for text with line ends of the old Macintosh (CR), which may be in Mac Roman."""
    non_ascii = data.translate(None, bytes(range(0x80)))
    is_mac_roman = non_ascii and not non_ascii.strip(_MAC_ROMAN_SIGNS) and not _is_utf8(data)
    return data.decode("mac_roman").encode() if is_mac_roman else to_utf8(data)


def _is_utf8(data: bytes) -> bool:
    """Whether the text is valid UTF-8; only its few runs of non-ASCII bytes are decoded to find out."""
    non_ascii, breaks = _non_ascii_runs(data)
    runs = np.insert(np.frombuffer(data, dtype=np.uint8)[non_ascii], breaks, ord(" ")).tobytes()
    try:
        runs.decode()
    except UnicodeDecodeError:
        return False
    return True


def _non_ascii_runs(data: bytes) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Positions of the non-ASCII bytes, and the indices of those that begin a run, without the first."""
    non_ascii = np.flatnonzero(np.frombuffer(data, dtype=np.int8) < 0)
    return non_ascii, np.flatnonzero(np.diff(non_ascii) > 1) + 1


def _repair_runs(data: bytes) -> bytes:
    """Repair each run of non-ASCII bytes by itself: runs are few, and distinct ones fewer still."""
    non_ascii, breaks = _non_ascii_runs(data)
    starts, ends = non_ascii[np.append(0, breaks)].tolist(), (non_ascii[np.append(breaks - 1, -1)] + 1).tolist()
    spans = zip([0, *ends[:-1]], starts, ends, strict=True)
    pieces = [piece for before, start, end in spans for piece in (data[before:start], _repair_run(data[start:end]))]
    return b"".join([*pieces, data[ends[-1] :]])


@lru_cache(maxsize=10_000)
def _repair_run(run: bytes) -> bytes:
    text = run.decode("utf-8", errors=_CP1252_FALLBACK)
    try:
        decoded = text.encode("cp1252").decode() if run.startswith(_DOUBLE_ENCODED) else text
    except UnicodeError:
        return text.encode()
    return decoded.encode()
