from __future__ import annotations

from collections.abc import Callable

import polars as pl

from pipeline.normalise.values.money import format_rupiah, order_amount, to_rupiah
from tests.unit.frames import find_misread, text

THREE_HUNDRED_THOUSAND = [
    "300000", "300.000", "300,000", "Rp 300.000", "Rp300.000,00", "Rp. 300.000,-", "rp 300000", "IDR 300.000",
    "300.000,00", "300.000,0", "300,000.00", "300000.0", "300000.00", "300000,00", "300000,-", "Rp300.000.-",
    " 300.000\u00a0", "'300000", "Rp 300.000,00 ", '"300.000"', "Rp: 300.000", "300.000,", "Rp 300 000,00",
    "3 00.000", "30 0000", "300.00 0", "300 000", "3 000 00", "Rp 300'000.00",
    "300.000 (Rp)", "Sebesar Rp 300.000", "@ Rp300.000,-", "Senilai: 300.000,00",
    "Rp 300.000,00 (tiga ratus ribu rupiah)", "Rp300.000,- (Terbilang: tiga ratus ribu rupiah)",
    "300000 tiga ratus ribu",
    "300ribu", "300 ribu rupiah", "Rp 300rb", "Rp. 300 RB,-", "0,3 juta", "0.3 jt",
    "300 ribu (tiga ratus ribu rupiah)",
]  # fmt: skip


def test_notations_of_three_hundred_thousand() -> None:
    assert find_misread(to_rupiah, {300_000: THREE_HUNDRED_THOUSAND}) == []


AMOUNTS = {
    0: ["0"],
    1_500_000: ["1.500.000", "1,500,000.00", "1 500 000"],
    999_999_999_999_999: ["999999999999999"],
    1_234_567_890_123: ["1.234.567.890.123"],
    300: ["300.00"],
    None: [
        "1.5", "300000.50", "600.000,5", "300.0000", "300.000000", "300.0000000", "30.00.000", "300000 300000",
        "300.000 300.000", "300 300000", "300000 150", "300000 0", "1 500.000", "300.000.000.000.000.000", "-300000",
        "(300.000)", "3E+05", "3.00E+05", "3.0e+05", "1.23457e+06", "2.255e+02", "3e05", "tiga ratus ribu",
        "Rp 300 (ribu)", "1.125 juta", "1.200 ribu", "1 juta 200 ribu", "0300 ribu", "300 K", "1,2 M",
        "300 ribu (dua ratus ribu rupiah)", "Rp 300.000 x 3", "Rp 300.000 (tiga bulan)",
        "Rp 300.000 (tiga juta rupiah)", "300 tiga ratus ribu", "300000 dua", "Rp 300.000/KPM", "Rp",
        "9999999999999999", "-", "", None,
    ],
    300_000: ["+300000", "+Rp 300.000", "3e+05"],
    1_200_000_000: ["1.2e+09", "1,2 miliar"],
    1_200_000: ["1,2 juta"],
    1_750_000: ["Rp 1,75 jt"],
    225_000: ["0,225 juta"],
    262_500: ["262,5 ribu"],
    1_500_000_000: ["1500 juta"],
    9_999_990_000_000: ["9999,99 miliar"],
    1_125_000: ["1.125.000 (satu juta seratus dua puluh lima ribu)"],
    12_511_000: ["Rp 12.511.000 (dua belas juta lima ratus sebelas ribu rupiah)"],
}  # fmt: skip


def test_other_amounts_are_exact_or_nothing() -> None:
    assert find_misread(to_rupiah, AMOUNTS) == []
    assert text([None]).to_frame().select(to_rupiah(pl.col("value"))).schema == {"value": pl.Int64}


def test_amounts_are_told_with_dots() -> None:
    amounts = pl.Series([0, 999, 1_000, 1_234_567, None], dtype=pl.Int64).to_frame("a")
    texts = amounts.select(format_rupiah(pl.col("a"))).to_series().to_list()
    assert texts == ["Rp0", "Rp999", "Rp1.000", "Rp1.234.567", None]


OF_ORDERS = {
    300_000: ["Rp 300.000/KPM", "300.000,- per keluarga", "300000"],
    None: ["Rp 100.000/bulan", "100.000/jiwa"],
}  # fmt: skip


def _below(title: str | None) -> Callable[[pl.Expr], pl.Expr]:
    return lambda value: order_amount(value, pl.lit(title, pl.String), pl.lit("DIBAYAR"))


def test_an_order_is_for_one_family() -> None:
    assert find_misread(_below(None), OF_ORDERS) == []


CAME_BACK = ["-600000", "\u2212600.000", "-Rp 600.000", "Rp. -600.000,00", "(600.000)", "Rp (600.000)", "600.000"]
NO_AMOUNTS = ["-", "(-)", "600000-5", "(600.000", "-600.000)"]


def test_what_came_back_is_booked_with_a_minus() -> None:
    def of(status: str) -> Callable[[pl.Expr], pl.Expr]:
        return lambda value: order_amount(value, pl.lit(None, pl.String), pl.lit(status))

    assert find_misread(of("RETUR"), {600_000: CAME_BACK, None: NO_AMOUNTS}) == []
    assert find_misread(of("DIBAYAR"), {None: CAME_BACK[:-1]}) == []


IN_THOUSANDS = {
    600_000: ["600", "600.000", "600000"],
    1_200_000: ["1.200"],
    300_000: ["300 ribu"],
}  # fmt: skip
IN_MILLIONS = {
    600_000: ["0,6", "Rp 600.000"],
    1_000_000: ["1"],
}  # fmt: skip


def test_orders_are_counted_in_what_the_title_of_their_list_says() -> None:
    assert find_misread(_below("BPNT (dalam ribuan rupiah)"), IN_THOUSANDS) == []
    assert find_misread(_below("PKH, Rp Juta"), IN_MILLIONS) == []
