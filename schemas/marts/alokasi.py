"""Mart `alokasi`: the targets in force as handed in, with the dates of the money: when it came, when all is to be paid.

What targets add up to at every level is in `mart.realisasi`.
"""

from __future__ import annotations

import polars as pl

from schemas.table import Table, nullable, promised, required

# Of a target handed in several times the last one counts. Its money may come by several SP2D, a row each: rows as new
# as the last one that tell nothing else of it, bear different numbers and come to no more than it, or else different
# dates and come to all of it. What is told twice is counted once.
IN_FORCE = """
SELECT * REPLACE (
    CASE WHEN no_sp2d IS NULL OR berbeda THEN kpm_alokasi ELSE kpm END AS kpm_alokasi,
    CASE WHEN no_sp2d IS NULL OR berbeda THEN nominal_alokasi ELSE nominal END AS nominal_alokasi,
    CASE WHEN banyak > 1 AND NOT berbeda
              AND (banyak = sp2d AND jumlah <= COALESCE(nominal, jumlah)
                   OR sp2d = 0 AND banyak = hari AND jumlah = nominal) THEN jumlah::BIGINT
         ELSE nominal_transfer END AS nominal_transfer
)
FROM (
    SELECT *, COUNT(bagian) OVER sama AS banyak, SUM(bagian) OVER sama AS jumlah,
           COUNT(DISTINCT no_sp2d) FILTER (bagian IS NOT NULL) OVER sama AS sp2d,
           COUNT(DISTINCT tgl_transfer) FILTER (bagian IS NOT NULL) OVER sama AS hari,
           MAX(kpm_alokasi) OVER sama AS kpm, MAX(nominal_alokasi) OVER sama AS nominal,
           COUNT(DISTINCT kpm_alokasi) OVER sama > 1 OR COUNT(DISTINCT nominal_alokasi) OVER sama > 1 AS berbeda
    FROM (
        SELECT *, CASE WHEN nominal_transfer > 0 AND ROW_NUMBER() OVER (
            PARTITION BY program, tahun, tahap, kode_wilayah, berlaku_per, revisi,
                         no_sp2d, tgl_transfer, nominal_transfer
            ORDER BY berkas, lembar, baris
        ) = 1 THEN nominal_transfer END AS bagian
        FROM staged.alokasi
    )
    WINDOW sama AS (PARTITION BY program, tahun, tahap, kode_wilayah, berlaku_per, revisi)
)
QUALIFY ROW_NUMBER() OVER (
    PARTITION BY program, tahun, tahap, kode_wilayah
    ORDER BY berlaku_per DESC NULLS LAST, revisi DESC, berkas DESC, lembar DESC, baris DESC
) = 1
"""
_QUERY = f"""
SELECT program, tahun, tahap, kode_wilayah,
       CASE LENGTH(kode_wilayah) WHEN 4 THEN 'KABUPATEN' ELSE 'KECAMATAN' END AS tingkat,
       kpm_alokasi, nominal_alokasi, tgl_transfer, nominal_transfer, target_selesai,
       berkas AS sumber_berkas, lembar AS sumber_lembar, baris AS sumber_baris
FROM ({IN_FORCE})
"""


@promised(
    "mart",
    "alokasi",
    key=("program", "tahun", "tahap", "kode_wilayah"),
    query=_QUERY,
    sources=("staged.alokasi",),
)
class Alokasi(Table):
    """Alokasi yang berlaku per program, tahap, dan wilayah, seperti diserahkan, dengan tanggal transfer dan target."""

    program: str
    tahun: pl.Int32
    tahap: pl.Int32
    kode_wilayah: str
    tingkat: str = required(
        description="KABUPATEN atau KECAMATAN, seperti diserahkan; berbeda antarprogram, jadi jangan dipilih salah "
        "satunya. Bila satu tahap memuat keduanya, uangnya sama. Jumlah pada setiap tingkat ada di mart.realisasi.",
    )
    kpm_alokasi: pl.Int64 = nullable()
    nominal_alokasi: pl.Int64 = nullable()
    tgl_transfer: pl.Date = nullable()
    nominal_transfer: pl.Int64 = nullable(description="Rupiah yang ditransfer; bila per SP2D, jumlah semuanya.")
    target_selesai: pl.Date = nullable()
    sumber_berkas: str
    sumber_lembar: str = nullable()
    sumber_baris: int
