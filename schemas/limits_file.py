"""Reads files of limits such as `data/reference/ambang.toml`; the only module that does."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

LIMITS = "ambang.toml"
"""File name."""
REFERENCE_LIMITS = Path(__file__).resolve().parents[1] / "data" / "reference" / LIMITS
"""The file with the defaults; a file in the data directory overrides single values."""

_AT_LINE = re.compile(r"\(at line (\d+), column \d+\)$")
_DECIMAL_COMMA = re.compile(r"=\s*([+-]?\d+),(\d+)\s*(?:#.*)?$")


class SettingsError(Exception):
    """A file of limits or other settings cannot be used; the message is an Indonesian sentence for its author."""


def read_limits(file: Path) -> dict[str, Any]:
    """The sections of a file of limits, by name.

    Raises:
        SettingsError: the file is not valid TOML; the message names the line.
    """
    try:
        # Notepad writes a byte order mark.
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        message = f"{file} bukan berkas TOML yang benar: simpan sebagai teks UTF-8."
        raise SettingsError(message) from error
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        message = f"{file}, {_what_is_wrong(text, str(error))}"
        raise SettingsError(message) from error


def _what_is_wrong(text: str, error: str) -> str:
    lines = text.splitlines()
    # An error without a line number is at the end of the file.
    line = int(found.group(1)) if (found := _AT_LINE.search(error)) else len(lines)
    if comma := _DECIMAL_COMMA.search(lines[line - 1]):
        return f"baris {line}: pecahan ditulis dengan titik: {'.'.join(comma.groups())}."
    return f"baris {line}: bukan berkas TOML yang benar; setiap baris berupa [bagian], nama = angka, atau # catatan."
