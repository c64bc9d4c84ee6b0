"""Mart `corong_kpm`: from allotment to payment, each step in families and rupiah.

Families that are allotted but not yet handed over are split by where the money is: where it has been sent, the names
are still being cleansed; where it has not, the stage is being prepared. Cleansed, prepared and handed over add up to
the allotment plus `kpm_lebih`, the orders above it.
"""

from __future__ import annotations

import polars as pl

from schemas.table import Table, promised, required

_QUERY = """
WITH kabupaten AS (
    SELECT program, tahun, tahap,
        COALESCE(kpm_alokasi, 0) AS kpm_alokasi, COALESCE(nominal_alokasi, 0) AS nominal_alokasi,
        COALESCE(nominal_transfer, 0) AS transfer,
        kpm_salur + kpm_gagal + kpm_belum AS kpm_serah
    FROM mart.realisasi WHERE tingkat = 'KABUPATEN'
),
sisa AS (
    SELECT program, tahun, tahap,
        SUM(kpm_alokasi) AS kpm_alokasi, SUM(nominal_alokasi) AS nominal_alokasi,
        SUM(GREATEST(kpm_alokasi - kpm_serah, 0)) FILTER (transfer > 0) AS kpm_pembersihan,
        SUM(GREATEST(kpm_alokasi - kpm_serah, 0)) FILTER (transfer = 0) AS kpm_disiapkan,
        SUM(GREATEST(kpm_serah - kpm_alokasi, 0)) AS kpm_lebih
    FROM kabupaten GROUP BY ALL
),
perintah AS (
    SELECT program, tahun, tahap, COUNT(*) AS kpm, SUM(nominal) AS nominal,
        COUNT(*) FILTER (status_bayar = 'DIBAYAR') AS kpm_salur,
        SUM(nominal) FILTER (status_bayar = 'DIBAYAR') AS nominal_salur,
        COUNT(*) FILTER (status_bayar = 'GAGAL') AS kpm_gagal,
        SUM(nominal) FILTER (status_bayar = 'GAGAL') AS nominal_gagal,
        COUNT(*) FILTER (status_bayar = 'RETUR') AS kpm_retur,
        SUM(nominal) FILTER (status_bayar = 'RETUR') AS nominal_retur,
        COUNT(*) FILTER (status_bayar = 'BELUM') AS kpm_belum,
        SUM(nominal) FILTER (status_bayar = 'BELUM') AS nominal_belum
    FROM mart.pembayaran GROUP BY ALL
)
SELECT program, tahun, tahap,
       COALESCE(s.kpm_alokasi, 0) AS kpm_alokasi, COALESCE(s.nominal_alokasi, 0) AS nominal_alokasi,
       COALESCE(s.kpm_pembersihan, 0) AS kpm_pembersihan, COALESCE(s.kpm_disiapkan, 0) AS kpm_disiapkan,
       COALESCE(p.kpm, 0) AS kpm_diserahkan, COALESCE(p.nominal, 0) AS nominal_diserahkan,
       COALESCE(p.kpm_salur, 0) AS kpm_salur, COALESCE(p.nominal_salur, 0) AS nominal_salur,
       COALESCE(p.kpm_gagal, 0) AS kpm_gagal, COALESCE(p.nominal_gagal, 0) AS nominal_gagal,
       COALESCE(p.kpm_retur, 0) AS kpm_retur, COALESCE(p.nominal_retur, 0) AS nominal_retur,
       COALESCE(p.kpm_belum, 0) AS kpm_belum, COALESCE(p.nominal_belum, 0) AS nominal_belum,
       COALESCE(s.kpm_lebih, 0) AS kpm_lebih
FROM sisa AS s FULL JOIN perintah AS p USING (program, tahun, tahap)
"""


@promised(
    "mart",
    "corong_kpm",
    key=("program", "tahun", "tahap"),
    query=_QUERY,
    sources=("mart.realisasi", "mart.pembayaran"),
)
class CorongKpm(Table):
    """Dari alokasi, pembersihan, penyiapan, dan penyerahan sampai dibayar, gagal, atau retur; KPM dan rupiah."""

    program: str
    tahun: pl.Int32
    tahap: pl.Int32
    kpm_alokasi: int = required(ge=0)
    nominal_alokasi: int = required(ge=0)
    kpm_pembersihan: int = required(ge=0)
    kpm_disiapkan: int = required(ge=0)
    kpm_diserahkan: int = required(ge=0)
    nominal_diserahkan: int = required(ge=0)
    kpm_salur: int = required(ge=0)
    nominal_salur: int = required(ge=0)
    kpm_gagal: int = required(ge=0, description="Banyaknya KPM yang gagal bayar, tanpa retur.")
    nominal_gagal: int = required(ge=0)
    kpm_retur: int = required(ge=0)
    nominal_retur: int = required(ge=0)
    kpm_belum: int = required(ge=0)
    nominal_belum: int = required(ge=0)
    kpm_lebih: int = required(ge=0)
