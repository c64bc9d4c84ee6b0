"""The payment status that a title, sheet or file name states for a whole list."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from pipeline.normalise.metadata.payment_status import file_status, list_status
from pipeline.normalise.metadata.titles import titles_below
from tests.unit.frames import find_misread
from tests.unit.normalise.test_staging import staged


def test_a_title_states_a_status_only_if_it_says_nothing_else() -> None:
    notations = {
        "DIBAYAR": ["A. KPM SUDAH DIBAYAR", "DAFTAR KPM TERBAYAR"],
        "BELUM": [
            "Daftar penerima BLT BBM tahap 1 / KAB. JEMBER / II. BELUM DIBAYARKAN",
            "DAFTAR KPM PKH BELUM TERBAYAR TAHAP I TAHUN 2022 KAB. JEMBER",
        ],
        "GAGAL": ["GAGAL BAYAR"],
        "RETUR": ["IV. RETUR"],
        None: [
            "DAFTAR BAYAR PKH TAHAP 1", "DAFTAR KPM DIBAYARKAN TAHAP 2", "REKAP TERBAYAR DAN BELUM TERBAYAR",
            "TERBAYAR / BELUM TERBAYAR", "GAGAL BAYAR TAHAP 1 YANG DIBAYAR TAHAP 2", "REALISASI PENYALURAN",
        ],
    }  # fmt: skip
    assert find_misread(list_status, notations) == []


def test_a_file_name_states_a_status_without_its_folders_and_extension() -> None:
    names = [
        "pos/GAGAL/danom.csv",
        "pos/x/Belum Terbayar 28 September 2022 pukul 09.15.xlsx",
        "pos/sudah_dibayar_20220930.csv.gz",
        "pos/GAGAL BAYAR PKH_T1_3673.xlsx",
        "pos/Sudah Bayar Kramatwatu.xlsx",
        "pos/SUDAH BAYAR DAN BELUM SERANG.xlsx",
        "pos/RETUR SERANG DIBAYAR LAGI.xlsx",
    ]
    assert pl.DataFrame({"berkas": names}).select(file_status(pl.col("berkas")))["berkas"].to_list() == [
        None,
        "BELUM",
        "DIBAYAR",
        "GAGAL",
        "DIBAYAR",
        None,
        None,
    ]


PAID, FAILED = {"judul": "A. SUDAH DIBAYAR"}, {"judul": "PKH / GAGAL BAYAR"}


@pytest.mark.parametrize(
    ("rows", "statuses"),
    [
        ([PAID, FAILED, {"judul": "PKH TAHAP 1"}], ["DIBAYAR", "GAGAL", "BELUM"]),
        ([PAID | {"tgl_retur": "12-09-2022"}, FAILED | {"tgl_retur": "12-09-2022"}], ["BELUM", "GAGAL"]),
        # Completely filled forms: nothing failed.
        ([PAID | {"alasan_gagal": "0", "tgl_retur": "00-00-0000"}, PAID | {"alasan_gagal": "-"}], ["DIBAYAR"] * 2),
        # If any order of the sheet has its own status, a blank one is not paid yet.
        ([PAID, PAID | {"status_bayar": "RETUR"}], ["BELUM", "RETUR"]),
        # An order that failed in one stage is to be paid in the next.
        ([{"judul": "GAGAL SALUR TAHAP I", "tahap": tahap} for tahap in ("1", "2", None)], ["GAGAL", "BELUM", "GAGAL"]),
        ([{"lembar": "Terbayar"}, {"lembar": "Belum", "status_bayar": "LUNAS"}], ["DIBAYAR", "DIBAYAR"]),
    ],
)
def test_orders_without_a_status_have_that_of_their_list(rows: list[dict[str, Any]], statuses: list[str]) -> None:
    assert staged("pos", *rows)["status_bayar"].to_list() == statuses


def test_a_part_of_a_list_with_a_status_of_its_own_is_still_of_that_list() -> None:
    above = "DAFTAR PKH TAHAP 2 TAHUN 2022 / A. SUDAH DIBAYAR"
    found = titles_below(above, [(9, {8: "B. BELUM DIBAYAR"}), (20, {19: "Mengetahui"}), (30, {29: "C. RETUR"})])
    of_list = "DAFTAR PKH TAHAP 2 TAHUN 2022"
    assert found == [(9, f"B. BELUM DIBAYAR / {of_list}", [8]), (30, f"C. RETUR / {of_list}", [29])]


def test_a_status_of_the_list_above_is_none_of_the_next_stage() -> None:
    (found,) = titles_below("DAFTAR PKH TAHAP 1 2022 SUDAH DIBAYAR", [(9, {8: "PKH TAHAP 2"})])
    assert found[:2] == (9, "PKH TAHAP 2 / 2022")


@pytest.mark.parametrize(
    ("lines", "title"),
    [
        ({5: "Telah dibayar lunas", 6: "Sudah diterima", 7: "Bendahara"}, None),
        ({5: "LUNAS", 8: "Kepala Kantor"}, None),
        ({5: "Sudah diterima", 6: "Bendahara", 9: "B. GAGAL BAYAR"}, "B. GAGAL BAYAR / PKH TAHAP 2 2022"),
        ({6: "Sudah diterima", 7: "(SITI)", 8: "PKH TAHAP 3"}, "(SITI) / PKH TAHAP 3 / 2022"),
        ({7: "PKH TAHAP 3", 8: "BELUM DIBAYAR"}, "PKH TAHAP 3 / BELUM DIBAYAR / 2022"),
        ({7: "KPM BELUM DIBAYAR", 8: "KECAMATAN CIRUAS"}, "KPM BELUM DIBAYAR / PKH TAHAP 2 2022"),
        ({7: "PKH BELUM DIBAYAR", 8: "KECAMATAN CIRUAS"}, "PKH BELUM DIBAYAR / PKH TAHAP 2 2022"),
        ({8: "GAGAL BAYAR"}, "GAGAL BAYAR / PKH TAHAP 2 2022"),
    ],
)
def test_a_signature_below_a_list_is_no_status_of_the_next(lines: dict[int, str], title: str | None) -> None:
    assert [text for _, text, _ in titles_below("PKH TAHAP 2 2022", [(9, lines)])] == ([title] if title else [])
