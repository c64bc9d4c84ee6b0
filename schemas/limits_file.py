"""The file of limits, `data/reference/ambang.toml`: read here, and nowhere else."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

LIMITS = "ambang.toml"
"""Name of the file."""
REFERENCE_LIMITS = Path(__file__).resolve().parents[1] / "data" / "reference" / LIMITS
"""The file that holds the defaults; one of a data directory overrules it."""


class SettingsError(Exception):
    """A file of limits cannot be used; the message is an Indonesian sentence for whoever wrote it."""


def read_limits(file: Path) -> dict[str, Any]:
    """The sections of a file of limits, by name.

    Raises:
        SettingsError: it is no TOML.
    """
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        message = f"{file} bukan berkas TOML yang benar."
        raise SettingsError(message) from error
