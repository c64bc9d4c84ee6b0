from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from pipeline.synthetic.draft import Draft
from pipeline.synthetic.draws import random_stream
from pipeline.synthetic.rates import Rates


@pytest.fixture
def draft() -> Draft:
    return Draft.of(pl.DataFrame({"a": ["x", "y", None, "z"]}), random_stream(1, "uji"))


def test_apply_marks_only_what_changes(draft: Draft) -> None:
    chosen = np.array([True, True, True, False])
    changed = draft.overwrite("K", chosen, "a", pl.lit("x"))
    assert draft.rows["a"].to_list() == ["x", "x", "x", "z"]
    assert changed.tolist() == [False, True, True, False]
    assert draft.marked("K").tolist() == changed.tolist()


def test_put_writes_one_value_per_chosen_row(draft: Draft) -> None:
    draft.overwrite_chosen("K", np.array([False, True, False, True]), "a", pl.Series(["p", "q"]))
    assert draft.rows["a"].to_list() == ["x", "p", None, "q"]


def test_appended_rows_inherit_classes_or_none(draft: Draft) -> None:
    draft.mark("K", np.array([False, True, False, False]))
    added = draft.append(draft.rows[[1]], inherit=np.array([1]))
    bare = draft.append(draft.rows[[1]], inherit=None)
    assert added.tolist() == [False] * 4 + [True]
    assert bare.tolist() == [False] * 5 + [True]
    assert draft.marked("K").tolist() == [False, True, False, False, True, False]


def test_classes_are_sorted_lists(draft: Draft) -> None:
    for number in range(20):
        draft.mark(f"K{number:02}", np.arange(4) == number % 3)
    classes = draft.classes().to_list()
    assert classes[0] == [f"K{number:02}" for number in range(0, 20, 3)]
    assert classes[3] == []
    assert draft.unmarked().to_list() == [False, False, False, True]


def test_choose_takes_at_most_one_kind_at_its_rate() -> None:
    draft = Draft.of(pl.DataFrame({"a": np.arange(20_000)}), random_stream(1, "uji"))
    rates = Rates(nama_ejaan=0.2, nama_ketik=0.1)
    chosen = draft.assign_kinds(rates, ("NAMA_EJAAN", "NAMA_KETIK"), np.ones(20_000, dtype=bool))
    assert not (chosen["NAMA_EJAAN"] & chosen["NAMA_KETIK"]).any()
    assert chosen["NAMA_EJAAN"].mean() == pytest.approx(0.2, abs=0.02)
    assert chosen["NAMA_KETIK"].mean() == pytest.approx(0.1, abs=0.02)
