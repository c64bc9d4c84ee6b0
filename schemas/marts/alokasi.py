"""Mart `alokasi`: the targets in force as handed in, with the dates of transfer and of planned completion.

`pipeline.realisation.targets` decides which of several deliveries is in force. `mart.realisasi` has the targets summed
up at every level.
"""

from __future__ import annotations

import polars as pl

from schemas.table import Table, nullable, promised, required


@promised("mart", "alokasi", key=("program", "tahun", "tahap", "kode_wilayah"))
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
