from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from pipeline.normalise.values.dates import stated_in_name, to_birth_date, to_date, to_month
from tests.unit.frames import misread, text

BORN = date(1985, 8, 17)


BIRTHS = [
    ("17-08-1985", BORN),
    ("1985", date(1985, 1, 1)),
    ("'1985", date(1985, 1, 1)),
    ("1985.0", date(1985, 1, 1)),
    ("00-00-1985", date(1985, 1, 1)),
    ("0/0/1985", date(1985, 1, 1)),
    ("1985-00-00", date(1985, 1, 1)),
    ("00-08-1985", None),
    ("85", None),
    ("08-1985", None),
    ("NN", None),
    (None, None),
]


def test_a_birth_date_of_which_only_the_year_is_written() -> None:
    assert misread(to_birth_date, BIRTHS) == []


def read(written: str | None) -> date | None:
    return text([written]).to_frame().select(to_date(pl.col("value"))).item()


DATES = [
    ("17-08-1985", BORN),
    ("17/8/1985", BORN),
    ("17.08.1985", BORN),
    ("17 08 1985", BORN),
    ("17-8-85", BORN),
    ("17\u201308\u20131985", BORN),
    ("17,08,1985", BORN),
    ("17\\08\\1985", BORN),
    ("17-08-1985.", BORN),
    ("'17-08-1985'", BORN),
    ("Sabtu, 17 Agustus 1985", BORN),
    ("31276.75", BORN),
    ("31276,5", BORN),
    ("'17-08-1985", BORN),
    ("17-08-1985\u00a0", BORN),
    ("1985-08-17", BORN),
    ("1985/8/17", BORN),
    ("1985-08-17 00:00:00", BORN),
    ("1985-08-17T00:00:00.000000", BORN),
    ("1985-08-17T00:00:00Z", BORN),
    ("1985-08-17T12:00:00Z", BORN),
    ("1985-08-16T17:00:00.000Z", BORN),
    ("1985-08-16 15:00:00+00:00", BORN),
    ("Aug 17 1985 12:00AM", BORN),
    ("19850817.0", BORN),
    ("17081985.0", BORN),
    ("493084800000", BORN),
    ("493059600000", BORN),  # midnight in Jakarta
    ("493084800", BORN),
    ("493084800000.0", BORN),
    ("-248054400000", date(1962, 2, 21)),
    ("-9849600000", date(1969, 9, 9)),
    ("493084801000", None),
    ("00000000", None),
    ("0000000000.0", None),
    ("1728000000", None),  # 21 January 1970 or 4 October 2024
    ("08123456789", None),
    ("Fri, 16 Aug 1985 17:00:00 GMT", BORN),
    ("1985-08-17T17:00:00", BORN),
    ("17AUG1985:00:00:00", BORN),
    ("19850817000000", BORN),
    ("Sat Aug 17 1985 00:00:00 GMT+0700 (Western Indonesia Time)", BORN),
    ("17-08-1985 10:30", BORN),
    ("17 AGUSTUS 1985", BORN),
    ("17 agustus 1985", BORN),
    ("17-Agu-85", BORN),
    ("17 Ags 1985", BORN),
    ("17Aug1985", BORN),
    ("17 August 1985", BORN),
    ("August 17, 1985", BORN),
    ("Aug 17th 1985", BORN),
    ("Agustus 17-1985", BORN),
    ("AGU 17.1985", BORN),
    ("Agustus/17-05-1985", None),
    ("Mei 5/6/1985", None),
    ("Martapura 17-08-1985", BORN),
    ("17th August 1985", BORN),
    ("1 September 1985", date(1985, 9, 1)),
    ("Serang/17-08-1985", BORN),
    ("SERANG 17-08-1985", BORN),
    ("Serang 17 Agustus 1985", BORN),
    ("tgl. 17 Agustus 1985", BORN),
    ("17_08_1985", BORN),
    ("17\u22128\u22121985", BORN),
    ("(17-08-1985)", BORN),
    ("17-08-1985 (37 TH)", BORN),
    ("5 Mrt 1990", date(1990, 3, 5)),
    ("17-O8-1985", BORN),
    ("l7/08/1985", BORN),
    ("17-08-'85", BORN),
    ("1-I-1985", date(1985, 1, 1)),
    ("1I-I2-1985", date(1985, 12, 11)),
    ("II-II-1985", None),
    ("LI-12-1985", None),
    ("17081985", BORN),
    ("31276", BORN),
    ("31276.0", BORN),
    ("5 Nopember 1990", date(1990, 11, 5)),
    *((text, date(1990, 9, 12)) for text in ("SEP 12/1990", "Sep/12/1990", "1990-SEP-12", "1990_09_12", "12-9-1990 *")),
    ("SEP 90 12", None),
    ("5 Pebruari 1990", date(1990, 2, 5)),
    ("5 Mei 1990", date(1990, 5, 5)),
    ("5 Oktober 1990", date(1990, 10, 5)),
    ("5 Desember 1990", date(1990, 12, 5)),
    ("12-09-2022 pukul 09.15 WIB", date(2022, 9, 12)),
    ("12-09-2022, 09.15", date(2022, 9, 12)),
    ("SERANG, 12.09.1987", date(1987, 9, 12)),
    ("01-02-1990", date(1990, 2, 1)),  # day before month
    ("02-13-1990", date(1990, 2, 13)),  # month before day only where nothing else is possible
    ("29-02-2000", date(2000, 2, 29)),
    ("17-08-30", date(2030, 8, 17)),
    ("17-08-31", date(1931, 8, 17)),
    ("36526", date(2000, 1, 1)),
    ("29-02-1900", None),
    ("31-02-1985", None),
    ("31-06-1990", None),
    ("00-00-0000", None),
    ("17-13-1985", None),
    ("32-01-1985", None),
    ("17-08-985", None),
    ("17 Xyz 1985", None),
    ("31 Februari 1990", None),
    ("12345678", None),
    ("99999", None),
    ("0", None),
    ("TIDAK ADA", None),
    ("-", None),
    ("", None),
    (None, None),
]


def test_to_date() -> None:
    assert misread(to_date, DATES) == []


@pytest.mark.parametrize("month", range(1, 13))
def test_every_month_by_its_indonesian_name(month: int) -> None:
    names = (
        "Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember".split()  # noqa: SIM905
    )
    assert read(f"9 {names[month - 1]} 1990") == read(f"09-{names[month - 1][:3]}-90") == date(1990, month, 9)


@pytest.mark.parametrize("year", ["1985", "2001"])
def test_a_year_alone_is_no_date(year: str) -> None:
    assert read(year) is None


def test_the_usual_short_form_of_august() -> None:
    assert read("17 Agt 1985") == BORN


def test_a_year_before_anyone_alive_is_no_date() -> None:
    assert read("17-08-0085") is None


@pytest.mark.parametrize(
    ("berkas", "expected"),
    [
        ("pos/Belum Terbayar 28 September 2022 pukul 09.15.xlsx", "2022-09-28 09:15"),
        ("pos/Belum Terbayar 8 Okt 2022 pukul 9:05.xlsx", "2022-10-08 09:05"),
        ("pos/belum_28_SEPTEMBER_2022.xlsx", "2022-09-28 00:00"),
        ("pos/danom_20220915.csv", "2022-09-15 00:00"),
        ("pos/danom 2022-09-15 akhir.csv", "2022-09-15 00:00"),
        ("pos/15-09-2022.csv", "2022-09-15 00:00"),
        ("pos/danom 15092022.csv", "2022-09-15 00:00"),
        ("pos/danom 20122010.csv", "2010-12-20 00:00"),
        ("pos/15.09.2022 danom.csv", "2022-09-15 00:00"),
        ("pos/danom 01072022-15092022.csv", "2022-09-15 00:00"),
        ("pos/danom_20220701_20220915 (2).csv", "2022-09-15 00:00"),
        ("2022-01-01/danom.csv", None),  # the folder says nothing about the file
        ("pos/periode=2022-12/danom.csv", None),
        ("pos/danom_2022.csv", None),
        ("pos/danom_20220931.csv", None),
        ("pos/danom_20221301.csv", None),
        ("pos/3604041220220915123.csv", None),  # a date inside a longer number is none
        ("pos/danom.csv", None),
        (None, None),
    ],
)
def test_stated_in_name(berkas: str | None, expected: str | None) -> None:
    stated = text([berkas]).to_frame().select(stated_in_name(pl.col("value"))).to_series()
    assert stated.dtype == pl.Datetime("us")
    assert stated.dt.strftime("%Y-%m-%d %H:%M").item() == expected


def test_a_stage_before_the_date_does_not_hide_it() -> None:
    name = text(["pos/Tahap 1 BBM 2022 per 28 September 2022.xlsx"]).to_frame()
    assert name.select(stated_in_name(pl.col("value")).dt.strftime("%Y-%m-%d")).item() == "2022-09-28"


@pytest.mark.parametrize(
    ("berkas", "expected"),
    [
        ("pos/belum_terbayar_05-Desember-2022.xlsx", "2022-12-05 00:00"),
        ("pos/Belum Terbayar 05 Desember 2022 jam 13:45.xlsx", "2022-12-05 13:45"),
        ("pos/Belum Terbayar 5 Des 2022 pukul 8.30 (1).xlsx", "2022-12-05 08:30"),
    ],
)
def test_the_moment_is_found_however_its_parts_are_joined(berkas: str, expected: str) -> None:
    stated = text([berkas]).to_frame().select(stated_in_name(pl.col("value"))).to_series()
    assert stated.dt.strftime("%Y-%m-%d %H:%M").item() == expected


@pytest.mark.parametrize(
    "written",
    [
        "2022-11",
        "2022/11",
        "202211",
        "11-2022",
        "November 2022",
        "NOV-22",
        "Bulan November 2022",
        "BULAN NOVEMBER TAHUN 2022",
        "30-11-2022",
        "November, 2022",
    ],
)
def test_a_month_in_any_notation(written: str) -> None:
    assert text([written]).to_frame().select(to_month(pl.col("value"))).item() == "2022-11"


def test_what_names_no_month_is_none() -> None:
    assert (
        text(["2022", "13-2022", "triwulan 3"]).to_frame().select(to_month(pl.col("value"))).to_series().null_count()
        == 3
    )
