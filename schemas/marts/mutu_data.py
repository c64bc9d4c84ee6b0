"""Mart `mutu_data`: the data quality of each region, for its Dinsos.

Share matched before and after cleansing, defects, age of verification, rank among the regions of the same parent, and
changes since the previously published periode. `quality.ringkasan_wilayah` has the figures per code.
"""

from __future__ import annotations

import polars as pl

from schemas.cleansed import LINKED
from schemas.levels import EACH_LEVEL, NAME_OF_REGION
from schemas.rules import RULES, Severity
from schemas.table import Table, nullable, promised, required

# Automatic repairs need no action, so only findings count.
_FINDING_CODES = ", ".join(sorted({f"'{rule.code}'" for rule in RULES.values() if rule.severity is Severity.FINDING}))
# A kabupaten with fewer rows (perhaps a misread address) does not count as lacking its register.
_FEW = 10
# A register has all residents, DTKS only the poor: fewer residents than half the DTKS rows are movers in registers of
# other kabupaten, or an incomplete register, in which most people are not found however good the data of DTKS are.
# "Before" counts the matched rows whose NIK counts exactly as written, without any repair.
# Both stay unrounded: the report rounds them beside shares that it computes itself, and double rounding would differ.
_QUERY = f"""
WITH register AS (
    SELECT kode_kab, CASE WHEN 2 * COALESCE(MAX(penduduk), 0) >= COUNT(*) THEN TRUE
        WHEN COUNT(*) >= {_FEW} THEN FALSE END AS beregister
    FROM cleansed.anggota LEFT JOIN quality.penduduk_kabupaten USING (periode, kode_kab)
    GROUP BY kode_kab
),
wilayah AS (
    SELECT periode, id_dtks, status_padan, nik_asal, nik, verifikasi_terakhir, beregister,
        DATE_DIFF('month', verifikasi_terakhir, LAST_DAY((periode || '-01')::DATE)) AS umur,
        {EACH_LEVEL}
    FROM cleansed.anggota LEFT JOIN register USING (kode_kab)
),
temuan AS (
    SELECT DISTINCT periode, id AS id_dtks, kode FROM quality.temuan WHERE sumber = 'dtks'
),
per_orang AS (
    SELECT periode, id_dtks,
        BOOL_OR(
            kode LIKE 'NIK_%' AND kode NOT IN ('NIK_TANDA_BACA', 'NIK_HURUF', 'NIK_TGL_BEDA', 'NIK_JK_BEDA')
        ) AS nik,
        BOOL_OR(kode LIKE 'KK_%' AND kode NOT IN ('KK_TANDA_BACA', 'KK_HURUF')) AS kk,
        BOOL_OR(kode LIKE 'TGL_%' OR kode = 'NIK_TGL_BEDA') AS tanggal,
        BOOL_OR(kode LIKE 'WILAYAH_%') AS wilayah,
        BOOL_OR(kode = 'ORANG_GANDA') AS ganda,
        BOOL_OR(kode LIKE 'DUKCAPIL_%') AS status
    FROM temuan GROUP BY ALL
),
hitung AS (
    SELECT w.periode, w.tingkat, w.kode_wilayah, COUNT(*) AS baris,
        -- Rows of no kabupaten, or of one with few, say nothing about registers.
        COALESCE(BOOL_AND(w.beregister), TRUE) AS register_lengkap,
        IF(COALESCE(BOOL_OR(w.beregister), TRUE), COUNT(*), NULL) AS semua,
        100.0 * COUNT(*) FILTER (w.status_padan IN {LINKED} AND w.nik_asal = w.nik) / semua AS padan_sebelum,
        100.0 * COUNT(*) FILTER (w.status_padan IN {LINKED}) / semua AS padan_sesudah,
        100.0 * COUNT(*) FILTER (w.status_padan = 'TINJAU') / COUNT(*) AS tinjau,
        COUNT(*) FILTER (p.nik) AS nik_bermasalah, COUNT(*) FILTER (p.kk) AS kk_bermasalah,
        COUNT(*) FILTER (p.tanggal) AS tanggal_bermasalah, COUNT(*) FILTER (p.wilayah) AS wilayah_bermasalah,
        COUNT(*) FILTER (p.ganda) AS orang_ganda, COUNT(*) FILTER (p.status) AS status_bermasalah,
        MAX(w.verifikasi_terakhir) AS verifikasi_terbaru, MEDIAN(w.umur) AS verifikasi_umur_bulan,
        100.0 * COUNT(*) FILTER (w.umur >= 12) / COUNT(*) AS usang
    FROM wilayah AS w LEFT JOIN per_orang AS p USING (periode, id_dtks)
    WHERE w.kode_wilayah IS NOT NULL
    GROUP BY w.periode, w.tingkat, w.kode_wilayah
),
terbanyak AS (
    SELECT tingkat, kode_wilayah, LIST(kode ORDER BY jumlah DESC, kode)[:5] AS kode_terbanyak
    FROM quality.ringkasan_wilayah WHERE kode IN ({_FINDING_CODES}) GROUP BY tingkat, kode_wilayah
),
dinilai AS (
    SELECT *,
        IF(padan_sesudah IS NULL, NULL,
            RANK() OVER (PARTITION BY tingkat, induk ORDER BY padan_sesudah DESC NULLS LAST)) AS peringkat,
        COUNT(padan_sesudah) OVER (PARTITION BY tingkat, induk) AS jumlah_setara
    FROM (
        SELECT *, LEFT(kode_wilayah, CASE tingkat WHEN 'KABUPATEN' THEN 2 WHEN 'KECAMATAN' THEN 4 WHEN 'DESA' THEN 6
            ELSE 0 END) AS induk
        FROM hitung
    )
)
SELECT h.periode, tingkat, kode_wilayah,
       {NAME_OF_REGION} AS nama_wilayah,
       h.baris, h.padan_sebelum AS padan_sebelum_persen, h.padan_sesudah AS padan_sesudah_persen,
       ROUND(h.tinjau, 2) AS tinjau_persen,
       h.nik_bermasalah, h.kk_bermasalah, h.tanggal_bermasalah, h.wilayah_bermasalah, h.orang_ganda,
       h.status_bermasalah, COALESCE(t.kode_terbanyak, []) AS kode_terbanyak,
       h.verifikasi_terbaru, h.verifikasi_umur_bulan, ROUND(h.usang, 2) AS verifikasi_usang_persen,
       h.peringkat, h.jumlah_setara,
       s.periode AS periode_sebelumnya, s.padan_sesudah_persen AS padan_sebelumnya_persen,
       ROUND(h.padan_sesudah - s.padan_sesudah_persen, 2) AS perubahan_padan_persen,
       s.peringkat AS peringkat_sebelumnya, h.register_lengkap
FROM dinilai AS h
LEFT JOIN terbanyak AS t USING (tingkat, kode_wilayah)
LEFT JOIN sebelumnya.mutu_data AS s USING (tingkat, kode_wilayah)
LEFT JOIN reference.wilayah ON wilayah.kode = h.kode_wilayah
"""


@promised("mart", "mutu_data", key=("periode", "tingkat", "kode_wilayah"), query=_QUERY)
class MutuData(Table):
    """Mutu data DTKS per wilayah: padan sebelum dan sesudah, masalah, umur verifikasi, peringkat, dan perubahannya."""

    periode: str
    tingkat: str
    kode_wilayah: str
    nama_wilayah: str = nullable()
    baris: int = required(ge=1, description="Banyaknya baris DTKS yang diterima.")
    padan_sebelum_persen: float = nullable()
    padan_sesudah_persen: float = nullable()
    tinjau_persen: float
    nik_bermasalah: int = required(ge=0)
    kk_bermasalah: int = required(ge=0)
    tanggal_bermasalah: int = required(ge=0)
    wilayah_bermasalah: int = required(ge=0)
    orang_ganda: int = required(ge=0)
    status_bermasalah: int = required(ge=0)
    kode_terbanyak: pl.List(pl.String)
    verifikasi_terbaru: pl.Date
    verifikasi_umur_bulan: float
    verifikasi_usang_persen: float
    peringkat: pl.Int64 = nullable(ge=1)
    jumlah_setara: int = required(ge=0)
    periode_sebelumnya: str = nullable()
    padan_sebelumnya_persen: float = nullable()
    perubahan_padan_persen: float = nullable()
    peringkat_sebelumnya: pl.Int64 = nullable(ge=1)
    register_lengkap: bool
