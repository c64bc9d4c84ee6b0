from __future__ import annotations

import pytest

from reports import wording
from reports.wording import (
    STATUS_BERKAS,
    STATUS_KELUARGA,
    STATUS_PADAN,
    estimate,
    measured,
    month,
    number,
    percent,
    rupiah,
)
from schemas import cleansed
from schemas.quality import SOURCES, Rekonsiliasi
from schemas.table import contract


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (999, "999"),
        (1_234_567, "1.234.567"),
        (-5000, "-5.000"),
        (0.0123, "0,012"),
        (20.0004, "20"),
        (None, "–"),
    ],
)
def test_numbers_are_grouped_by_points(value: float | None, text: str) -> None:
    assert number(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0%"),
        (0.001, "0,1%"),
        (50, "50,0%"),
        (97.34, "97,3%"),
        (99.99, "99,9%"),
        (100, "100%"),
        (1041.2, "1.041,2%"),
    ],
)
def test_only_nothing_is_0_percent_and_only_everything_100(value: float, text: str) -> None:
    assert percent(value) == text


@pytest.mark.parametrize(
    ("value", "limit", "text"),
    [
        (0, 0, "0"),
        (0.238, 20, "0,2"),
        (0.04, 20, "0,04"),
        (20.04, 20, "20,04"),
        (100, 50, "100"),
    ],
)
def test_what_a_gate_measured_has_no_more_decimals_than_tell(value: float, limit: float, text: str) -> None:
    assert measured(value, limit) == text


def test_rupiah_and_months_as_officers_write_them() -> None:
    assert (rupiah(1_234_567), rupiah(-2000), rupiah(None)) == ("Rp1.234.567", "-Rp2.000", "–")
    assert month("2022-12") == "Desember 2022"


def test_every_status_has_its_words() -> None:
    assert tuple(STATUS_PADAN) == cleansed.STATUS_PADAN
    assert tuple(STATUS_KELUARGA) == cleansed.STATUS_KELUARGA
    allowed = contract(Rekonsiliasi).columns["status_berkas"].checks[0].statistics["allowed_values"]
    assert set(STATUS_BERKAS) == set(allowed)


@pytest.mark.parametrize(
    ("value", "text"), [(0.0, "kurang dari 1"), (0.99, "kurang dari 1"), (1234.4, "sekitar 1.234")]
)
def test_an_expected_number_is_never_more_exact_than_it_is(value: float, text: str) -> None:
    assert estimate(value) == text


def test_every_source_has_a_name_even_a_file_that_lies_in_none() -> None:
    assert set(wording.SOURCES) == set(SOURCES)
