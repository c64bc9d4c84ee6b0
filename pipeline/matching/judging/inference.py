"""The judging loop: household evidence from the current links, posteriors, retrained weights, until links are stable.

Belongs here: the loop over scoring, training, claims and households. Does not: finding pairs, comparing, deciding.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from pipeline.matching.judging.assignment import best_pair_per_row, claimed_by_other_rows
from pipeline.matching.judging.duplicate_weights import listed_anew_bits
from pipeline.matching.judging.scoring import (
    Bits,
    Posterior,
    Prior,
    bits_of,
    may_have_left_home,
    posterior,
    raised_if_left_home,
)
from pipeline.matching.judging.training import ExpectedCounts, WeightedPairs, learn_matches
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
        dropped: pairs found but not compared, counted by the level of their NIK; with relatives, with strangers.
        searched_by_slips: number of rows for which numbers one slip away were looked up.
    """

    left: Rows
    right: Rows
    levels: Levels
    household: Rows
    family: Rows
    identity: Rows
    dropped: Rows
    searched_by_slips: int

    @property
    def row_count(self) -> int:
        """Number of rows."""
        return len(self.household)

    @property
    def claims(self) -> Claims:
        """The claims if every row were linked to every one of its candidates."""
        return Claims(self.household[self.left], self.identity[self.right], self.family[self.right])


@dataclass(frozen=True)
class SettledEvidence:
    """Rows linked without weighing.

    Attributes:
        claims: of all of them.
        is_linked: per resident, whether one of them is linked to the resident.
        levels: levels of a sample of them, for training.
    """

    claims: Claims
    is_linked: Flags
    levels: Levels

    @property
    def weighted_sample(self) -> WeightedPairs:
        """The sample, weighted to count for all of them."""
        count = len(self.levels)
        return WeightedPairs(self.levels, np.full(count, len(self.claims.person) / max(count, 1)))


@dataclass(frozen=True)
class Judgement:
    """The result of judging.

    Attributes:
        model: the trained model.
        levels: pairs × comparisons, household evidence included.
        bits: weight per pair, reduced if another row claims the resident at least as well.
        posterior: posteriors.
        outbid: per pair, whether another row claims the resident at least as well.
        relatives: household evidence per pair.
    """

    model: LinkageModel
    levels: Levels
    bits: Bits
    posterior: Posterior
    outbid: Flags
    relatives: Relatives


def judge(model: LinkageModel, pairs: Pairs, settled: SettledEvidence, residents: int, family_size: float) -> Judgement:
    """Judge all pairs.

    Args:
        model: the start of training.
        pairs: compared pairs.
        settled: rows linked without weighing.
        residents: size of the registry.
        family_size: residents per KK.
    """
    with ThreadPoolExecutor(1) as pool:
        row_families = pool.submit(_row_families, pairs)
        relative_counter = RelativeCounter(pairs.claims, settled.claims)
    families = row_families.result()
    start, household = model, model.index_of_kind("household")
    patterns_without_household = patterns = find_patterns(pairs.levels)
    outbid = np.zeros(len(pairs.left), dtype=np.bool_)
    current_link = np.full(pairs.row_count, -1)
    # Index -1 (a row linked to nobody) is no evidence.
    is_evidence = np.append(_counts_as_household_evidence(model, pairs), np.False_)
    for _ in range(_ROUNDS):
        relatives = relative_counter.count(np.where(is_evidence[current_link], current_link, -1)[pairs.left])
        if household is not None:
            patterns = patterns_without_household.with_levels_of(household, relatives.levels())
        bits = bits_of(model, patterns.levels, residents, family_size).at(patterns.of_pair)
        left_home = may_have_left_home(model, patterns.levels)[patterns.of_pair]
        bits = raised_if_left_home(model, left_home, pairs.left, bits)
        bits = _reduced_where_outbid(model, patterns, bits, outbid)
        posteriors = posterior(pairs.left, bits, Prior(pairs.row_count, model.absent, residents))
        training = [WeightedPairs(patterns.levels, patterns.sum_by_pattern(posteriors.pair)), settled.weighted_sample]
        shares = _relative_and_stranger_shares(posteriors.pair, *families)
        counts_by_level = _expected_counts_by_nik_level(start, patterns, pairs, shares)
        expected = _expected_counts(pairs, posteriors, outbid, counts_by_level, len(settled.claims.person))
        model = learn_matches(start, training, expected)
        outbid = claimed_by_other_rows(pairs.left, pairs.right, bits.match, posteriors.pair, settled.is_linked)
        new_link = _current_links(pairs, bits.match, posteriors.pair)
        if (new_link == current_link).all():
            break
        current_link = new_link
    return Judgement(model, np.asfortranarray(patterns.levels[patterns.of_pair]), bits, posteriors, outbid, relatives)


def _counts_as_household_evidence(model: LinkageModel, pairs: Pairs) -> Flags:
    """Pairs that count as household evidence: number, birth date or mother agrees too.

    Two members who agree in nothing but their names could belong to another family with the same names.
    """
    groups = model.groups
    confirming = (
        groups.number_or_slip,
        groups.same_kk,
        groups.same_or_swapped_birth_date,
        groups.same_mother_or_variant,
    )
    return has_outcome(model, pairs.levels, *confirming)


def _current_links(pairs: Pairs, bits: Floats, probability: Floats) -> Rows:
    """Per row the pair it is currently linked by, -1 for none."""
    best = best_pair_per_row(pairs.left, bits)
    best = best[probability[best] >= _CLAIM]
    current_link = np.full(pairs.row_count, -1)
    current_link[pairs.left[best]] = best
    return current_link


def _reduced_where_outbid(model: LinkageModel, patterns: Patterns, bits: Bits, outbid: Flags) -> Bits:
    """The bits, reduced for outbid pairs to the case that DTKS lists the person twice, perhaps anew."""
    second_row_bits = np.where(
        outbid, (np.log2(model.repeated) + listed_anew_bits(model, patterns.levels))[patterns.of_pair], 0.0
    )
    return Bits(bits.match + second_row_bits, bits.relative, bits.person)


def _relative_and_stranger_shares(
    probability: Floats, row_family: Rows, without_family: Flags
) -> tuple[Floats, Floats]:
    """Per pair, the probability that the resident is a relative of the row's person, and that they are strangers."""
    in_family = np.bincount(row_family, probability)[row_family]
    relative = np.where(without_family, 0.0, np.clip(in_family - probability, 0.0, 1.0))
    return relative, np.clip(1.0 - probability - relative, 0.0, 1.0)


def _expected_counts(
    pairs: Pairs, posteriors: Posterior, outbid: Flags, by_nik_level: tuple[Floats, Floats], settled: int
) -> ExpectedCounts:
    """The counts to learn from, over open rows and so many settled ones."""
    relatives, strangers = by_nik_level
    return ExpectedCounts(
        rows=pairs.row_count + settled,
        searched=pairs.row_count,
        searched_by_slips=pairs.searched_by_slips,
        nobody=float(posteriors.nobody.sum()),
        repeated=float(posteriors.pair[outbid].sum()),
        relatives=relatives,
        strangers=strangers,
    )


def _expected_counts_by_nik_level(
    model: LinkageModel, patterns: Patterns, pairs: Pairs, shares: tuple[Floats, Floats]
) -> tuple[Floats, Floats]:
    """Expected pairs with relatives and with strangers by the level of their NIK, dropped pairs included."""
    nik = model.index_of_kind("nik")
    if nik is None:
        return np.zeros(0), np.zeros(0)
    level = patterns.levels[:, nik]
    relative, stranger = (
        np.bincount(level, patterns.sum_by_pattern(share), minlength=len(dropped)) + dropped
        for share, dropped in zip(shares, pairs.dropped, strict=True)
    )
    return relative, stranger


def _row_families(pairs: Pairs) -> tuple[Rows, Flags]:
    """Per pair, a number for its combination of row and KK, and whether its resident has no KK."""
    family = pairs.family[pairs.right]
    row_family, _ = factorize(hash_pairs(pairs.left, family))
    return row_family, family == -1
