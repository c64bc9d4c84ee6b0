"""Training: learns the model's probabilities from the data at hand, without ground truth.

`u` comes from pairs of strangers drawn from the registry, `f` from pairs of relatives in it, `m` from pairs weighted by
their posteriors (EM, normalised per row). The saved model counts as a fixed number of observations, so that rare
outcomes in a small extract keep sensible weights. Belongs here: counting and smoothing. Does not: scoring.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from pipeline.matching.judging.shared_homes import learn_shared_homes
from pipeline.matching.levels.comparison import COMPARERS, NUMBER_NEAR, compare
from pipeline.matching.levels.nik import NIK_EQUAL, SLIPPED
from pipeline.matching.levels.sides import Sides
from pipeline.matching.model.linkage import Comparison, Level, LinkageModel
from pipeline.matching.records.arrays import Floats, Levels, Rows
from pipeline.matching.records.records import Records

SAMPLE_SIZE = 15_000
_STRANGERS = 40_000
_RELATIVES = 8_000
# Number of observations that the saved model counts for.
_TRUST_MATCHES = 400.0
_TRUST_OTHERS = 20_000.0
_TRUST_ROWS = 200.0
_TRUST_NUMBERS = 100_000.0
# Number of residents whose numbers are compared with the whole sample.
_NUMBERS = 100
_LEAST = 1e-9
# Kinds that cannot be learned from the registry alone.
_NOT_LEARNED = ("household", "number", "nik")
_LEAST_SHARE = 1e-4
_FEWEST = 50
# A KK number with more members is no family but a filler value.
LARGEST_FAMILY = 30
_LEAST_FOUND, _MOST_ABSENT = 0.2, 0.5


@dataclass(frozen=True)
class WeightedPairs:
    """Compared pairs and their weights.

    Attributes:
        levels: pairs × comparisons.
        share: probability of each pair to be true.
    """

    levels: Levels
    share: Floats


@dataclass(frozen=True)
class ExpectedCounts:
    """Expected counts over the rows.

    Attributes:
        rows: number of rows.
        searched: rows whose candidates were searched for (the others are settled).
        searched_by_slips: those for which numbers one slip away were looked up.
        nobody: rows whose person is not in the registry.
        repeated: rows whose person is recorded by a better row.
        relatives: pairs with another member of the person's family, per NIK level.
        strangers: pairs with a stranger, per NIK level.
    """

    rows: int
    searched: int
    searched_by_slips: int
    nobody: float
    repeated: float
    relatives: Floats
    strangers: Floats


def learn_background(model: LinkageModel, registry: Records, families: Rows, residents: int, seed: int) -> LinkageModel:
    """Learn `u` and `f` from pairs of residents.

    Args:
        model: the saved model.
        registry: a sample of the residents with the columns of the comparisons, in a reproducible order.
        families: number of each resident's family, -1 for none.
        residents: size of the registry.
        seed: of the draw.

    Returns:
        The new model; the saved one if there are too few residents to learn from.
    """
    if registry.height < _FEWEST:
        return model
    drawn = _draw_strangers(registry.height, seed), _draw_relatives(families, seed)
    learnable = replace(
        model, comparisons=tuple(comparison for comparison in model.comparisons if comparison.kind not in _NOT_LEARNED)
    )
    left, right = (np.concatenate(side) for side in zip(*drawn, strict=True))
    levels = compare(learnable, Sides(registry, registry), left, right)
    strangers, relatives = levels[: len(drawn[0][0])], levels[len(drawn[0][0]) :]
    learned = {}
    for comparison in model.comparisons:
        if comparison.kind == "number":
            learned[comparison.name] = _learn_number(comparison, registry, residents, seed)
    for number, comparison in enumerate(learnable.comparisons):
        u = smoothed(
            _counts(strangers[:, number], comparison), [level.u[0] for level in comparison.levels], _TRUST_OTHERS
        )
        f = smoothed(
            _counts(relatives[:, number], comparison), [level.f[0] for level in comparison.levels], _TRUST_OTHERS
        )
        learned[comparison.name] = tuple(
            level
            if level.per_row or not place
            else replace(level, u=(u[place], *level.u[1:]), f=(f[place], *level.f[1:]))
            for place, level in enumerate(comparison.levels)
        )
    return learn_shared_homes(model.with_levels(learned), registry, families, residents)


def learn_matches(
    model: LinkageModel, weighted_pairs: Sequence[WeightedPairs], expected: ExpectedCounts
) -> LinkageModel:
    """Learn `m` from pairs weighted as true, `f` and `u` of the NIK from the others, and the share of absent persons.

    The registry cannot show how often a row has the NIK of a relative or of a stranger.

    Args:
        model: the result of `learn_background`.
        weighted_pairs: compared pairs with their probabilities.
        expected: expected counts over the rows.
    """
    learned = {}
    for number, comparison in enumerate(model.comparisons):
        counts = np.zeros(len(comparison.levels))
        for pairs in weighted_pairs:
            counts += np.bincount(pairs.levels[:, number], pairs.share, minlength=len(comparison.levels))
        learned[comparison.name] = _with_learned_m(comparison, counts, _TRUST_MATCHES)
        if comparison.kind == "nik":
            learned[comparison.name] = _learn_nik(learned[comparison.name], expected)
    absent = (expected.nobody + _TRUST_MATCHES * model.absent) / (expected.rows + _TRUST_MATCHES)
    repeated = (expected.repeated + _TRUST_MATCHES * model.repeated) / (expected.rows + _TRUST_MATCHES)
    return replace(
        model.with_levels(learned),
        absent=float(np.clip(absent, _LEAST_SHARE, _MOST_ABSENT)),
        repeated=float(np.clip(repeated, _LEAST_SHARE, _MOST_ABSENT)),
    )


def learn_m(model: LinkageModel, levels: Levels, names: Set[str], trust: float) -> LinkageModel:
    """Learn `m` of some comparisons from certainly true pairs; the model counts as `trust` observations."""
    return model.with_levels(
        {
            comparison.name: _with_learned_m(comparison, _counts(levels[:, number], comparison), trust)
            for number, comparison in enumerate(model.comparisons)
            if comparison.name in names
        }
    )


def _with_learned_m(comparison: Comparison, counts: Floats, trust: float) -> tuple[Level, ...]:
    """The levels with `m` learned from their counts."""
    m = smoothed(counts, [level.m for level in comparison.levels], trust)
    return tuple(replace(level, m=m[place]) if place else level for place, level in enumerate(comparison.levels))


def _learn_number(comparison: Comparison, registry: Records, residents: int, seed: int) -> tuple[Level, ...]:
    """Learn `u` of nearly equal numbers: common in offices that issue few numbers a day, but rare in random pairs."""
    chosen = np.sort(np.random.default_rng(seed).choice(registry.height, min(registry.height, _NUMBERS), replace=False))
    sides, everybody = Sides(registry, registry), np.arange(registry.height)
    near = 0
    # One at a time, so that the data stay in the processor's cache.
    for position in chosen:
        levels = COMPARERS["number"](sides, comparison.columns, np.full(registry.height, position), everybody)
        near += int(np.count_nonzero(levels == NUMBER_NEAR))
    saved = comparison.levels[NUMBER_NEAR]
    share = (near + _TRUST_NUMBERS * saved.u[0] / residents) / (len(chosen) * registry.height + _TRUST_NUMBERS)
    level = replace(saved, u=(float(share * residents),))
    return (*comparison.levels[:NUMBER_NEAR], level, *comparison.levels[NUMBER_NEAR + 1 :])


def _learn_nik(levels: tuple[Level, ...], expected: ExpectedCounts) -> tuple[Level, ...]:
    f = smoothed(expected.relatives, [level.f[0] for level in levels], _TRUST_MATCHES)
    learned = [levels[0]]
    for place, level in enumerate(levels[1:], start=1):
        # An equal NIK is looked up for every row, a nearly equal one only for unexplained rows.
        rows = (
            expected.searched_by_slips
            if place in SLIPPED
            else expected.rows
            if place == NIK_EQUAL
            else expected.searched
        )
        u = (expected.strangers[place] + _TRUST_ROWS * level.u[0]) / (rows + _TRUST_ROWS)
        learned.append(replace(level, f=(f[place],), u=(float(u),) if level.per_row else level.u))
    return tuple(learned)


def is_plausible(model: LinkageModel, rows: int, linked: int) -> bool:
    """Whether the trained model makes sense; always true for a handful of rows.

    It does not if hardly any row is linked or most persons would be absent: the files do not belong together.
    """
    return rows < _FEWEST or (linked / rows >= _LEAST_FOUND and model.absent < _MOST_ABSENT)


def _draw_strangers(count: int, seed: int) -> tuple[Rows, Rows]:
    rng = np.random.default_rng(seed)
    people = rng.integers(0, count, SAMPLE_SIZE)
    left, right = people[rng.integers(0, SAMPLE_SIZE, (2, _STRANGERS))]
    different = left != right
    return left[different], right[different]


def _draw_relatives(families: Rows, seed: int) -> tuple[Rows, Rows]:
    """Ordered pairs of members of one family, of a sample of families."""
    rows = pl.DataFrame({"family": families, "row": np.arange(len(families))}).filter(pl.col("family") != -1)
    order = pl.col("family").hash(seed)
    chosen = (
        rows.filter(pl.len().over("family").is_between(2, LARGEST_FAMILY)).sort(order, "family", "row").head(_RELATIVES)
    )
    pairs = chosen.join(chosen, on="family", suffix="_other", maintain_order="left_right")
    pairs = pairs.filter(pl.col("row") != pl.col("row_other"))
    return pairs["row"].to_numpy(), pairs["row_other"].to_numpy()


def _counts(levels: Levels, comparison: Comparison) -> Floats:
    return np.bincount(levels, minlength=len(comparison.levels)).astype(np.float64)


def smoothed(counts: npt.NDArray[Any], saved: Sequence[float], trust: float) -> list[float]:
    """Shares of the levels other than 0; the saved shares count as `trust` observations."""
    start = np.array(saved, dtype=np.float64)
    start[0] = 0.0
    observed = counts.astype(np.float64)
    observed[0] = 0.0
    with_prior = observed + trust * start / start.sum()
    return [float(value) for value in np.maximum(with_prior / with_prior.sum(), _LEAST)]
