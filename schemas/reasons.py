"""Reason codes of matching decisions, and the Indonesian phrase of each in the sentence that officers read."""

from __future__ import annotations

import polars as pl

REASONS: dict[str, str] = {
    # --- NIK
    "NIK_SAMA": "NIK ada di Dukcapil",
    "NIK_PENSIUN": "NIK lama yang sudah tidak berlaku, orangnya kini memakai NIK lain",
    "NIK_RUSAK": "NIK hanya berbeda pada angka terakhir, khas kerusakan Excel",
    "NIK_SALAH_1": "NIK berbeda 1 angka",
    "NIK_SALAH_2": "NIK berbeda 2 angka",
    "NIK_SALAH_PANJANG": "NIK kurang atau lebih 1 angka, selebihnya cocok",
    "NIK_SALAH_SERI": "NIK hanya berbeda pada nomor urutnya",
    "NIK_SEGMEN": "wilayah dan tanggal lahir di dalam NIK cocok, nomor urutnya tidak",
    "NIK_KERABAT": "NIK yang tertulis milik anggota lain di KK yang sama",
    "NIK_BEDA": "NIK yang tertulis berbeda dari NIK orang ini",
    "NIK_KOSONG": "NIK kosong atau rusak",
    "NIK_TIDAK_TERPAKAI": "NIK kosong atau rusak sehingga tidak dapat dicari di Dukcapil",
    "NIK_TIDAK_DITEMUKAN": "NIK tidak ditemukan di Dukcapil",
    "NIK_ORANG_LAIN": "NIK ada di Dukcapil, tetapi keterangan pemiliknya tidak cocok",
    # --- name
    "NAMA_SAMA": "nama sama",
    "NAMA_SUSUNAN": "nama sama, hanya urutan, spasi, atau ejaannya berbeda",
    "NAMA_MIRIP": "nama mirip",
    "NAMA_SINGKAT": "salah satu dari kedua nama tidak lengkap",
    "NAMA_PANGGILAN": "nama ditulis sebagai panggilan atau singkatan",
    "NAMA_SUAMI": "ditulis dengan nama suaminya",
    "NAMA_ANAK": "dipanggil dengan nama anaknya",
    "NAMA_SEBAGIAN": "hanya sebagian nama yang cocok",
    "NAMA_BEDA": "nama berbeda",
    # --- birth date and sex
    "TGL_SAMA": "tanggal lahir sama",
    "TGL_TERTUKAR": "tanggal dan bulan lahir tertukar",
    "TGL_MIRIP": "tanggal atau bulan lahir berbeda, tahunnya sama",
    "TGL_TAHUN": "tahun lahir berbeda, tanggal dan bulannya sama",
    "TGL_TAHUN_BARU": "tanggal lahir tertulis 1 Januari pada tahun yang sama",
    "TGL_SETAHUN": "hanya tahun lahir yang sama",
    "TGL_BEDA": "tanggal lahir berbeda",
    "TGL_TIDAK_ADA": "tanggal lahir tidak dapat dibandingkan",
    "KELAMIN_BEDA": "jenis kelamin berbeda",
    # --- family and place
    "IBU_SAMA": "nama ibu sama",
    "IBU_MIRIP": "nama ibu mirip",
    "IBU_KELUARGA": "nama ibu menurut keluarganya sama",
    "IBU_BEDA": "nama ibu berbeda",
    "HUB_PECAH": "tertulis sebagai anak, kini berkeluarga sendiri",
    "HUB_BEDA": "hubungan keluarga berbeda",
    "KK_SAMA": "nomor KK sama",
    "KK_RUSAK": "nomor KK hanya berbeda pada angka terakhir, khas kerusakan Excel",
    "KK_MIRIP": "nomor KK hampir sama",
    "KK_BEDA": "nomor KK berbeda",
    "ALAMAT_SAMA": "alamat sama",
    "RT_RW_SAMA": "desa, RT, dan RW sama",
    "DESA_SAMA": "desa sama",
    "ASAL_SAMA": "tinggal di wilayah lain, tetapi nomor KK atau NIK-nya diterbitkan di kecamatan yang sama",
    "WILAYAH_BEDA": "tinggal di wilayah lain",
    "KELUARGA_PADAN": "anggota keluarga lain padan di KK yang sama",
    "KELUARGA_LAIN": "anggota keluarga lain padan di KK yang berbeda",
    # --- why a human must decide
    "FAKTA_KURANG": "keterangan lain belum cukup menguatkan bahwa orangnya sama",
    "CALON_SETARA": "ada lebih dari satu calon yang hampir sama kuat",
    "DIAMBIL_BARIS_LAIN": "penduduk ini juga cocok dengan baris DTKS lain",
    "MUNGKIN_SENAMA": "mungkin orang lain yang senama: selain nama dan tanggal lahir, keterangannya tidak menguatkan",
    "MUNGKIN_SAUDARA": "mungkin saudara atau kembarannya yang belum terdaftar, karena nama atau NIK-nya tidak sama",
    "BUKTI_LEMAH": "buktinya belum cukup kuat",
    "NIK_DIUSULKAN": "orangnya diyakini sama, tetapi NIK usulan perlu dipastikan petugas sebelum dipakai",
    "PERLU_PETUGAS": "perlu diputuskan petugas",
    # --- what a human decided
    "DIPUTUSKAN_SAMA": "petugas memutuskan orangnya sama",
    "DIPUTUSKAN_BEDA": "petugas memutuskan orangnya berbeda",
}

AGREEING: dict[str, str] = {
    "NIK_SAMA": "NIK",
    "NAMA_SAMA": "nama",
    "TGL_SAMA": "tanggal lahir",
    "IBU_SAMA": "nama ibu",
    "IBU_KELUARGA": "nama ibu menurut keluarganya",
    "KK_SAMA": "nomor KK",
    "ALAMAT_SAMA": "alamat",
    "RT_RW_SAMA": "RT/RW",
    "DESA_SAMA": "desa",
    "KELUARGA_PADAN": "anggota KK lain",
}
"""Reasons about agreeing facts, which share one clause of a sentence."""


def sentence(reasons: pl.Expr) -> pl.Expr:
    """One Indonesian sentence from a list of reason codes, in their order: `NIK ada di Dukcapil; nama sama.`."""
    phrases = reasons.list.eval(pl.element().replace_strict(REASONS, return_dtype=pl.String)).list.join("; ")
    return pl.concat_str(phrases.str.head(1).str.to_uppercase(), phrases.str.slice(1), pl.lit("."))
