"""Reads, validates and writes the linkage model's file.

Belongs here: the file, the validity of a model. Does not: the model's types (`pipeline.matching.model.linkage`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from pipeline.matching.model.calibration import Calibration
from pipeline.matching.model.linkage import (
    NAME_STATES,
    Comparison,
    Cutoffs,
    Group,
    Groups,
    LeftHome,
    Level,
    LinkageModel,
    ListedAnew,
    Lookalike,
    Scope,
    weights,
)
from pipeline.reference import REFERENCE_DIR

MODEL_FILE = REFERENCE_DIR / "model_padan.json"
_VERSION = 4
_USUAL_RESIDENTS = 1_000_000
# Largest rounding error of shares that must add up to 1.
_ROUNDED = 0.005
# Values per name state: for one person, for a lookalike.
_VALUES_PER_STATE = 2
# Fields of a lookalike that are tables.
_TABLES = ("levels", "duplicate_bits", "spelled")


class ModelError(ValueError):
    """A model that must not be used: values out of range, levels in the wrong order, unknown names."""


def validated(model: LinkageModel) -> LinkageModel:
    """The model itself, if it is valid.

    Raises:
        ModelError: a value is no share, values are missing or too many, contexts do not fit, a group names an unknown
            outcome, or the best level weighs less than the worst one.
    """
    problems = [
        f"{name} = {value}"
        for name, value in (("absent", model.absent), ("repeated", model.repeated))
        if not 0 < value < 1
    ]
    problems += [f"calibration.{name}" for name, (_, slope) in asdict(model.calibration).items() if slope <= 0]
    for comparison in model.comparisons:
        problems += _problems_of_comparison(comparison)
    for lookalike in model.lookalikes:
        problems += [f"{lookalike.code}.{name}" for name in _problems_of_lookalike(model, lookalike)]
    level_counts = _level_counts(model)
    problems += [
        f"listed_anew.{name}"
        for name, shares in model.listed_anew.levels.items()
        if len(shares) != level_counts.get(name) or not _adds_up(shares, may_exceed_one=False)
    ]
    groups = {"left_home": model.left_home.levels, **_groups_of(model)}
    problems += [f"{name}.{wrong}" for name, group in groups.items() for wrong in _unknown_outcomes(model, group)]
    if problems:
        message = f"unusable linkage model: {'; '.join(problems)}"
        raise ModelError(message)
    return model


def _problems_of_comparison(comparison: Comparison) -> list[str]:
    contexts = max(comparison.contexts, default=0) + 1
    problems = []
    for level in comparison.levels:
        shares = (level.m, *level.f, *(() if level.per_row else level.u))
        if not all(0 < share <= 1 for share in shares) or len(level.f) != contexts or len(level.u) != contexts:
            problems.append(f"{comparison.name}.{level.code}")
    if not problems:
        bits = weights(comparison, _USUAL_RESIDENTS).match[0]
        if bits[1] < bits.max() or bits.min() >= 0:
            problems.append(f"{comparison.name}: {bits[1]:.1f} bits when equal, {bits.min():.1f} at worst")
    return problems


def _problems_of_lookalike(model: LinkageModel, lookalike: Lookalike) -> list[str]:
    level_counts = _level_counts(model)
    deciding = {comparison.context for comparison in model.comparisons}
    problems = [name for name in lookalike.alike if name not in level_counts]
    problems += [
        name
        for name, shares in lookalike.levels.items()
        if len(shares) != level_counts.get(name) or not _adds_up(shares, may_exceed_one=name in deciding)
    ]
    problems += [name for name, bits in lookalike.duplicate_bits.items() if len(bits) != level_counts.get(name)]
    problems += [
        state
        for state, shares in lookalike.spelled.items()
        if state not in NAME_STATES or len(shares) != _VALUES_PER_STATE or not all(0 < share <= 1 for share in shares)
    ]
    return problems + (["impossible_number_ratio"] if lookalike.impossible_number_ratio <= 0 else [])


def _unknown_outcomes(model: LinkageModel, group: Group) -> list[str]:
    """Names in a group that the model does not have."""
    codes = {comparison.name: {level.code for level in comparison.levels} for comparison in model.comparisons}
    return [f"{name}.{code}" for name, wanted in group.items() for code in wanted if code not in codes.get(name, ())]


def _groups_of(model: LinkageModel) -> dict[str, Group]:
    return {group.name: getattr(model.groups, group.name) for group in fields(model.groups)}


def _level_counts(model: LinkageModel) -> dict[str, int]:
    """Number of levels per comparison, without level 0."""
    return {comparison.name: len(comparison.levels) - 1 for comparison in model.comparisons}


def _adds_up(shares: Sequence[float], *, may_exceed_one: bool) -> bool:
    """Whether shares add up to 1, or to more if another comparison has this one as its context.

    An outcome may then be split: a NIK unlike the resident's is split by the birth date, which is weighed after it.
    """
    total = sum(shares)
    complete = total > 1 - _ROUNDED and (may_exceed_one or total < 1 + _ROUNDED)
    return complete and all(0 < share <= 1 for share in shares)


def load_model(path: Path = MODEL_FILE) -> LinkageModel:
    """Read a model.

    Raises:
        ModelError: another version, figures missing or unknown, or `validated` refuses it.
    """
    data = json.loads(path.read_text(encoding="utf-8"))
    if data.get("version") != _VERSION:
        message = f"linkage model of version {data.get('version')}, expected {_VERSION}"
        raise ModelError(message)
    try:
        model = _model(data)
    except (KeyError, TypeError) as error:
        message = f"linkage model with figures missing or unknown: {error}"
        raise ModelError(message) from error
    return validated(model)


def _model(data: Mapping[str, Any]) -> LinkageModel:
    return LinkageModel(
        absent=data["absent"],
        repeated=data["repeated"],
        cutoffs=Cutoffs(**data["cutoffs"]),
        comparisons=tuple(_comparison(entry) for entry in data["comparisons"]),
        groups=Groups(**{name: _group(entry) for name, entry in data.get("groups", {}).items()}),
        lookalikes=tuple(_lookalike(entry) for entry in data.get("lookalikes", ())),
        left_home=_left_home(data.get("left_home")),
        listed_anew=_listed_anew(data.get("listed_anew")),
        calibration=Calibration(**{name: tuple(line) for name, line in data["calibration"].items()}),
    )


def save_model(model: LinkageModel, path: Path) -> None:
    """Write a model in readable form, one level per line; the same model always gives the same bytes."""
    head = {"version": _VERSION, "absent": _rounded(model.absent), "repeated": _rounded(model.repeated)}
    lines = [f" {json.dumps(name)}: {value}," for name, value in head.items()]
    lines += [f' "cutoffs": {json.dumps(asdict(model.cutoffs))},']
    if model.left_home.levels:
        lines += [f' "left_home": {json.dumps(asdict(model.left_home))},']
    if model.listed_anew.levels:
        lines += [f' "listed_anew": {json.dumps(asdict(model.listed_anew))},']
    lines += [f' "calibration": {json.dumps(_curve_rounded(model.calibration))},', ' "comparisons": [']
    lines.append(",\n".join(_comparison_json(comparison) for comparison in model.comparisons))
    groups = {name: group for name, group in _groups_of(model).items() if group}
    lines += [
        " ],",
        ' "groups": {',
        ",\n".join(f"  {json.dumps(n)}: {json.dumps(g)}" for n, g in groups.items()),
        " },",
    ]
    lines += [' "lookalikes": [', ",\n".join(_lookalike_json(lookalike) for lookalike in model.lookalikes)]
    path.write_text("\n".join(["{", *lines, " ]", "}"]) + "\n", encoding="utf-8")


def _comparison_json(comparison: Comparison) -> str:
    facts = {
        "name": comparison.name,
        "kind": comparison.kind,
        "columns": dict(comparison.columns),
        "scope": comparison.scope.value,
        "context": comparison.context,
        "contexts": comparison.contexts,
    }
    lines = [f"   {json.dumps(name)}: {json.dumps(value)}," for name, value in facts.items()]
    levels = ",\n".join(f"    {json.dumps(_level_rounded(level))}" for level in comparison.levels)
    return "\n".join(["  {", *lines, '   "levels": [', levels, "   ]", "  }"])


def _lookalike_json(lookalike: Lookalike) -> str:
    facts = {name: value for name, value in asdict(lookalike).items() if name not in _TABLES}
    lines = [f"   {json.dumps(name)}: {json.dumps(value)}" for name, value in facts.items()]
    for table in _TABLES:
        figures = getattr(lookalike, table).items()
        rows = ",\n".join(f"    {json.dumps(name)}: {json.dumps(shares)}" for name, shares in figures)
        lines.append(f"   {json.dumps(table)}: {{\n{rows}\n   }}" if rows else f"   {json.dumps(table)}: {{}}")
    return "  {\n" + ",\n".join(lines) + "\n  }"


def _lookalike(entry: Mapping[str, Any]) -> Lookalike:
    tables = {table: {name: tuple(figures) for name, figures in entry[table].items()} for table in _TABLES}
    return Lookalike(**{**entry, **tables, "alike": tuple(entry["alike"])})


def _left_home(entry: Mapping[str, Any] | None) -> LeftHome:
    if entry is None:
        return LeftHome()
    return LeftHome(entry["bits"], _group(entry["levels"]))


def _group(entry: Mapping[str, Any]) -> Group:
    return {name: tuple(codes) for name, codes in entry.items()}


def _listed_anew(entry: Mapping[str, Any] | None) -> ListedAnew:
    if entry is None:
        return ListedAnew()
    return ListedAnew(entry["share"], {name: tuple(shares) for name, shares in entry["levels"].items()})


def _level_rounded(level: Level) -> dict[str, Any]:
    shares = {"m": _rounded(level.m), "f": [_rounded(f) for f in level.f], "u": [_rounded(u) for u in level.u]}
    return {**asdict(level), **shares}


def _curve_rounded(curve: Calibration) -> dict[str, list[float]]:
    return {name: [_rounded(figure) for figure in line] for name, line in asdict(curve).items()}


def _rounded(share: float) -> float:
    return float(f"{share:.4g}")


def _comparison(entry: Mapping[str, Any]) -> Comparison:
    levels = tuple(
        Level(level["code"], level["m"], tuple(level["f"]), tuple(level["u"]), level["per_row"], level["reason"])
        for level in entry["levels"]
    )
    return Comparison(
        entry["name"],
        entry["kind"],
        entry["columns"],
        Scope(entry["scope"]),
        levels,
        entry["context"],
        tuple(entry["contexts"]),
    )
