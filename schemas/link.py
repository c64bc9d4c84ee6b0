"""Promised tables of schema `link`: links of DTKS rows to residents, and of rows about the same person."""

from __future__ import annotations

import polars as pl

from schemas.spelling import NUMBER
from schemas.table import Table, nullable, promised, required

# The decision of a link, and the rule of a pair, if an officer decided it.
BY_OFFICER = "PETUGAS"
# Decisions of links that count: automatic, or by an officer.
DECIDED = ("OTOMATIS", BY_OFFICER)
DECISIONS = ("OTOMATIS", "TINJAU", BY_OFFICER, "DITOLAK")
# Possible answers of officers about a pair.
ANSWERS = ("SAMA", "BEDA", "TIDAK TAHU", "BATAL")
# The headers by which a sheet of the review workbook is known, by column.
REVIEW_HEADERS = {"id_dtks": "ID DTKS", "nik_dukcapil": "NIK Dukcapil", "jawaban": "KEPUTUSAN"}
# Columns that the surviving row of a person listed several times may take from the others.
SURVIVING = (
    "nik", "no_kk", "tanggal_lahir", "jenis_kelamin", "tempat_lahir", "nama_ibu_kandung", "hub_keluarga", "kode_desa",
    "alamat", "rt", "rw",
)  # fmt: skip


@promised("link", "anggota_dukcapil", key=("periode", "id_dtks", "nik_dukcapil"))
class AnggotaDukcapil(Table):
    """Satu baris per pasangan baris DTKS dan penduduk Dukcapil yang dipertahankan (calon terbaik saja)."""

    periode: str
    id_dtks: str
    nik_dukcapil: str = required(str_matches=NUMBER)
    keputusan: str = required(isin=DECISIONS)
    bobot: float
    probabilitas: float = required(ge=0, le=1)
    aturan: pl.List(pl.String)
    alasan: pl.List(pl.String)
    penjelasan: str


@promised("link", "keluarga_dukcapil", key=("periode", "id_keluarga", "no_kk_dukcapil"))
class KeluargaDukcapil(Table):
    """Satu baris per pasangan keluarga DTKS dan KK Dukcapil yang memiliki anggota padan."""

    periode: str
    id_keluarga: str
    no_kk_dukcapil: str = required(str_matches=NUMBER)
    anggota_cocok: int = required(ge=1)
    anggota_dtks: int = required(ge=1)
    anggota_dukcapil: int = required(ge=1)
    bobot: float
    keputusan: str = required(isin=DECISIONS)
    status_keluarga: str = required(isin=["UTUH", "SEBAGIAN", "PECAH", "GABUNG"])
    id_anggota: pl.List(pl.String)
    nik_tanpa_baris: pl.List(pl.String)
    penjelasan: str


@promised("link", "jawaban_petugas", key=("periode", "id_dtks", "nik_dukcapil"))
class JawabanPetugas(Table):
    """Satu baris per pasangan yang dijawab petugas: jawaban terakhir yang diketahui saat proses itu."""

    periode: str
    id_dtks: str
    nik_dukcapil: str = required(str_matches=NUMBER)
    jawaban: str = required(
        isin=ANSWERS,
        description="SAMA atau BEDA (berlaku), TIDAK TAHU (ditanyakan lagi), atau BATAL (ditarik petugas, atau diganti "
        "SAMA dengan penduduk lain).",
    )
    petugas: str = nullable(
        description="Nama petugas seperti tertulis di buku kerja tinjauan; kosong bila tidak diisi."
    )
    diambil: pl.Date = nullable(description="Tanggal jawaban itu diambil.")


@promised("link", "ganda_isian", key=("periode", "id_dtks", "kolom_isian"))
class GandaIsian(Table):
    """Satu baris per kolom yang kosong di baris yang dipertahankan dan terisi di baris gandanya."""

    periode: str
    id_dtks: str
    kolom_isian: str = required(isin=list(SURVIVING))
    nilai_isian: str
    id_dtks_sumber: str


@promised("link", "ganda", key=("periode", "id_dtks_a", "id_dtks_b"))
class Ganda(Table):
    """Satu baris per pasangan baris DTKS yang mencatat orang yang sama."""

    periode: str
    id_dtks_a: str
    id_dtks_b: str
    jenis: str = required(isin=["BARIS_SAMA", "ORANG_SAMA"])
    bobot: float = nullable()
