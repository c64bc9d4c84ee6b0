"""Facts in titles about the orders below them."""

from __future__ import annotations

from datetime import date

from pipeline.normalise.metadata.titles import day_in_title, titles_below
from tests.unit.frames import find_misread

DAY = date(2022, 9, 14)
DAYS = {
    DAY: [
        "DAFTAR BAYAR BLT BBM / TANGGAL BAYAR : 14 SEPTEMBER 2022", "Tgl. Pembayaran: 14-09-2022 / KCP SOREANG",
        "Tanggal penyaluran Rabu, 14 September 2022",
    ],
    None: [
        "TANGGAL BAYAR 14 S.D. 16 SEPTEMBER 2022", "TGL BAYAR 14-09-2022 SAMPAI 16-09-2022",
        "TANGGAL BAYAR: 14 SEPTEMBER 2022 / TANGGAL BAYAR: 15 SEPTEMBER 2022", "SOREANG, 14 SEPTEMBER 2022",
        "TANGGAL CETAK 14 SEPTEMBER 2022", None,
    ],
}  # fmt: skip


def test_a_title_states_the_one_day_on_which_its_list_was_paid() -> None:
    assert find_misread(day_in_title, DAYS) == []


def test_the_day_of_a_list_further_down_is_that_of_its_own_title_and_its_status_that_of_the_title_above() -> None:
    above = "DAFTAR SUDAH DIBAYAR / TANGGAL BAYAR: 13 SEPTEMBER 2022 / BLT BBM"
    (title,) = titles_below(above, [(9, {8: "TANGGAL BAYAR: 14 SEPTEMBER 2022"})])
    assert title == (9, "DAFTAR SUDAH DIBAYAR / TANGGAL BAYAR: 14 SEPTEMBER 2022 / BLT BBM", [8])
