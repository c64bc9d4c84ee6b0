from __future__ import annotations

import polars as pl
import pytest

from pipeline.normalise.metadata.reports import inherit_report, month_in_name, parse_report_line, parse_report_title
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
    assert parse_report_title(title).get("periode_laporan") == month


def test_whose_report_it_is() -> None:
    assert parse_report_title("LAPORAN / Nama Pendamping : Ratna / ID Pendamping: PDP-07") == RATNA
    assert parse_report_title("ID PENDAMPING PDP-07 / ID PENDAMPING PDP-08 / ID PENDAMPING YANG DINILAI") == {}
    assert parse_report_line("Pendamping Sosial, ID PENDAMPING PDP-07") == {}


def test_another_companion_has_another_number() -> None:
    assert inherit_report(RATNA, {"nama_pendamping": "SITI"}) == {"nama_pendamping": "SITI"}
    assert inherit_report(RATNA, {"periode_laporan": "2022-11"}) == {**RATNA, "periode_laporan": "2022-11"}


@pytest.mark.parametrize("name", ["Laporan_Pendamping_November_2022.xlsx", "Nov 2022"])
def test_the_month_in_a_name(name: str) -> None:
    assert text([name]).to_frame().select(month_in_name(pl.col("value"))).item() == "2022-11"
