"""The linkage model as data: what is compared, in which levels, how telling each level is, and where decisions are cut.

Belongs here: the typed model, reading and writing it, its sanity. Does not: how levels are found
(`pipeline.matching.comparison`), how figures are learnt (`pipeline.matching.training`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from enum import Enum
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.matching.calibration import AS_IT_IS, Calibration
from pipeline.reference import REFERENCE_DIR

Floats = npt.NDArray[np.float64]
MODEL_FILE = REFERENCE_DIR / "model_padan.json"
VERSION = 2
_USUAL_RESIDENTS = 1_000_000
# Written figures add up to 1 but for so much.
_ROUNDED = 0.005
# What names that are not the same may turn out to be (`lookalikes.names_of`), in order.
NAME_STATES = ("SLIP", "PERHAPS_TWO", "TWO_NAMES", "FULLER")
# One figure where they are one person's, one where they are a lookalike's.
_BOTH = 2
# Figures of a lookalike that are tables.
_TABLES = ("levels", "doubles", "spelled")


class ModelError(ValueError):
    """A model that must not be used: figures out of range or levels that contradict their order."""


class Scope(Enum):
    """Whom a comparison is about: the person, or the whole family (a relative would agree just as well)."""

    PERSON = "PRIBADI"
    FAMILY = "KELUARGA"


@dataclass(frozen=True)
class Level:
    """One outcome of a comparison.

    Attributes:
        code: name of the outcome, unique within its comparison.
        m: share of true pairs with this outcome.
        f: share of pairs "row, another member of that person's family", one figure per context.
        u: share of pairs of strangers, one figure per context. With `per_row`, expected number of strangers per row.
        per_row: whether `u` is to be divided by the number of residents.
        reason: reason code of `schemas.reasons`, None where the outcome explains nothing.
    """

    code: str
    m: float
    f: tuple[float, ...]
    u: tuple[float, ...]
    per_row: bool = False
    reason: str | None = None


@dataclass(frozen=True)
class Comparison:
    """One fact compared.

    Attributes:
        name: of the comparison, unique within the model.
        kind: which function finds the level, a key of `pipeline.matching.comparison.KINDS`.
        columns: part of the fact → column of the people and of the registry (the same name on both sides).
        scope: person or family.
        levels: level 0 is "cannot be compared" and weighs nothing; the rest are named in falling order of agreement.
        context: name of an earlier comparison whose level decides which of the `f` and `u` figures hold; None for one.
        contexts: context number per level of that earlier comparison.
    """

    name: str
    kind: str
    columns: Mapping[str, str]
    scope: Scope
    levels: tuple[Level, ...]
    context: str | None = None
    contexts: tuple[int, ...] = ()


@dataclass(frozen=True)
class Lookalike:
    """Somebody outside the registry who resembles the resident: a namesake of the village, an unregistered twin.

    Attributes:
        code: name of the kind, unique within the model.
        reason: reason code of `schemas.reasons` where such a person cannot be ruled out.
        least_bits: how much better than such a person the resident must explain the row for an automatic link.
        double_bits: the same for two rows of DTKS to be taken for one person.
        odd: how many times as often as the resident's row theirs bears a NIK that is nobody's own.
        alike: comparisons that tell nothing between the two.
        levels: comparison → share of each outcome but the first, where such a person differs from the resident and
            from a stranger; what is named in neither is as it is for strangers.
        doubles: comparison → bits by which each outcome but the first speaks for two rows of DTKS being one person
            rather than two such people, over and above `levels`.
        spelled: what names that are not the same turn out to be, of `NAME_STATES` → how often, where they are one
            person's and where they are such a person's.
    """

    code: str
    reason: str
    least_bits: float
    double_bits: float
    odd: float
    alike: tuple[str, ...]
    levels: Mapping[str, tuple[float, ...]]
    doubles: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    spelled: Mapping[str, tuple[float, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class LeftHome:
    """A child who has left the family that the row still tells.

    Attributes:
        bits: how much likelier a row means such a child than an unknown one of that family, log2, both equally common.
        levels: comparison → outcomes by which such a child is known; none where the model knows no such children.
    """

    bits: float = 0.0
    levels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class ListedAnew:
    """How the second row of a person differs who was not copied within the family but listed anew: moved, married.

    Attributes:
        share: of the second rows.
        levels: comparison → share of each outcome but the first; what is not named is as in any row.
    """

    share: float = 0.0
    levels: Mapping[str, tuple[float, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Cutoffs:
    """Where decisions are cut; probabilities 0–1, bits are log2 odds.

    Attributes:
        automatic: least belief (`scoring.posterior`, not calibrated) of a link made without a human.
        review: least belief, and least probability, of a pair shown to a human.
        correction_bits: least odds against all alternatives together for an identifier to be corrected.
        correction_margin: least bits by which lookalikes must be ruled out for that (`lookalikes.margins`).
        correction_two_names: how many more, where the names are alike and yet two.
        correction_anothers: how much more odds it takes to overwrite a whole number, unlike the resident's, of a row
            that was born on another day, or that has a number of its own and tells no more than the year.
        contested: least bits by which lookalikes must be ruled out where another row claims the resident too and the
            names may be two.
        duplicate: least probability that two rows are one person.
    """

    automatic: float
    review: float
    correction_bits: float
    correction_margin: float
    correction_two_names: float
    correction_anothers: float
    contested: float
    duplicate: float


@dataclass(frozen=True)
class LinkageModel:
    """A whole model.

    Attributes:
        absent: share of rows whose person is not in the registry.
        repeated: share of rows whose person another row already records.
        cutoffs: see `Cutoffs`.
        comparisons: what is compared, in order (a context stands before those that depend on it).
        lookalikes: whom else a row may mean.
        left_home: how a child is known who has left the family that its row tells.
        listed_anew: how the second row of a person differs.
        calibration: from odds and margins to the probabilities that are told.
    """

    absent: float
    repeated: float
    cutoffs: Cutoffs
    comparisons: tuple[Comparison, ...]
    lookalikes: tuple[Lookalike, ...] = ()
    left_home: LeftHome = field(default_factory=LeftHome)
    listed_anew: ListedAnew = field(default_factory=ListedAnew)
    calibration: Calibration = AS_IT_IS

    def comparison(self, name: str) -> Comparison:
        """The comparison of that name."""
        return next(comparison for comparison in self.comparisons if comparison.name == name)

    def position(self, kind: str) -> int | None:
        """Place of the comparison of a kind that there is at most one of; None without one."""
        return next((n for n, comparison in enumerate(self.comparisons) if comparison.kind == kind), None)

    def with_levels(self, levels: Mapping[str, tuple[Level, ...]]) -> LinkageModel:
        """The model with the levels of some comparisons replaced."""
        return replace(
            self,
            comparisons=tuple(
                replace(comparison, levels=levels.get(comparison.name, comparison.levels))
                for comparison in self.comparisons
            ),
        )


@dataclass(frozen=True)
class Weights:
    """log2 figures of one comparison, each of shape contexts × levels; level 0 weighs nothing.

    Attributes:
        match: log2(m / u), how much likelier the outcome is for the person than for a stranger.
        relative: log2(f / u), the same for another member of the person's family.
    """

    match: Floats
    relative: Floats


def weights(comparison: Comparison, residents: int) -> Weights:
    """The comparison's figures in bits, for a registry of so many residents."""
    m = np.array([level.m for level in comparison.levels])
    f = np.array([level.f for level in comparison.levels]).T
    u = np.array([level.u for level in comparison.levels]).T
    per_row = np.array([level.per_row for level in comparison.levels])
    u = np.where(per_row, np.minimum(u / max(residents, 1), 1.0), u)
    match, relative = np.log2(m / u), np.log2(f / u)
    if comparison.scope is Scope.FAMILY:
        # A relative who is not in the registry would agree on it just as well.
        relative = match
    match, relative = match.copy(), relative.copy()
    match[:, 0] = relative[:, 0] = 0.0
    return Weights(match, relative)


def checked(model: LinkageModel) -> LinkageModel:
    """The model itself, if it can be trusted.

    Raises:
        ModelError: a figure is not a share, figures are missing or too many, contexts do not fit, or the best level
            speaks less for the person than the worst one does.
    """
    problems = [
        f"{name} = {value}"
        for name, value in (("absent", model.absent), ("repeated", model.repeated))
        if not 0 < value < 1
    ]
    problems += [f"calibration.{name}" for name, (_, slope) in asdict(model.calibration).items() if slope <= 0]
    for comparison in model.comparisons:
        contexts = max(comparison.contexts, default=0) + 1
        for level in comparison.levels:
            shares = (level.m, *level.f, *(() if level.per_row else level.u))
            if not all(0 < share <= 1 for share in shares) or len(level.f) != contexts or len(level.u) != contexts:
                problems.append(f"{comparison.name}.{level.code}")
        if not problems:
            bits = weights(comparison, _USUAL_RESIDENTS).match[0]
            if bits[1] < bits.max() or bits.min() >= 0:
                problems.append(f"{comparison.name}: {bits[1]:.1f} bits when equal, {bits.min():.1f} at worst")
    sizes = {comparison.name: len(comparison.levels) - 1 for comparison in model.comparisons}
    deciding = {comparison.context for comparison in model.comparisons}
    for lookalike in model.lookalikes:
        wrong = [name for name in lookalike.alike if name not in sizes]
        wrong += [
            name
            for name, shares in lookalike.levels.items()
            if len(shares) != sizes.get(name) or not _is_whole(shares, told_apart=name in deciding)
        ]
        wrong += [name for name, bits in lookalike.doubles.items() if len(bits) != sizes.get(name)]
        wrong += [
            state
            for state, shares in lookalike.spelled.items()
            if state not in NAME_STATES or len(shares) != _BOTH or not all(0 < share <= 1 for share in shares)
        ]
        wrong += ["odd"] if lookalike.odd <= 0 else []
        problems += [f"{lookalike.code}.{name}" for name in wrong]
    problems += [
        f"listed_anew.{name}"
        for name, shares in model.listed_anew.levels.items()
        if len(shares) != sizes.get(name) or not _is_whole(shares, told_apart=False)
    ]
    if problems:
        message = f"unusable linkage model: {'; '.join(problems)}"
        raise ModelError(message)
    return model


def _is_whole(shares: Sequence[float], *, told_apart: bool) -> bool:
    """Whether shares add up to 1; to no less where other comparisons depend on an outcome, which may be told apart.

    A NIK unlike the resident's is told apart by the birth date, which is weighed after it.
    """
    total = sum(shares)
    return all(0 < share <= 1 for share in shares) and (total > 1 - _ROUNDED and (told_apart or total < 1 + _ROUNDED))


def load_model(path: Path = MODEL_FILE) -> LinkageModel:
    """Read a model.

    Raises:
        ModelError: another version, figures missing or unknown, or `checked` refuses it.
    """
    data = json.loads(path.read_text(encoding="utf-8"))
    if data.get("version") != VERSION:
        message = f"linkage model of version {data.get('version')}, expected {VERSION}"
        raise ModelError(message)
    try:
        model = _model(data)
    except (KeyError, TypeError) as error:
        message = f"linkage model with figures missing or unknown: {error}"
        raise ModelError(message) from error
    return checked(model)


def _model(data: Mapping[str, Any]) -> LinkageModel:
    return LinkageModel(
        absent=data["absent"],
        repeated=data["repeated"],
        cutoffs=Cutoffs(**data["cutoffs"]),
        comparisons=tuple(_comparison(entry) for entry in data["comparisons"]),
        lookalikes=tuple(_lookalike(entry) for entry in data.get("lookalikes", ())),
        left_home=_left_home(data.get("left_home")),
        listed_anew=_listed_anew(data.get("listed_anew")),
        calibration=Calibration(**{name: tuple(line) for name, line in data["calibration"].items()}),
    )


def save_model(model: LinkageModel, path: Path) -> None:
    """Write a model so that a person can read it, a level a line; the same model is always the same bytes."""
    head = {"version": VERSION, "absent": _rounded(model.absent), "repeated": _rounded(model.repeated)}
    lines = [f" {json.dumps(name)}: {value}," for name, value in head.items()]
    lines += [f' "cutoffs": {json.dumps(asdict(model.cutoffs))},']
    if model.left_home.levels:
        lines += [f' "left_home": {json.dumps(asdict(model.left_home))},']
    if model.listed_anew.levels:
        lines += [f' "listed_anew": {json.dumps(asdict(model.listed_anew))},']
    lines += [f' "calibration": {json.dumps(_curve_rounded(model.calibration))},', ' "comparisons": [']
    lines.append(",\n".join(_written(comparison) for comparison in model.comparisons))
    lines += [" ],", ' "lookalikes": [', ",\n".join(_lookalike_written(one) for one in model.lookalikes)]
    path.write_text("\n".join(["{", *lines, " ]", "}"]) + "\n", encoding="utf-8")


def _written(comparison: Comparison) -> str:
    facts = {
        "name": comparison.name,
        "kind": comparison.kind,
        "columns": dict(comparison.columns),
        "scope": comparison.scope.value,
        "context": comparison.context,
        "contexts": comparison.contexts,
    }
    lines = [f"   {json.dumps(name)}: {json.dumps(value)}," for name, value in facts.items()]
    levels = ",\n".join(f"    {json.dumps(_shares_rounded(level))}" for level in comparison.levels)
    return "\n".join(["  {", *lines, '   "levels": [', levels, "   ]", "  }"])


def _lookalike_written(lookalike: Lookalike) -> str:
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
    return LeftHome(entry["bits"], {name: tuple(codes) for name, codes in entry["levels"].items()})


def _listed_anew(entry: Mapping[str, Any] | None) -> ListedAnew:
    if entry is None:
        return ListedAnew()
    return ListedAnew(entry["share"], {name: tuple(shares) for name, shares in entry["levels"].items()})


def _shares_rounded(level: Level) -> dict[str, Any]:
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
