"""Mart `pembayaran`: the current state of every payment order. Filled by `pipeline.realisation.payments`.

The payee is given by three columns: `nik` as written, `nik_dukcapil` of the resident found for it, and `penerima`,
which is the same for all orders of one person.
"""

from __future__ import annotations

import polars as pl

from schemas.keys import ORDER
from schemas.spelling import NUMBER
from schemas.staged import STATUS_BAYAR
from schemas.table import Table, nullable, promised, required

OF_PAYEE = {
    "id_orang": "Penanda tetap penerima di DTKS; kosong bila ia tidak ada di DTKS: hitung orang dengan penerima.",
    "id_keluarga": "Penanda tetap keluarganya di DTKS; kosong bila penerima tidak ada di DTKS, atau nomor KK-nya di "
    "sana tidak dapat dipakai.",
    "id_dtks": "ID DTKS penerima; kosong bila ia tidak ada di DTKS.",
}
"""Descriptions of DTKS identifiers in tables of orders, whose payee may not be in DTKS."""


@promised("mart", "pembayaran", key=ORDER)
class Pembayaran(Table):
    """Satu baris per perintah bayar (no_danom, program, tahun, tahap) dengan status terakhirnya."""

    program: str
    tahun: pl.Int32
    tahap: pl.Int32
    no_danom: str
    id_orang: str = nullable(description=OF_PAYEE["id_orang"])
    id_keluarga: str = nullable(description=OF_PAYEE["id_keluarga"])
    id_dtks: str = nullable(description=OF_PAYEE["id_dtks"])
    nik: str = nullable(str_matches=NUMBER)
    no_kk: str = nullable(
        str_matches=NUMBER, description="Nomor KK penerima menurut Dukcapil; yang tertulis bila tidak diketahui."
    )
    nik_dukcapil: str = nullable(str_matches=NUMBER)
    penerima: str = nullable(
        description="Penanda penerima yang sama untuk semua pembayaran satu orang; kosong bila tidak dapat dikenali."
    )
    nama: str = nullable(description="Nama penerima seperti tertulis pada perintah bayar, setelah dirapikan.")
    status_penduduk: str = nullable()
    tanggal_status: pl.Date = nullable()
    nominal: pl.Int64 = required(ge=0)
    selisih_tarif: pl.Int64 = nullable(ge=0)
    status_bayar: str = required(isin=STATUS_BAYAR)
    tgl_bayar: pl.Date = nullable()
    tgl_retur: pl.Date = nullable()
    metode: str = nullable()
    alasan_gagal: str = nullable()
    batch: str = nullable()
    kode_kprk: str = nullable()
    nama_kprk: str = nullable()
    kode_kpc: str = nullable()
    nama_kpc: str = nullable()
    kode_desa: str = nullable(str_matches=r"^\d{10}$")
    kode_kec: str = nullable(str_matches=r"^\d{6}$")
    kode_kab: str = nullable(str_matches=r"^\d{4}$")
    kode_prov: str = nullable(str_matches=r"^\d{2}$")
    berlaku_per: pl.Datetime("us") = nullable()
    sumber_data: str = required(isin=["DTKS", "NON_DTKS"])
    temuan: pl.List(pl.String) = required(
        description="Daftar kode temuan pada perintah bayar ini, juga yang belum atau gagal dibayar; artinya di "
        "mart.dim_kode (sumber pos)."
    )
    sumber_berkas: str
    sumber_lembar: str = nullable()
    sumber_baris: int
