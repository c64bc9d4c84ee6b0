"""Mart `graduasi`: the progress of every accompanied family from its first report to graduation."""

from __future__ import annotations

import polars as pl

from schemas.table import Table, nullable, promised, required

# If several reports cover one month, the last one handed in counts.
_QUERY = """
WITH bulanan AS (
    SELECT nik, periode_laporan,
        ARG_MAX(p, {'a': COALESCE(disampaikan, DATE '0001-01-01'), 'b': berkas, 'c': lembar, 'd': baris}) AS p
    FROM staged.pendamping AS p GROUP BY nik, periode_laporan
),
berurut AS (
    SELECT nik, periode_laporan, p.id_pendamping AS id_pendamping, p.kode_kab AS kode_kab, p.status_kpm AS status,
        -- No status is a change too, from no report at all.
        LAG(p.status_kpm, 1, '') OVER (PARTITION BY nik ORDER BY periode_laporan) AS sebelumnya,
        BOOL_OR(p.status_kpm = 'GRADUASI') OVER (
            PARTITION BY nik ORDER BY periode_laporan ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ) AS sudah
    FROM bulanan
)
SELECT nik, MODE(kode_kab ORDER BY kode_kab) AS kode_kab,
       MIN(periode_laporan) AS laporan_pertama, MAX(periode_laporan) AS laporan_terakhir,
       COUNT(*) AS jumlah_laporan, ARG_MAX(id_pendamping, periode_laporan) AS id_pendamping,
       MIN(periode_laporan) FILTER (status = 'NAIK_GRADE') AS naik_grade_pertama,
       COUNT(*) FILTER (status = 'NAIK_GRADE') AS jumlah_naik_grade,
       MIN(periode_laporan) FILTER (status = 'GRADUASI') AS graduasi_pertama,
       DATE_DIFF('month', (MIN(periode_laporan) || '-01')::DATE,
           (MIN(periode_laporan) FILTER (status = 'GRADUASI') || '-01')::DATE) AS bulan_sampai_graduasi,
       -- Passes over reports without a status.
       ARG_MAX(status, periode_laporan) AS status_kpm,
       LIST(periode_laporan || ' ' || COALESCE(status, '?') ORDER BY periode_laporan)
           FILTER (status IS DISTINCT FROM sebelumnya) AS perjalanan,
       COALESCE(BOOL_OR(sudah AND status <> 'GRADUASI'), FALSE) AS kembali_setelah_graduasi
FROM berurut GROUP BY nik
"""


@promised("mart", "graduasi", key=("nik",), query=_QUERY)
class Graduasi(Table):
    """Perjalanan setiap keluarga dampingan dari laporan pertama sampai graduasi."""

    nik: str
    kode_kab: str = nullable()
    laporan_pertama: str
    laporan_terakhir: str
    jumlah_laporan: int = required(ge=1)
    id_pendamping: str = required(description="ID pendamping menurut laporan terakhir.")
    naik_grade_pertama: str = nullable()
    jumlah_naik_grade: int = required(ge=0, description="Banyaknya bulan keluarga ini naik grade.")
    graduasi_pertama: str = nullable()
    bulan_sampai_graduasi: pl.Int64 = nullable(ge=0, description="Bulan dari laporan pertama sampai graduasi.")
    status_kpm: str = nullable(
        description="AKTIF, NAIK_GRADE, GRADUASI, atau NONAKTIF menurut laporan terakhir yang statusnya terbaca; yang "
        "pernah graduasi: graduasi_pertama terisi."
    )
    perjalanan: pl.List(pl.String) = required(
        description="Setiap perubahan status dengan bulannya, berurutan; ? bila statusnya tidak terbaca."
    )
    kembali_setelah_graduasi: bool = required(description="Apakah setelah graduasi dilaporkan lagi dengan status lain.")
