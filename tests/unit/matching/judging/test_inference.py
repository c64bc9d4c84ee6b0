"""What judging learns from rows that are linked already."""

from __future__ import annotations

import numpy as np

from pipeline.matching.judging.inference import Pairs, SettledEvidence, judge
from pipeline.matching.levels.evidence import Claims
from tests.unit.matching.conftest import MODEL


def test_settled_rows_count_as_many_although_only_a_sample_of_them_is_compared() -> None:
    # Nobody fits a hundred rows; nine hundred are linked, of which the sample is one that agrees in everything.
    none, linked, comparisons = np.zeros(0, dtype=np.int64), np.arange(900), len(MODEL.comparisons)
    nik = MODEL.comparison("nik")
    open_rows = Pairs(
        left=none,
        right=none,
        levels=np.zeros((0, comparisons), dtype=np.uint8),
        household=np.full(100, -1),
        family=none,
        identity=none,
        dropped=np.zeros((2, len(nik.levels)), dtype=np.int64),
        searched_by_slips=0,
    )
    settled = SettledEvidence(
        Claims(linked, linked, linked), np.zeros(0, dtype=np.bool_), np.ones((1, comparisons), dtype=np.uint8)
    )
    learned = judge(MODEL, open_rows, settled, residents=1_000, family_size=3.0).model
    assert MODEL.absent < learned.absent < 0.1
    assert nik.levels[1].m < 0.9 < learned.comparison("nik").levels[1].m
