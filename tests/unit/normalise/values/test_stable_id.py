from __future__ import annotations

import hashlib

import polars as pl

from pipeline.normalise.values.stable_id import stable_ids
from tests.unit.frames import text


def test_prefix_and_sixteen_digits_of_the_md5_of_the_text() -> None:
    (made,) = stable_ids(text(["3604041211870001"]), "K")
    assert made == "K" + hashlib.md5(b"3604041211870001", usedforsecurity=False).hexdigest()[:16]


def test_one_per_value_in_order_null_stays_null_whatever_surrounds_it() -> None:
    first = stable_ids(text(["a", None, "b", "a", "é", ""]), "O")
    assert first.len() == 6
    assert first[1] is None
    assert first[0] == first[3]
    assert first.drop_nulls().n_unique() == 4
    assert stable_ids(text(["b", "a"]), "O").to_list() == [first[2], first[0]]


def test_other_types_and_empty_columns() -> None:
    assert stable_ids(pl.Series("n", [1]), "K").to_list() == stable_ids(text(["1"]), "K").to_list()
    assert stable_ids(text([]), "K").to_list() == []
    assert stable_ids(text([None, None]), "K").to_list() == [None, None]
    assert stable_ids(pl.Series("n", [1]), "K").name == "n"


def test_order_is_kept_over_many_rows() -> None:
    # More rows than one vector of the hashing engine holds.
    values = text([str(number) for number in range(10_000)])
    shuffled = values.sample(fraction=1.0, shuffle=True, seed=1)
    known = dict(zip(values, stable_ids(values, "O"), strict=True))
    assert stable_ids(shuffled, "O").to_list() == [known[value] for value in shuffled]
