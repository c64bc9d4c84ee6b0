"""Mart `dim_wilayah`: every present and former region with its names at all levels, to join any `kode_*` column to."""

from __future__ import annotations

import polars as pl

from schemas.levels import TINGKAT
from schemas.table import Table, nullable, promised, required

_QUERY = """
SELECT '' AS kode_wilayah, 'NASIONAL' AS tingkat, 'INDONESIA' AS nama_wilayah,
       NULL AS kode_prov, NULL AS nama_prov, NULL AS kode_kab, NULL AS nama_kab, NULL AS kode_kec, NULL AS nama_kec,
       NULL AS kode_pos, TRUE AS berlaku, '' AS kode_kini, FALSE AS daerah_3t,
       (SELECT SUM(penduduk) FROM reference.penduduk) AS penduduk
UNION ALL
SELECT w.kode, w.tingkat, w.nama, prov.kode, prov.nama, kab.kode, kab.nama, kec.kode, kec.nama,
       w.kode_pos, w.berlaku, w.kode_kini, t.kode_kab IS NOT NULL, p.penduduk
FROM reference.wilayah AS w
LEFT JOIN reference.wilayah AS prov ON prov.kode = LEFT(w.kode, 2)
LEFT JOIN reference.wilayah AS kab ON LENGTH(w.kode) >= 4 AND kab.kode = LEFT(w.kode, 4)
LEFT JOIN reference.wilayah AS kec ON LENGTH(w.kode) >= 6 AND kec.kode = LEFT(w.kode, 6)
LEFT JOIN reference.daerah_3t AS t ON t.kode_kab = LEFT(w.kode_kini, 4)
LEFT JOIN reference.penduduk AS p ON p.kode_kab = w.kode
"""


@promised("mart", "dim_wilayah", key=("kode_wilayah",), query=_QUERY)
class DimWilayah(Table):
    """Satu baris per wilayah Kemendagri, yang berlaku maupun yang lama, beserta nama wilayah di atasnya."""

    kode_wilayah: str
    tingkat: str = required(isin=TINGKAT, description="NASIONAL, PROVINSI, KABUPATEN, KECAMATAN, atau DESA.")
    nama_wilayah: str
    kode_prov: str = nullable()
    nama_prov: str = nullable()
    kode_kab: str = nullable()
    nama_kab: str = nullable()
    kode_kec: str = nullable()
    nama_kec: str = nullable()
    kode_pos: str = nullable()
    berlaku: bool
    kode_kini: str = nullable()
    daerah_3t: bool
    penduduk: pl.Int64 = nullable(ge=0)
