"""Mart `realisasi`: allotted against paid, per programme, stage and region at every level.

Each level has its own allotment if one is given; otherwise, and above the highest given level, the sum of the level
below. An order counts at every level that its printed region resolves to, so a level equals the sum of the level below
plus the orders that could not be placed that deep.
"""

from __future__ import annotations

import polars as pl

from schemas.levels import NAME_OF_REGION, TINGKAT, roll_up_query
from schemas.table import Table, nullable, promised, required

_PAID = roll_up_query(
    "mart.rekap_bayar",
    ("program", "tahun", "tahap"),
    {
        "kpm_salur": "SUM(kpm) FILTER (status_bayar = 'DIBAYAR')",
        "kpm_gagal": "SUM(kpm) FILTER (status_bayar IN ('GAGAL', 'RETUR'))",
        "kpm_belum": "SUM(kpm) FILTER (status_bayar = 'BELUM')",
        "nominal_salur": "SUM(nominal) FILTER (status_bayar = 'DIBAYAR')",
    },
)
QUERY = f"""
WITH berlaku AS (
    SELECT program, tahun, tahap, kode_wilayah,
           kpm_alokasi AS kpm, nominal_alokasi AS nominal, COALESCE(nominal_transfer, 0) AS transfer
    FROM mart.alokasi
),
kecamatan AS (
    SELECT * FROM berlaku WHERE LENGTH(kode_wilayah) = 6
),
kabupaten AS (
    SELECT * FROM berlaku WHERE LENGTH(kode_wilayah) = 4
    UNION ALL
    SELECT program, tahun, tahap, LEFT(kode_wilayah, 4), SUM(kpm), SUM(nominal), SUM(transfer)
    FROM kecamatan
    WHERE (program, tahun, tahap, LEFT(kode_wilayah, 4)) NOT IN (
        SELECT (program, tahun, tahap, kode_wilayah) FROM berlaku WHERE LENGTH(kode_wilayah) = 4
    )
    GROUP BY ALL
),
alokasi AS (
    SELECT 'KECAMATAN' AS tingkat, * FROM kecamatan
    UNION ALL SELECT 'KABUPATEN', * FROM kabupaten
    UNION ALL
    SELECT 'PROVINSI', program, tahun, tahap, LEFT(kode_wilayah, 2), SUM(kpm), SUM(nominal), SUM(transfer)
    FROM kabupaten GROUP BY ALL
    UNION ALL
    SELECT 'NASIONAL', program, tahun, tahap, '', SUM(kpm), SUM(nominal), SUM(transfer) FROM kabupaten GROUP BY ALL
),
salur AS ({_PAID})
SELECT program, tahun, tahap, tingkat, kode_wilayah,
       {NAME_OF_REGION} AS nama_wilayah,
       a.kpm AS kpm_alokasi,
       COALESCE(s.kpm_salur, 0) AS kpm_salur,
       COALESCE(s.kpm_gagal, 0) AS kpm_gagal,
       COALESCE(s.kpm_belum, 0) AS kpm_belum,
       a.nominal AS nominal_alokasi,
       a.transfer AS nominal_transfer,
       COALESCE(s.nominal_salur, 0) AS nominal_salur,
       ROUND(100.0 * COALESCE(s.kpm_salur, 0) / NULLIF(a.kpm, 0), 2) AS kpm_persen,
       ROUND(100.0 * COALESCE(s.nominal_salur, 0) / NULLIF(a.nominal, 0), 2) AS nominal_persen
FROM alokasi AS a
FULL JOIN salur AS s USING (program, tahun, tahap, tingkat, kode_wilayah)
LEFT JOIN reference.wilayah ON wilayah.kode = kode_wilayah
"""


@promised("mart", "realisasi", key=("program", "tahun", "tahap", "tingkat", "kode_wilayah"), query=QUERY)
class Realisasi(Table):
    """Alokasi dan realisasi per program, tahap, dan wilayah pada semua tingkat."""

    program: str
    tahun: pl.Int32
    tahap: pl.Int32
    tingkat: str = required(isin=TINGKAT)
    kode_wilayah: str
    nama_wilayah: str = nullable()
    kpm_alokasi: pl.Int64 = nullable()
    kpm_salur: pl.Int64 = required(ge=0)
    kpm_gagal: pl.Int64 = required(
        ge=0,
        description="Banyaknya KPM yang gagal bayar atau dananya dikembalikan (status_bayar GAGAL atau RETUR); di "
        "mart.corong_kpm, mart.gagal_bayar, dan mart.kinerja_kprk kpm_gagal tanpa retur.",
    )
    kpm_belum: pl.Int64 = required(ge=0)
    nominal_alokasi: pl.Int64 = nullable()
    nominal_transfer: pl.Int64 = nullable()
    nominal_salur: pl.Int64 = required(ge=0)
    kpm_persen: float = nullable()
    nominal_persen: float = nullable()
