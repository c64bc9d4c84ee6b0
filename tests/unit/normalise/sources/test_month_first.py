from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import polars as pl
import pytest

from pipeline.normalise.sources.parts import Parts
from pipeline.normalise.staging import stage_parts
from schemas.extracts import EXTRACTS
from tests.unit.frames import frame
from tests.unit.normalise.test_staging import files_of

BORN = [date(1990, month, day) for month, day in ((3, 4), (12, 31), (4, 5), (1, 25), (8, 17), (2, 1))]
MONTH_FIRST, DAY_FIRST = "%m/%d/%Y", "%d/%m/%Y"


def person(number: int, written: str, **values: Any) -> dict[str, Any]:
    nik = f"360404{'010203'}{number:04d}"
    return {"id_dtks": f"D{number}", "nama": "SITI", "nik": nik, "tanggal_lahir": written, **values}


def staged(rows: list[dict[str, Any]], source: str = "dtks", size: int = 100) -> pl.DataFrame:
    found = [{"berkas": "a.csv", "baris": line, **row} for line, row in enumerate(rows, 2)]
    df = frame(EXTRACTS[source], found)
    return pl.concat(stage_parts(source, Parts(df.lazy(), size), files_of(df), "2022-12"))


def persons(*formats: str, **values: Any) -> list[dict[str, Any]]:
    dates = enumerate(zip(BORN, formats * len(BORN), strict=False), 1)
    return [person(number, born.strftime(written), **values) for number, (born, written) in dates]


@pytest.mark.parametrize(
    "written", [MONTH_FIRST, "%m-%d-%Y", "%m/%d/%y", "%m/%d/%Y 12:00:00 AM", DAY_FIRST, "%Y-%m-%d"]
)
@pytest.mark.parametrize("source", ["dtks", "dukcapil"])
def test_a_column_with_the_month_first_is_read_so_however_it_is_divided(source: str, written: str) -> None:
    df = staged(persons(written), source, size=4)
    assert df["tanggal_lahir"].to_list() == BORN
    assert df["bulan_dahulu"].to_list() == [written.startswith("%m")] * len(BORN)


def test_what_was_written_stays_beside_it_and_a_slip_with_the_day_first_is_read() -> None:
    df = staged([*persons(MONTH_FIRST), *(person(n, "12/31/1991") for n in range(7, 15)), person(15, "31/12/1990")])
    assert df["tanggal_lahir"].to_list()[:: len(df) - 1] == [date(1990, 3, 4), date(1990, 12, 31)]
    assert df["tanggal_lahir_asal"].to_list()[:2] == ["03/04/1990", "12/31/1990"]


@pytest.mark.parametrize("rows", [persons(MONTH_FIRST, DAY_FIRST), [person(1, "12/31/1990"), person(2, "03/04/1990")]])
def test_a_column_that_is_mixed_or_hardly_tells_is_read_cell_by_cell(rows: list[dict[str, Any]]) -> None:
    df = staged(rows)
    assert not df["bulan_dahulu"].any()
    assert date(1990, 4, 3) in df["tanggal_lahir"].to_list()


@pytest.mark.parametrize(
    ("written", "slip", "month_first"), [("05/06/2022", "06/15/2022", False), ("06/15/2022", "15/06/2022", True)]
)
def test_a_slip_in_a_row_that_counts_for_many_decides_nothing(written: str, slip: str, *, month_first: bool) -> None:
    rows = [person(number, "1990-03-04", tanggal_verifikasi=written) for number in range(1, 515)]
    rows[510]["tanggal_verifikasi"] = slip
    df = staged(rows, size=1000)
    assert df["bulan_dahulu"].all() == month_first


def test_each_sheet_tells_for_itself() -> None:
    rows = [row | {"lembar": sheet} for sheet, how in (("A", MONTH_FIRST), (None, DAY_FIRST)) for row in persons(how)]
    assert staged(rows)["tanggal_lahir"].to_list() == BORN * 2


@pytest.mark.parametrize(("written", "born"), [("02/01/1990", date(1990, 2, 1)), ("01/02/1990", date(1990, 2, 1))])
def test_dates_that_may_be_read_both_ways_are_read_as_the_nik_beside_them_has_them(written: str, born: date) -> None:
    rows = [person(number, written, nik=f"3604044102900{number:03d}") for number in range(1, 5)]
    assert staged(rows)["tanggal_lahir"].to_list() == [born] * 4


def test_the_day_of_a_change_of_the_whole_register_is_found_with_the_month_first_too() -> None:
    changes = ["06/01/2022"] * 21 + ["09/15/2022", "05/31/2022", "12/24/2021", "02/03/2022"]
    niks = [f"360404010203{number:04d}" for number in range(1, 26)]
    rows = [{"nik": nik, "nama": "SITI", "tgl_ubah": day} for nik, day in zip(niks, changes, strict=True)]
    assert staged(rows, "dukcapil")["tanggal_status"].drop_nulls().to_list() == [
        date(2022, 9, 15), date(2022, 5, 31), date(2021, 12, 24), date(2022, 2, 3),
    ]  # fmt: skip


PAID = [date(2022, 12, day) for day in (5, 6, 13, 14, 15)]


@pytest.mark.parametrize("size", [2, 100])
def test_orders_and_targets_of_a_computer_set_to_the_united_states(size: int) -> None:
    orders = [{"no_danom": str(day.day), "tgl_bayar": f"{day.month}/{day.day}/2022"} for day in PAID]
    other = {"berkas": "b.csv", "no_danom": "9", "tgl_bayar": "11/12/2022"}
    paid = staged([*orders, other], "pos", size)
    assert paid["tgl_bayar"].to_list() == [*PAID, date(2022, 12, 11)]
    assert paid["berlaku_per"].dt.date().to_list() == [date(2022, 12, 5)] * 5 + [date(2022, 12, 5)]
    targets = [{"tgl_transfer": f"{day.month}/{day.day}/2022"} for day in PAID]
    assert staged(targets, "alokasi", size)["tgl_transfer"].to_list() == PAID


@pytest.mark.parametrize(("source", "column"), [("pos", "tgl_bayar"), ("dtks", "tanggal_lahir")])
@pytest.mark.parametrize("first", [1, 13])
@pytest.mark.parametrize("size", [20, 100])
def test_cells_that_excel_turned_round_are_turned_back_where_texts_show_it(
    source: str, column: str, first: int, size: int
) -> None:
    days = [date(2022, 9, day) for day in (*range(first, first + 10), *range(13, 22))]
    texts = [f"2022-{day.day:02}-09 00:00:00" if day.day <= 12 else f"{day:%d/%m/%Y}" for day in days]
    # One cell was typed as the date it is.
    rows = [{"lembar": "A", column: text} for text in [*texts, "2022-09-30 00:00:00"]]
    assert staged(rows, source, size)[column].to_list() == [*days, date(2022, 9, 30)]


def test_cells_of_births_that_are_as_the_nik_has_them_are_not_turned() -> None:
    born = [date(1990, month, 9) for month in range(1, 8)] + [date(1990, 9, day) for day in range(20, 26)]
    texts = [f"{day} 00:00:00" if day.day <= 12 else f"{day:%d/%m/%Y}" for day in born]
    rows = [person(n, text, lembar="A") for n, text in enumerate(texts)]
    for row, day in zip(rows, born, strict=True):
        row["nik"] = f"360404{day:%d%m%y}0001"
    assert staged(rows)["tanggal_lahir"].to_list() == born


def day_of_each(months: Iterable[int], day: int) -> list[date]:
    return [date(2022, month, day) for month in months]


def days_of(month: int, days: Iterable[int]) -> list[date]:
    return [date(2022, month, day) for day in days]


FEW_MONTHS = day_of_each(range(6, 12), 5)


@pytest.mark.parametrize(
    ("source", "column", "lembar", "cells", "texts"),
    [
        # The same day of several months.
        ("pos", "tgl_bayar", "A", FEW_MONTHS, days_of(12, range(20, 26))),
        ("pos", "tgl_bayar", None, FEW_MONTHS, days_of(5, range(20, 26))),
        ("alokasi", "tgl_transfer", "A", FEW_MONTHS, days_of(5, range(20, 26))),
        # A week before a week in texts.
        ("pos", "tgl_bayar", "A", days_of(9, range(5, 11)), days_of(9, range(13, 20))),
        # Beside texts of all days.
        ("pos", "tgl_bayar", "A", day_of_each(range(1, 10), 9), days_of(9, range(1, 28))),
    ],
)
def test_cells_beside_texts_that_show_nothing_are_dates_as_they_stand(
    source: str, column: str, lembar: str | None, cells: list[date], texts: list[date]
) -> None:
    written = [*(f"{day} 00:00:00" for day in cells), *(f"{day:{DAY_FIRST}}" for day in texts)]
    assert staged([{"lembar": lembar, column: text} for text in written], source)[column].to_list() == [*cells, *texts]


def test_slips_beside_days_of_one_month_do_not_turn_them() -> None:
    days = [date(2022, 11, day) for day in range(1, 16)]
    texts = [f"{day:%d/%m/%Y}" if day.day <= 12 else f"{day:%m/%d/%Y}" for day in days]
    assert staged([{"tgl_bayar": text} for text in texts], "pos")["tgl_bayar"].to_list() == days


def test_a_file_is_as_old_as_its_newest_day_whatever_stands_beside_the_month_first() -> None:
    texts = [*(f"11/{day}/2022" for day in range(13, 24)), "2022-05-12"]
    read = staged([{"tgl_bayar": text} for text in texts], "pos")
    assert set(read["berlaku_per"].dt.date()) == {date(2022, 11, 23)}
    assert read["tgl_bayar"].to_list()[-1] == date(2022, 5, 12)
