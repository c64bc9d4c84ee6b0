"""Rules on the register of residents, and on DTKS members by what the register says about them."""

from __future__ import annotations

import polars as pl

from schemas.rules.rule import RulesOn, month_first_rule, place_rules

_RESIDENT = RulesOn("DukcapilStaged")
_MEMBER = RulesOn("Anggota")
RULES = (
    _RESIDENT.rejection(
        "NIK_TIDAK_TERPAKAI",
        "nik",
        "NIK penduduk kosong atau tidak terdiri atas 16 angka.",
        "Minta Dukcapil mengirim ulang baris ini dengan NIK lengkap.",
        pl.col("nik").is_null(),
    ),
    _RESIDENT.rejection(
        "NIK_GANDA",
        "nik",
        "NIK penduduk ini sudah ada pada baris lain dalam data Dukcapil bulan yang sama.",
        "Hapus baris yang terulang; satu barisnya sudah diterima.",
        pl.col("nik_terulang") & pl.col("asal_baris").is_null(),
    ),
    _RESIDENT.rejection(
        "NIK_ISIAN_TERPAKAI",
        "nik",
        "NIK pada baris isian ini sudah dipakai penduduk lain yang diterima.",
        "Periksa angka NIK-nya; bila orangnya memang sama, hapus baris isian ini.",
        pl.col("nik_terulang") & pl.col("asal_baris").is_not_null(),
    ),
    _RESIDENT.rejection(
        "NAMA_KOSONG",
        "nama",
        "Nama penduduk tidak diisi.",
        "Minta Dukcapil mengirim ulang baris ini dengan nama lengkap.",
        pl.col("nama").is_null(),
    ),
    _RESIDENT.finding(
        "KK_TIDAK_TERPAKAI",
        "no_kk",
        "Nomor KK penduduk kosong, bukan 16 angka, atau hanya isian sementara.",
        "Minta Dukcapil mengirim ulang baris ini dengan nomor KK.",
        pl.col("no_kk").is_null(),
    ),
    _RESIDENT.finding(
        "TGL_TIDAK_TERBACA",
        "tanggal_lahir",
        "Tanggal lahir penduduk kosong atau tidak terbaca.",
        "Minta Dukcapil mengirim ulang baris ini dengan tanggal lahir.",
        pl.col("tanggal_lahir").is_null(),
    ),
    month_first_rule(_RESIDENT, "tanggal_lahir"),
    _RESIDENT.finding(
        "STATUS_LAINNYA",
        "status_penduduk",
        "Status penduduk ini HILANG, PERGI, tidak aktif (FLAG_STATUS), atau tidak dikenal.",
        "Tanyakan kepada Dukcapil apakah orang ini masih penduduk.",
        pl.col("status_penduduk") == "LAINNYA",
    ),
    # Outdated or misspelt place names in the register are not reported: Dukcapil itself must correct them.
    *(rule for rule in place_rules(_RESIDENT) if rule.code in {"WILAYAH_TIDAK_DIKENAL", "WILAYAH_AMBIGU"}),
    _MEMBER.finding(
        "DUKCAPIL_MATI",
        "status_penduduk",
        "Menurut Dukcapil orang ini sudah meninggal.",
        "Usulkan penonaktifan setelah diperiksa di lapangan.",
        pl.col("status_penduduk") == "MATI",
    ),
    _MEMBER.finding(
        "DUKCAPIL_PINDAH",
        "status_penduduk",
        "Menurut Dukcapil orang ini sudah pindah.",
        "Periksa alamat terbaru dan pindahkan datanya.",
        pl.col("status_penduduk") == "PINDAH",
    ),
    _MEMBER.finding(
        "DUKCAPIL_TIDAK_VALID",
        "status_penduduk",
        "NIK ini sudah tidak berlaku di Dukcapil.",
        "Minta NIK yang berlaku kepada Dukcapil.",
        pl.col("status_penduduk") == "TIDAK_VALID",
    ),
    _MEMBER.finding(
        "ORANG_GANDA",
        "ganda_dari",
        "Orang ini sudah tercatat pada baris DTKS lain.",
        "Pertahankan satu baris saja setelah diperiksa.",
        pl.col("ganda_dari").is_not_null(),
    ),
)
