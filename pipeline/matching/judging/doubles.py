"""Match weights for two DTKS rows of one person, learned from the rows themselves, without ground truth.

A person is listed twice mostly because something changed in between: a marriage, a move, another operator. KK, place
and role of the second row then agree far less often than those of a row and its resident, and all change together. Rows
certainly linked to one resident show how often. Belongs here: those weights, and the levels that a row's resident adds.
Does not: which rows are duplicates (`pipeline.matching.duplicates.dedupe`).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from pipeline.matching.judging.training import seen_in_matches, smoothed
from pipeline.matching.model.linkage import LinkageModel, ListedAnew, weights
from pipeline.matching.records.arrays import Floats, Levels, Rows
from pipeline.matching.records.as_numbers import hash_numbers
from pipeline.matching.records.bcd import Packed

# Most pairs to learn from, and the number of pairs that the saved figures count for.
_MOST, _TRUST = 2_000, 50.0
_ROUNDS = 20
_TOLD_ALREADY = ("nik", "household")


def rows_of_one(entry: Rows, number: Packed) -> tuple[Rows, Rows]:
    """Pairs of consecutive rows of one resident.

    Args:
        entry: position of the resident per row, -1 for none.
        number: packed NIK of that resident.
    """
    rows = np.flatnonzero(entry != -1)
    rows = rows[np.bincount(entry[rows])[entry[rows]] > 1]
    rows = rows[np.argsort(number[rows], kind="stable")]
    same = np.flatnonzero(entry[rows[:-1]] == entry[rows[1:]])
    return rows[same], rows[same + 1]


def sure_doubles(pairs: tuple[Rows, Rows], number: Packed, contents: Packed) -> tuple[Rows, Rows]:
    """Pairs of rows of one resident with different contents; at most `_MOST`, sampled by the resident's NIK.

    Args:
        pairs: both rows (`rows_of_one`).
        number: packed NIK of each row's resident.
        contents: hash of each row's contents, 0 if no other row has the same.
    """
    one, two = pairs
    unlike = np.flatnonzero((contents[one] != contents[two]) | (contents[one] == 0))
    chosen = np.sort(unlike[np.argsort(hash_numbers(number[one[unlike]]), kind="stable")[:_MOST]])
    return one[chosen], two[chosen]


def of_doubles(model: LinkageModel, levels: Levels) -> LinkageModel:
    """The model with `m` and `listed_anew` learned for two rows of one person.

    Args:
        model: the model for a row and its resident.
        levels: pairs of rows of one person (`sure_doubles`) × comparisons.
    """
    anew = _listed_anew(model, levels)
    lasting = {comparison.name for comparison in model.comparisons} - set(anew.levels)
    return replace(seen_in_matches(model, levels, lasting, _TRUST), listed_anew=anew)


def _listed_anew(model: LinkageModel, levels: Levels) -> ListedAnew:
    """Shares of levels of rows listed anew, estimated by EM from pairs of rows of one person."""
    anew, saved = model.listed_anew, model.listed_anew
    for _ in range(_ROUNDS):
        copied = (1 - anew.share) / np.exp2(_bits(model, anew, levels))
        counts = {
            name: np.bincount(levels[:, model.index_of(name)], 1 - copied, minlength=len(shares) + 1)
            for name, shares in saved.levels.items()
        }
        anew = ListedAnew(
            float(((1 - copied).sum() + _TRUST * saved.share) / (len(levels) + _TRUST)),
            {name: tuple(smoothed(counts[name], [0.0, *saved.levels[name]], _TRUST)[1:]) for name in counts},
        )
    return anew


def anew_bits(model: LinkageModel, levels: Levels) -> Floats:
    """Per pair, the bits to add to those for a row and its resident because the second row may be listed anew."""
    return _bits(model, model.listed_anew, levels)


def _bits(model: LinkageModel, anew: ListedAnew, levels: Levels) -> Floats:
    ratio = np.ones(len(levels))
    for number, comparison in enumerate(model.comparisons):
        if comparison.name in anew.levels:
            usual = np.array([level.m for level in comparison.levels])
            ratio *= (np.array([1.0, *anew.levels[comparison.name]]) / usual)[levels[:, number]]
    return np.log2(1 - anew.share + anew.share * ratio)


def as_the_resident(model: LinkageModel, levels: Levels, resident: Levels, residents: int) -> Levels:
    """The better levels per pair: of the first row with the second one, or with the second one's certain resident.

    If both rows are one person, the first must agree with that resident as well, whose facts are complete and correctly
    spelled. NIK (the second row already has the resident's) and household keep the levels of the two rows.

    Args:
        model: the weights.
        levels: pairs × comparisons, of the two rows, the second one with its resident's NIK.
        resident: pairs × comparisons, of the first row and the resident.
        residents: size of the registry.
    """
    told = levels.copy(order="F")
    for number, comparison in enumerate(model.comparisons):
        if comparison.kind not in _TOLD_ALREADY:
            match = weights(comparison, residents).match[0]
            one, two = levels[:, number], resident[:, number]
            better = (one == 0) | ((two != 0) & (match[two] > match[one]))
            told[better, number] = two[better]
    return told
