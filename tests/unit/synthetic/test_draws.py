from __future__ import annotations

import numpy as np

from pipeline.synthetic.draws import (
    apportion,
    occurrence_numbers,
    pick_distinct,
    pick_weighted,
    random_stream,
    scattered_numbers,
)


def test_streams_repeat_by_seed_and_topic_and_differ_otherwise() -> None:
    first = random_stream(7, "nama").random(5)
    assert first.tolist() == random_stream(7, "nama").random(5).tolist()
    assert first.tolist() != random_stream(7, "alamat").random(5).tolist()
    assert first.tolist() != random_stream(8, "nama").random(5).tolist()


def test_pick_follows_the_weights() -> None:
    drawn = np.bincount(pick_weighted(random_stream(1, "x"), [1, 0, 3], 40_000), minlength=3)
    assert drawn[1] == 0
    assert 2.8 < drawn[2] / drawn[0] < 3.2


def test_pick_distinct_prefers_heavy_ones_and_never_repeats() -> None:
    weights = np.array([1.0, 1.0, 1000.0, 1.0])
    hits = [pick_distinct(random_stream(seed, "x"), weights, 2) for seed in range(30)]
    assert all(len(set(hit.tolist())) == 2 for hit in hits)
    assert sum(2 in hit for hit in hits) >= 29


def test_occurrence_counts_equal_keys_in_order_of_appearance() -> None:
    assert occurrence_numbers(np.array([5, 3, 5, 5, 3, 9])).tolist() == [0, 0, 1, 2, 1, 0]


def test_apportion_adds_up_exactly() -> None:
    shares = apportion(100, np.array([1.0, 1.0, 1.0]))
    assert shares.sum() == 100
    assert sorted(shares.tolist()) == [33, 33, 34]


def test_scattered_numbers_are_distinct_and_ten_digits_long() -> None:
    numbers = scattered_numbers(200_000, random_stream(3, "id"))
    assert len(np.unique(numbers)) == 200_000
    assert numbers.min() >= 10**9
    assert numbers.max() < 10**10
