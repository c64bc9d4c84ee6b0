from __future__ import annotations

import pytest

from tests.unit.extracts.making import read, workbook

HEADER = ["NO DANOM", "NIK", "NOMINAL"]
ORDER = ["1", "3604041211870001", "300000"]


@pytest.mark.parametrize(
    ("header", "written", "state"),
    [
        ("DIBAYAR;GAGAL BAYAR;BELUM", "√;;", "DIBAYAR"),
        ("DIBAYAR;GAGAL BAYAR;BELUM", ";x;", "GAGAL"),
        ("DIBAYAR;GAGAL BAYAR;BELUM", "tidak;tidak;ya", "BELUM"),
        ("DIBAYAR;GAGAL BAYAR;BELUM", "√;√;", None),
        ("DIBAYAR;GAGAL BAYAR;BELUM", ";;", None),
        ("1. DIBAYAR;2. GAGAL 1)", ";v", "GAGAL"),
        ("DITERIMA?", "Ya", "DIBAYAR"),
        ("SUDAH DIBAYAR (Y/T)", "T", "BELUM"),
        ("DITERIMA?", "x", None),
        ("DIBAYAR", "300000", None),
        ("DIBAYAR", "0", None),
        ("GAGAL", "Tidak", None),
        ("STATUS;DIBAYAR", "BELUM;√", "BELUM"),
    ],
)
def test_a_mark_under_the_name_of_a_state(header: str, written: str, state: str | None) -> None:
    rows = [[*HEADER, *header.split(";")], [*ORDER, *written.split(";")]]
    assert [order["status_bayar"] for order in read(workbook({"A": rows}), "pos")] == [state]


def test_marks_of_failures_tell_nothing_of_the_others_in_a_list_of_paid_orders() -> None:
    rows = [["DAFTAR KPM TERBAYAR"], [*HEADER, "RETUR"], [*ORDER, "v"], [*ORDER, ""]]
    found = read(workbook({"A": rows}), "pos")
    assert [(order["status_bayar"], order["alasan_gagal"]) for order in found] == [(None, "RETUR"), (None, None)]


def test_the_state_of_a_family_is_ticked_below_its_name() -> None:
    group = ["PERIODE", "ID PENDAMPING", "NIK KPM", "STATUS KPM", "", "", ""]
    rows = [group, ["", "", "", "AKTIF", "NAIK GRADE", "GRADUASI", "NONAKTIF"]]
    ticked = [["v", "", "", ""], ["", "√", "", ""], ["", "", "", "x"], ["v", "v", "", ""]]
    rows += [["2022-12", "P1", "3604041211870001", *cells] for cells in ticked]
    found = read(workbook({"A": rows}), "pendamping")
    assert [family["status_kpm"] for family in found] == ["AKTIF", "NAIK_GRADE", "NONAKTIF", None]
