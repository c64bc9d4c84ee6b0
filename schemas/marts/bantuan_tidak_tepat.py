"""Mart `bantuan_tidak_tepat`: paid orders that should perhaps not have been paid, one row per order and reason.

Proposals for a human under UU PDP, never an exclusion. Filled by `pipeline.realisation.improper` from findings on paid
orders and from `mart.bantuan_ganda`. An order may have several rows, one per reason, so sum rupiah over distinct orders
(`utama`).
"""

from __future__ import annotations

import polars as pl

from schemas.marts.pembayaran import OF_PAYEE
from schemas.table import Table, nullable, promised, required

# By precedence: the first applicable reason is the main one of an order (`utama`).
IMPROPER = (
    "PENERIMA_MENINGGAL", "NIK_TAHAP_SAMA", "KK_SAMA", "PROGRAM_BERTENTANGAN", "PENERIMA_ASN_TNI_POLRI",
    "NIK_TIDAK_DI_DUKCAPIL", "PENERIMA_PINDAH", "SEBELUM_PERINTAH", "DI_LUAR_JADWAL", "TAHAP_SEKALIGUS",
    "KANTOR_LUAR_WILAYAH", "NOMINAL_DI_LUAR_TARIF",
)  # fmt: skip


@promised("mart", "bantuan_tidak_tepat", key=("kode", "program", "tahun", "tahap", "no_danom"))
class BantuanTidakTepat(Table):
    """Pembayaran yang perlu diperiksa kelayakannya beserta alasannya; usulan untuk petugas, bukan pencoretan."""

    kode: str = required(
        isin=IMPROPER,
        description="Kode alasan pembayaran ini perlu diperiksa; artinya di mart.dim_kode (sumber pos).",
    )
    program: str
    tahun: pl.Int32
    tahap: pl.Int32
    no_danom: str
    penerima: str = nullable(description="Penanda penerima, sama dengan mart.pembayaran.penerima.")
    id_orang: str = nullable(description=OF_PAYEE["id_orang"])
    id_keluarga: str = nullable(description=OF_PAYEE["id_keluarga"])
    id_dtks: str = nullable(description=OF_PAYEE["id_dtks"])
    nik: str = nullable()
    tgl_bayar: pl.Date = nullable()
    nominal: int = required(ge=0, description="Rupiah yang perlu diperiksa karena alasan ini.")
    utama: bool = required(
        description="Apakah ini alasan pertama perintah bayar itu; jumlahkan rupiah dari baris yang utama saja."
    )
    alasan: str = required(description="Alasannya dalam satu kalimat.")
    tindakan: str
    perintah_terlibat: pl.List(pl.String) = required(
        description="Bila dibayar ganda, semua perintah bayar yang terlibat (mart.bantuan_ganda); selain itu kosong."
    )
    kode_kprk: str = nullable()
    kode_desa: str = nullable()
    kode_kec: str = nullable()
    kode_kab: str = nullable()
    kode_prov: str = nullable()
    sumber_berkas: str
    sumber_lembar: str = nullable()
    sumber_baris: int
