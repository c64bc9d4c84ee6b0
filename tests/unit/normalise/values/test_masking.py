from __future__ import annotations

import polars as pl
import pytest

from pipeline.normalise.values.masking import differing_digits, masked, masked_order
from tests.unit.frames import find_misread, text


def test_masked() -> None:
    notations = {
        "3604********0001": ["3604041211870001", " 3604041211870001\u00a0"],
        "3604*******7000": ["360404121187000"],
        "3604***********0001": ["3604 0412 1187 0001"],
        "1234******1234": ["12345678901234"],
        "1************": [
            "1234567890123",  # four at each end of so few would tell too much
        ],
        "S**********": ["SITI AMINAH"],
        "É**": ["Éva"],
        "A": ["A"],
        "": [""],
        None: [None],
    }  # fmt: skip
    assert find_misread(masked, notations) == []


@pytest.mark.parametrize("value", ["3604041211870001" * 8, "NIK 3604041211870001 a.n. SITI AMINAH", "x" * 500])
def test_no_value_of_any_length_is_shown_beyond_its_ends(value: str) -> None:
    shown = text([value]).to_frame().select(masked(pl.col("value"))).item()
    assert len(shown.replace("*", "")) <= 8
    assert "*" * 8 in shown


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("29400/3604041211870001/GEN", "29400/3604********0001/GEN"),
        ("12120/121201660483000/GEN", "12120/12********00/GEN"),
        ("1/121201660483/GEN (pos/20221201.csv, baris 7)", "1/12********83/GEN (pos/20221201.csv, baris 7)"),
        ("12120/12120166048/GEN", "12120/12120166048/GEN"),
    ],
)
def test_a_number_cut_short_in_that_of_an_order_is_hidden_too(number: str, expected: str) -> None:
    assert pl.select(masked_order(pl.lit(number))).item() == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("3604041211870002", "angka ke-16"),
        ("3604141211870002", "angka ke-5, ke-16"),
        ("'3604.0412.1187.0002 ", "angka ke-16"),
        ("3604041211870001", None),
        ("360404121187000", None),
    ],
)
def test_where_numbers_of_equal_length_differ_is_told(written: str, expected: str | None) -> None:
    assert pl.select(differing_digits(pl.lit(written), pl.lit("3604041211870001"))).item() == expected
