"""Mart `cakupan`: how many regions were targeted, funded and reached (`6,039 of 7,230 kecamatan`)."""

from __future__ import annotations

import polars as pl

from schemas.table import Table, promised, required

# A region has the money when it, the nearest region above or one below it with an allotment of its own was sent some.
_QUERY = """
WITH wilayah AS (
    SELECT program, tahun, tahap, tingkat, kode_wilayah, kpm_salur, nominal_transfer
    FROM mart.realisasi WHERE tingkat <> 'NASIONAL'
),
dana AS (
    SELECT w.*,
        COALESCE(w.nominal_transfer, kec.nominal_transfer, kab.nominal_transfer, prov.nominal_transfer, 0) AS dana
    FROM wilayah AS w
    LEFT JOIN wilayah AS kec ON kec.program = w.program AND kec.tahun = w.tahun AND kec.tahap = w.tahap
        AND kec.tingkat = 'KECAMATAN' AND kec.kode_wilayah = LEFT(w.kode_wilayah, 6)
    LEFT JOIN wilayah AS kab ON kab.program = w.program AND kab.tahun = w.tahun AND kab.tahap = w.tahap
        AND kab.tingkat = 'KABUPATEN' AND kab.kode_wilayah = LEFT(w.kode_wilayah, 4)
    LEFT JOIN wilayah AS prov ON prov.program = w.program AND prov.tahun = w.tahun AND prov.tahap = w.tahap
        AND prov.tingkat = 'PROVINSI' AND prov.kode_wilayah = LEFT(w.kode_wilayah, 2)
)
SELECT program, tahun, tahap, tingkat, COUNT(*) AS wilayah_total,
       COUNT(*) FILTER (dana > 0) AS wilayah_dana_terkirim,
       COUNT(*) FILTER (kpm_salur > 0) AS wilayah_tersalur,
       COUNT(*) FILTER (dana > 0 AND kpm_salur = 0) AS wilayah_dana_belum_tersalur
FROM dana GROUP BY ALL
"""


@promised("mart", "cakupan", key=("program", "tahun", "tahap", "tingkat"), query=_QUERY)
class Cakupan(Table):
    """Banyaknya wilayah sasaran pada setiap tingkat, yang dananya sudah terkirim, dan yang sudah tersalur."""

    program: str
    tahun: pl.Int32
    tahap: pl.Int32
    tingkat: str = required(
        description="Tingkat wilayah yang dihitung: PROVINSI, KABUPATEN, KECAMATAN, atau DESA; pilih satu."
    )
    wilayah_total: int = required(ge=1)
    wilayah_dana_terkirim: int = required(ge=0)
    wilayah_tersalur: int = required(ge=0)
    wilayah_dana_belum_tersalur: int = required(ge=0)
