"""Mart `kantor_bayar`: the paying offices in the files, and the kabupaten each pays in.

Filled by `pipeline.realisation.conduct.office_regions`, as there is no reference list of offices.
"""

from __future__ import annotations

import polars as pl

from schemas.table import Table, nullable, promised, required


@promised("mart", "kantor_bayar", key=("kode_kprk", "kode_kab"))
class KantorBayar(Table):
    """Kantor pembayar dan kabupaten/kota yang dilayaninya, disimpulkan dari berkas bayar."""

    kode_kprk: str
    nama_kprk: str = nullable(description="Nama kantor yang paling sering tertulis.")
    kode_kpc: pl.List(pl.String) = required(description="Kantor cabang (KPC) di bawahnya yang membayar di sana.")
    kode_kab: str
    perintah: pl.Int64 = required(ge=1, description="Banyaknya perintah bayar kantor itu di kabupaten/kota itu.")
    melayani: bool = required(
        description="Apakah kantor itu melayani kabupaten/kota itu; tidak bila hampir tidak pernah membayar di sana."
    )
