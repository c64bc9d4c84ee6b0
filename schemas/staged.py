"""Models of the staged frames between extracts and tables: typed, raw beside clean values, one row per raw row.

Internal to the pipeline, not promised to anyone, but still contracts: `schemas.table.split` enforces the rejection
rules of `schemas.rules` on these models.
"""

from __future__ import annotations

import polars as pl

from schemas.spelling import NUMBER
from schemas.table import Table, nullable, required

STATUS_BAYAR = ("DIBAYAR", "GAGAL", "RETUR", "BELUM")


class Staged(Table):
    """Where a row came from."""

    periode: str = required(str_matches=r"^\d{4}-\d{2}$")
    berkas: str
    lembar: str = nullable()
    baris: int


class OfPerson(Staged):
    """The person and place of a row: columns that all sources of persons have."""

    asal_baris: str = nullable()
    nik: str = nullable(str_matches=NUMBER)
    nik_asal: str = nullable()
    no_kk: str = nullable(str_matches=NUMBER)
    nama: str = nullable()
    nama_banding: str = nullable()
    alamat: str = nullable()
    kode_prov: str = nullable()
    kode_kab: str = nullable()
    kode_kec: str = nullable()
    kode_desa: str = nullable()
    temuan_wilayah: str = nullable()
    bulan_dahulu: bool = nullable()


class OfMember(OfPerson):
    """A family member: columns that both registers have."""

    tanggal_lahir: pl.Date = nullable()
    jenis_kelamin: str = nullable(isin=["L", "P"])
    tempat_lahir: str = nullable()
    nama_ibu_kandung: str = nullable()
    hub_keluarga: pl.Int8 = nullable(ge=1, le=8)
    rt: str = nullable()
    rw: str = nullable()


class DtksStaged(OfMember):
    """Baris DTKS yang sudah dinormalkan."""

    id_dtks: str = nullable()
    id_terulang: bool = nullable(description="ID DTKS sudah dipakai baris sebelumnya yang diterima.")
    id_diganti: bool = nullable(description="Baris dengan ID yang sama ada di folder perbaikan.")
    nik_tulis: str = nullable()
    nik_wilayah: str = nullable(
        description="Wilayah di dalam NIK: KINI, LAMA, KABUPATEN, PROVINSI (hanya dikenal sampai situ), TIDAK_DIKENAL."
    )
    nik_berkas_nol: bool = nullable(description="Berkasnya kehilangan angka terakhir nomor karena Excel.")
    nik_berkas_bulat: bool = nullable(description="Berkasnya membulatkan nomor Papua karena dibaca sebagai bilangan.")
    nik_disalin: bool = nullable(description="NIK yang sama tertulis untuk beberapa orang dalam satu KK.")
    nama_isian: bool = nullable(description="Nama hanya isian sementara.")
    no_kk_tulis: str = nullable()
    no_kk_asal: str = nullable()
    no_kk_wilayah: str = nullable(description="Wilayah di dalam nomor KK; kata-katanya seperti pada nik_wilayah.")
    nama_asal: str = nullable()
    tanggal_lahir_asal: str = nullable()
    tanggal_verifikasi: pl.Date = nullable()
    periode_berkas: str = nullable()


class DukcapilStaged(OfMember):
    """Baris penduduk Dukcapil yang sudah dinormalkan."""

    nik_terulang: bool = nullable(description="NIK sudah dipakai baris lain yang diterima.")
    pekerjaan: str = nullable()
    status_penduduk: str = nullable()
    tanggal_status: pl.Date = nullable()


class PosStaged(OfPerson):
    """Perintah bayar yang sudah dinormalkan, satu baris per baris berkas."""

    no_danom: str = nullable()
    danom_terpakai: bool = nullable(description="Baris isian dengan nomor danom perintah bayar orang lain.")
    batch: str = nullable()
    program: str = nullable()
    tahun: pl.Int32 = nullable()
    tahap: pl.Int32 = nullable()
    kode_kprk: str = nullable()
    nama_kprk: str = nullable()
    kode_kpc: str = nullable()
    nama_kpc: str = nullable()
    nik_tulis: str = nullable()
    nominal: pl.Int64 = nullable()
    nominal_asal: str = nullable()
    status_bayar: str = required(isin=STATUS_BAYAR)
    status_dikenal: bool = required(description="Apakah status bayar tertulis dengan kata yang dikenal.")
    tgl_bayar: pl.Date = nullable()
    metode: str = nullable()
    alasan_gagal: str = nullable()
    tgl_retur: pl.Date = nullable()
    berlaku_per: pl.Datetime("us") = nullable()


class AlokasiStaged(Staged):
    """Baris alokasi yang sudah dinormalkan."""

    asal_baris: str = nullable()
    program: str = nullable()
    tahun: pl.Int32 = nullable()
    tahap: pl.Int32 = nullable()
    kode_wilayah: str = nullable(str_matches=r"^(\d{4}|\d{6})$")
    kpm_alokasi: pl.Int64 = nullable()
    nominal_alokasi: pl.Int64 = nullable()
    tarif_terbesar: pl.Int64 = nullable(description="Rupiah terbanyak untuk satu KPM pada tahap ini menurut tarifnya.")
    nominal_alokasi_asal: str = nullable(description="Nilai alokasi persis seperti tertulis di berkas.")
    tgl_transfer: pl.Date = nullable()
    tgl_transfer_asal: str = nullable(description="Tanggal transfer persis seperti tertulis di berkas.")
    nominal_transfer: pl.Int64 = nullable()
    nominal_transfer_asal: str = nullable(description="Nilai transfer persis seperti tertulis di berkas.")
    no_sp2d: str = nullable()
    batal: bool = nullable(description="Apakah keterangannya menyebut SP2D-nya dibatalkan.")
    target_selesai: pl.Date = nullable()
    target_selesai_asal: str = nullable(description="Tanggal target persis seperti tertulis di berkas.")
    bulan_dahulu: bool = nullable()
    berlaku_per: pl.Datetime("us") = nullable()
    revisi: pl.Int32 = nullable(description="Revisi ke berapa menurut nama berkas atau lembarnya; 0 bila bukan revisi.")


class PendampingStaged(Staged):
    """Baris laporan pendamping yang sudah dinormalkan."""

    periode_laporan: str = nullable()
    disampaikan: pl.Date = nullable()
    id_pendamping: str = nullable()
    nama_pendamping: str = nullable()
    kode_kab: str = nullable()
    nik: str = nullable()
    anak_sekolah: pl.Int32 = nullable()
    anak_sekolah_hadir: pl.Int32 = nullable()
    balita: pl.Int32 = nullable()
    balita_ke_faskes: pl.Int32 = nullable()
    ibu_hamil: pl.Int32 = nullable()
    ibu_hamil_ke_faskes: pl.Int32 = nullable()
    status_kpm: str = nullable()
    hitungan_tidak_terbaca: bool = nullable(description="Apakah ada jumlah yang tertulis tetapi tidak terbaca.")


class DtsenStaged(Staged):
    """Keluarga DTSEN yang sudah dinormalkan."""

    no_kk: str = nullable(str_matches=NUMBER)
    no_kk_asal: str = nullable()
    desil_nasional: pl.Int8 = nullable(ge=1, le=10)
    desil_nasional_asal: str = nullable(description="Desil persis seperti tertulis.")
    kode_kab: str = nullable()


STAGED: dict[str, type[Staged]] = {
    "dtks": DtksStaged,
    "dukcapil": DukcapilStaged,
    "pos": PosStaged,
    "alokasi": AlokasiStaged,
    "pendamping": PendampingStaged,
}

# Kinds of files beside the extracts (`schemas.extracts.kinds.ADDITIONAL_KINDS`) that are staged, too.
ADDITIONAL_STAGED: dict[str, type[Staged]] = {"dtsen_keluarga": DtsenStaged}

# Model by kind of file.
STAGED_KINDS: dict[str, type[Staged]] = {**STAGED, **ADDITIONAL_STAGED}
