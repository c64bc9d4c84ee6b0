"""Distinct combinations of outcomes."""

import numpy as np
import pytest

from pipeline.matching.model.patterns import find_patterns

LEVELS = np.array([[2, 0, 1], [0, 0, 1], [2, 0, 1], [2, 0, 0]], dtype=np.uint8, order="F")


def test_pairs_are_told_by_their_patterns() -> None:
    found = find_patterns(LEVELS)

    assert found.levels.tolist() == [[0, 0, 1], [2, 0, 0], [2, 0, 1]]
    assert (found.levels[found.of_pair] == LEVELS).all()
    assert found.sum_by_pattern(np.array([0.5, 1.0, 0.25, 2.0])).tolist() == [1.0, 2.0, 0.75]


def test_a_comparison_known_later_refines_them() -> None:
    late = np.array([3, 0, 0, 3], dtype=np.uint8)
    found = find_patterns(LEVELS).with_levels_of(1, late)

    assert (found.levels[found.of_pair] == np.column_stack([LEVELS[:, 0], late, LEVELS[:, 2]])).all()
    assert len(found.levels) == len(np.unique(found.levels, axis=0)) == 4


def test_without_pairs_there_are_none() -> None:
    found = find_patterns(LEVELS[:0])

    assert found.levels.shape == (0, 3)
    assert found.with_levels_of(1, np.zeros(0, dtype=np.uint8)).levels.shape == (0, 3)


def test_more_outcomes_than_a_number_tells_are_refused() -> None:
    with pytest.raises(ValueError, match="too many comparisons"):
        find_patterns(np.full((1, 9), 255, dtype=np.uint8))
