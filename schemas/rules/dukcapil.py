"""Rules on the register of residents, and what it says of the members of DTKS."""

from __future__ import annotations

import polars as pl

from schemas.rules.rule import Rule, Severity, month_first_rule, place_rules

RULES = (
    Rule(
        "NIK_TIDAK_TERPAKAI",
        "DukcapilStaged",
        Severity.REJECT,
        "nik",
        "NIK penduduk kosong atau tidak terdiri atas 16 angka.",
        "Minta Dukcapil mengirim ulang baris ini dengan NIK lengkap.",
        pl.col("nik").is_null(),
    ),
    Rule(
        "NIK_GANDA",
        "DukcapilStaged",
        Severity.REJECT,
        "nik",
        "NIK penduduk ini sudah ada pada baris lain dalam data Dukcapil bulan yang sama.",
        "Hapus baris yang terulang; baris pertama sudah diterima.",
        pl.col("nik_terulang"),
    ),
    Rule(
        "NAMA_KOSONG",
        "DukcapilStaged",
        Severity.REJECT,
        "nama",
        "Nama penduduk tidak diisi.",
        "Minta Dukcapil mengirim ulang baris ini dengan nama lengkap.",
        pl.col("nama").is_null(),
    ),
    Rule(
        "KK_TIDAK_TERPAKAI",
        "DukcapilStaged",
        Severity.FINDING,
        "no_kk",
        "Nomor KK penduduk kosong, bukan 16 angka, atau hanya isian sementara.",
        "Minta Dukcapil mengirim ulang baris ini dengan nomor KK.",
        pl.col("no_kk").is_null(),
    ),
    Rule(
        "TGL_TIDAK_TERBACA",
        "DukcapilStaged",
        Severity.FINDING,
        "tanggal_lahir",
        "Tanggal lahir penduduk kosong atau tidak terbaca.",
        "Minta Dukcapil mengirim ulang baris ini dengan tanggal lahir.",
        pl.col("tanggal_lahir").is_null(),
    ),
    month_first_rule("DukcapilStaged", "tanggal_lahir"),
    Rule(
        "STATUS_LAINNYA",
        "DukcapilStaged",
        Severity.FINDING,
        "status_penduduk",
        "Status penduduk ini HILANG, PERGI, atau tidak dikenal.",
        "Tanyakan kepada Dukcapil apakah orang ini masih penduduk.",
        pl.col("status_penduduk") == "LAINNYA",
    ),
    # Which name of a place is out of date or misspelt is for the register itself to mend.
    *(rule for rule in place_rules("DukcapilStaged") if rule.code in {"WILAYAH_TIDAK_DIKENAL", "WILAYAH_AMBIGU"}),
    Rule(
        "DUKCAPIL_MATI",
        "Anggota",
        Severity.FINDING,
        "status_penduduk",
        "Menurut Dukcapil orang ini sudah meninggal.",
        "Usulkan penonaktifan setelah diperiksa di lapangan.",
        pl.col("status_penduduk") == "MATI",
    ),
    Rule(
        "DUKCAPIL_PINDAH",
        "Anggota",
        Severity.FINDING,
        "status_penduduk",
        "Menurut Dukcapil orang ini sudah pindah.",
        "Periksa alamat terbaru dan pindahkan datanya.",
        pl.col("status_penduduk") == "PINDAH",
    ),
    Rule(
        "DUKCAPIL_TIDAK_VALID",
        "Anggota",
        Severity.FINDING,
        "status_penduduk",
        "NIK ini sudah tidak berlaku di Dukcapil.",
        "Minta NIK yang berlaku kepada Dukcapil.",
        pl.col("status_penduduk") == "TIDAK_VALID",
    ),
    Rule(
        "ORANG_GANDA",
        "Anggota",
        Severity.FINDING,
        "ganda_dari",
        "Orang ini sudah tercatat pada baris DTKS lain.",
        "Pertahankan satu baris saja setelah diperiksa.",
        pl.col("ganda_dari").is_not_null(),
    ),
)
