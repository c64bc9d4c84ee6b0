from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import Any

import polars as pl
import pytest

from pipeline import reference
from pipeline.realisation.conduct import office_regions
from pipeline.warehouse.store.database import run_query
from schemas.levels import EACH_LEVEL, TINGKAT, roll_up_query
from schemas.marts.alokasi import Alokasi
from schemas.marts.gagal_bayar import KIND_OF_REASON
from schemas.marts.pembayaran import Pembayaran
from tests.unit.frames import frame, query_mart

STAGE = {"program": "BLT BBM", "tahun": 2022, "tahap": 1}
DIGITS = {"NASIONAL": 0, "PROVINSI": 2, "KABUPATEN": 4, "KECAMATAN": 6, "DESA": 10}
DESA = ("3604052005", "3604052006", "3604062001", "3673011001", "9501011006")
CELLS = ["kpm_salur", "kpm_gagal", "kpm_belum", "nominal_salur"]


def orders(*rows: dict[str, Any]) -> pl.DataFrame:
    """Orders with a place known down to `kode` (10, 6, 4, 2 or 0 digits)."""

    def placed(number: int, row: dict[str, Any]) -> dict[str, Any]:
        kode = row.pop("kode", DESA[0])
        codes = {"kode_prov": 2, "kode_kab": 4, "kode_kec": 6, "kode_desa": 10}
        known = {name: kode[:digits] if len(kode) >= digits else None for name, digits in codes.items()}
        return {"no_danom": str(number), **known, **row}

    given = {"status_bayar": "DIBAYAR", "nominal": 300_000, "sumber_data": "DTKS", "temuan": []}
    return frame(Pembayaran, [placed(*one) for one in enumerate(rows)], **STAGE, **given)


def marts(paid: pl.DataFrame, allotted: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """The marts derived from the orders, built in order."""
    known: dict[str, Any] = {
        "mart.pembayaran": paid,
        "mart.alokasi": allotted,
        "reference.program_tahap": reference.program_stages(),
        "reference.wilayah": reference.regions(),
    }
    known["mart.kantor_bayar"] = office_regions(paid.lazy(), reference.regions())
    for name in (
        "rekap_bayar", "realisasi", "realisasi_harian", "corong_kpm", "gagal_bayar", "cakupan", "kinerja_kprk",
    ):  # fmt: skip
        known[f"mart.{name}"] = query_mart(name, known)
    return known


def allotments(**kpm: int) -> pl.DataFrame:
    """Targets per region, with two thirds transferred."""
    rows = [
        {"kode_wilayah": kode[1:], "kpm_alokasi": n, "nominal_alokasi": n * 300_000, "nominal_transfer": n * 200_000}
        for kode, n in kpm.items()
    ]
    return frame(Alokasi, rows, **STAGE)


MIXED = (
    {"tgl_bayar": date(2022, 9, 2)},
    {"tgl_bayar": date(2022, 9, 2), "kode": DESA[1]},
    {"tgl_bayar": date(2022, 9, 5), "kode": DESA[2], "nominal": 600_000},
    {"tgl_bayar": date(2022, 9, 5), "kode": DESA[3]},
    {"tgl_bayar": date(2022, 9, 6), "kode": DESA[4]},
    {"tgl_bayar": date(2022, 9, 6), "kode": "360405"},
    {"tgl_bayar": date(2022, 9, 7), "kode": "3604"},
    {"tgl_bayar": date(2022, 9, 7), "kode": "36"},
    {"tgl_bayar": date(2022, 9, 8), "kode": ""},
    {"tgl_bayar": None},
    {"status_bayar": "GAGAL", "alasan_gagal": "PINDAH", "kode": DESA[1]},
    {"status_bayar": "RETUR", "tgl_retur": date(2022, 9, 9), "kode": "360406"},
    {"status_bayar": "BELUM", "kode": ""},
)


def test_each_level_and_what_could_not_be_placed_so_deep_sum_to_the_next() -> None:
    paid = orders(*map(dict, MIXED))
    found = marts(paid, allotments(_3604=10))
    realised = found["mart.realisasi"]
    levels = list(DIGITS)
    for above, below in pairwise(levels):
        upper, lower = realised.filter(tingkat=above), realised.filter(tingkat=below)
        climbed_up = lower.group_by(kode_wilayah=pl.col("kode_wilayah").str.head(DIGITS[above])).agg(
            pl.col(CELLS).sum()
        )
        code = ["kode_prov", "kode_kab", "kode_kec", "kode_desa"]
        shallow = paid.filter(pl.col(code[levels.index(below) - 1]).is_null())
        for row in upper.iter_rows(named=True):
            inside = climbed_up.filter(kode_wilayah=row["kode_wilayah"]).select(pl.sum(CELLS)).row(0, named=True)
            here = shallow.filter(
                pl.col(code[levels.index(above) - 1]) == row["kode_wilayah"]
                if above != "NASIONAL"
                else pl.lit(value=True)
            )
            rest = {
                "kpm_salur": here.filter(status_bayar="DIBAYAR").height,
                "kpm_gagal": here.filter(pl.col("status_bayar").is_in(["GAGAL", "RETUR"])).height,
                "kpm_belum": here.filter(status_bayar="BELUM").height,
                "nominal_salur": here.filter(status_bayar="DIBAYAR")["nominal"].sum(),
            }
            assert {name: inside[name] + rest[name] for name in CELLS} == {name: row[name] for name in CELLS}
    nation = realised.filter(tingkat="NASIONAL").row(0, named=True)
    assert (nation["kpm_salur"], nation["kpm_gagal"], nation["kpm_belum"]) == (10, 2, 1)
    assert nation["nominal_salur"] == paid.filter(status_bayar="DIBAYAR")["nominal"].sum()


def test_daily_figures_end_where_the_realisation_stands_but_for_undated_payments() -> None:
    found = marts(orders(*map(dict, MIXED)), allotments(_3604=10))
    last = (
        found["mart.realisasi_harian"].sort("tanggal").group_by("tingkat", "kode_wilayah", maintain_order=True).last()
    )
    both = last.join(found["mart.realisasi"], on=["tingkat", "kode_wilayah"], how="right")
    undated = {"NASIONAL": "", "PROVINSI": "36", "KABUPATEN": "3604", "KECAMATAN": "360405", "DESA": DESA[0]}
    for row in both.iter_rows(named=True):
        missing = undated[row["tingkat"]] == row["kode_wilayah"]
        assert (row["kpm_salur_kumulatif"] or 0) + missing == row["kpm_salur"], row
    sums = (
        found["mart.realisasi_harian"]
        .group_by("tingkat", "kode_wilayah")
        .agg(pl.sum("kpm_salur_harian"), pl.max("kpm_salur_kumulatif"))
    )
    assert (sums["kpm_salur_harian"] == sums["kpm_salur_kumulatif"]).all()


def test_the_funnel_adds_up_in_families_and_rupiah() -> None:
    given = (*MIXED, {"status_bayar": "RETUR"})
    found = marts(orders(*map(dict, given)), allotments(_3604=20, _3673=5, _5302=7))
    (funnel,) = found["mart.corong_kpm"].iter_rows(named=True)
    for unit in ("kpm", "nominal"):
        step = {name.removeprefix(f"{unit}_"): value for name, value in funnel.items() if name.startswith(unit)}
        assert step["diserahkan"] == step["salur"] + step["gagal"] + step["retur"] + step["belum"]
        assert step["alokasi"] + step["lebih"] == step["pembersihan"] + step["disiapkan"] + step["diserahkan"]
    assert (funnel["kpm_diserahkan"], funnel["kpm_gagal"], funnel["kpm_retur"]) == (len(given), 1, 2)


def test_failed_and_returned_money_stands_under_its_reason_and_day() -> None:
    found = marts(orders(*map(dict, MIXED)), allotments(_3604=10))
    assert found["mart.rekap_bayar"].filter(status_bayar="RETUR")["tanggal"].to_list() == [date(2022, 9, 9)]
    failed = found["mart.gagal_bayar"].filter(tingkat="NASIONAL")
    assert failed.select("alasan_gagal", "kpm_gagal", "nominal_gagal", "kpm_retur", "nominal_retur").rows() == [
        ("PINDAH", 1, 300_000, 0, 0),
        ("TANPA ALASAN", 0, 0, 1, 300_000),
    ]
    assert failed["bagian_persen"].to_list() == [50.0, 50.0]


def test_a_reason_is_of_one_kind_however_it_is_written() -> None:
    kinds = {
        "MENINGGAL KK TUNGGAL": "MENINGGAL", "SUDAH WAFAT": "MENINGGAL", "PENSIUNAN PNS": "ASN/TNI/POLRI",
        "SUDAH MENERIMA BANTUAN LAIN": "BANTUAN LAIN ATAU GANDA", "NIK GANDA": "BANTUAN LAIN ATAU GANDA",
        "NAMA BERBEDA DENGAN DAFTAR": "DATA TIDAK SESUAI", "PERBEDAAN NAMA": "DATA TIDAK SESUAI",
        "NIK TIDAK PADAN": "DATA TIDAK SESUAI", "NIK TIDAK DITEMUKAN": "DATA TIDAK SESUAI",
        "SEDANG DI LUAR KOTA": "LUAR KOTA", "MENINGGALKAN DESA": "PINDAH ATAU TIDAK DITEMUKAN",
        "ALAMAT TIDAK DITEMUKAN": "PINDAH ATAU TIDAK DITEMUKAN", "PINDAH DOMISILI": "PINDAH ATAU TIDAK DITEMUKAN",
        "REKENING TIDAK AKTIF": "REKENING", "REKENING TIDAK DITEMUKAN": "REKENING",
        "SAKIT, TIDAK MAMPU DATANG": "TIDAK DIAMBIL", "MENOLAK KARENA SUDAH MAMPU": "MAMPU ATAU MENOLAK",
        "MENOLAK": "MAMPU ATAU MENOLAK", "DITOLAK BANK": "LAINNYA", "HUJAN": "LAINNYA",
    }  # fmt: skip
    written = {"written": pl.DataFrame({"alasan_gagal": list(kinds)})}
    found = run_query(f"SELECT alasan_gagal, {KIND_OF_REASON} AS kelompok FROM written", written)  # noqa: S608
    assert dict(found.iter_rows()) == kinds


def test_what_is_left_divided_by_a_pace_that_is_a_fraction_takes_no_day_more() -> None:
    rows = [{"tgl_bayar": date(2022, 9, day)} for day in (1, 1, 1, 2, 3, 4, 5)]
    found = marts(orders(*rows), allotments(_3604=28))["mart.realisasi_harian"]
    # 21 are left at 7 in 5 days.
    assert found.filter(tingkat="KABUPATEN").sort("tanggal")["perkiraan_selesai"].last() == date(2022, 9, 20)


def test_an_office_has_left_what_waits_and_what_was_done_later_but_nothing_done_on_a_day_that_nobody_tells() -> None:
    found = marts(orders(*({"kode_kprk": "36040", **row} for row in MIXED)), allotments(_3604=10))
    left = found["mart.kinerja_kprk"].sort("tanggal", nulls_last=True).select("tanggal", "sisa").rows()
    dated = [date(2022, 9, day) for day in (2, 5, 6, 7, 8, 9)]
    assert left == [*zip(dated, [9, 7, 5, 3, 2, 1], strict=True), (None, 1)]


@pytest.mark.parametrize("wrong", [date(2023, 9, 3), date(2021, 9, 2)])
def test_a_payment_dated_far_outside_the_window_stretches_no_estimate(wrong: date) -> None:
    days = [date(2022, 9, day) for day in (1, 2, 3)]
    rows = [*({"tgl_bayar": day} for day in days), {"tgl_bayar": wrong}]
    found = marts(orders(*rows), allotments(_3604=11))["mart.realisasi_harian"].filter(tingkat="KABUPATEN")
    assert found.filter(tanggal=wrong).select("dalam_jadwal", "perkiraan_selesai").rows() == [(False, None)]
    expected = date(2022, 9, 10 if wrong < days[0] else 11)
    last = found.filter(tanggal=days[-1]).row(0, named=True)
    assert last["perkiraan_selesai"] == expected
    assert last["metode_perkiraan"].startswith("Sisa alokasi dibagi laju 3 hari terakhir")


def test_allotments_at_kab_and_again_at_kec_are_the_same_money() -> None:
    found = marts(orders({}), allotments(_3604=10, _360405=6, _360406=5, _367301=3))["mart.realisasi"]
    given = dict(found.select("kode_wilayah", "kpm_alokasi").iter_rows())
    assert given["3604"] == 10
    assert (given["360405"], given["3673"], given["36"], given[""]) == (6, 3, 13, 13)
    assert given[DESA[0]] is None
    actual = {
        code: facts for code, *facts in found.select("kode_wilayah", "nama_wilayah", "nominal_transfer").iter_rows()
    }
    assert (actual["3604"], actual["36"]) == (["KABUPATEN SERANG", 2_000_000], ["BANTEN", 2_600_000])
    assert actual[""] == ["INDONESIA", 2_600_000]
    shares = {
        code: shares for code, *shares in found.select("kode_wilayah", "kpm_persen", "nominal_persen").iter_rows()
    }
    assert (shares["3604"], shares[""], shares[DESA[0]]) == ([10, 10], [7.69, 7.69], [None, None])


def test_a_climb_reaches_every_level_once() -> None:
    rows = orders({}, {"kode": "360405"}, {"kode": ""})
    found = run_query(roll_up_query("o", ("program",), {"n": "COUNT(*)"}), {"o": rows})
    assert dict(found.select("tingkat", "n").iter_rows()) == {
        "NASIONAL": 3, "PROVINSI": 2, "KABUPATEN": 2, "KECAMATAN": 2, "DESA": 1
    }  # fmt: skip
    each = run_query(f"SELECT {EACH_LEVEL} FROM o", {"o": rows.head(1)})  # noqa: S608 - our own words
    assert sorted(each["tingkat"]) == sorted(TINGKAT)
