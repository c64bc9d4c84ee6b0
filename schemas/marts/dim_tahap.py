"""Mart `dim_tahap`: every stage of every programme with its window and tariff, to join facts of one stage to."""

from __future__ import annotations

import polars as pl

from schemas.table import Table, nullable, promised

_QUERY = """
SELECT program, tahun, tahap, t.mulai, t.selesai, t.nominal_terkecil, t.nominal_terbesar, t.jumlah_komponen,
       t.maks_orang, t.belum_diperiksa
FROM (
    SELECT program, tahun, tahap FROM reference.program_tahap UNION SELECT program, tahun, tahap FROM mart.realisasi
) AS r
LEFT JOIN (
    SELECT program, tahun, tahap, MIN(mulai) AS mulai, MAX(selesai) AS selesai,
        MIN(nominal) AS nominal_terkecil, MAX(nominal * COALESCE(maks_orang, 1)) AS nominal_terbesar,
        COUNT(komponen) AS jumlah_komponen, MAX(maks_orang) AS maks_orang, BOOL_OR(status = 'G') AS belum_diperiksa
    FROM reference.program_tahap GROUP BY program, tahun, tahap
) AS t USING (program, tahun, tahap)
"""


@promised("mart", "dim_tahap", key=("program", "tahun", "tahap"), query=_QUERY)
class DimTahap(Table):
    """Satu baris per tahap penyaluran sebuah program: jadwal dan tarifnya."""

    program: str
    tahun: pl.Int32
    tahap: pl.Int32
    mulai: pl.Date = nullable()
    selesai: pl.Date = nullable()
    nominal_terkecil: pl.Int64 = nullable(ge=0)
    nominal_terbesar: pl.Int64 = nullable(ge=0)
    jumlah_komponen: pl.Int64 = nullable(ge=0)
    maks_orang: pl.Int64 = nullable(ge=1)
    belum_diperiksa: bool = nullable()
