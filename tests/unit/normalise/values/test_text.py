from __future__ import annotations

import polars as pl
import pytest

from pipeline.normalise.values.text import (
    NOTHING,
    number_of_place,
    plain,
    plain_key,
    rt_in_address,
    rw_in_address,
    second_number_of_place,
    whole_number,
)
from tests.unit.frames import text


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("SITI", "SITI"),
        ("  SITI \t AMINAH\r\n", "SITI AMINAH"),
        ("SITI\u00a0AMINAH\u00a0", "SITI AMINAH"),
        ("\ufeffSITI", "SITI"),
        ("'0812", "0812"),
        (" ' 12 ", "12"),
        ('="0812"', "0812"),
        ("\u200e0812\u00ad", "0812"),
        ("Ma'ruf'", "Ma'ruf'"),
        ("'0812'", "0812"),
        ("'Ma'ruf'", "Ma'ruf"),
        ("0", "0"),
        ("?", "?"),
        *((nothing, None) for nothing in ("–", "\u2212", "---", "- -", "....", "__", "(NULL)", "<null>", "[ - ]")),
        ("\uff13\uff16\u0660\u0661 \u06f9", "3601 9"),
        ("\uff33\uff29\uff34\uff49\uff0c \uff2c\uff0f\uff30", "SITi, L/P"),
        ("' - ", None),
        ("Tdk Th", None),
        ("nan", None),
        ("NANA", "NANA"),
        ("\u200b\u00a0", None),
        (None, None),
        *((marker, None) for marker in NOTHING),
        *((f" {marker.lower()} ", None) for marker in NOTHING),
    ],
)
def test_plain(written: str | None, expected: str | None) -> None:
    assert text([written]).to_frame().select(plain(pl.col("value"))).item() == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("3604059388751873", "3604059388751873"),
        ("'3604059388751873.0\u00a0", "3604059388751873"),
        *((f"{before}3604059388751873{behind}", "3604059388751873") for before, behind in ("’ ", "`.", "‘’", "''")),
        ("3604 0593 8875 1873", "3604059388751873"),
        ("360 405 938.0", "360405938"),
        ("36040 1 12", "36040 1 12"),
        ("36040 11 2", "36040 11 2"),
        ("360405000000000001-2", "360405000000000001-2"),
        ("36040 / 3604051207920001.0 / GEN", "36040/3604051207920001/GEN"),
        ("36040/3604051207920001/GEN'", "36040/3604051207920001/GEN"),
        ("1.0", "1.0"),
        ("A 12", "A 12"),
        *((nothing, None) for nothing in ("NULL", '""', "‘", ".,", "‘NULL’", "kosong.", None)),
    ],
)
def test_what_tells_rows_apart(written: str | None, expected: str | None) -> None:
    assert text([written]).to_frame().select(plain_key(pl.col("value"))).item() == expected


def test_characters_without_width_leave_no_gap() -> None:
    assert text(["SI\u200bTI"]).to_frame().select(plain(pl.col("value"))).item() == "SITI"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("8", "008"),
        ("08", "008"),
        ("008", "008"),
        ("8.0", "008"),
        ("8,0", "008"),
        ("RT 008", "008"),
        ("RT.08/RW.01", "008"),
        ("008/001", "008"),
        ("8 ", "008"),
        ("112", "112"),
        ("0008", "008"),
        ("1234", None),
        ("0", None),
        ("000", None),
        ("RT", None),
        ("-", None),
        ("", None),
        (None, None),
    ],
)
def test_number_of_place(written: str | None, expected: str | None) -> None:
    assert text([written]).to_frame().select(number_of_place(pl.col("value"))).item() == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("008/001", "001"),
        ("8 / 1", "001"),
        ("RT 8 RW 1", "001"),
        ("RT.08/RW.01", "001"),
        ("8/0", None),
        ("008", None),
        ("8.0", None),
        ("8.1", None),
        (None, None),
    ],
)
def test_second_number_of_place(written: str | None, expected: str | None) -> None:
    assert text([written]).to_frame().select(second_number_of_place(pl.col("value"))).item() == expected


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("KP BARU RT 003/RW 005", ("003", "005")),
        ("Kp. Baru RT.3 RW.5 Desa Cikeusal", ("003", "005")),
        ("KP BARU RT/RW: 3/5", ("003", "005")),
        ("KP BARU R.T. 02 / R.W. 01", ("002", "001")),
        ("RT 3/5 KP BARU", ("003", "005")),
        ("RT03RW02", ("003", "002")),
        ("KP BARU 003/005", ("003", "005")),
        ("JL MELATI NO 12/14 RT 01", ("001", None)),
        ("JL RAYA KM 5 NO 12/14", (None, None)),
        ("RT 01 RW 02 DSN KRAJAN RT 03", (None, "002")),
        ("RT 01/02 RW 03", (None, "003")),
        ("PERUM ASRI NO. 012/013", (None, None)),
        ("BLOK R T 5, SMART 5", (None, None)),
        (None, (None, None)),
    ],
)
def test_street_numbers_in_an_address(address: str | None, expected: tuple[str | None, str | None]) -> None:
    value = pl.col("value")
    found = text([address]).to_frame().select(rt=rt_in_address(value), rw=rw_in_address(value))
    assert found.row(0) == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("12", 12),
        ("0", 0),
        ("007", 7),
        ("1.234", 1234),
        ("1,234", 1234),
        ("1.234.567", 1_234_567),
        ("12.0", 12),
        ("12,00", 12),
        ("1.234 KPM", 1234),
        ("1.234 RTS", 1234),
        ("12 orang", 12),
        ("12 BULAN", None),
        ("12.5", None),
        ("1.2", None),
        ("-5", None),
        ("1e3", None),
        ("1 234", None),
        ("dua belas", None),
        ("99999999999", 99999999999),  # more than fits is no count
        ("", None),
        (None, None),
    ],
)
def test_whole_number(written: str | None, expected: int | None) -> None:
    assert text([written]).to_frame().select(whole_number(pl.col("value"))).item() == expected
