"""Mart `realisasi_harian`: payments per day, cumulative, and when the stage will be done at the recent pace."""

from __future__ import annotations

import polars as pl

from schemas.table import Table, nullable, promised, required

_QUERY = """
WITH bayar AS (
    SELECT program, tahun, tahap, tgl_bayar AS tanggal, nominal, UNNEST([
        {'tingkat': 'NASIONAL', 'kode_wilayah': ''},
        {'tingkat': 'PROVINSI', 'kode_wilayah': kode_prov},
        {'tingkat': 'KABUPATEN', 'kode_wilayah': kode_kab},
        {'tingkat': 'KECAMATAN', 'kode_wilayah': kode_kec},
        {'tingkat': 'DESA', 'kode_wilayah': kode_desa}
    ], recursive := true)
    FROM mart.pembayaran
    WHERE status_bayar = 'DIBAYAR' AND tgl_bayar IS NOT NULL
),
harian AS (
    SELECT program, tahun, tahap, tingkat, kode_wilayah, tanggal, COUNT(*) AS kpm, SUM(nominal) AS nominal
    FROM bayar WHERE kode_wilayah IS NOT NULL GROUP BY ALL
),
kumulatif AS (
    SELECT *,
        SUM(kpm) OVER sampai AS kpm_kumulatif,
        SUM(nominal) OVER sampai AS nominal_kumulatif,
        SUM(kpm) OVER pekan AS kpm_pekan,
        LEAST(DATE_DIFF('day', MIN(tanggal) OVER sampai, tanggal) + 1, 7) AS hari_pekan
    FROM harian
    WINDOW
        sampai AS (PARTITION BY program, tahun, tahap, tingkat, kode_wilayah ORDER BY tanggal),
        pekan AS (
            PARTITION BY program, tahun, tahap, tingkat, kode_wilayah ORDER BY tanggal
            RANGE BETWEEN INTERVAL 6 DAYS PRECEDING AND CURRENT ROW
        )
),
laju AS (
    SELECT k.*, r.nama_wilayah, r.kpm_alokasi,
        -- GREATEST passes over NULL; without an allotment nothing can be estimated.
        CASE WHEN r.kpm_alokasi IS NOT NULL THEN GREATEST(r.kpm_alokasi - k.kpm_kumulatif, 0) END AS sisa,
        k.kpm_pekan / k.hari_pekan AS laju,
        SQRT(k.kpm_pekan) / k.hari_pekan AS galat
    FROM kumulatif AS k
    LEFT JOIN mart.realisasi AS r USING (program, tahun, tahap, tingkat, kode_wilayah)
)
SELECT program, tahun, tahap, tingkat, kode_wilayah, nama_wilayah, tanggal,
       kpm AS kpm_salur_harian, kpm_kumulatif AS kpm_salur_kumulatif, nominal_kumulatif AS nominal_salur_kumulatif,
       CASE WHEN sisa IS NOT NULL THEN tanggal + CEIL(sisa / laju)::INTEGER END AS perkiraan_selesai,
       CASE WHEN sisa IS NOT NULL THEN tanggal + CEIL(sisa / (laju + 1.64 * galat))::INTEGER END AS perkiraan_awal,
       CASE WHEN laju > 1.64 * galat THEN tanggal + CEIL(sisa / (laju - 1.64 * galat))::INTEGER END AS perkiraan_akhir
FROM laju
"""


@promised(
    "mart",
    "realisasi_harian",
    key=("program", "tahun", "tahap", "tingkat", "kode_wilayah", "tanggal"),
    query=_QUERY,
    sources=("mart.pembayaran", "mart.realisasi"),
)
class RealisasiHarian(Table):
    """Pembayaran per hari dan kumulatifnya; perkiraan selesai memakai laju rata-rata tujuh hari terakhir."""

    program: str
    tahun: pl.Int32
    tahap: pl.Int32
    tingkat: str
    kode_wilayah: str
    nama_wilayah: str = nullable()
    tanggal: pl.Date
    kpm_salur_harian: int = required(ge=1)
    kpm_salur_kumulatif: int = required(ge=1)
    nominal_salur_kumulatif: int = required(ge=0)
    perkiraan_selesai: pl.Date = nullable()
    perkiraan_awal: pl.Date = nullable()
    perkiraan_akhir: pl.Date = nullable()
