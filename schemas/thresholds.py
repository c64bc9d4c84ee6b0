"""Numbers that rules are written with, from the settings file; the sentences officers read take them from here too."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

_SETTINGS = Path(__file__).resolve().parents[1] / "data" / "reference" / "ambang.toml"


@dataclass(frozen=True)
class RuleLimits:
    """The table `aturan` of the settings file, which says what each number means."""

    umur_tertinggi: int
    hari_laporan: int


RULE_LIMITS = RuleLimits(**tomllib.loads(_SETTINGS.read_text(encoding="utf-8"))["aturan"])
