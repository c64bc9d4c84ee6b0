"""The only error of reading: a file, or a part of one, that cannot be read as an extract."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

# What to do about a file, as the end of a sentence.
SEND_AGAIN = "minta kirim ulang, lalu salin lagi sampai selesai."
EMPTY = "minta kirim ulang, atau hapus bila memang tidak ada isinya."
GIVE_DATA = "serahkan data aslinya (Excel, teks, atau Parquet)."
NOT_OPENED = "Berkas ini tidak dapat dibuka; periksa izinnya, tutup program yang memakainya, atau ganti pintasannya."


class UnreadableError(Exception):
    """Carries an Indonesian sentence for the officer who handed the file in; it names no person."""


@contextmanager
def panics_refused(sentence: str) -> Iterator[None]:
    """Turn a panic of a parser written in Rust into an `UnreadableError` with this sentence.

    Panics do not derive from `Exception`, and every extension has its own class, so they are known by the class name.
    """
    try:
        yield
    except BaseException as error:
        if type(error).__name__ == "PanicException":
            raise UnreadableError(sentence) from error
        raise
