from __future__ import annotations

from datetime import date

import polars as pl

from pipeline.normalise.values.dates import date_in_name, to_birth_date, to_date, to_month
from tests.unit.frames import find_misread

BORN = date(1985, 8, 17)


BIRTHS = {
    BORN: ["17-08-1985"],
    date(1985, 1, 1): ["1985", "'1985", "1985.0", "00-00-1985", "0/0/1985", "1985-00-00"],
    None: ["00-08-1985", "85", "08-1985", "NN", None],
}  # fmt: skip


def test_a_birth_date_of_which_only_the_year_is_written() -> None:
    assert find_misread(to_birth_date, BIRTHS) == []


DATES = {
    BORN: [
        "17-08-1985", "17/8/1985", "17.08.1985", "17 08 1985", "17-8-85", "17\u201308\u20131985", "17,08,1985",
        "17\\08\\1985", "17-08-1985.", "'17-08-1985'", "Sabtu, 17 Agustus 1985", "31276.75", "31276,5", "'17-08-1985",
        "17-08-1985\u00a0", "1985-08-17", "1985/8/17", "1985-08-17 00:00:00", "1985-08-17T00:00:00.000000",
        "1985-08-17T00:00:00Z", "1985-08-17T12:00:00Z", "1985-08-16T17:00:00.000Z", "1985-08-16 15:00:00+00:00",
        "Aug 17 1985 12:00AM", "19850817.0", "17081985.0", "493084800000",
        "493059600000",  # midnight in Jakarta
        "493084800", "493084800000.0", "Fri, 16 Aug 1985 17:00:00 GMT", "1985-08-17T17:00:00", "17AUG1985:00:00:00",
        "19850817000000", "Sat Aug 17 1985 00:00:00 GMT+0700 (Western Indonesia Time)", "17-08-1985 10:30",
        "17 AGUSTUS 1985", "17 agustus 1985", "17-Agu-85", "17 Ags 1985", "17 Agt 1985", "17Aug1985",
        "17 August 1985", "August 17, 1985", "Aug 17th 1985", "Agustus 17-1985", "AGU 17.1985",
        "Martapura 17-08-1985", "17th August 1985", "Serang/17-08-1985", "SERANG 17-08-1985",
        "Serang 17 Agustus 1985", "tgl. 17 Agustus 1985", "17_08_1985", "17\u22128\u22121985", "(17-08-1985)",
        "17-08-1985 (37 TH)", "17-O8-1985", "l7/08/1985", "17-08-'85", "17081985", "31276", "31276.0",
    ],
    date(1962, 2, 21): ["-248054400000"],
    date(1969, 9, 9): ["-9849600000"],
    None: [
        "493084801000", "00000000", "0000000000.0",
        "1728000000",  # 21 January 1970 or 4 October 2024
        "08123456789", "Agustus/17-05-1985", "Mei 5/6/1985", "II-II-1985", "LI-12-1985", "SEP 90 12", "29-02-1900",
        "31-02-1985",
        "17-08-0085",  # before anyone alive
        "1985", "2001", "31-06-1990", "00-00-0000", "17-13-1985", "32-01-1985", "17-08-985", "17 Xyz 1985",
        "31 Februari 1990", "12345678", "99999", "0", "TIDAK ADA", "-", "", None,
    ],
    date(1985, 9, 1): ["1 September 1985"],
    date(1990, 3, 5): ["5 Mrt 1990"],
    date(1985, 1, 1): ["1-I-1985"],
    date(1985, 12, 11): ["1I-I2-1985"],
    date(1990, 11, 5): ["5 Nopember 1990"],
    date(1990, 9, 12): ["SEP 12/1990", "Sep/12/1990", "1990-SEP-12", "1990_09_12", "12-9-1990 *"],
    date(1990, 2, 5): ["5 Pebruari 1990"],
    date(1990, 5, 5): ["5 Mei 1990"],
    date(1990, 10, 5): ["5 Oktober 1990"],
    date(1990, 12, 5): ["5 Desember 1990"],
    date(2022, 9, 12): ["12-09-2022 pukul 09.15 WIB", "12-09-2022, 09.15"],
    date(1987, 9, 12): ["SERANG, 12.09.1987"],
    date(1990, 2, 1): [
        "01-02-1990",  # day before month
    ],
    date(1990, 2, 13): [
        "02-13-1990",  # month before day only where nothing else is possible
    ],
    date(2000, 2, 29): ["29-02-2000"],
    date(2030, 8, 17): ["17-08-30"],
    date(1931, 8, 17): ["17-08-31"],
    date(2000, 1, 1): ["36526"],
}  # fmt: skip


def test_to_date() -> None:
    assert find_misread(to_date, DATES) == []


def test_every_month_by_its_indonesian_name() -> None:
    months = "Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember"
    for month, name in enumerate(months.split(), 1):
        assert find_misread(to_date, {date(1990, month, 9): [f"9 {name} 1990", f"09-{name[:3]}-90"]}) == []


def moment(name: pl.Expr) -> pl.Expr:
    return date_in_name(name).dt.strftime("%Y-%m-%d %H:%M")


MOMENTS = {
    "2022-09-28 09:15": ["pos/Belum Terbayar 28 September 2022 pukul 09.15.xlsx"],
    "2022-10-08 09:05": ["pos/Belum Terbayar 8 Okt 2022 pukul 9:05.xlsx"],
    "2022-12-05 13:45": ["pos/Belum Terbayar 05 Desember 2022 jam 13:45.xlsx"],
    "2022-12-05 08:30": ["pos/Belum Terbayar 5 Des 2022 pukul 8.30 (1).xlsx"],
    "2022-12-05 00:00": ["pos/belum_terbayar_05-Desember-2022.xlsx"],
    # A stage before the date does not hide it.
    "2022-09-28 00:00": ["pos/belum_28_SEPTEMBER_2022.xlsx", "pos/Tahap 1 BBM 2022 per 28 September 2022.xlsx"],
    "2022-09-15 00:00": [
        "pos/danom_20220915.csv", "pos/danom 2022-09-15 akhir.csv", "pos/15-09-2022.csv", "pos/danom 15092022.csv",
        "pos/15.09.2022 danom.csv", "pos/danom 01072022-15092022.csv", "pos/danom_20220701_20220915 (2).csv",
    ],
    "2010-12-20 00:00": ["pos/danom 20122010.csv"],
    None: [
        # The folder says nothing about the file, and a date inside a longer number is none.
        "2022-01-01/danom.csv", "pos/periode=2022-12/danom.csv", "pos/3604041220220915123.csv",
        "pos/danom_2022.csv", "pos/danom_20220931.csv", "pos/danom_20221301.csv", "pos/danom.csv", None,
    ],
}  # fmt: skip


def test_the_moment_stated_in_a_name_however_its_parts_are_joined() -> None:
    assert find_misread(moment, MOMENTS) == []


def test_a_month_in_any_notation() -> None:
    notations = {
        "2022-11": [
            "2022-11", "2022/11", "202211", "11-2022", "November 2022", "NOV-22", "Bulan November 2022",
            "BULAN NOVEMBER TAHUN 2022", "30-11-2022", "November, 2022",
        ],
        None: ["2022", "13-2022", "triwulan 3"],
    }  # fmt: skip
    assert find_misread(to_month, notations) == []
