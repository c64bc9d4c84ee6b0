"""Mart `alokasi`: the targets in force as handed in, with the dates of the money: when it came, when all is to be paid.

What targets add up to at every level is in `mart.realisasi`.
"""

from __future__ import annotations

import polars as pl

from schemas.table import Table, nullable, promised, required

# Of a target handed in several times the last one counts.
IN_FORCE = """QUALIFY ROW_NUMBER() OVER (
    PARTITION BY program, tahun, tahap, kode_wilayah
    ORDER BY berlaku_per DESC NULLS LAST, revisi DESC, berkas DESC, lembar DESC, baris DESC
) = 1"""
_QUERY = f"""
SELECT program, tahun, tahap, kode_wilayah,
       CASE LENGTH(kode_wilayah) WHEN 4 THEN 'KABUPATEN' ELSE 'KECAMATAN' END AS tingkat,
       kpm_alokasi, nominal_alokasi, tgl_transfer, nominal_transfer, target_selesai,
       berkas AS sumber_berkas, lembar AS sumber_lembar, baris AS sumber_baris
FROM staged.alokasi
{IN_FORCE}
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
    nominal_transfer: pl.Int64 = nullable()
    target_selesai: pl.Date = nullable()
    sumber_berkas: str
    sumber_lembar: str = nullable()
    sumber_baris: int
