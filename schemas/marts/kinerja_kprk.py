"""Mart `kinerja_kprk`: performance of every paying office per day: paid, failed by reason, rate, still waiting."""

from __future__ import annotations

import polars as pl

from schemas.marts.rekap_bayar import EACH_STATE
from schemas.table import Table, nullable, promised, required

# Orders without a date (failed, waiting, paid on an unknown day) are counted in the office's row without a date; of
# these only the waiting ones are still to be paid.
_QUERY = f"""
WITH kantor AS (
    SELECT kode_kprk, MIN(nama_kprk) AS nama_kprk FROM mart.kantor_bayar GROUP BY kode_kprk
),
alasan AS (
    SELECT kode_kprk, program, tahun, tahap, tanggal, alasan_gagal, SUM(kpm) AS kpm
    FROM mart.rekap_bayar WHERE kode_kprk IS NOT NULL AND alasan_gagal IS NOT NULL GROUP BY ALL
),
alasan_harian AS (
    SELECT kode_kprk, program, tahun, tahap, tanggal,
        LIST(alasan_gagal ORDER BY kpm DESC, alasan_gagal) AS alasan_gagal,
        LIST(kpm ORDER BY kpm DESC, alasan_gagal) AS kpm_alasan
    FROM alasan GROUP BY ALL
),
harian AS (
    SELECT kode_kprk, program, tahun, tahap, tanggal,
        {EACH_STATE}
    FROM mart.rekap_bayar WHERE kode_kprk IS NOT NULL GROUP BY ALL
)
SELECT h.*, k.nama_kprk, a.alasan_gagal, a.kpm_alasan,
       SUM(kpm_belum) OVER semua + COALESCE(SUM(kpm_salur + kpm_retur) FILTER (h.tanggal IS NOT NULL) OVER (
           PARTITION BY h.kode_kprk, h.program, h.tahun, h.tahap ORDER BY h.tanggal NULLS LAST
           ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING
       ), 0) AS sisa,
       ROUND(100.0 * SUM(kpm_salur) OVER semua
           / (SUM(kpm_salur + kpm_gagal + kpm_retur + kpm_belum) OVER semua), 2) AS salur_persen
FROM harian AS h
LEFT JOIN kantor AS k ON k.kode_kprk = h.kode_kprk
LEFT JOIN alasan_harian AS a ON a.kode_kprk = h.kode_kprk AND a.program = h.program AND a.tahun = h.tahun
    AND a.tahap = h.tahap AND a.tanggal IS NOT DISTINCT FROM h.tanggal
WINDOW semua AS (PARTITION BY h.kode_kprk, h.program, h.tahun, h.tahap)
"""


@promised("mart", "kinerja_kprk", key=("kode_kprk", "program", "tahun", "tahap", "tanggal"), query=_QUERY)
class KinerjaKprk(Table):
    """Kinerja kantor pembayar per hari: dibayar, gagal dan alasannya, sisa, dan persentase salur seluruh tahap.

    Perintah bayar yang kode kantornya tidak tertulis tidak termasuk; semuanya ada di mart.rekap_bayar.
    """

    kode_kprk: str
    nama_kprk: str = nullable()
    program: str
    tahun: pl.Int32
    tahap: pl.Int32
    tanggal: pl.Date = nullable(
        description="Tanggal bayar atau retur; kosong untuk yang gagal, yang belum dibayar, dan yang tidak bertanggal."
    )
    kpm_salur: int = required(ge=0)
    nominal_salur: int = required(ge=0)
    kpm_gagal: int = required(ge=0, description="Banyaknya KPM yang gagal bayar, tanpa retur.")
    nominal_gagal: int = required(ge=0)
    kpm_retur: int = required(ge=0)
    nominal_retur: int = required(ge=0)
    kpm_belum: int = required(ge=0)
    alasan_gagal: pl.List(pl.String) = nullable(
        description="Alasan gagal atau retur pada hari itu, diurutkan dari yang terbanyak."
    )
    kpm_alasan: pl.List(pl.Int64) = nullable(
        description="Banyaknya KPM per alasan, urutannya sama dengan alasan_gagal."
    )
    sisa: int = required(ge=0)
    salur_persen: float
