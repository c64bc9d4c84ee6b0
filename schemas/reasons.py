"""Reason codes of a matching decision and the phrase each adds to the sentence an officer reads."""

from __future__ import annotations

import polars as pl

REASONS: dict[str, str] = {
    "NIK_SAMA": "NIK ada di Dukcapil",
    "NAMA_SAMA": "nama sama",
    "NAMA_MIRIP": "nama mirip",
    "NAMA_PANGGILAN": "nama panggilan atau singkatan dari nama di Dukcapil",
    "NAMA_BEDA": "nama berbeda",
    "TGL_SAMA": "tanggal lahir sama",
    "TGL_BEDA": "tanggal lahir berbeda",
    "TGL_TIDAK_ADA": "tanggal lahir tidak dapat dibandingkan",
    "NIK_TIDAK_TERPAKAI": "NIK kosong atau rusak sehingga tidak dapat dicari di Dukcapil",
    "NIK_TIDAK_DITEMUKAN": "NIK tidak ditemukan di Dukcapil",
    "PERLU_PETUGAS": "perlu diputuskan petugas",
}


def sentence(reasons: pl.Expr) -> pl.Expr:
    """One Indonesian sentence from a list of reason codes, in their order: `NIK ada di Dukcapil; nama sama.`"""
    phrases = reasons.list.eval(pl.element().replace_strict(REASONS, return_dtype=pl.String)).list.join("; ")
    return pl.concat_str(phrases.str.head(1).str.to_uppercase(), phrases.str.slice(1), pl.lit("."))
