from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

from reports.accounts import (
    kabupaten_ranking,
    least_covered,
    payment_curves,
    payments_to_check,
    rows_in_doubt,
    rupiah_to_check,
)
from reports.wording import IMPROPER, day, signed
from schemas.cleansed import Anggota
from schemas.marts.bantuan_tidak_tepat import IMPROPER as CODES
from schemas.marts.bantuan_tidak_tepat import BantuanTidakTepat
from schemas.marts.cakupan import Cakupan
from schemas.marts.corong_kpm import CorongKpm
from schemas.marts.mutu_data import MutuData
from schemas.marts.realisasi import Realisasi
from schemas.marts.realisasi_harian import RealisasiHarian
from tests.unit.frames import frame

STAGE: dict[str, Any] = {"program": "BLT BBM", "tahun": 2022, "tahap": 1, "tingkat": "NASIONAL", "kode_wilayah": ""}


def days(*cumulative: int) -> pl.DataFrame:
    rows = [
        {"tanggal": date(2022, 9, 1 + 2 * number), "kpm_salur_kumulatif": paid, "perkiraan_selesai": date(2022, 10, 1)}
        for number, paid in enumerate(cumulative)
    ]
    return frame(
        RealisasiHarian, [*rows, {"tingkat": "PROVINSI", "kpm_salur_kumulatif": 9}], dalam_jadwal=True, **STAGE
    )


def as_of(day: date | None) -> pl.DataFrame:
    return frame(CorongKpm, [{**STAGE, "keadaan": day}])


def test_the_curve_of_a_stage_ends_below_its_allotment():
    allotted = frame(Realisasi, [{"kpm_alokasi": 200, "kpm_persen": 75.0}], **STAGE)
    (curve,) = payment_curves(days(50, 100, 150), allotted, as_of(date(2022, 10, 1)))
    assert curve["titik"] == "0.0,30.0 50.0,20.0 100.0,10.0"
    assert (curve["mulai"], curve["sampai"], curve["persen"]) == (date(2022, 9, 1), date(2022, 9, 5), 75.0)
    assert curve["selesai"] == date(2022, 10, 1)
    (outlived,) = payment_curves(days(50, 100, 150), allotted, as_of(date(2022, 10, 2)))
    assert (outlived["selesai"], outlived["sisa"]) == (None, 50)


def test_an_estimate_that_the_other_stages_have_outlived_is_none():
    later = days(9, 20).with_columns(tahap=pl.lit(2, pl.Int32), tanggal=pl.col("tanggal").dt.offset_by("2mo"))
    two = pl.concat([days(50, 100), later])
    allotted = frame(Realisasi, [{"kpm_alokasi": 200, "kpm_persen": 50.0}, {"tahap": 2}], **STAGE)
    past, running = payment_curves(two, allotted, as_of(None))
    assert (past["selesai"], past["awal"], past["akhir"], past["sisa"]) == (None, None, None, 100)
    assert running["sampai"] > date(2022, 10, 1) > past["sampai"]


def test_a_day_outside_the_window_outlives_no_estimate_and_has_none_of_its_own():
    late = days(50, 51).with_columns(
        tanggal=pl.col("tanggal").dt.offset_by("1y"), dalam_jadwal=False, perkiraan_selesai=pl.lit(None, pl.Date)
    )
    allotted = frame(Realisasi, [{"kpm_alokasi": 200, "kpm_persen": 50.0}], **STAGE)
    (curve,) = payment_curves(pl.concat([days(50), late]), allotted, as_of(None))
    assert (curve["selesai"], curve["sisa"]) == (date(2022, 10, 1), 149)


def test_without_an_allotment_the_curve_ends_at_the_top():
    (curve,) = payment_curves(days(10, 40), frame(Realisasi, []), as_of(None))
    assert (curve["titik"], curve["persen"]) == ("0.0,30.0 100.0,0.0", None)


def test_the_least_covered_stage_comes_first():
    rows = [{"tahap": 1, "wilayah_tersalur": 9}, {"tahap": 2, "wilayah_tersalur": 3}, {"tingkat": "DESA", "tahap": 3}]
    common = STAGE | {"tingkat": "KECAMATAN", "wilayah_total": 10}
    assert [row["tahap"] for row in least_covered(frame(Cakupan, rows, **common))] == [2, 1]


def test_money_to_look_into_by_reason_and_once_per_payment():
    rows = [
        {"kode": "PENERIMA_MENINGGAL", "penerima": "a", "nominal": 300, "utama": True},
        {"kode": "PENERIMA_MENINGGAL", "penerima": "a", "nominal": 300, "utama": True},
        {"kode": "DI_LUAR_JADWAL", "penerima": "a", "nominal": 300, "utama": False},
    ]
    found = frame(BantuanTidakTepat, rows)
    assert [(row["kode"], row["penerima"], row["pembayaran"], row["nominal"]) for row in payments_to_check(found)] == [
        ("PENERIMA_MENINGGAL", 1, 2, 600),
        ("DI_LUAR_JADWAL", 1, 1, 300),
    ]
    assert rupiah_to_check(found) == 600
    assert rupiah_to_check(frame(BantuanTidakTepat, [])) == 0


def test_every_reason_has_its_words():
    assert set(IMPROPER) == set(CODES)


def test_where_a_kabupaten_stands_is_told_in_words():
    rows = [
        {
            "kode_wilayah": "3604",
            "padan_sesudah_persen": 98.0,
            "kode_terbanyak": ["NIK_KOSONG", "KK_KOSONG", "NIK_GANDA"],
        },
        {"kode_wilayah": "3601", "padan_sesudah_persen": 90.0, "kode_terbanyak": []},
        {"kode_wilayah": "36", "tingkat": "PROVINSI", "padan_sesudah_persen": 10.0},
    ]
    worst, other = kabupaten_ranking(frame(MutuData, [{"tingkat": "KABUPATEN", **row} for row in rows]))
    assert (worst["kode_wilayah"], worst["masalah"]) == ("3601", [])
    assert other["masalah"] == ["NIK tidak diisi.", "Nomor KK tidak diisi."]


def test_pairs_to_decide_are_counted_per_kabupaten_and_name_nobody():
    rows = [
        {"kode_kab": "3604", "alasan": ["NAMA_MIRIP", "KK_BEDA", "PERLU_PETUGAS", "DESA_SAMA"]},
        {"kode_kab": "3604", "alasan": ["KK_BEDA", "DESA_SAMA"]},
        {"kode_kab": None, "alasan": ["BUKTI_LEMAH"]},
        {"kode_kab": "3604", "alasan": ["NIK_SAMA"], "status_padan": "PADAN"},
    ]
    people = frame(Anggota, [{"status_padan": "TINJAU", "nama": "SITI RAHAYU", **row} for row in rows])
    regions = pl.DataFrame({"kode": ["3604"], "nama": ["KABUPATEN SERANG"]})
    assert rows_in_doubt(people, regions) == [
        {"nama": "KABUPATEN SERANG", "jumlah": 2, "alasan": ["nomor KK berbeda", "nama mirip"]},
        {"nama": "Kabupaten/kota tidak dikenal", "jumlah": 1, "alasan": ["buktinya belum cukup kuat"]},
    ]


def test_days_and_changes_read_as_an_officer_writes_them():
    assert (day(date(2022, 8, 9)), day(None)) == ("9 Agu 2022", "–")
    assert [signed(value) for value in (1.25, -0.3, 0.0, -0.0001, None)] == ["+1,25", "-0,3", "0", "0", "–"]
