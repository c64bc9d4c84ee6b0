from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from pipeline.matching.records import bcd

NIK = "3604041211870001"


def packed(*numbers: str | None) -> bcd.Packed:
    return bcd.pack(pl.Series(numbers, dtype=pl.String))


def test_unpacking_gives_the_digits_back() -> None:
    written = pl.Series([NIK, None, "0000000000000001"], dtype=pl.String)
    assert bcd.unpack(bcd.pack(written)).to_list() == written.to_list()


def test_only_sixteen_digits_are_packed() -> None:
    others = ("360404121187000", None, "36040412118700011", "3,60404E+15", "36040A1211870001", "+360404121187000")
    assert packed(NIK, *others).tolist() == [0x3604041211870001, *[0] * len(others)]


def test_a_nik_of_papua_does_not_overflow() -> None:
    assert packed("9102012410080003").tolist() == [0x9102012410080003]


@pytest.mark.parametrize(
    ("other", "different", "swap"),
    [
        ("3604041211870002", 1, False),
        ("3604041211780001", 2, True),
        ("3604041211870010", 2, True),
        ("3604041211860002", 2, False),
        ("3640041211870001", 2, True),
        (NIK, 0, False),
    ],
)
def test_differences_are_counted_and_swaps_told_apart(other: str, different: int, *, swap: bool) -> None:
    a, b = packed(NIK), packed(other)
    assert np.bitwise_count(bcd.differing_digits(a, b))[0] == different
    assert bcd.is_swap(a, b)[0] == swap


def test_where_the_difference_stands() -> None:
    places = bcd.differing_digits(packed(NIK, NIK), packed("3604041211870009", "3604051211870001"))
    assert bcd.differ_only_within(places, 12, 15).tolist() == [True, False]
    assert bcd.differ_only_within(places, 0, 5).tolist() == [False, True]


@pytest.mark.parametrize(
    "other",
    [
        "3604041211870000",  # Excel
        "3604045211870001",  # a woman's day
        "3604041112870001",  # day and month swapped
        "6304041211870001",  # neighbours swapped
        "3604041211870002",  # off by one
        "3604041211970001",  # another digit
    ],
)
def test_every_slip_is_among_the_variants(other: str) -> None:
    assert packed(other)[0] in np.concatenate(list(bcd.slip_variants(packed(NIK))))


def test_a_womans_day_stays_a_womans_day_when_swapped_with_the_month() -> None:
    assert bcd.swapped_day_month(packed("3604045211870001"))[0] == packed("3604045112870001")[0]


def test_float_neighbours_carry_over_nines() -> None:
    below, above = bcd.float_neighbours(packed("9102012410080009", "9102012410080010", "9102012410080015"))
    assert below.tolist() == [0x9102012410080008, 0x9102012410080009, 0x9102012410080014]
    assert above.tolist() == [0x9102012410080010, 0x9102012410080011, 0x9102012410080016]


@pytest.mark.parametrize(
    "written", ["360404121187001", "36040412118700011", "36004041211870001", "36X4041211870001", "3604041211870?01"]
)
def test_numbers_of_fifteen_and_seventeen_digits_can_be_the_whole_one(written: str) -> None:
    row, number = bcd.length_variants(pl.Series(["x", written]))
    assert packed(NIK)[0] in number[row == 1]
    assert 0 not in row
    mislength = bcd.MislengthNumbers(pl.Series(["x", written, "3604041211870", NIK, None]))
    assert mislength.present.tolist() == [False, True, False, False, False]
    rows = np.array([1, 1])
    assert mislength.may_equal(rows, packed(NIK, "3604041211870099")).tolist() == [True, False]


def test_mislength_numbers_are_found_as_by_refilling_them() -> None:
    draw = np.random.default_rng(5)
    whole = ["".join(draw.choice(list("0123456789"), 16)) for _ in range(40)]
    written = [number[:place] + number[place + 1 :] for place, number in enumerate(whole[:16])]
    written += [number[:place] + "7" + number[place:] for place, number in enumerate(whole[16:33])]
    texts = pl.Series(written)
    row, number = bcd.length_variants(texts)
    made = set(zip(row.tolist(), number.tolist(), strict=True))
    numbers = packed(*whole)
    left, right = (side.ravel() for side in np.meshgrid(np.arange(len(written)), np.arange(len(whole))))
    result = bcd.MislengthNumbers(texts).may_equal(left, numbers[right])
    assert result.tolist() == [(int(a), int(numbers[b])) in made for a, b in zip(left, right, strict=True)]
    assert result.sum() >= len(written)
