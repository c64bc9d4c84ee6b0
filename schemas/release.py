"""Tables of the SEPAKAT release: aggregates per region, small figures suppressed, nothing about a person.

Not part of the warehouse, hence not registered among the promised tables; `pipeline.warehouse.sepakat.indicators` fills
them.
"""

from __future__ import annotations

import polars as pl

from schemas.levels import TINGKAT
from schemas.table import PromisedTable, Table, nullable, required

SCHEMA_VERSION = "2.1"
"""Version of the release's schema, which readers check first; `COMPATIBILITY` says how."""

COMPATIBILITY = (
    "Angka pertama naik bila tabel atau kolom dihapus, diganti namanya, atau berubah tipe, kunci, atau artinya; "
    "pembaca harus menolak angka pertama yang tidak dikenalnya. Angka kedua naik bila tabel atau kolom ditambahkan; "
    "pembaca yang menyebut kolomnya satu per satu tidak terganggu."
)


class WilayahRilis(Table):
    """Satu baris per wilayah: banyaknya keluarga dan orang di DTKS serta kepadanannya dengan Dukcapil."""

    periode: str = required(str_matches=r"^\d{4}-\d{2}$")
    tingkat: str = required(isin=TINGKAT)
    kode_wilayah: str
    nama_wilayah: str = nullable()
    nama_prov: str = nullable()
    nama_kab: str = nullable()
    nama_kec: str = nullable()
    jumlah_anggota: pl.Int64 = nullable(
        ge=0, description="Banyaknya orang di DTKS; orang yang tercatat ganda dihitung sekali."
    )
    jumlah_keluarga: pl.Int64 = nullable(ge=0)
    jumlah_padan_orang: pl.Int64 = nullable(ge=0)
    jumlah_nik_sah: pl.Int64 = nullable(ge=0)
    jumlah_kk_sah: pl.Int64 = nullable(ge=0)
    jumlah_perempuan: pl.Int64 = nullable(ge=0)
    jumlah_anak: pl.Int64 = nullable(ge=0)
    jumlah_lansia: pl.Int64 = nullable(ge=0)
    persen_padan: float = nullable(ge=0, le=100)
    disamarkan: bool
    register_lengkap: bool


class RealisasiRilis(Table):
    """Satu baris per program, tahap, dan wilayah: alokasi dan realisasi; sisanya belum."""

    # The number of waiting families is omitted: with it, a suppressed figure could be computed from the others.

    program: str
    tahun: pl.Int32
    tahap: pl.Int32
    tingkat: str = required(isin=TINGKAT)
    kode_wilayah: str
    nama_wilayah: str = nullable()
    nama_prov: str = nullable()
    nama_kab: str = nullable()
    nama_kec: str = nullable()
    kpm_alokasi: pl.Int64 = nullable()
    kpm_salur: pl.Int64 = nullable(ge=0)
    kpm_gagal: pl.Int64 = nullable(ge=0)
    nominal_alokasi: pl.Int64 = nullable()
    nominal_transfer: pl.Int64 = nullable()
    nominal_salur: pl.Int64 = nullable(ge=0)
    kpm_persen: float = nullable()
    nominal_persen: float = nullable()
    disamarkan: bool


class PerubahanRilis(Table):
    """Satu baris per baris tabel rilis yang baru, berubah, atau dihapus dibandingkan dengan versi sebelumnya.

    Baris yang berganti kolom periode saja tidak termasuk.
    """

    tabel: str
    program: str = nullable()
    tahun: pl.Int32 = nullable()
    tahap: pl.Int32 = nullable()
    tingkat: str
    kode_wilayah: str
    perubahan: str = required(isin=["BARU", "BERUBAH", "HAPUS"])


def _table(model: type[Table], name: str, *key: str) -> PromisedTable:
    return PromisedTable(model, "sepakat", name, key)


# The periode is not part of the keys: a new month changes the figures of a region, not the region itself.
RELEASE: dict[str, PromisedTable] = {
    "wilayah": _table(WilayahRilis, "wilayah", "tingkat", "kode_wilayah"),
    "realisasi": _table(RealisasiRilis, "realisasi", "program", "tahun", "tahap", "tingkat", "kode_wilayah"),
}
CHANGES = _table(PerubahanRilis, "perubahan", "tabel", "program", "tahun", "tahap", "tingkat", "kode_wilayah")
