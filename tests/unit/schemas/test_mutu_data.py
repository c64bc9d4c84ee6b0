"""`mart.mutu_data`, the data quality of each region."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest

from schemas.cleansed import Anggota
from schemas.marts.mutu_data import MutuData
from schemas.quality import PendudukKabupaten, RingkasanWilayah, Temuan
from tests.unit.frames import frame, query_mart

NIK = "3604041211870001"
PEOPLE = [
    # Two kecamatan of one kabupaten: three of four linked (one only after its NIK was corrected), and one of two.
    {"id_dtks": "1", "kode_kec": "360405", "status_padan": "PADAN", "verifikasi_terakhir": date(2022, 12, 1)},
    {"id_dtks": "2", "kode_kec": "360405", "status_padan": "PADAN", "verifikasi_terakhir": date(2022, 2, 1)},
    {"id_dtks": "3", "kode_kec": "360405", "status_padan": "PADAN_PERBAIKAN", "verifikasi_terakhir": date(2021, 12, 1),
     "nik_asal": "3604041211870000"},
    {"id_dtks": "4", "kode_kec": "360405", "status_padan": "TINJAU", "verifikasi_terakhir": date(2015, 12, 1)},
    {"id_dtks": "5", "kode_kec": "360406", "status_padan": "PADAN", "verifikasi_terakhir": date(2022, 12, 1)},
    {"id_dtks": "6", "kode_kec": "360406", "status_padan": "TIDAK_PADAN", "verifikasi_terakhir": date(2022, 12, 1)},
]  # fmt: skip
CODES = {
    "NIK_TANDA_BACA": 9,  # mended already
    "NIK_SERI_NOL": 3, "KK_KOSONG": 2, "NIK_KOSONG": 2, "TGL_RUSAK": 1, "NIK_GANDA": 1, "TGL_KOSONG": 1,
}  # fmt: skip


def quality_of(before: list[dict[str, Any]], people: list[dict[str, Any]] = PEOPLE) -> pl.DataFrame:
    common = {"periode": "2022-12", "nik": NIK, "nik_asal": NIK, "kode_kab": "3604", "kode_prov": "36"}
    found = [("1", "KK_KOSONG"), ("3", "NIK_SERI_NOL"), ("3", "NIK_TANDA_BACA"), ("6", "DUKCAPIL_MATI")]
    findings = [{"id": row, "kode": code} for row, code in found]
    counted = [{"kode": code, "jumlah": number} for code, number in CODES.items()]
    of_kecamatan = {"tingkat": "KECAMATAN", "kode_wilayah": "360405"}
    residents = [{"kode_kab": "3601", "penduduk": 5}]
    frames = {
        "cleansed.anggota": frame(Anggota, people, **common),
        "quality.temuan": frame(Temuan, findings, periode="2022-12", sumber="dtks"),
        "quality.ringkasan_wilayah": frame(RingkasanWilayah, counted, periode="2022-12", **of_kecamatan),
        "quality.penduduk_kabupaten": frame(PendudukKabupaten, residents, periode="2022-12"),
        "sebelumnya.mutu_data": frame(MutuData, before, periode="2022-09", **of_kecamatan),
        "reference.wilayah": pl.DataFrame({"kode": ["360405", "360406"], "nama": ["KRAMATWATU", "WARINGINKURUNG"]}),
    }
    return query_mart("mutu_data", frames)


@pytest.fixture(scope="module")
def kramatwatu() -> dict[str, Any]:
    table = quality_of([{"padan_sesudah_persen": 70.0, "peringkat": 2}])
    return table.row(by_predicate=pl.col("kode_wilayah") == "360405", named=True)


def test_matched_before_and_after_cleansing(kramatwatu: dict[str, Any]):
    figures = ("nama_wilayah", "baris", "padan_sebelum_persen", "padan_sesudah_persen", "tinjau_persen")
    assert [kramatwatu[name] for name in figures] == ["KRAMATWATU", 4, 50.0, 75.0, 25.0]


def test_defects_and_the_five_most_frequent_codes(kramatwatu: dict[str, Any]):
    assert (kramatwatu["nik_bermasalah"], kramatwatu["kk_bermasalah"], kramatwatu["status_bermasalah"]) == (1, 1, 0)
    assert kramatwatu["kode_terbanyak"] == ["NIK_SERI_NOL", "KK_KOSONG", "NIK_KOSONG", "NIK_GANDA", "TGL_KOSONG"]


def test_age_of_the_last_verification(kramatwatu: dict[str, Any]):
    # 0, 10, 12 and 84 months before December 2022.
    assert kramatwatu["verifikasi_umur_bulan"] == 11.0
    assert kramatwatu["verifikasi_usang_persen"] == 50.0
    assert kramatwatu["verifikasi_terbaru"] == date(2022, 12, 1)


def test_rank_among_peers_and_move_since_the_periode_before(kramatwatu: dict[str, Any]):
    assert (kramatwatu["peringkat"], kramatwatu["jumlah_setara"]) == (1, 2)
    assert (kramatwatu["periode_sebelumnya"], kramatwatu["padan_sebelumnya_persen"]) == ("2022-09", 70.0)
    assert (kramatwatu["perubahan_padan_persen"], kramatwatu["peringkat_sebelumnya"]) == (5.0, 2)


def test_without_an_earlier_periode_there_is_no_move():
    table = quality_of([])
    assert table["perubahan_padan_persen"].null_count() == table.height
    assert table.height == 5
    # Unrounded: whoever shows it rounds it once.
    assert table.filter(tingkat="NASIONAL").select("baris", "padan_sesudah_persen", "nama_wilayah").rows() == [
        (6, pytest.approx(200 / 3, rel=1e-12), "INDONESIA")
    ]


def unmatched_rows(kab: str | None, number: int) -> list[dict[str, Any]]:
    there = {"kode_kab": kab, "status_padan": "TIDAK_PADAN", "verifikasi_terakhir": date(2022, 12, 1)}
    return [{"id_dtks": f"{kab}-{each}", **there} for each in range(number)]


def test_where_no_civil_register_was_delivered_nothing_is_measured_or_ranked():
    # Five residents of the first, half a register; none of the second, and of the third too few rows to ask for any.
    table = quality_of(
        [], [*PEOPLE, *unmatched_rows("3601", 10), *unmatched_rows("3602", 10), *unmatched_rows("3603", 9)]
    )
    result = table.select("kode_wilayah", "padan_sesudah_persen", "peringkat", "jumlah_setara", "register_lengkap")
    assert result.filter(table["tingkat"] == "KABUPATEN").rows() == [
        ("3601", 0.0, 2, 3, True),
        ("3602", None, None, 3, False),
        ("3603", 0.0, 2, 3, True),
        ("3604", pytest.approx(200 / 3), 1, 3, True),
    ]
    assert result.filter(kode_wilayah="36").rows() == [("36", pytest.approx(80 / 7), 1, 1, False)]


def test_rows_of_no_kabupaten_or_few_stand_for_no_register_of_the_provinsi():
    table = quality_of([], [*unmatched_rows("3602", 10), *unmatched_rows("3603", 9), *unmatched_rows(None, 1)])
    result = table.filter(kode_wilayah="36").select("padan_sesudah_persen", "peringkat", "register_lengkap")
    assert result.rows() == [(None, None, False)]
