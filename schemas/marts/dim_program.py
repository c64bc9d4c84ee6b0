"""Mart `dim_program`: every aid programme, to join any `program` column to."""

from __future__ import annotations

import polars as pl

from schemas.table import Table, nullable, promised, required

# Facts may refer to programmes that only the files name, so these are included.
_QUERY = """
SELECT r.program, COALESCE(p.nama, r.program) AS nama_program, p.sumber_dana, p.catatan AS catatan_program,
       t.tahun_pertama, t.tahun_terakhir, COALESCE(t.bersyarat, FALSE) AS bersyarat, p.program IS NOT NULL AS dikenal
FROM (SELECT program FROM reference.program UNION SELECT program FROM mart.realisasi) AS r
LEFT JOIN reference.program AS p USING (program)
LEFT JOIN (
    SELECT program, MIN(tahun) AS tahun_pertama, MAX(tahun) AS tahun_terakhir,
        BOOL_OR(komponen IS NOT NULL) AS bersyarat
    FROM reference.program_tahap GROUP BY program
) AS t USING (program)
"""


@promised("mart", "dim_program", key=("program",), query=_QUERY)
class DimProgram(Table):
    """Satu baris per program bantuan."""

    program: str
    nama_program: str
    sumber_dana: str = nullable()
    catatan_program: str = nullable()
    tahun_pertama: pl.Int32 = nullable()
    tahun_terakhir: pl.Int32 = nullable()
    bersyarat: bool
    dikenal: bool = required()
