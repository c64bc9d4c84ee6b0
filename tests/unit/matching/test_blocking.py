from __future__ import annotations

from datetime import date

import polars as pl

from pipeline.matching import blocking
from pipeline.matching.blocking import Pass, codes_of, find_pairs, near_pairs

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


def test_pairs_are_distinct_sorted_and_know_their_passes() -> None:
    found = find_pairs(LEFT, RIGHT, [BY_NAME, BY_YEAR])
    rules = found.pairs.select("left", "right", aturan=codes_of(pl.col("found_by"), found.codes))
    assert rules.rows() == [
        (0, 0, ["NAMA", "NAMA_TAHUN"]),
        (0, 1, ["NAMA"]),
        (1, 2, ["NAMA", "NAMA_TAHUN"]),
    ]


def test_the_cost_is_the_number_of_pairs_and_missing_keys_cost_nothing() -> None:
    plan = find_pairs(LEFT, RIGHT, [BY_NAME, BY_YEAR]).plan
    assert plan.select("aturan", "biaya", "pasangan").rows() == [("NAMA", 3, 3), ("NAMA_TAHUN", 2, 2)]


def test_pairs_found_otherwise_are_added_under_their_own_code() -> None:
    extra = pl.DataFrame({"left": [2], "right": [3]}, schema={"left": pl.UInt32, "right": pl.UInt32})
    found = find_pairs(LEFT, RIGHT, [BY_YEAR], [("KELUARGA", extra)])
    assert found.codes == ("NAMA_TAHUN", "KELUARGA")
    assert (2, 3, 2) in found.pairs.rows()


def test_common_keys_are_refined_and_what_is_left_out_is_counted() -> None:
    people = 60
    left = pl.DataFrame({"nama": ["SITI"] * people, "rt": ["001"] * 40 + ["002"] * 20})
    right = pl.DataFrame({"nama": ["SITI"] * people, "rt": ["001"] * 50 + ["002"] * 10})
    found = find_pairs(left, right, [Pass("NAMA", ("nama",), ("rt",))])
    plan = found.plan.to_dicts()[0]
    assert plan["biaya"] == people * people > blocking.KEY_BUDGET
    assert (plan["kunci_besar"], plan["pasangan"], plan["ditinggal"]) == (1, 40 * 50 + 20 * 10, 0)
    unrefined = find_pairs(left, right, [Pass("NAMA", ("nama",))]).plan.to_dicts()[0]
    assert (unrefined["pasangan"], unrefined["ditinggal"]) == (0, people * people)


def test_numbers_one_slip_apart_are_found() -> None:
    left = pl.Series(["3604041211870000", "360404121187002", "3604041211870005", None])
    right = pl.Series(["3604041211870001", "3604041211870022", "3604999999999999"])
    assert near_pairs(left, right).rows() == [(0, 0), (1, 1), (2, 0)]
