"""Mart `corong_kpm`: from allotment to payment, each step in families and rupiah.

Families that are allotted but not yet handed over count as being cleansed if the money has been sent, else as being
prepared. Cleansed, prepared and handed over add up to the allotment plus `kpm_lebih`, the orders above it; so do the
rupiah.
"""

from __future__ import annotations

import polars as pl

from schemas.marts.rekap_bayar import EACH_STATE
from schemas.table import Table, nullable, promised, required

_QUERY = f"""
WITH serah AS (
    SELECT program, tahun, tahap, COALESCE(kode_kab, '') AS kode_wilayah, SUM(kpm) AS kpm, SUM(nominal) AS nominal
    FROM mart.rekap_bayar GROUP BY ALL
),
kabupaten AS (
    SELECT program, tahun, tahap,
        COALESCE(r.kpm_alokasi, 0) AS kpm_alokasi, COALESCE(r.nominal_alokasi, 0) AS nominal_alokasi,
        COALESCE(r.kpm_alokasi, 0) - COALESCE(s.kpm, 0) AS kpm_sisa,
        COALESCE(r.nominal_alokasi, 0) - COALESCE(s.nominal, 0) AS nominal_sisa,
        COALESCE(r.nominal_transfer, 0) > 0 AS terkirim
    FROM (FROM mart.realisasi WHERE tingkat = 'KABUPATEN') AS r
    FULL JOIN serah AS s USING (program, tahun, tahap, kode_wilayah)
),
sisa AS (
    SELECT program, tahun, tahap,
        SUM(kpm_alokasi) AS kpm_alokasi, SUM(nominal_alokasi) AS nominal_alokasi,
        SUM(GREATEST(kpm_sisa, 0)) FILTER (terkirim) AS kpm_pembersihan,
        SUM(GREATEST(nominal_sisa, 0)) FILTER (terkirim) AS nominal_pembersihan,
        SUM(GREATEST(kpm_sisa, 0)) FILTER (NOT terkirim) AS kpm_disiapkan,
        SUM(GREATEST(nominal_sisa, 0)) FILTER (NOT terkirim) AS nominal_disiapkan,
        SUM(GREATEST(-kpm_sisa, 0)) AS kpm_lebih, SUM(GREATEST(-nominal_sisa, 0)) AS nominal_lebih
    FROM kabupaten GROUP BY ALL
),
perintah AS (
    SELECT program, tahun, tahap, SUM(kpm) AS kpm, SUM(nominal) AS nominal,
        {EACH_STATE}
    FROM mart.rekap_bayar GROUP BY ALL
),
berkas AS (
    SELECT program, tahun, tahap, MAX(berlaku_per)::DATE AS keadaan FROM mart.pembayaran GROUP BY ALL
)
SELECT program, tahun, tahap, s.kpm_alokasi, s.nominal_alokasi,
       COALESCE(s.kpm_pembersihan, 0) AS kpm_pembersihan, COALESCE(s.nominal_pembersihan, 0) AS nominal_pembersihan,
       COALESCE(s.kpm_disiapkan, 0) AS kpm_disiapkan, COALESCE(s.nominal_disiapkan, 0) AS nominal_disiapkan,
       COALESCE(p.kpm, 0) AS kpm_diserahkan, COALESCE(p.nominal, 0) AS nominal_diserahkan,
       COALESCE(COLUMNS(p.* EXCLUDE (program, tahun, tahap, kpm, nominal)), 0),
       s.kpm_lebih, s.nominal_lebih, b.keadaan
FROM sisa AS s
LEFT JOIN perintah AS p USING (program, tahun, tahap)
LEFT JOIN berkas AS b USING (program, tahun, tahap)
"""


@promised("mart", "corong_kpm", key=("program", "tahun", "tahap"), query=_QUERY)
class CorongKpm(Table):
    """Dari alokasi, pembersihan, penyiapan, dan penyerahan sampai dibayar, gagal, atau retur; KPM dan rupiah."""

    program: str
    tahun: pl.Int32
    tahap: pl.Int32
    kpm_alokasi: int = required(ge=0)
    nominal_alokasi: int = required(ge=0)
    kpm_pembersihan: int = required(ge=0)
    nominal_pembersihan: int = required(ge=0, description="Rupiah alokasi KPM yang masih dibersihkan.")
    kpm_disiapkan: int = required(ge=0)
    nominal_disiapkan: int = required(ge=0, description="Rupiah alokasi KPM yang masih disiapkan.")
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
    nominal_lebih: int = required(ge=0, description="Rupiah yang diserahkan melebihi alokasi kabupatennya.")
    keadaan: pl.Date = nullable(
        description="Tanggal keadaan menurut berkas bayar terbaru tahap itu; kosong bila belum ada."
    )
