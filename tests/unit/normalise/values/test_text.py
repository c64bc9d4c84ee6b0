from __future__ import annotations

import polars as pl
import pytest

from pipeline.normalise.values.text import (
    NOTHING,
    plain,
    plain_key,
    rt_in_address,
    rt_or_rw,
    rw_after_rt,
    rw_in_address,
    whole_number,
)
from tests.unit.frames import find_misread, text


def test_plain() -> None:
    notations = {
        "SITI": ["SITI", "SI\u200bTI", "\ufeffSITI"],
        "SITI AMINAH": ["  SITI \t AMINAH\r\n", "SITI\u00a0AMINAH\u00a0"],
        "0812": ["'0812", '="0812"', "\u200e0812\u00ad", "'0812'"],
        "12": [" ' 12 "],
        "Ma'ruf'": ["Ma'ruf'"],
        "Ma'ruf": ["'Ma'ruf'"],
        "0": ["0"],
        "?": ["?"],
        None: [
            "–", "\u2212", "---", "- -", "....", "__", "(NULL)", "<null>", "[ - ]", "' - ", "Tdk Th", "nan",
            "\u200b\u00a0", None, *(marker for marker in NOTHING), *(f" {marker.lower()} " for marker in NOTHING),
        ],
        "3601 9": ["\uff13\uff16\u0660\u0661 \u06f9"],
        "SITi, L/P": ["\uff33\uff29\uff34\uff49\uff0c \uff2c\uff0f\uff30"],
        "NANA": ["NANA"],
    }  # fmt: skip
    assert find_misread(plain, notations) == []


def test_what_tells_rows_apart() -> None:
    notations = {
        "3604059388751873": [
            "3604059388751873", "'3604059388751873.0\u00a0",
            *(f"{before}3604059388751873{behind}" for before, behind in ("’ ", "`.", "‘’", "''")),
            "3604 0593 8875 1873",
        ],
        "360405938": ["360 405 938.0"],
        "36040 1 12": ["36040 1 12"],
        "36040 11 2": ["36040 11 2"],
        "360405000000000001-2": ["360405000000000001-2"],
        "36040/3604051207920001/GEN": ["36040 / 3604051207920001.0 / GEN", "36040/3604051207920001/GEN'"],
        "1.0": ["1.0"],
        "A 12": ["A 12"],
        None: ["NULL", '""', "‘", ".,", "‘NULL’", "kosong.", None],
    }  # fmt: skip
    assert find_misread(plain_key, notations) == []


def test_number_of_place() -> None:
    notations = {
        "008": ["8", "08", "008", "8.0", "8,0", "RT 008", "RT.08/RW.01", "008/001", "8 ", "0008"],
        "112": ["112"],
        None: ["1234", "0", "000", "RT", "-", "", None],
    }  # fmt: skip
    assert find_misread(rt_or_rw, notations) == []


def test_second_number_of_place() -> None:
    notations = {
        "001": ["008/001", "8 / 1", "RT 8 RW 1", "RT.08/RW.01"],
        None: ["8/0", "008", "8.0", "8.1", None],
    }  # fmt: skip
    assert find_misread(rw_after_rt, notations) == []


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


def test_whole_number() -> None:
    notations = {
        12: ["12", "12.0", "12,00", "12 orang"],
        0: ["0"],
        7: ["007"],
        1234: ["1.234", "1,234", "1.234 KPM", "1.234 RTS"],
        1_234_567: ["1.234.567"],
        None: ["12 BULAN", "12.5", "1.2", "-5", "1e3", "1 234", "dua belas", "", None],
        99999999999: [
            "99999999999",  # more than fits is no count
        ],
    }  # fmt: skip
    assert find_misread(whole_number, notations) == []
