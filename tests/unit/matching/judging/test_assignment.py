from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from pipeline.matching.judging.assignment import (
    best_for_several_rows,
    best_pair_per_row,
    claimed_by_better_rows,
    claimed_by_other_rows,
    decide,
    strong_rivals,
    undistinguished_candidates,
)
from tests.unit.matching.conftest import MODEL


def test_the_best_pair_of_each_row_and_the_first_of_equal_ones() -> None:
    rows, bits = np.array([0, 0, 2, 2, 2]), np.array([1.0, 3.0, 5.0, 5.0, 1.0])
    assert best_pair_per_row(rows, bits).tolist() == [1, 2]
    assert best_pair_per_row(np.array([], dtype=np.int64), np.array([])).tolist() == []


def test_the_weaker_claim_is_outbid_and_equal_claims_outbid_each_other() -> None:
    rows, residents = np.array([0, 1, 2, 3, 4]), np.array([0, 0, 1, 1, 2])
    bits, sure = np.array([9.0, 8.0, 7.0, 7.0, 5.0]), np.full(5, 0.99)
    nobody = np.zeros(3, dtype=np.bool_)
    assert claimed_by_other_rows(rows, residents, bits, sure, nobody).tolist() == [False, True, True, True, False]
    assert claimed_by_other_rows(rows, residents, bits, np.full(5, 0.1), nobody).tolist() == [False] * 5


def test_a_resident_settled_before_is_claimed_already() -> None:
    settled = np.array([True, False])
    beaten = claimed_by_other_rows(
        np.array([0, 0]), np.array([0, 1]), np.array([9.0, 1.0]), np.array([0.9, 0.1]), settled
    )
    assert beaten.tolist() == [True, False]


def test_only_a_better_row_outdoes_another_and_copies_do_not() -> None:
    residents, bits = np.array([0, 0, 1, 1, 2]), np.array([9.0, 8.0, 7.0, 7.0 + 1e-9, 5.0])
    beaten, settled = np.array([False, True, True, True, True]), np.array([False, False, True])
    assert claimed_by_better_rows(beaten, residents, bits, settled).tolist() == [False, True, False, False, True]


def test_a_resident_is_contested_where_two_rows_mean_him_and_copies_are_one() -> None:
    residents, bits = np.array([0, 0, 1, 1, 2, 3]), np.array([9.0, 8.0, 7.0, 7.0 + 1e-9, 5.0, 5.0])
    settled = np.array([False, False, False, True])
    assert best_for_several_rows(residents, bits, settled).tolist() == [True, True, False, False, False, True]


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        ({}, True),
        ({"ibu": 0}, True),
        ({"kk": 4}, False),
        ({"kk": 1}, False),
        ({"tanggal": 5}, False),
    ],
)
def test_who_is_ruled_out_by_nothing_equals_the_best(other: dict[str, int], *, expected: bool) -> None:
    facts = {"tanggal": 1, "kelamin": 1, "nama": 1, "ibu": 1, "kk": 3, "tempat_tinggal": 4}
    outcomes = [[{**facts, **one}.get(c.name, 0) for c in MODEL.comparisons] for one in ({}, other, {"nama": 7})]
    rows, levels = np.array([3, 3, 4]), np.array(outcomes, dtype=np.uint8)
    assert undistinguished_candidates(levels, rows, np.array([0, 2])).tolist() == [1] * expected


def test_rivals_are_what_made_the_doubt_strong_or_equal_candidates_of_that_row() -> None:
    rows, chances = np.array([0, 0, 0, 0, 1, 1]), np.array([0.4, 0.05, 0.01, 0.01, 0.5, 0.5])
    assert strong_rivals(rows, np.array([0]), chances, np.array([2])).tolist() == [1, 2]


SURE = {
    "keyakinan": 0.99, "confirmed": True, "runner_up": 0.0, "undistinguished": False, "supported": True,
    "outbid": False, "named_otherwise": False, "lookalike": None,
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "doubt"),
    [
        ({}, None),
        ({"outbid": True}, None),
        ({"outbid": True, "named_otherwise": True}, "DIAMBIL_BARIS_LAIN"),
        ({"supported": False}, "FAKTA_KURANG"),
        ({"keyakinan": 0.5, "runner_up": 0.5}, "CALON_SETARA"),
        ({"undistinguished": True}, "CALON_SETARA"),
        ({"keyakinan": 0.5, "outbid": True}, "DIAMBIL_BARIS_LAIN"),
        ({"keyakinan": 0.5}, "BUKTI_LEMAH"),
        ({"outbid": True, "lookalike": "MUNGKIN_SAUDARA"}, "MUNGKIN_SAUDARA"),
        ({"keyakinan": 0.5, "runner_up": 0.5, "lookalike": "MUNGKIN_SENAMA"}, "CALON_SETARA"),
        # Whom neither name nor number tells takes more belief.
        ({"keyakinan": 0.9}, None),
        ({"keyakinan": 0.9, "confirmed": False}, "BUKTI_LEMAH"),
        ({"keyakinan": 0.96, "confirmed": False}, None),
    ],
)
def test_decisions(change: dict[str, object], doubt: str | None) -> None:
    link = pl.DataFrame([{**SURE, **change}], schema_overrides={"lookalike": pl.String})
    decided = decide(link, MODEL.cutoffs).select("keputusan", "keraguan").row(0)
    assert decided == ("TINJAU" if doubt else "OTOMATIS", doubt)
