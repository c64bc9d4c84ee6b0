"""What two rows of one person look like, learnt from the rows themselves, without truth.

A person is listed twice mostly because something changed in between: a marriage, a move, another operator. KK, place
and role of the second row then agree far less often than those of a row and its resident do, and all at once. Rows that
are certainly one resident show how often. Belongs here: those figures, and what a row's resident adds to it. Does not:
which rows are doubles (`pipeline.matching.duplicates.dedupe`).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from pipeline.matching.judging.training import seen_in_matches, smoothed
from pipeline.matching.model.linkage import LinkageModel, ListedAnew, weights
from pipeline.matching.records.arrays import Floats, Levels, Rows
from pipeline.matching.records.as_numbers import spread
from pipeline.matching.records.identifiers_near import Packed

# Pairs that are learnt from, and how many the saved figures count for.
_MOST, _TRUST = 2_000, 50.0
_ROUNDS = 20
_TOLD_ALREADY = ("nik", "household")


def rows_of_one(entry: Rows, number: Packed) -> tuple[Rows, Rows]:
    """Pairs of rows that follow each other among those of one resident.

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
    """Pairs of rows of one resident that do not say the same, at most `_MOST`, chosen by his NIK.

    Args:
        pairs: both rows (`rows_of_one`).
        number: packed NIK of each row's resident.
        contents: the same for rows that say the same, 0 where no other row does.
    """
    one, two = pairs
    unlike = np.flatnonzero((contents[one] != contents[two]) | (contents[one] == 0))
    chosen = np.sort(unlike[np.argsort(spread(number[one[unlike]]), kind="stable")[:_MOST]])
    return one[chosen], two[chosen]


def of_doubles(model: LinkageModel, levels: Levels) -> LinkageModel:
    """The model with `m` as it is for two rows of one person, and with what such a row listed anew looks like.

    Args:
        model: as it is for a row and its resident.
        levels: pairs of rows of one person (`sure_doubles`) × comparisons.
    """
    anew = _listed_anew(model, levels)
    lasting = {comparison.name for comparison in model.comparisons} - set(anew.levels)
    return replace(seen_in_matches(model, levels, lasting, _TRUST), listed_anew=anew)


def _listed_anew(model: LinkageModel, levels: Levels) -> ListedAnew:
    """What rows listed anew look like among pairs of rows of one person (expectation and maximisation)."""
    anew, saved = model.listed_anew, model.listed_anew
    for _ in range(_ROUNDS):
        copied = (1 - anew.share) / np.exp2(_bits(model, anew, levels))
        counts = {
            name: np.bincount(levels[:, model.place_of(name)], 1 - copied, minlength=len(shares) + 1)
            for name, shares in saved.levels.items()
        }
        anew = ListedAnew(
            float(((1 - copied).sum() + _TRUST * saved.share) / (len(levels) + _TRUST)),
            {name: tuple(smoothed(counts[name], [0.0, *saved.levels[name]], _TRUST)[1:]) for name in counts},
        )
    return anew


def anew_bits(model: LinkageModel, levels: Levels) -> Floats:
    """Bits for two rows being one person's, over and above those for a row and its resident, per pair."""
    return _bits(model, model.listed_anew, levels)


def _bits(model: LinkageModel, anew: ListedAnew, levels: Levels) -> Floats:
    ratio = np.ones(len(levels))
    for number, comparison in enumerate(model.comparisons):
        if comparison.name in anew.levels:
            usual = np.array([level.m for level in comparison.levels])
            ratio *= (np.array([1.0, *anew.levels[comparison.name]]) / usual)[levels[:, number]]
    return np.log2(1 - anew.share + anew.share * ratio)


def as_the_resident(model: LinkageModel, levels: Levels, resident: Levels, residents: int) -> Levels:
    """Levels of pairs of rows whose second one is certainly a resident, by what either that row or he tells.

    A row that is the other one's person is that resident too, whose facts are all there and spelled rightly. Of the
    NIK the pair tells as much already, and of its household what is known says nothing here.

    Args:
        model: the weights.
        levels: pairs × comparisons, of the two rows, compared by the number of the resident.
        resident: the same of the first row and the resident.
        residents: their number.
    """
    told = levels.copy(order="F")
    for number, comparison in enumerate(model.comparisons):
        if comparison.kind not in _TOLD_ALREADY:
            match = weights(comparison, residents).match[0]
            one, two = levels[:, number], resident[:, number]
            better = (one == 0) | ((two != 0) & (match[two] > match[one]))
            told[better, number] = two[better]
    return told
