from __future__ import annotations

import polars as pl
import pytest

from pipeline.normalise.values.identifiers import (
    count_damage,
    files_rounded,
    files_zeroed,
    known_region_level,
)
from pipeline.settings import DamageLimits, default_limits
from tests.unit.frames import find_misread

LIMITS = default_limits().kerusakan


def numbers(*files: tuple[str, list[str]]) -> pl.DataFrame:
    return pl.DataFrame([(file, nik) for file, niks in files for nik in niks], schema=["berkas", "nik"], orient="row")


def serials(prefix: str, last_digits: str, count: int) -> list[str]:
    return [f"{prefix}{row:03d}{last_digits[row % len(last_digits)]}" for row in range(count)]


def test_the_region_at_the_head_of_a_number_is_known_now_or_ever() -> None:
    regions = {
        "KINI": ["360405", "930101"],
        "LAMA": ["910101"],  # Merauke, when it was of Papua
        "KABUPATEN": ["360499"],
        "PROVINSI": ["369999"],
        "TIDAK_DIKENAL": ["990101"],
    }
    numbers_of = {known: [f"{prefix}1211870001" for prefix in prefixes] for known, prefixes in regions.items()}
    assert find_misread(known_region_level, {**numbers_of, None: [None]}) == []


@pytest.mark.parametrize(
    ("last_digits", "count", "damaged"),
    [
        ("0", 20, True),
        ("0", 19, False),  # too few to tell
        ("0001", 40, True),  # partly pasted from a damaged sheet
        ("0123456789", 100, False),
        ("01234", 100, False),
    ],
)
def test_a_file_of_zeroed_numbers(last_digits: str, count: int, damaged: bool) -> None:
    rows = numbers(
        ("rusak.csv", serials("360404121187", last_digits, count)), ("utuh.csv", serials("360404121187", "123", 50))
    )
    assert files_zeroed(count_damage(rows), LIMITS).to_list() == ["rusak.csv"] * damaged


@pytest.mark.parametrize(
    ("prefix", "last_digits", "count", "damaged"),
    [
        ("910101121187", "02468", 25, True),
        ("960101121187", "24", 20, True),
        ("910101121187", "24", 19, False),
        ("910101121187", "0246813579", 40, False),
        ("910101121187", "0", 40, False),  # Excel's work
        ("360404121187", "02468", 40, False),  # a float holds these
    ],
)
def test_a_file_of_papua_rounded_to_even(prefix: str, last_digits: str, count: int, damaged: bool) -> None:
    rows = numbers(("a.csv", serials(prefix, last_digits, count)), ("b.csv", serials("910101121187", "13", 30)))
    assert files_rounded(count_damage(rows), LIMITS).to_list() == ["a.csv"] * damaged


def test_numbers_of_other_provinces_and_missing_ones_do_not_hide_a_rounded_file() -> None:
    rows = numbers(("a.csv", [*serials("910101121187", "02468", 25), "3604041211870001"])).with_columns(
        nik=pl.when(pl.int_range(pl.len()) != 3).then("nik")
    )
    assert files_rounded(count_damage(rows), LIMITS).to_list() == ["a.csv"]


def test_a_file_read_in_parts_is_judged_as_a_whole() -> None:
    rows = numbers(("a.csv", serials("910101121187", "02468", 25)))
    parts = pl.concat([count_damage(rows.head(12)), count_damage(rows.slice(12))])
    assert files_rounded(parts, LIMITS).to_list() == ["a.csv"]
    assert files_zeroed(parts, LIMITS).is_empty()


@pytest.mark.parametrize(("fewest", "share", "damaged"), [(20, 50, True), (41, 50, False), (20, 80, False)])
def test_the_limits_say_from_when_a_file_is_damaged(fewest: int, share: float, *, damaged: bool) -> None:
    rows = numbers(("a.csv", serials("360405120792", "0001", 40)))
    limits = DamageLimits(nomor_dinilai=fewest, berakhir_nol=share)
    assert (files_zeroed(count_damage(rows), limits).len() > 0) == damaged
