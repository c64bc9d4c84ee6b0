"""Promised tables of schema `cleansed`: DTKS after cleansing and matching."""

from __future__ import annotations

import polars as pl

from schemas.spelling import NUMBER
from schemas.table import Table, nullable, promised, required

STATUS_PADAN = ("PADAN", "PADAN_PERBAIKAN", "TINJAU", "TIDAK_PADAN")
LINKED = ("PADAN", "PADAN_PERBAIKAN")
# Numbers of DTKS that Dukcapil may correct: column → what officers call it.
NUMBERS = {"nik": "NIK", "no_kk": "Nomor KK"}
STATUS_KELUARGA = ("UTUH", "SEBAGIAN", "PECAH", "GABUNG", "TIDAK_PADAN")


@promised("cleansed", "anggota", key=("periode", "id_dtks"))
class Anggota(Table):
    """Satu baris per baris DTKS yang diterima, setelah dibersihkan dan dipadankan dengan Dukcapil."""

    periode: str
    id_dtks: str
    id_orang: str
    id_keluarga: str = nullable()
    nik: str = nullable(
        str_matches=NUMBER,
        description="NIK yang dipakai: yang tertulis setelah dibersihkan, atau NIK Dukcapil bila perbaikannya aman "
        "(cleansed.koreksi) atau diputuskan petugas; kosong bila yang tertulis tidak dapat dipakai.",
    )
    nik_asal: str = nullable()
    no_kk: str = nullable(str_matches=NUMBER)
    no_kk_asal: str = nullable()
    nama: str
    nama_asal: str
    tanggal_lahir: pl.Date = nullable()
    jenis_kelamin: str = nullable(isin=["L", "P"])
    tempat_lahir: str = nullable()
    nama_ibu_kandung: str = nullable()
    hub_keluarga: pl.Int8 = nullable(ge=1, le=8)
    kode_desa: str = nullable(str_matches=r"^\d{10}$")
    kode_kec: str = nullable(str_matches=r"^\d{6}$")
    kode_kab: str = nullable(str_matches=r"^\d{4}$")
    kode_prov: str = nullable(str_matches=r"^\d{2}$")
    alamat: str = nullable()
    rt: str = nullable()
    rw: str = nullable()
    status_padan: str = required(isin=STATUS_PADAN)
    bobot: float = nullable()
    alasan: pl.List(pl.String)
    penjelasan: str
    ganda_dari: str = nullable()
    status_penduduk: str = nullable()
    verifikasi_terakhir: pl.Date
    sumber_berkas: str
    sumber_lembar: str = nullable()
    sumber_baris: int


@promised("cleansed", "keluarga", key=("periode", "id_keluarga"))
class Keluarga(Table):
    """Satu baris per keluarga yang tertulis di DTKS (orang-orang dengan satu nomor KK yang dapat dipakai)."""

    periode: str
    id_keluarga: str
    no_kk: str = required(str_matches=NUMBER)
    kepala_keluarga: str = nullable()
    kode_desa: str = nullable(str_matches=r"^\d{10}$")
    jumlah_anggota: int = required(ge=1)
    jumlah_padan: int = required(ge=0)
    status_keluarga: str = required(isin=STATUS_KELUARGA)
    desil_nasional: pl.Int8 = nullable(
        ge=1,
        le=10,
        description="Desil kesejahteraan keluarga menurut DTSEN, 1 sampai 10; kosong bila tidak diserahkan.",
    )


@promised("cleansed", "koreksi", key=("periode", "id_dtks", "kolom"))
class Koreksi(Table):
    """Satu baris per nomor di DTKS yang diusulkan untuk diperbaiki atau diisi, dengan alasannya."""

    periode: str
    id_dtks: str
    kolom: str = required(isin=list(NUMBERS), description="Nomor yang diusulkan diganti atau diisi: nik atau no_kk.")
    nilai_asal: str = nullable()
    nilai_usulan: str = required(str_matches=NUMBER, description="Nilai menurut Dukcapil yang diusulkan.")
    alasan: pl.List(pl.String)
    bobot: float
    kode_kab: str = nullable(str_matches=r"^\d{4}$")
