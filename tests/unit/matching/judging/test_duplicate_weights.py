"""The similarity of two rows of one person, and how it is learnt."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from pipeline.matching.duplicates.row_pairs import (
    RowPairs,
    _odds_of_other_residents,
    _use_birth_dates_in_niks,
    _without_uninformative_levels,
)
from pipeline.matching.judging.duplicate_weights import (
    better_of_row_and_resident,
    learn_from_duplicates,
    listed_anew_bits,
    row_pairs_of_residents,
    sample_true_duplicates,
)
from pipeline.matching.model.linkage import Level, LinkageModel
from tests.unit.matching.conftest import MODEL, levels

SAME_HOME = {"kk": "SAMA", "tempat_tinggal": "RUMAH", "hubungan": "SAMA"}
ELSEWHERE = {"kk": "LAIN", "tempat_tinggal": "LAIN", "hubungan": "BEDA"}


def m(model: LinkageModel, name: str, code: str) -> float:
    found: Level = next(level for level in model.comparison(name).levels if level.code == code)
    return found.m


def test_doubles_are_learnt_from_rows_of_one_resident_that_are_no_copies() -> None:
    entry = np.array([4, -1, 7, 4, 7, 4, 9])
    number = np.array([40, 0, 70, 40, 70, 40, 90], dtype=np.uint64)
    contents = np.array([0, 0, 5, 0, 5, 0, 0], dtype=np.uint64)
    one, two = sample_true_duplicates(row_pairs_of_residents(entry, number), number, contents)
    assert list(zip(one.tolist(), two.tolist(), strict=True)) == [(0, 3), (3, 5)]


def test_who_is_listed_anew_stands_elsewhere_in_everything_at_once() -> None:
    home, elsewhere, unknown = listed_anew_bits(MODEL, levels(SAME_HOME, ELSEWHERE, {}))
    assert unknown == pytest.approx(0)
    assert home < 0 < elsewhere
    apart = sum(listed_anew_bits(MODEL, levels({name: code}))[0] for name, code in ELSEWHERE.items())
    # One cause for all three, so together they cost far less than one after the other.
    assert elsewhere > apart


@pytest.mark.parametrize(("seen", "more"), [(ELSEWHERE, True), (SAME_HOME, False)])
def test_how_many_are_listed_anew_is_learnt(seen: dict[str, str], *, more: bool) -> None:
    learnt = learn_from_duplicates(MODEL, np.repeat(levels({**seen, "nama": "MIRIP"}), 500, axis=0))
    assert (learnt.listed_anew.share > MODEL.listed_anew.share) == more
    assert m(learnt, "nama", "MIRIP") > 0.8
    # How a row in its family agrees is known from links.
    assert m(learnt, "kk", "LAIN") == m(MODEL, "kk", "LAIN")


def test_without_doubles_the_saved_figures_hold() -> None:
    learnt = learn_from_duplicates(MODEL, levels())
    assert learnt.listed_anew.share == pytest.approx(MODEL.listed_anew.share)
    assert m(learnt, "nama", "SAMA") == pytest.approx(m(MODEL, "nama", "SAMA"), rel=0.05)
    assert listed_anew_bits(replace(MODEL, listed_anew=type(MODEL.listed_anew)()), levels(ELSEWHERE)).tolist() == [0.0]


def test_the_resident_tells_what_his_row_leaves_out_or_has_wrong() -> None:
    row = {"nik": "LAIN", "nama": "BEDA", "ibu": "KOSONG", "kk": "SAMA", "tanggal": "SAMA", "hubungan": "SAMA"}
    him = {"nik": "SAMA", "nama": "SUAMI", "ibu": "BEDA", "kk": "LAIN", "tanggal": "KOSONG", "keluarga": "SEORANG"}
    result = better_of_row_and_resident(MODEL, levels(row), levels(him), 10_000)
    better = {"nik": "LAIN", "nama": "SUAMI", "ibu": "BEDA", "kk": "SAMA", "tanggal": "SAMA", "hubungan": "SAMA"}
    assert result.tolist() == levels(better).tolist()


@pytest.mark.parametrize(
    ("seen", "copied", "expected"),
    [
        ({}, True, "KOSONG"),
        ({"nama": "SUSUNAN"}, True, "KOSONG"),
        # Two names of one family are two of its members sooner than one.
        ({"nama": "MIRIP"}, True, "LAIN"),
        # Another family's number, or one near the person's own, does tell them apart.
        ({"kk": "LAIN"}, True, "LAIN"),
        ({"nik": "RUSAK"}, True, "RUSAK"),
        ({}, False, "LAIN"),
    ],
)
def test_a_number_copied_over_a_family_tells_nobody_of_one_name_apart(
    seen: dict[str, str], expected: str, *, copied: bool
) -> None:
    only, facts = np.zeros(1, dtype=np.int64), pl.DataFrame({"nik_disalin": [copied]})
    number = np.array([0x3604014101900001], dtype=np.uint64)
    outcome = {"nik": "LAIN", "kk": "SAMA", "nama": "SAMA", **seen}
    pairs = RowPairs(only, only, facts, facts, only, only, levels(outcome), number)
    assert _without_uninformative_levels(MODEL, pairs).tolist() == levels({**outcome, "nik": expected}).tolist()


@pytest.mark.parametrize(
    ("nik", "date", "other", "expected"),
    [
        ("LAIN", "HARI_ATAU_BULAN", 0x5107011411870003, ("LAIN", "SAMA")),
        ("SENDIRI", "LAIN", 0x5107011411870003, ("LAIN", "SAMA")),
        ("LAIN", "KOSONG", 0x5107011411870003, ("LAIN", "SAMA")),
        ("LAIN", "LAIN", 0x5107011511870003, ("LAIN", "LAIN")),
        # A neighbour's number tells his birth, too, and is weighed with it.
        ("SEGMEN", "LAIN", 0x3604011411870003, ("SEGMEN", "LAIN")),
    ],
)
def test_two_numbers_that_tell_one_birth_are_believed_sooner_than_dates(
    nik: str, date: str, other: int, expected: tuple[str, str]
) -> None:
    seen = levels({"nik": nik, "tanggal": date})
    one, two = (np.array([number], dtype=np.uint64) for number in (0x3604011411870001, other))
    _use_birth_dates_in_niks(MODEL, seen, one, two)
    assert seen.tolist() == levels({"nik": expected[0], "tanggal": expected[1]}).tolist()


@pytest.mark.parametrize("birth", [0x010170, 0x410170, 0x711270, 0x000000])
def test_numbers_that_tell_a_year_alone_or_nothing_tell_no_one_birth(birth: int) -> None:
    seen = levels({"nik": "LAIN", "tanggal": "SAMA_TAKSIRAN"})
    one, two = (np.array([office << 40 | birth << 16 | 1], dtype=np.uint64) for office in (0x360401, 0x510701))
    before = seen.copy()
    _use_birth_dates_in_niks(MODEL, seen, one, two)
    assert seen.tolist() == before.tolist()


def test_a_row_that_may_be_two_persons_is_neither() -> None:
    own, entry = np.array([0, 0, 0, 1, 1, 2]), np.array([7, 7, 8, 7, -1, -1])
    same = np.array([8.0, 3.0, 2.0, 5.0, 4.0, 1.0])
    assert _odds_of_other_residents(own, entry, same).tolist() == [2.0, 2.0, 8.0, 0.0, 0.0, 0.0]
