from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest

from pipeline.normalise.identifiers import (
    count_damage,
    decode_nik,
    files_rounded,
    files_zeroed,
    has_zeroed_end,
    surviving_digits,
    written_number,
)
from tests.unit.frames import text


def of(value: str | None, expression: pl.Expr) -> Any:
    return text([value]).to_frame().select(expression).item()


def told(nik: str | None, *, born: date | None = None) -> dict[str, Any] | None:
    people = text([nik]).to_frame().with_columns(born=pl.lit(born, pl.Date))
    return people.select(decode_nik(pl.col("value"), year=2022, born=pl.col("born"))).item()


def numbers(*files: tuple[str, list[str]]) -> pl.DataFrame:
    return pl.DataFrame([(file, nik) for file, niks in files for nik in niks], schema=["berkas", "nik"], orient="row")


def serials(prefix: str, last_digits: str, count: int) -> list[str]:
    return [f"{prefix}{row:03d}{last_digits[row % len(last_digits)]}" for row in range(count)]


def test_a_nik_tells_region_birth_sex_and_serial() -> None:
    assert told("3604051211870001") == {
        "kode_kec": "360405",
        "wilayah": "KINI",
        "tanggal_lahir": date(1987, 11, 12),
        "jenis_kelamin": "L",
        "seri": "0001",
    }


@pytest.mark.parametrize(
    ("nik", "born", "sex"),
    [
        ("3604045211870001", date(1987, 11, 12), "P"),
        ("3604047112870001", date(1987, 12, 31), "P"),
        ("3604040101220001", date(2022, 1, 1), "L"),
        ("3604040101230001", date(1923, 1, 1), "L"),
        ("3604042902000001", date(2000, 2, 29), "L"),
        ("3604046902840001", date(1984, 2, 29), "P"),
        ("3604042902870001", None, "L"),  # 1987 had no 29 February
        ("3604043102870001", None, "L"),
        ("3604041213870001", None, "L"),
        ("3604040012870001", None, None),
        ("3604043512870001", None, None),
        ("3604047212870001", None, None),
    ],
)
def test_birth_date_and_sex_of_a_nik(nik: str, born: date | None, sex: str | None) -> None:
    fields = told(nik)
    assert fields is not None
    assert (fields["tanggal_lahir"], fields["jenis_kelamin"]) == (born, sex)


def test_the_stated_date_settles_the_century_only_where_it_ends_in_the_same_year() -> None:
    fields = [
        told("3604040101200001", born=born) for born in (date(1920, 3, 4), date(2020, 3, 4), date(1950, 1, 1), None)
    ]
    assert [field["tanggal_lahir"].year for field in fields if field] == [1920, 2020, 2020, 2020]


@pytest.mark.parametrize(
    ("prefix", "known"),
    [
        ("360405", "KINI"),
        ("910101", "LAMA"),  # Merauke, when it was of Papua
        ("930101", "KINI"),
        ("360499", "KABUPATEN"),
        ("369999", "PROVINSI"),
        ("990101", "TIDAK_DIKENAL"),
    ],
)
def test_the_region_of_first_registration_is_known_now_or_ever(prefix: str, known: str) -> None:
    fields = told(f"{prefix}1211870001")
    assert fields is not None
    assert (fields["kode_kec"], fields["wilayah"]) == (prefix, known)


@pytest.mark.parametrize("nik", [None, "", "360404121187000", "36040412118700011", "3,60404E+15", "36O4041211870001"])
def test_only_sixteen_digits_tell_anything(nik: str | None) -> None:
    assert told(nik) is None


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("3,60404E+15", "360404"),
        ("3.60404E+15", "360404"),
        ("3,604041E15", "3604041"),
        ("3E+15", "3"),
        ("3,60404E+14", None),  # of a number of 15 digits
        ("3604041211870001", None),
        (None, None),
    ],
)
def test_scientific_notation_leaves_the_first_digits(written: str | None, expected: str | None) -> None:
    assert of(written, surviving_digits(written_number(pl.col("value")))) == expected


@pytest.mark.parametrize(
    ("nik", "expected"),
    [("3604041211870000", True), ("3604041211870010", False), ("360404121180000", False), ("3604041211800000", True)],
)
def test_serial_0000_was_never_issued(nik: str, expected: bool) -> None:
    assert of(nik, has_zeroed_end(pl.col("value"))) is expected


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
    assert files_zeroed(count_damage(rows)).to_list() == ["rusak.csv"] * damaged


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
    assert files_rounded(count_damage(rows)).to_list() == ["a.csv"] * damaged


def test_numbers_of_other_provinces_and_missing_ones_do_not_hide_a_rounded_file() -> None:
    rows = numbers(("a.csv", [*serials("910101121187", "02468", 25), "3604041211870001"])).with_columns(
        nik=pl.when(pl.int_range(pl.len()) != 3).then("nik")
    )
    assert files_rounded(count_damage(rows)).to_list() == ["a.csv"]


def test_a_file_read_in_parts_is_judged_as_a_whole() -> None:
    rows = numbers(("a.csv", serials("910101121187", "02468", 25)))
    parts = pl.concat([count_damage(rows.head(12)), count_damage(rows.slice(12))])
    assert files_rounded(parts).to_list() == ["a.csv"]
    assert files_zeroed(parts).is_empty()
