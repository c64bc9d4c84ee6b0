"""From levels to posteriors: bits per pair, and per row one distribution over its candidates and "nobody".

Every candidate competes with the other candidates, with "another member of the same family who is not in the
registry" and with a stranger who is not in it. Evidence for the family therefore does not decide between a person and
an unregistered relative. Belongs here: that arithmetic. Does not: learning weights, deciding.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipeline.matching.model.linkage import LinkageModel, Scope, has_outcome, weights
from pipeline.matching.model.patterns import find_patterns
from pipeline.matching.records.arrays import Flags, Floats, Levels, Rows

_MOST_BITS = 400.0
# Below this share of "nobody at all" a candidate changes no decision.
_TRACE = 2.0**-12


@dataclass(frozen=True)
class Bits:
    """Match weights per pair, in bits relative to a stranger.

    Attributes:
        match: for the person.
        relative: for another member of the person's family.
        person: the part of `match` from comparisons about the person, not the family.
    """

    match: Floats
    relative: Floats
    person: Floats

    def at(self, pairs: Rows) -> Bits:
        """The bits of some pairs, or of each pair by its pattern."""
        return Bits(self.match[pairs], self.relative[pairs], self.person[pairs])


@dataclass(frozen=True)
class Prior:
    """The prior.

    Attributes:
        rows: number of rows.
        absent: share of rows whose person is not in the registry.
        residents: size of the registry.
    """

    rows: int
    absent: float
    residents: int


@dataclass(frozen=True)
class Posterior:
    """Posterior probabilities.

    Attributes:
        pair: per pair, that the resident is the row's person.
        nobody: per row, that the person is not among the candidates.
    """

    pair: Floats
    nobody: Floats


def bits_of(model: LinkageModel, levels: Levels, residents: int, family_size: float) -> Bits:
    """Sum the comparisons' bits.

    Args:
        model: the weights.
        levels: pairs × comparisons.
        residents: size of the registry.
        family_size: residents per KK; family evidence is capped at the bits that single out one family.
    """
    person, relative, family = (np.zeros(len(levels)) for _ in range(3))
    for number, comparison in enumerate(model.comparisons):
        figures = weights(comparison, residents)
        level = levels[:, number]
        context = contexts_of(model, number, levels)
        if comparison.scope is Scope.FAMILY:
            family += figures.match[context, level]
        else:
            person += figures.match[context, level]
            relative += figures.relative[context, level]
    family = np.minimum(family, np.log2(max(residents / family_size, 2.0)))
    return Bits(person + family, relative + family, person)


def may_have_left_home(model: LinkageModel, levels: Levels) -> Flags:
    """Whether each pair's resident may have left the family that the row states for another KK.

    The outcomes must be those of `model.left_home`, and the mother agree, or the exact home if no mother contradicts.
    """
    gone = np.full(len(levels), fill_value=bool(model.left_home.levels))
    for name, codes in model.left_home.levels.items():
        gone &= has_outcome(model, levels, {name: codes})
    groups = model.groups
    at_home = has_outcome(model, levels, groups.same_address) & ~has_outcome(model, levels, groups.different_mother)
    return gone & (has_outcome(model, levels, groups.same_mother_or_variant) | at_home)


def raised_if_left_home(model: LinkageModel, gone: Flags, left: Rows, bits: Bits) -> Bits:
    """The bits, raised for residents who may have left the row's family, so that its evidence counts for them too.

    Such a person is in another KK (a child who married, a family with a new number), while KK, address, household or
    a relative's NIK in the row state the old one. Otherwise that evidence would favour an unregistered relative in the
    old family with the same name, birth date and mother or home, which is far less likely.

    Args:
        model: has `may_have_left_home.bits`, how much likelier the resident is than that relative.
        gone: pairs whose resident may be such a person (`may_have_left_home`).
        left: row per pair, sorted.
        bits: result of `bits_of`.
    """
    if not gone.any():
        return bits
    starts = np.flatnonzero(np.r_[True, left[1:] != left[:-1]])
    unknown_relative = np.repeat(np.maximum.reduceat(bits.relative, starts), np.diff(np.r_[starts, len(left)]))
    match = np.where(gone, np.maximum(bits.match, unknown_relative + model.left_home.bits), bits.match)
    return Bits(match, bits.relative, bits.person)


def can_still_matter(model: LinkageModel, levels: Levels, may_be_supported: Flags, prior: Prior) -> Flags:
    """Whether each pair can still matter, whatever its `UNDETERMINED` levels turn out to be.

    A pair matters if the person, or an unregistered relative, can still have more than a trace of probability.

    Args:
        model: the weights.
        levels: pairs × comparisons, some of them `UNDETERMINED`.
        may_be_supported: pairs that may get household evidence.
        prior: the prior.
    """
    # `UNDETERMINED` becomes one level beyond the last; the household's level is 1 for supported pairs, else 0.
    bounded = np.minimum(levels, [np.uint8(len(comparison.levels)) for comparison in model.comparisons])
    household = model.index_of_kind("household")
    if household is not None:
        bounded[:, household] = may_be_supported
    patterns = find_patterns(bounded)
    match_bits, relative_bits = (np.zeros(len(patterns.levels)) for _ in range(2))
    for number, comparison in enumerate(model.comparisons):
        figures, level = weights(comparison, prior.residents), patterns.levels[:, number]
        if number == household:
            most = np.where(level == 1, figures.match.max(), 0.0)
            match_bits += most
            relative_bits += most
            continue
        context = contexts_of(model, number, patterns.levels)
        match_bits += _with_undetermined_column(figures.match)[context, level]
        relative_bits += _with_undetermined_column(figures.relative)[context, level]
    most_bits = Bits(match_bits, relative_bits, match_bits)
    trace = prior.absent * _TRACE
    return np.logical_or(*(share > trace for share in _likelihoods(most_bits, prior)))[patterns.of_pair]


def _with_undetermined_column(bits: Floats) -> Floats:
    """The bits with a column for `UNDETERMINED`: the maximum of all levels below "equal"."""
    most = bits[:, 2:].max(axis=1, initial=-_MOST_BITS)
    return np.column_stack([bits, most])


def contexts_of(model: LinkageModel, number: int, levels: Levels) -> Levels | int:
    """The context of comparison `number` in each pair."""
    comparison = model.comparisons[number]
    if comparison.context is None:
        return 0
    return np.array(comparison.contexts, dtype=np.uint8)[levels[:, model.index_of(comparison.context)]]


def posterior(left: Rows, bits: Bits, prior: Prior) -> Posterior:
    """Posteriors, normalised per row; `left` is the row number (0 and up) of each pair."""
    person, relative = _likelihoods(bits, prior)
    total = prior.absent + np.bincount(left, person + relative, minlength=prior.rows)
    present = np.bincount(left, person, minlength=prior.rows)
    return Posterior(person / total[left], 1 - present / total)


def odds_against_rest(left: Rows, best: Rows, bits: Bits, prior: Prior) -> Floats:
    """log2 odds of each pair in `best` (at most one per row) against everything else its row could be."""
    person, relative = _likelihoods(bits, prior)
    others = person.copy()
    others[best] = 0.0
    rest = prior.absent + np.bincount(left, others + relative, minlength=prior.rows)
    return np.log2(person[best]) - np.log2(rest[left[best]])


def _likelihoods(bits: Bits, prior: Prior) -> tuple[Floats, Floats]:
    """Per pair, unnormalised likelihoods of the person and of an unregistered relative; "nobody" has `absent`."""
    person = _exp2(bits.match + np.log2((1 - prior.absent) / prior.residents))
    return person, _exp2(bits.relative + np.log2(prior.absent / prior.residents))


def _exp2(bits: Floats) -> Floats:
    return np.exp2(np.clip(bits, -_MOST_BITS, _MOST_BITS))
