from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
import pytest

from pipeline.matching.candidates import blocking
from pipeline.matching.candidates.blocking import (
    Candidates,
    NumberIndex,
    Pass,
    PassPairs,
    merge_passes,
    pass_codes,
    run_passes,
)
from pipeline.matching.records import bcd
from pipeline.matching.records.records import Records

LEFT = pl.DataFrame(
    {
        "nama": ["ANI", "BUDI", "CICI", None],
        "lahir": [date(1990, 1, 2), date(1990, 5, 5), date(1999, 9, 9), date(1990, 1, 2)],
        "sex": ["P", "L", "P", "P"],
    }
)
RIGHT = pl.DataFrame(
    {
        "nama": ["ANI", "ANI", "BUDI", None],
        "lahir": [date(1990, 1, 2), date(1991, 1, 2), date(1990, 12, 31), date(1990, 1, 2)],
        "sex": ["P", "P", "L", "P"],
    }
)
BY_NAME, BY_YEAR = Pass("NAMA", ("nama",)), Pass("NAMA_TAHUN", ("nama", "lahir:tahun"))


def run_in_blocks(
    left: pl.DataFrame, right: pl.DataFrame, passes: list[Pass], *others: PassPairs, block: int = 1_000
) -> Candidates:
    blocks = (
        (np.arange(right.height)[at : at + block], Records(right[at : at + block]))
        for at in range(0, right.height, block)
    )
    return merge_passes(
        [*run_passes(passes, [Records(part) for part in left.iter_slices(2)], blocks), *others], right.height
    )


def pairs_with_codes(found: Candidates) -> list[tuple[int, int, list[str]]]:
    return list(zip(found.left, found.right, pass_codes(found.found_by, found.codes).to_list(), strict=True))


@pytest.mark.parametrize("block", [1, 3, 1_000])
def test_pairs_are_distinct_sorted_and_know_their_passes(block: int) -> None:
    found = run_in_blocks(LEFT, RIGHT, [BY_NAME, BY_YEAR], block=block)
    assert pairs_with_codes(found) == [
        (0, 0, ["NAMA", "NAMA_TAHUN"]),
        (0, 1, ["NAMA"]),
        (1, 2, ["NAMA", "NAMA_TAHUN"]),
    ]


def test_the_cost_is_the_number_of_pairs_and_missing_keys_cost_nothing() -> None:
    plan = run_in_blocks(LEFT, RIGHT, [BY_NAME, BY_YEAR]).plan
    assert plan.select("aturan", "biaya", "pasangan").rows() == [("NAMA", 3, 3), ("NAMA_TAHUN", 2, 2)]


def test_pairs_found_otherwise_are_added_under_their_own_code() -> None:
    found = run_in_blocks(LEFT, RIGHT, [BY_YEAR], PassPairs("KELUARGA", np.array([2]), np.array([3]), 1))
    assert found.codes == ("NAMA_TAHUN", "KELUARGA")
    assert (2, 3, ["KELUARGA"]) in pairs_with_codes(found)


def test_common_keys_are_refined_and_what_is_left_out_is_counted() -> None:
    people = 60
    left = pl.DataFrame({"nama": ["SITI"] * people, "rt": ["001"] * 40 + ["002"] * 20})
    right = pl.DataFrame({"nama": ["SITI"] * people, "rt": ["001"] * 50 + ["002"] * 10})
    plan = run_in_blocks(left, right, [Pass("NAMA", ("nama",), ("rt",))]).plan.to_dicts()[0]
    assert plan["biaya"] == people * people > blocking.KEY_BUDGET
    assert (plan["kunci_besar"], plan["pasangan"], plan["ditinggal"]) == (1, 40 * 50 + 20 * 10, 0)
    unrefined = run_in_blocks(left, right, [Pass("NAMA", ("nama",))]).plan.to_dicts()[0]
    assert (unrefined["pasangan"], unrefined["ditinggal"]) == (0, people * people)
    crowded = pl.DataFrame({"nama": ["SITI"] * people, "rt": ["001"] * people})
    left_out = run_in_blocks(crowded, crowded, [Pass("NAMA", ("nama",), ("rt",))]).plan.to_dicts()[0]
    assert (left_out["pasangan"], left_out["ditinggal"]) == (0, people * people)


def test_numbers_one_slip_apart_are_found() -> None:
    left = pl.Series(["3604041211870000", "360404121187002", "3604041211870005", None])
    right = bcd.pack(pl.Series(["3604041211870001", "3604041211870022", "3604999999999999", None]))
    one, two = NumberIndex(right).find_near(left)
    assert set(zip(one.tolist(), two.tolist(), strict=True)) == {(0, 0), (1, 1), (2, 0)}
    assert NumberIndex(right).find(bcd.pack(left)).tolist() == [-1, -1, -1, -1]
    assert NumberIndex(right).find(right).tolist() == [0, 1, 2, -1]


def test_every_bearer_of_a_number_is_near_its_slips_unless_it_is_everybodys() -> None:
    borne = ["3604041211870001", "3604041211870001", None, "3604041211870007", *["3604999999990001"] * 51]
    numbers = NumberIndex(bcd.pack(pl.Series(borne)))
    left, rows = numbers.find_near(pl.Series(["3604041211870002", "3604999999990002"]))
    assert sorted(set(zip(left.tolist(), rows.tolist(), strict=True))) == [(0, 0), (0, 1), (0, 3)]
