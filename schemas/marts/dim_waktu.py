"""Mart `dim_waktu`: every day of the years that programmes cover, to join any date to."""

from __future__ import annotations

import polars as pl

from schemas.spelling import MONTHS
from schemas.table import Table, promised, required

# Whole years of the programmes known; a payment date outside them (a finding elsewhere) is a day of its own.
_QUERY = f"""
WITH batas AS (
    SELECT DATE_TRUNC('year', MIN(mulai))::DATE AS awal,
           (DATE_TRUNC('year', MAX(selesai)) + INTERVAL 1 YEAR - INTERVAL 1 DAY)::DATE AS akhir
    FROM reference.program_tahap
),
hari AS (
    SELECT UNNEST(GENERATE_SERIES(awal, akhir, INTERVAL 1 DAY))::DATE AS tanggal FROM batas
    UNION SELECT tgl_bayar FROM mart.pembayaran WHERE tgl_bayar IS NOT NULL
    UNION SELECT tgl_retur FROM mart.pembayaran WHERE tgl_retur IS NOT NULL
)
SELECT tanggal, YEAR(tanggal) AS tahun_kalender, QUARTER(tanggal) AS triwulan, MONTH(tanggal) AS bulan,
       {[*MONTHS]}[MONTH(tanggal)] AS nama_bulan,
       STRFTIME(tanggal, '%Y-%m') AS kode_bulan, WEEKOFYEAR(tanggal) AS minggu_iso, ISODOW(tanggal) AS hari_ke,
       ['Senin', 'Selasa', 'Rabu', 'Kamis', 'Jumat', 'Sabtu', 'Minggu'][ISODOW(tanggal)] AS nama_hari,
       ISODOW(tanggal) >= 6 AS akhir_pekan
FROM hari
"""


@promised("mart", "dim_waktu", key=("tanggal",), query=_QUERY)
class DimWaktu(Table):
    """Satu baris per hari, dengan bulan, triwulan, dan tahunnya."""

    tanggal: pl.Date
    tahun_kalender: pl.Int32
    triwulan: pl.Int8 = required(ge=1, le=4)
    bulan: pl.Int8 = required(ge=1, le=12)
    nama_bulan: str
    kode_bulan: str
    minggu_iso: pl.Int8
    hari_ke: pl.Int8 = required(ge=1, le=7)
    nama_hari: str
    akhir_pekan: bool
