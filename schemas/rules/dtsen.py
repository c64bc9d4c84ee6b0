"""Rules on the families that DTSEN lists beside the rows of DTKS."""

from __future__ import annotations

import polars as pl

from schemas.rules.rule import RulesOn

_FAMILY = RulesOn("DtsenStaged")
RULES = (
    _FAMILY.rejection(
        "KK_TIDAK_TERPAKAI",
        "no_kk",
        "Nomor KK keluarga DTSEN kosong, bukan 16 angka, atau hanya isian sementara.",
        "Minta ulang baris ini dengan nomor KK yang lengkap.",
        pl.col("no_kk").is_null(),
    ),
    _FAMILY.rejection(
        "DESIL_TIDAK_TERBACA",
        "desil_nasional",
        "Desil keluarga kosong atau bukan angka 1 sampai 10.",
        "Minta ulang baris ini dengan desil yang benar.",
        pl.col("desil_nasional").is_null(),
    ),
    _FAMILY.finding(
        "DESIL_BERBEDA",
        "desil_nasional",
        "Satu nomor KK tercatat dengan desil yang berbeda-beda; yang terakhir dipakai.",
        "Periksa versi DTSEN mana yang berlaku.",
        pl.col("desil_nasional").n_unique().over("no_kk") > 1,
    ),
)
