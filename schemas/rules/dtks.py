"""Rules on DTKS rows, except on their NIK and KK numbers (`schemas.rules.dtks_numbers`)."""

from __future__ import annotations

import polars as pl

from schemas.rules.rule import SCIENTIFIC, YEAR_ONLY, RulesOn, month_first_rule, place_rules
from schemas.thresholds import RULE_LIMITS

_OLDEST = RULE_LIMITS.umur_tertinggi


def _year_and_month(date: pl.Expr) -> pl.Expr:
    return date.dt.year() * 100 + date.dt.month().cast(pl.Int32)


_SNAPSHOT = pl.col("periode").str.replace("-", "", literal=True).cast(pl.Int32, strict=False)
_BORN = _year_and_month(pl.col("tanggal_lahir"))

_ROW = RulesOn("DtksStaged")
RULES = (
    _ROW.rejection(
        "NAMA_KOSONG", "nama", "Nama tidak diisi.", "Isi nama sesuai KTP-el atau KK.", pl.col("nama").is_null()
    ),
    _ROW.rejection(
        "ID_KOSONG",
        "id_dtks",
        "ID DTKS tidak diisi.",
        "Unduh ulang data dari SIKS-NG agar ID DTKS terisi.",
        pl.col("id_dtks").is_null(),
    ),
    _ROW.rejection(
        "ID_GANDA",
        "id_dtks",
        "ID DTKS sudah dipakai baris lain dalam data DTKS bulan yang sama.",
        "Baris pertama sudah diterima: hapus baris yang terulang, atau isi ID DTKS yang benar bila orangnya berbeda.",
        pl.col("id_terulang") & ~pl.col("id_diganti") & pl.col("asal_baris").is_null(),
    ),
    _ROW.rejection(
        "ID_ISIAN_TERPAKAI",
        "id_dtks",
        "ID DTKS pada baris isian ini sudah dipakai baris lain yang diterima.",
        "Periksa angka ID DTKS-nya; bila orangnya memang sama, hapus baris isian ini.",
        pl.col("id_terulang") & ~pl.col("id_diganti") & pl.col("asal_baris").is_not_null(),
    ),
    _ROW.rejection(
        "DIGANTI_PERBAIKAN",
        "id_dtks",
        "Baris ini sudah diganti oleh berkas di folder perbaikan.",
        "Tidak perlu tindakan; biarkan berkas lama di tempatnya selama masih memuat baris lain.",
        pl.col("id_diganti"),
    ),
    _ROW.rejection(
        "TANPA_IDENTITAS",
        "nik",
        "NIK dan nomor KK sama-sama tidak diisi.",
        "Isi NIK atau nomor KK agar orang ini dapat dicari di Dukcapil.",
        pl.col("nik_tulis").is_null() & pl.col("no_kk_tulis").is_null(),
    ),
    _ROW.finding(
        "ID_ILMIAH",
        "id_dtks",
        "ID DTKS berubah menjadi notasi ilmiah (misalnya 1,6E+17) sehingga angkanya hilang.",
        "Unduh ulang data dari SIKS-NG dan jangan simpan ulang dengan Excel; format sel ID harus Teks.",
        pl.col("id_dtks").str.contains(SCIENTIFIC),
    ),
    _ROW.finding(
        "NAMA_ISIAN", "nama", "Nama hanya isian sementara.", "Isi nama sesuai KTP-el atau KK.", pl.col("nama_isian")
    ),
    _ROW.finding(
        "TGL_KOSONG",
        "tanggal_lahir",
        "Tanggal lahir tidak diisi.",
        "Lengkapi tanggal lahir.",
        pl.col("tanggal_lahir").is_null() & pl.col("tanggal_lahir_asal").is_null(),
    ),
    _ROW.finding(
        "TGL_RUSAK",
        "tanggal_lahir",
        "Tanggal lahir tidak terbaca.",
        "Tulis tanggal sebagai HH-BB-TTTT, misalnya 17-08-1985.",
        pl.col("tanggal_lahir").is_null() & pl.col("tanggal_lahir_asal").is_not_null(),
    ),
    _ROW.finding(
        "TGL_TAHUN",
        "tanggal_lahir",
        "Hanya tahun lahir yang tertulis; sementara ini dibaca sebagai 1 Januari tahun itu.",
        "Lengkapi tanggal dan bulan lahir sesuai KTP-el atau KK.",
        pl.col("tanggal_lahir_asal").str.contains(YEAR_ONLY) & pl.col("tanggal_lahir").is_not_null(),
    ),
    _ROW.finding(
        "TGL_MUSTAHIL",
        "tanggal_lahir",
        f"Tanggal lahir sesudah bulan data ini, atau lebih dari {_OLDEST} tahun sebelumnya.",
        "Periksa tanggal lahir pada KTP-el atau KK.",
        (_BORN > _SNAPSHOT) | (_BORN < _SNAPSHOT - _OLDEST * 100),
    ),
    _ROW.finding(
        "JK_KOSONG",
        "jenis_kelamin",
        "Jenis kelamin tidak diisi atau tidak terbaca.",
        "Isi L atau P.",
        pl.col("jenis_kelamin").is_null(),
    ),
    _ROW.finding(
        "HUB_KOSONG",
        "hub_keluarga",
        "Hubungan dengan kepala keluarga tidak diisi atau tidak dikenal.",
        "Isi kode 1 sampai 8: 1 kepala keluarga, 2 istri/suami, 3 anak, 4 menantu, 5 cucu, 6 orang tua/mertua, "
        "7 pembantu/sopir, 8 lainnya.",
        pl.col("hub_keluarga").is_null(),
    ),
    month_first_rule(_ROW, "tanggal_lahir"),
    *place_rules(_ROW),
)
