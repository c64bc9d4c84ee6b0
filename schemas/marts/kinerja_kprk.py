"""Mart `kinerja_kprk`: what every paying office did per day: paid, failed by reason, rate and what is still waiting."""

from __future__ import annotations

import polars as pl

from schemas.table import Table, nullable, promised, required

# Orders that ended without a date of their own (failed, waiting) stand on the office's row without a date.
_QUERY = """
WITH perintah AS (
    SELECT kode_kprk, nama_kprk, program, tahun, tahap, status_bayar, nominal,
        COALESCE(alasan_gagal, 'TANPA ALASAN') AS alasan,
        CASE status_bayar WHEN 'DIBAYAR' THEN tgl_bayar WHEN 'RETUR' THEN tgl_retur END AS tanggal
    FROM mart.pembayaran WHERE kode_kprk IS NOT NULL
),
harian AS (
    SELECT kode_kprk, ANY_VALUE(nama_kprk ORDER BY nama_kprk) AS nama_kprk, program, tahun, tahap, tanggal,
        COUNT(*) FILTER (status_bayar = 'DIBAYAR') AS kpm_salur,
        COALESCE(SUM(nominal) FILTER (status_bayar = 'DIBAYAR'), 0) AS nominal_salur,
        COUNT(*) FILTER (status_bayar = 'GAGAL') AS kpm_gagal,
        COUNT(*) FILTER (status_bayar = 'RETUR') AS kpm_retur,
        COUNT(*) FILTER (status_bayar = 'BELUM') AS kpm_belum,
        LIST(DISTINCT alasan ORDER BY alasan) FILTER (status_bayar IN ('GAGAL', 'RETUR')) AS alasan_gagal
    FROM perintah GROUP BY kode_kprk, program, tahun, tahap, tanggal
)
SELECT *, SUM(kpm_salur + kpm_retur + kpm_belum) OVER semua - SUM(kpm_salur + kpm_retur) OVER (
           PARTITION BY kode_kprk, program, tahun, tahap ORDER BY tanggal NULLS LAST
       ) AS sisa,
       ROUND(100.0 * SUM(kpm_salur) OVER semua
           / (SUM(kpm_salur + kpm_gagal + kpm_retur + kpm_belum) OVER semua), 2) AS salur_persen
FROM harian
WINDOW semua AS (PARTITION BY kode_kprk, program, tahun, tahap)
"""


@promised(
    "mart",
    "kinerja_kprk",
    key=("kode_kprk", "program", "tahun", "tahap", "tanggal"),
    query=_QUERY,
    sources=("mart.pembayaran",),
)
class KinerjaKprk(Table):
    """Kinerja kantor pembayar per hari: dibayar, gagal dan alasannya, sisa, dan persentase salur seluruh tahap."""

    kode_kprk: str
    nama_kprk: str = nullable()
    program: str
    tahun: pl.Int32
    tahap: pl.Int32
    tanggal: pl.Date = nullable(description="Tanggal bayar atau retur; kosong untuk yang gagal dan yang belum dibayar.")
    kpm_salur: int = required(ge=0)
    nominal_salur: int = required(ge=0)
    kpm_gagal: int = required(ge=0, description="Banyaknya KPM yang gagal bayar, tanpa retur.")
    kpm_retur: int = required(ge=0)
    kpm_belum: int = required(ge=0)
    alasan_gagal: pl.List(pl.String) = nullable(description="Alasan gagal atau retur pada hari itu.")
    sisa: int = required(ge=0)
    salur_persen: float
