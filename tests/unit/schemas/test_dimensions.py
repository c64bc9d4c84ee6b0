"""The dimensions of the star schema: the reference data that analysts join facts to."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest

from assets.marts import _REFERENCE
from schemas.catalogue import promised_tables
from schemas.marts.pembayaran import Pembayaran
from schemas.marts.realisasi import Realisasi
from tests.unit.frames import frame, query_mart

FACTS = {
    "mart.realisasi": frame(Realisasi, [{"program": "BLT BARU", "tahun": 2031, "tahap": 1}]),
    "mart.pembayaran": frame(Pembayaran, [{"tgl_bayar": date(1900, 1, 1)}, {"tgl_retur": date(2022, 12, 31)}]),
}


@pytest.fixture(scope="module")
def dimensions() -> dict[str, pl.DataFrame]:
    known = FACTS | {source: read() for source, read in _REFERENCE.items()}
    return {
        name: query_mart(name.removeprefix("mart."), known)
        for name in promised_tables()
        if name.startswith("mart.dim_")
    }


def row(table: pl.DataFrame, **key: Any) -> dict[str, Any]:
    return table.filter(**key).row(0, named=True)


def test_a_desa_knows_all_regions_above_it(dimensions: dict[str, pl.DataFrame]):
    desa = row(dimensions["mart.dim_wilayah"], kode_wilayah="3604052005")
    assert (desa["tingkat"], desa["nama_kec"], desa["nama_prov"]) == ("DESA", "KRAMATWATU", "BANTEN")
    assert (desa["kode_kab"], desa["kode_prov"], desa["daerah_3t"]) == ("3604", "36", False)


def test_the_country_is_a_region_too(dimensions: dict[str, pl.DataFrame]):
    country = row(dimensions["mart.dim_wilayah"], tingkat="NASIONAL")
    assert (country["kode_wilayah"], country["nama_wilayah"]) == ("", "INDONESIA")
    assert country["penduduk"] == 284_973_643


def test_regions_of_before_point_to_those_of_today(dimensions: dict[str, pl.DataFrame]):
    merauke = row(dimensions["mart.dim_wilayah"], kode_wilayah="9101")
    assert (merauke["berlaku"], merauke["kode_kini"]) == (False, "9301")
    # 3T by the code of today: Nabire was 9104 when the list was decreed.
    assert row(dimensions["mart.dim_wilayah"], kode_wilayah="9104")["daerah_3t"]


def test_programmes_of_the_reference_and_of_the_files(dimensions: dict[str, pl.DataFrame]):
    pkh = row(dimensions["mart.dim_program"], program="PKH")
    assert (pkh["nama_program"], pkh["bersyarat"], pkh["dikenal"]) == ("Program Keluarga Harapan", True, True)
    assert row(dimensions["mart.dim_program"], program="BLT BARU")["dikenal"] is False
    stage = row(dimensions["mart.dim_tahap"], program="BLT BBM", tahun=2022, tahap=1)
    assert (stage["mulai"], stage["nominal_terkecil"], stage["belum_diperiksa"]) == (date(2022, 9, 1), 300_000, False)
    assert row(dimensions["mart.dim_tahap"], program="BLT BARU")["mulai"] is None


def test_every_day_once_and_strange_dates_on_their_own(dimensions: dict[str, pl.DataFrame]):
    days = dimensions["mart.dim_waktu"]
    usual = days.filter(pl.col("tanggal") > date(1900, 1, 1))["tanggal"]
    assert usual.is_sorted()
    assert usual.diff().drop_nulls().unique().to_list() == [timedelta(days=1)]
    assert days.height == usual.len() + 1
    assert row(days, tanggal=date(2022, 9, 8)) == {
        "tanggal": date(2022, 9, 8),
        "tahun_kalender": 2022,
        "triwulan": 3,
        "bulan": 9,
        "nama_bulan": "September",
        "kode_bulan": "2022-09",
        "minggu_iso": 36,
        "hari_ke": 4,
        "nama_hari": "Kamis",
        "akhir_pekan": False,
    }
