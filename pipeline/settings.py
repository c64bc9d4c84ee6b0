"""Settings that officers may change: the limits of the quality gates, read from one file.

`data/reference/ambang.toml` holds the defaults and says what each limit means; `<data-dir>/ambang.toml` overrules it.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pipeline.reference import REFERENCE_DIR

LIMITS = "ambang.toml"
"""Name of the file."""
_OF_RULES = "aturan"


class SettingsError(Exception):
    """The settings file cannot be used; the message is an Indonesian sentence for whoever wrote it."""


class GateLimits(BaseModel):
    """Limits of the run as a whole, in percent; see the file for their meaning."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    baris_ditolak: float = Field(ge=0, le=100)
    berkas_ditolak: float = Field(ge=0, le=100)
    penurunan_padan: float = Field(ge=0, le=100)
    penyusutan_baris: float = Field(ge=0, le=100)
    penyusutan_kabupaten: float = Field(ge=0, le=100)
    penyusutan_penduduk: float = Field(ge=0, le=100)
    penyusutan_penduduk_kabupaten: float = Field(ge=0, le=100)
    penyusutan_pembayaran: float = Field(ge=0, le=100)
    tidak_padan: float = Field(ge=0, le=100)


class MemorySettings(BaseModel):
    """How much is worked on at once; see the file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    baris_sekaligus: int = Field(ge=1)


class DamageLimits(BaseModel):
    """What makes numbers of a file look damaged as a whole; see the file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    nomor_dinilai: int = Field(ge=1)
    berakhir_nol: float = Field(gt=10, le=100)


class Limits(BaseModel):
    """All limits: of the run, of findings by code (percent of accepted DTKS rows), of damaged files, and of memory."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    gerbang: GateLimits
    kerusakan: DamageLimits
    memori: MemorySettings
    temuan: dict[str, float]


def _reference() -> dict[str, Any]:
    tables = tomllib.loads((REFERENCE_DIR / LIMITS).read_text(encoding="utf-8"))
    # What rules are written with is read where they are (`schemas.thresholds`), and is the same for all data.
    return {name: table for name, table in tables.items() if name != _OF_RULES}


@cache
def default_limits() -> Limits:
    """The limits where no data directory overrules them."""
    return Limits.model_validate(_reference())


def load_limits(root: Path) -> Limits:
    """The limits in force for the data directory `root`.

    Raises:
        SettingsError: its `ambang.toml` is not TOML, names an unknown limit or holds something that is no percentage.
    """
    tables = _reference()
    own = root / LIMITS
    if own.is_file():
        try:
            for table, values in tomllib.loads(own.read_text(encoding="utf-8")).items():
                tables[table] = {**tables.get(table, {}), **values}
        except (tomllib.TOMLDecodeError, UnicodeDecodeError, TypeError) as error:
            message = f"{own} bukan berkas TOML yang benar."
            raise SettingsError(message) from error
    try:
        return Limits.model_validate(tables)
    except ValidationError as error:
        if _OF_RULES in tables:
            message = f"{own}: tabel aturan berlaku untuk semua data; ubah di data/reference/{LIMITS} saja."
            raise SettingsError(message) from error
        wrong = ", ".join(".".join(map(str, problem["loc"])) for problem in error.errors())
        message = f"{own}: batas tidak dikenal atau di luar jangkauan: {wrong}."
        raise SettingsError(message) from error
