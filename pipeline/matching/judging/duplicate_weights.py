"""Match weights for two DTKS rows of one person, learned from the rows themselves, without ground truth.

A person is listed twice mostly because something changed in between: a marriage, a move, another operator. KK, place
and role of the second row then agree far less often than those of a row and its resident, and all change together. Rows
certainly linked to one resident show how often. Belongs here: those weights, and the levels that a row's resident adds.
Does not: which rows are duplicates (`pipeline.matching.duplicates.dedupe`).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from pipeline.matching.judging.training import learn_m, smoothed
from pipeline.matching.model.linkage import LinkageModel, ListedAnew, weights
from pipeline.matching.records.arrays import Floats, Levels, Rows
from pipeline.matching.records.bcd import Packed
from pipeline.matching.records.records import hash_numbers

# Most pairs to learn from, and the number of pairs that the saved figures count for.
_LARGEST_SAMPLE, _TRUST = 2_000, 50.0
_ROUNDS = 20
_NOT_IMPROVED = ("nik", "household")


def row_pairs_of_residents(entry: Rows, number: Packed) -> tuple[Rows, Rows]:
    """Pairs of consecutive rows of one resident.

    Args:
        entry: position of the resident per row, -1 for none.
        number: packed NIK of that resident.
    """
    rows = np.flatnonzero(entry != -1)
    rows = rows[np.bincount(entry[rows])[entry[rows]] > 1]
    rows = rows[np.argsort(number[rows], kind="stable")]
    consecutive = np.flatnonzero(entry[rows[:-1]] == entry[rows[1:]])
    return rows[consecutive], rows[consecutive + 1]


def sample_true_duplicates(pairs: tuple[Rows, Rows], number: Packed, contents: Packed) -> tuple[Rows, Rows]:
    """Pairs of rows of one resident with different contents; at most `_LARGEST_SAMPLE`, sampled by the resident's NIK.

    Args:
        pairs: both rows (`row_pairs_of_residents`).
        number: packed NIK of each row's resident.
        contents: hash of each row's contents, 0 if no other row has the same.
    """
    first, second = pairs
    differing = np.flatnonzero((contents[first] != contents[second]) | (contents[first] == 0))
    chosen = np.sort(differing[np.argsort(hash_numbers(number[first[differing]]), kind="stable")[:_LARGEST_SAMPLE]])
    return first[chosen], second[chosen]


def learn_from_duplicates(model: LinkageModel, levels: Levels) -> LinkageModel:
    """The model with `m` and `listed_anew` learned for two rows of one person.

    Args:
        model: the model for a row and its resident.
        levels: pairs of rows of one person (`sample_true_duplicates`) × comparisons.
    """
    anew = _learn_listed_anew(model, levels)
    lasting = {comparison.name for comparison in model.comparisons} - set(anew.levels)
    return replace(learn_m(model, levels, lasting, _TRUST), listed_anew=anew)


def _learn_listed_anew(model: LinkageModel, levels: Levels) -> ListedAnew:
    """Shares of levels of rows listed anew, estimated by EM from pairs of rows of one person."""
    anew, saved = model.listed_anew, model.listed_anew
    for _ in range(_ROUNDS):
        copied = (1 - anew.share) / np.exp2(_listed_anew_bits(model, anew, levels))
        counts = {
            name: np.bincount(levels[:, model.index_of(name)], 1 - copied, minlength=len(shares) + 1)
            for name, shares in saved.levels.items()
        }
        anew = ListedAnew(
            float(((1 - copied).sum() + _TRUST * saved.share) / (len(levels) + _TRUST)),
            {name: tuple(smoothed(counts[name], [0.0, *saved.levels[name]], _TRUST)[1:]) for name in counts},
        )
    return anew


def listed_anew_bits(model: LinkageModel, levels: Levels) -> Floats:
    """Per pair, the bits to add to those for a row and its resident because the second row may be listed anew."""
    return _listed_anew_bits(model, model.listed_anew, levels)


def _listed_anew_bits(model: LinkageModel, anew: ListedAnew, levels: Levels) -> Floats:
    ratio = np.ones(len(levels))
    for number, comparison in enumerate(model.comparisons):
        if comparison.name in anew.levels:
            usual = np.array([level.m for level in comparison.levels])
            ratio *= (np.array([1.0, *anew.levels[comparison.name]]) / usual)[levels[:, number]]
    return np.log2(1 - anew.share + anew.share * ratio)


def better_of_row_and_resident(model: LinkageModel, levels: Levels, resident_levels: Levels, residents: int) -> Levels:
    """The better levels per pair: of the first row with the second one, or with the second one's certain resident.

    If both rows are one person, the first must agree with that resident as well, whose facts are complete and correctly
    spelled. NIK (the second row already has the resident's) and household keep the levels of the two rows.

    Args:
        model: the weights.
        levels: pairs × comparisons, of the two rows, the second one with its resident's NIK.
        resident_levels: pairs × comparisons, of the first row and the resident.
        residents: size of the registry.
    """
    improved = levels.copy(order="F")
    for number, comparison in enumerate(model.comparisons):
        if comparison.kind not in _NOT_IMPROVED:
            match = weights(comparison, residents).match[0]
            row_level, resident_level = levels[:, number], resident_levels[:, number]
            better = (row_level == 0) | ((resident_level != 0) & (match[resident_level] > match[row_level]))
            improved[better, number] = resident_level[better]
    return improved
