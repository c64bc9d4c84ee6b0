from __future__ import annotations

import polars as pl
import pytest

from pipeline.normalise.told.reports import month_told, report_below, report_told, report_told_between
from tests.unit.frames import text

RATNA = {"id_pendamping": "PDP-07", "nama_pendamping": "RATNA"}


@pytest.mark.parametrize(
    ("title", "month"),
    [
        ("LAPORAN BULAN NOVEMBER TAHUN 2022", "2022-11"),
        ("Bulan : Nopember / Tahun : 2022", "2022-11"),
        ("PERIODE 11/2022", "11/2022"),
        ("PERIODE SEPTEMBER - OKTOBER 2022", None),
        ("NOVEMBER 2022 S.D. JANUARI 2023", None),
        ("Serang, 30 November 2022", None),
        ("NAMA PENDAMPING : MARIA JUNAIDI / TAHUN 2022", None),
        ("NAMA PENDAMPING : AGUS / TAHUN 2022", None),
        ("NAMA PENDAMPING : MEI / NOVEMBER 2022", "2022-11"),
        ("KOORDINATOR : JULI ASTUTI / LAPORAN TAHUN 2022", None),
    ],
)
def test_the_month_of_a_report(title: str, month: str | None) -> None:
    assert report_told(title).get("periode_laporan") == month


def test_whose_report_it_is() -> None:
    assert report_told("LAPORAN / Nama Pendamping : Ratna / ID Pendamping: PDP-07") == RATNA
    assert report_told("ID PENDAMPING PDP-07 / ID PENDAMPING PDP-08 / ID PENDAMPING YANG DINILAI") == {}
    assert report_told_between("Pendamping Sosial, ID PENDAMPING PDP-07") == {}


def test_another_companion_has_another_number() -> None:
    assert report_below(RATNA, {"nama_pendamping": "SITI"}) == {"nama_pendamping": "SITI"}
    assert report_below(RATNA, {"periode_laporan": "2022-11"}) == {**RATNA, "periode_laporan": "2022-11"}


@pytest.mark.parametrize("name", ["Laporan_Pendamping_November_2022.xlsx", "Nov 2022"])
def test_the_month_in_a_name(name: str) -> None:
    assert text([name]).to_frame().select(month_told(pl.col("value"))).item() == "2022-11"
