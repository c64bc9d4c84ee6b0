"""Household evidence: how many other members of a row's household are linked into the candidate's KK.

Belongs here: counting those relatives without the row being judged, fast enough for every round of judging. Does not:
weighing that evidence (`pipeline.matching.judging.scoring`), households as results
(`pipeline.matching.outcome.households`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipeline.matching.records.arrays import Flags, Hashes, Levels, Rows
from pipeline.matching.records.lookup import factorize
from pipeline.matching.records.records import hash_numbers

# Levels of household evidence, in the order of the model; 0 where nobody else is linked.
TWO_OR_MORE, ONE, PARTLY_THERE, ELSEWHERE = range(1, 5)


@dataclass(frozen=True)
class Claims:
    """Links of rows to residents.

    Attributes:
        household: household number of the row, -1 for none.
        person: resident number.
        family: packed KK of the resident, -1 for none.
    """

    household: Rows
    person: Rows
    family: Rows

    def take(self, which: Flags | Rows) -> Claims:
        """Some of the claims."""
        return Claims(self.household[which], self.person[which], self.family[which])


@dataclass(frozen=True)
class Relatives:
    """Per pair, the number of other linked persons (not rows) in the row's household.

    Attributes:
        there: in the KK of the pair's resident.
        elsewhere: in other KK.
    """

    there: Rows
    elsewhere: Rows

    def levels(self) -> Levels:
        """0: nobody else linked; else two or more in the resident's KK only, one there only, some there, none there."""
        there, elsewhere = self.there, self.elsewhere
        return np.select(
            [(there == 0) & (elsewhere == 0), there == 0, elsewhere > 0, there > 1],
            [0, ELSEWHERE, PARTLY_THERE, TWO_OR_MORE],
            ONE,
        ).astype(np.uint8)


class RelativeCounter:
    """Counts the relatives of each pair in every round of judging.

    Every (household, person), (household, KK) and household is numbered once; a round then only counts.

    Args:
        pairs: household, resident and KK of each pair.
        settled: claims that never change.
    """

    def __init__(self, pairs: Claims, settled: Claims) -> None:
        count = len(pairs.person)
        settled = settled.take(is_member(settled.household, pairs.household))
        household = np.concatenate([pairs.household, settled.household])
        person = np.concatenate([pairs.person, settled.person])
        family = np.concatenate([pairs.family, settled.family])
        # Claims without household or KK have no relatives; they share a number that counts 0.
        usable = (household != -1) & (family != -1)
        claim, first = factorize(hash_pairs(household, person), usable)
        home, home_first = factorize(hash_pairs(household, family), usable)
        homeless = household.max(initial=-1) + 1
        house = np.where(household == -1, homeless, household)
        self._claim, self._home, self._house = claim[:count], home[:count], house[:count]
        self._home_of_claim, self._house_of_claim = home[first], house[first]
        self._claims, self._homes, self._houses = len(first) + 1, len(home_first) + 1, int(homeless) + 1
        self._settled = np.bincount(claim[count:], minlength=self._claims)

    def count(self, current_link: Rows) -> Relatives:
        """Relatives per pair.

        Args:
            current_link: per pair, the pair by which its row is currently linked, -1 for none.
        """
        is_chosen = np.zeros(len(self._claim), dtype=np.bool_)
        is_chosen[current_link[current_link >= 0]] = True
        chosen = np.flatnonzero(is_chosen)
        rows_per_claim = self._settled + np.bincount(self._claim[chosen], minlength=self._claims)
        rows_per_claim[-1] = 0
        claims = np.flatnonzero(rows_per_claim)
        there = np.bincount(self._home_of_claim[claims], minlength=self._homes)[self._home]
        linked = np.bincount(self._house_of_claim[claims], minlength=self._houses)[self._house]
        claimed = rows_per_claim[self._claim] > 0
        is_linked = current_link >= 0
        own_claim = np.where(is_linked, self._claim[current_link], self._claims - 1)
        # The row's own current link is no evidence, unless another row of the household has the same.
        only_own = is_linked & (own_claim != self._claim) & (rows_per_claim[own_claim] == 1)
        same_home = only_own & (self._home[current_link] == self._home)
        there = there - claimed - same_home
        elsewhere = linked - claimed - only_own - there
        return Relatives(np.maximum(there, 0), np.maximum(elsewhere, 0))


def may_have_linked_relatives(pairs: Claims, left: Rows, settled: Claims) -> Flags:
    """Whether another row of the household is, or may be, linked into the KK of each pair.

    Args:
        pairs: household and KK of each pair.
        left: row per pair.
        settled: claims of settled rows.
    """
    settled = settled.take(is_member(settled.household, pairs.household))
    household = np.concatenate([pairs.household, settled.household])
    family = np.concatenate([pairs.family, settled.family])
    home, first = factorize(hash_pairs(household, family), (household != -1) & (family != -1))
    # -1: a settled row, which is never the row of a pair.
    row = np.concatenate([left, np.full(len(settled.household), -1)])
    several = np.zeros(len(first) + 1, dtype=np.bool_)
    several[home[row != np.r_[row[first], -2][home]]] = True
    several[-1] = False
    return several[home[: len(left)]]


def is_member(values: Rows, members: Rows) -> Flags:
    """Whether each of the numbers (-1 or more) is in `members`."""
    # The last position stands for -1.
    is_in = np.zeros(max(values.max(initial=-1), members.max(initial=-1)) + 2, dtype=np.bool_)
    is_in[members] = True
    return is_in[values]


def hash_pairs(left: Rows, right: Rows) -> Hashes:
    """One hash of each two numbers."""
    hashes = hash_numbers(left)
    hashes ^= hashes >> np.uint64(32)
    return hash_numbers(hashes ^ right.view(np.uint64))
