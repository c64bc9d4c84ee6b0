"""Limits used in rules and in the rules' sentences, from the file of limits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from schemas.limits_file import REFERENCE_LIMITS, SettingsError, read_limits

RULES_SECTION = "aturan"
"""Name of the section in the file of limits."""


@dataclass(frozen=True)
class RuleLimits:
    """The section `aturan` of the file of limits, which explains each number."""

    umur_tertinggi: int
    hari_laporan: int


def rule_limits(sections: Mapping[str, Any]) -> RuleLimits:
    """The limits of the rules.

    Raises:
        SettingsError: a limit is missing, misspelled or not a whole number above 0.
    """
    given = sections.get(RULES_SECTION)
    names = [field.name for field in fields(RuleLimits)]
    if not isinstance(given, dict) or sorted(given) != sorted(names) or not all(map(_is_count, given.values())):
        message = (
            f"{REFERENCE_LIMITS}: bagian [{RULES_SECTION}] harus berisi {' dan '.join(names)} saja, "
            "masing-masing bilangan bulat dari 1 ke atas."
        )
        raise SettingsError(message)
    return RuleLimits(**given)


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


RULE_LIMITS = rule_limits(read_limits(REFERENCE_LIMITS))
