"""Mart `bantuan_ganda`: persons and families paid twice. Findings for a human to judge, never an exclusion.

NIK_TAHAP_SAMA: one person paid by two orders of one stage (an order that failed and was issued again is none: only paid
orders count). KK_SAMA: two people of one registry KK paid in one stage. PROGRAM_BERTENTANGAN: a family paid in one
year by two programmes that exclude each other (`data/reference/program_bertentangan.csv`). Three stages paid on one
visit, as in 3T areas, are three stages and so never listed.
"""

from __future__ import annotations

import polars as pl

from schemas.table import Table, nullable, promised, required

_QUERY = """
WITH bayar AS (
    SELECT *, COALESCE(id_orang, nik) AS orang FROM mart.pembayaran WHERE status_bayar = 'DIBAYAR'
),
orang_sama AS (
    SELECT 'NIK_TAHAP_SAMA' AS jenis, program AS program_a, program AS program_b, tahun, tahap, orang AS kunci,
        ARG_MIN(b, no_danom) AS b, SUM(nominal) - MAX(nominal) AS nominal, COUNT(*) AS banyak
    FROM bayar AS b WHERE orang IS NOT NULL
    GROUP BY program, tahun, tahap, orang HAVING COUNT(*) > 1
),
keluarga_sama AS (
    SELECT 'KK_SAMA' AS jenis, program AS program_a, program AS program_b, tahun, tahap, no_kk AS kunci,
        ARG_MIN(b, no_danom) AS b, SUM(nominal) - MAX(nominal) AS nominal, COUNT(*) AS banyak
    FROM bayar AS b WHERE no_kk IS NOT NULL
    GROUP BY program, tahun, tahap, no_kk HAVING COUNT(DISTINCT orang) > 1
),
program_keluarga AS (
    SELECT program, tahun, no_kk, MIN(tahap) AS tahap, SUM(nominal) AS nominal, COUNT(*) AS banyak,
        ARG_MIN(b, no_danom) AS b
    FROM bayar AS b WHERE no_kk IS NOT NULL GROUP BY program, tahun, no_kk
),
bertentangan AS (
    SELECT 'PROGRAM_BERTENTANGAN' AS jenis, x.program AS program_a, y.program AS program_b, x.tahun,
        GREATEST(x.tahap, y.tahap) AS tahap, x.no_kk AS kunci, y.b AS b,
        LEAST(x.nominal, y.nominal) AS nominal, x.banyak + y.banyak AS banyak
    FROM reference.program_bertentangan AS p
    JOIN program_keluarga AS x ON x.program = p.program_a
    JOIN program_keluarga AS y ON y.program = p.program_b AND y.no_kk = x.no_kk AND y.tahun = x.tahun
)
SELECT jenis, program_a, program_b, tahun, tahap, b.id_orang AS id_orang, b.id_keluarga AS id_keluarga, b.nik AS nik,
       b.no_kk AS no_kk, nominal, banyak AS jumlah_pembayaran, b.kode_kab AS kode_kab, b.no_danom AS no_danom
FROM (FROM orang_sama UNION ALL FROM keluarga_sama UNION ALL FROM bertentangan)
"""


@promised(
    "mart",
    "bantuan_ganda",
    key=("jenis", "program_a", "program_b", "tahun", "tahap", "no_kk", "nik", "no_danom"),
    query=_QUERY,
    sources=("mart.pembayaran", "reference.program_bertentangan"),
)
class BantuanGanda(Table):
    """Orang atau keluarga yang dibayar dua kali; temuan untuk diperiksa manusia, bukan pengecualian otomatis."""

    jenis: str = required(
        isin=["NIK_TAHAP_SAMA", "KK_SAMA", "PROGRAM_BERTENTANGAN"],
        description="NIK_TAHAP_SAMA, KK_SAMA, atau PROGRAM_BERTENTANGAN.",
    )
    program_a: str
    program_b: str
    tahun: pl.Int32
    tahap: pl.Int32
    id_orang: str = nullable()
    id_keluarga: str = nullable()
    nik: str = nullable()
    no_kk: str = nullable()
    nominal: int = required(ge=0, description="Rupiah yang dipertaruhkan: pembayaran di luar satu yang sah.")
    jumlah_pembayaran: int = required(ge=2)
    kode_kab: str = nullable()
    no_danom: str
