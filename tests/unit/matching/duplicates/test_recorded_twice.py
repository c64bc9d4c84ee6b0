"""Families that DTKS records twice."""

from __future__ import annotations

import numpy as np

from pipeline.matching.duplicates.recorded_twice import RecordedTwice
from pipeline.matching.judging.duplicate_weights import row_pairs_of_residents
from pipeline.matching.levels.evidence import ELSEWHERE, ONE, TWO_OR_MORE

# Family 10 is listed again as 20; one of its members stands in family 30, too, which is another one.
HOUSEHOLD = np.array([10, 10, 10, 20, 20, 20, 30, 30, -1])
PERSON = np.array([1, 2, -1, 1, 2, -1, 2, 5, 5])
TWICE = RecordedTwice.of(HOUSEHOLD, PERSON, row_pairs_of_residents(PERSON, (PERSON + 1).astype(np.uint64)))


def test_families_with_persons_in_common_tell_about_their_other_rows() -> None:
    pairs = {(2, 5): TWO_OR_MORE, (5, 7): ELSEWHERE, (2, 3): ONE, (2, 7): ELSEWHERE, (2, 1): 0, (2, 8): 0}
    found = TWICE.household_levels(*np.array(list(pairs)).T)
    # Persons of the pair itself are no evidence, nor is anything within one family or without one.
    assert dict(zip(pairs, found.tolist(), strict=True)) == pairs


def test_loose_rows_meet_the_rows_of_those_families() -> None:
    own, other = TWICE.pairs_across_households(np.array([5, 8]))
    met = sorted(zip(own.tolist(), other.tolist(), strict=True))
    assert met == [(0, 0), (0, 1), (0, 2)]
