"""Settings that officers may change: the limits of the quality gates, read from one file.

`data/reference/ambang.toml` has the defaults and explains each limit; `<data-dir>/ambang.toml` overrides them.
"""

from __future__ import annotations

from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from schemas.limits_file import LIMITS, REFERENCE_LIMITS, SettingsError, read_limits
from schemas.rules import RULES, Severity
from schemas.thresholds import RULES_SECTION

# Codes allowed under `temuan`: findings on rows of DTKS.
_FINDINGS = sorted(
    {rule.code for rule in RULES.values() if rule.severity is Severity.FINDING and rule.on in {"DtksStaged", "Anggota"}}
)

Percent = Annotated[float, Field(strict=True, ge=0, le=100)]


class GateLimits(BaseModel):
    """Limits of the run as a whole, in percent; see the file for their meaning."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    baris_ditolak: Percent
    berkas_ditolak: Percent
    penurunan_padan: Percent
    penyusutan_baris: Percent
    penyusutan_kabupaten: Percent
    penyusutan_penduduk: Percent
    penyusutan_penduduk_kabupaten: Percent
    penyusutan_pembayaran: Percent
    penyusutan_alokasi: Percent
    penyusutan_laporan: Percent
    tidak_padan: Percent


class MemorySettings(BaseModel):
    """Batch sizes; see the file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    baris_sekaligus: int = Field(ge=1)
    # Smaller batches save no more memory, but both registers are read again for every batch.
    pasangan_sekaligus: int = Field(ge=65_536)


class DamageLimits(BaseModel):
    """Thresholds above which all numbers of a file count as damaged; see the file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    nomor_dinilai: int = Field(ge=1)
    berakhir_nol: float = Field(gt=10, le=100)


class Limits(BaseModel):
    """All limits: of the run, of findings by code (percent of accepted DTKS rows), of damaged files, and of memory."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    gerbang: GateLimits
    kerusakan: DamageLimits
    memori: MemorySettings
    temuan: dict[str, Percent]


def _reference_tables() -> dict[str, Any]:
    tables = read_limits(REFERENCE_LIMITS)
    # Thresholds quoted in rules are the same for all data directories (`schemas.thresholds`).
    return {name: table for name, table in tables.items() if name != RULES_SECTION}


@cache
def default_limits() -> Limits:
    """The default limits.

    Raises:
        SettingsError: as in `load_limits`, about the reference file.
    """
    return _validated(REFERENCE_LIMITS, _reference_tables(), {})


def load_limits(root: Path) -> Limits:
    """The limits in force for the data directory `root`.

    Raises:
        SettingsError: its `ambang.toml` is not TOML, names an unknown section or limit, or holds a value out of range.
    """
    own, defaults = root / LIMITS, default_limits()
    return _validated(own, read_limits(own), defaults.model_dump()) if own.is_file() else defaults


def _validated(file: Path, given: dict[str, Any], defaults: dict[str, Any]) -> Limits:
    """The limits in a file, completed with the defaults."""
    ranges = _ranges()
    if unknown := [sentence for name, value in given.items() for sentence in _unknown_settings(name, value, ranges)]:
        message = f"{file}: {' '.join(unknown)}"
        raise SettingsError(message)
    try:
        return Limits.model_validate({name: {**defaults.get(name, {}), **given.get(name, {})} for name in ranges})
    except ValidationError as error:
        places = dict.fromkeys((str(problem["loc"][0]), str(problem["loc"][1])) for problem in error.errors())
        wrong = [f"Nilai {name} di bagian [{section}] harus {ranges[section][name]}." for section, name in places]
        message = f"{file}: {' '.join(wrong)}"
        raise SettingsError(message) from error


@cache
def _ranges() -> dict[str, dict[str, str]]:
    """Section → limit → its allowed values, in words."""
    json_schema = Limits.model_json_schema()
    sections = {name: table for name, table in json_schema["properties"].items() if "$ref" in table}
    ranges = {
        section: {
            name: _range(limit)
            for name, limit in json_schema["$defs"][table["$ref"].split("/")[-1]]["properties"].items()
        }
        for section, table in sections.items()
    }
    return {
        **ranges,
        "temuan": dict.fromkeys(_FINDINGS, _range(json_schema["properties"]["temuan"]["additionalProperties"])),
    }


def _range(limit: dict[str, Any]) -> str:
    number = "bilangan bulat" if limit["type"] == "integer" else "angka"
    lowest = f"di atas {limit['exclusiveMinimum']:g}" if "exclusiveMinimum" in limit else f"dari {limit['minimum']:g}"
    highest = f"sampai {limit['maximum']:g}" if "maximum" in limit else "ke atas"
    return f"{number} {lowest} {highest}"


def _unknown_settings(section: str, values: object, ranges: dict[str, dict[str, str]]) -> list[str]:
    """Sentences about unknown sections, and about unknown limits in a section."""
    if section == RULES_SECTION:
        return [f"Bagian [{RULES_SECTION}] berlaku untuk semua data; ubah di data/reference/{LIMITS} saja."]
    if not isinstance(values, dict):
        return [_advice_outside_sections(section, ranges)]
    if section not in ranges:
        return [f"Bagian [{section}] {_suggestion(section, list(ranges))}"]
    unknown = [name for name in values if name not in ranges[section]]
    proper_sections = {name: _section_of(name, ranges) for name in unknown}
    return [
        f"Batas {name} termasuk bagian [{proper_sections[name]}], bukan [{section}]."
        if proper_sections[name]
        else f"Batas {name} di bagian [{section}] {_suggestion(name, list(ranges[section]))}"
        for name in unknown
    ]


def _advice_outside_sections(name: str, ranges: dict[str, dict[str, str]]) -> str:
    """Advice on a value before the first section."""
    if name in ranges:
        return f"{name} adalah bagian: tulis [{name}] pada baris tersendiri, lalu batasnya di bawahnya."
    if section := _section_of(name, ranges):
        return f"{name} tidak berada di bawah bagiannya: tulis baris [{section}] di atasnya."
    nearest = _closest_name(name, [limit for limits in ranges.values() for limit in limits])
    return (
        f"{name} tidak berada di bawah bagian mana pun dan tidak dikenal; yang paling mirip: {nearest} di bawah baris "
        f"[{_section_of(nearest, ranges)}]."
    )


def _section_of(limit: str, ranges: dict[str, dict[str, str]]) -> str | None:
    return next((section for section, limits in ranges.items() if limit in limits), None)


def _suggestion(name: str, names: list[str]) -> str:
    return f"tidak dikenal; yang paling mirip: {_closest_name(name, names)}."


def _closest_name(name: str, names: list[str]) -> str:
    spelled = {candidate.casefold(): candidate for candidate in names}
    return spelled[get_close_matches(name.casefold(), spelled, n=1, cutoff=0)[0]]
