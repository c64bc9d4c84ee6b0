"""The judging loop: household evidence from the current links, posteriors, retrained weights, until links are stable.

Belongs here: the loop over scoring, training, claims and households. Does not: finding pairs, comparing, deciding.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from pipeline.matching.judging.assignment import best_of_each, outbid
from pipeline.matching.judging.doubles import anew_bits
from pipeline.matching.judging.scoring import Bits, Posterior, Prior, at_old_home, bits_of, left_home, posterior
from pipeline.matching.judging.training import Counted, Evidence, learn_matches
from pipeline.matching.levels.evidence import Claims, RelativeCounter, Relatives, hash_pairs
from pipeline.matching.model.linkage import LinkageModel, has_outcome
from pipeline.matching.model.patterns import Patterns, find_patterns
from pipeline.matching.records.arrays import Flags, Floats, Levels, Rows
from pipeline.matching.records.lookup import factorize

# A link this probable is evidence for the rest of the household.
_CLAIM = 0.9
_ROUNDS = 4


@dataclass(frozen=True)
class Pairs:
    """Compared pairs of open rows, sorted by row and resident.

    Attributes:
        left: row number per pair.
        right: resident number per pair (the current entry, if a retired one was compared).
        levels: pairs × comparisons; the household's column is filled in here.
        household: household number per row, -1 for none.
        family: packed KK per resident, -1 for none.
        identity: packed NIK per resident.
        left_out: pairs found but not compared, counted by the level of their NIK; with relatives, with strangers.
        by_slips: number of rows for which numbers one slip away were looked up.
    """

    left: Rows
    right: Rows
    levels: Levels
    household: Rows
    family: Rows
    identity: Rows
    left_out: Rows
    by_slips: int

    @property
    def rows(self) -> int:
        """Number of rows."""
        return len(self.household)

    @property
    def claims(self) -> Claims:
        """The claims if every row were linked to every one of its candidates."""
        return Claims(self.household[self.left], self.identity[self.right], self.family[self.right])


@dataclass(frozen=True)
class SettledLevels:
    """Rows linked without weighing.

    Attributes:
        claims: of all of them.
        taken: per resident, whether one of them is linked to the resident.
        levels: levels of a sample of them, for training.
    """

    claims: Claims
    taken: Flags
    levels: Levels


@dataclass(frozen=True)
class Judged:
    """The result of judging.

    Attributes:
        model: the trained model.
        levels: pairs × comparisons, household evidence included.
        bits: weight per pair, reduced if another row claims the resident at least as well.
        belief: posteriors.
        beaten: per pair, whether another row claims the resident at least as well.
        relatives: household evidence per pair.
    """

    model: LinkageModel
    levels: Levels
    bits: Bits
    belief: Posterior
    beaten: Flags
    relatives: Relatives


def judge(model: LinkageModel, pairs: Pairs, settled: SettledLevels, residents: int, family_size: float) -> Judged:
    """Judge all pairs.

    Args:
        model: the start of training.
        pairs: compared pairs.
        settled: rows linked without weighing.
        residents: size of the registry.
        family_size: residents per KK.
    """
    everybody = pairs.rows + len(settled.claims.person)
    weight = np.full(len(settled.levels), len(settled.claims.person) / max(len(settled.levels), 1))
    with ThreadPoolExecutor(1) as pool:
        families = pool.submit(_families, pairs)
        kinship = RelativeCounter(pairs.claims, settled.claims)
    together, kinless = families.result()
    column, nik = model.index_of_kind("household"), model.index_of_kind("nik")
    start = model
    alone = found = find_patterns(pairs.levels)
    beaten = np.zeros(len(pairs.left), dtype=np.bool_)
    own = np.full(pairs.rows, -1)
    # Index -1 (a row linked to nobody) is no evidence.
    telling = np.append(_found_alone(model, pairs), np.False_)
    for _ in range(_ROUNDS):
        relatives = kinship.count(np.where(telling[own], own, -1)[pairs.left])
        if column is not None:
            found = alone.with_levels_of(column, relatives.levels())
        weighed = bits_of(model, found.levels, residents, family_size).at(found.of_pair)
        weighed = at_old_home(model, left_home(model, found.levels)[found.of_pair], pairs.left, weighed)
        bits = _as_second_rows(model, found, weighed, beaten)
        belief = posterior(pairs.left, bits, Prior(pairs.rows, model.absent, residents))
        known = [Evidence(found.levels, found.sum_by_pattern(belief.pair)), Evidence(settled.levels, weight)]
        counted = Counted(
            everybody,
            pairs.rows,
            pairs.by_slips,
            float(belief.nobody.sum()),
            float(belief.pair[beaten].sum()),
            *_by_number(found, nik, pairs, _others(belief.pair, together, kinless)),
        )
        model = learn_matches(start, known, counted)
        beaten = outbid(pairs.left, pairs.right, bits.match, belief.pair, settled.taken)
        now = _taken_for(pairs, bits.match, belief.pair)
        if (now == own).all():
            break
        own = now
    return Judged(model, np.asfortranarray(found.levels[found.of_pair]), bits, belief, beaten, relatives)


def _found_alone(model: LinkageModel, pairs: Pairs) -> Flags:
    """Pairs that count as household evidence: number, birth date or mother agrees too.

    Two members who agree in nothing but their names could belong to another family with the same names.
    """
    groups = model.groups
    telling = (groups.near_number, groups.same_family, groups.that_day_told, groups.mother_alike)
    return has_outcome(model, pairs.levels, *telling)


def _taken_for(pairs: Pairs, bits: Floats, probability: Floats) -> Rows:
    """Per row the pair it is currently linked by, -1 for none."""
    best = best_of_each(pairs.left, bits)
    best = best[probability[best] >= _CLAIM]
    own = np.full(pairs.rows, -1)
    own[pairs.left[best]] = best
    return own


def _as_second_rows(model: LinkageModel, found: Patterns, bits: Bits, beaten: Flags) -> Bits:
    """The bits, reduced for beaten pairs to the case that DTKS lists the person twice, perhaps anew."""
    second = np.where(beaten, (np.log2(model.repeated) + anew_bits(model, found.levels))[found.of_pair], 0.0)
    return Bits(bits.match + second, bits.relative, bits.person)


def _others(probability: Floats, together: Rows, kinless: Flags) -> tuple[Floats, Floats]:
    """Per pair, the probability that the resident is a relative of the row's person, and that they are strangers."""
    in_family = np.bincount(together, probability)[together]
    relative = np.where(kinless, 0.0, np.clip(in_family - probability, 0.0, 1.0))
    return relative, np.clip(1.0 - probability - relative, 0.0, 1.0)


def _by_number(found: Patterns, nik: int | None, pairs: Pairs, others: tuple[Floats, Floats]) -> tuple[Floats, Floats]:
    """Expected pairs with relatives and with strangers by the level of their NIK, dropped pairs included."""
    if nik is None:
        return np.zeros(0), np.zeros(0)
    level = found.levels[:, nik]
    relative, stranger = (
        np.bincount(level, found.sum_by_pattern(share), minlength=len(left_out)) + left_out
        for share, left_out in zip(others, pairs.left_out, strict=True)
    )
    return relative, stranger


def _families(pairs: Pairs) -> tuple[Rows, Flags]:
    """Per pair, a number for its combination of row and KK, and whether its resident has no KK."""
    family = pairs.family[pairs.right]
    together, _ = factorize(hash_pairs(pairs.left, family))
    return together, family == -1
