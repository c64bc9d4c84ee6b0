"""The first honest match: the registry joined on the cleaned NIK, the name must agree; all else stays unlinked.

Weights are fixed starting values, not trained ones: they order the pairs and say how sure an equal NIK is, no more.
"""

from __future__ import annotations

import math

import polars as pl

from pipeline.matching.names import is_short_form, name_similarity
from schemas.reasons import sentence

NAME_EQUAL = 0.95
NAME_ALIKE = 0.80
# Shares of true and of chance pairs at each level of the name, as (m, u). Assumed.
_NAME_LEVELS = {
    "NAMA_SAMA": (0.93, 0.0005),
    "NAMA_MIRIP": (0.04, 0.004),
    "NAMA_PANGGILAN": (0.01, 0.004),
    "NAMA_BEDA": (0.02, 0.99),
}
_NIK_KEPT = 0.90


def match_on_nik(people: pl.DataFrame, registry: pl.DataFrame) -> pl.DataFrame:
    """Link DTKS rows to residents with the same NIK.

    A pair is automatic when the name is the same, or alike while the birth date does not contradict; a pair with the
    same NIK and another name is for a human: it may be a husband's name or somebody else's NIK.

    Args:
        people: accepted DTKS rows (`DtksStaged`).
        registry: accepted residents (`DukcapilStaged`), one row per NIK.

    Returns:
        `link.anggota_dukcapil` without `periode`, sorted by id_dtks; at most one row per DTKS row.
    """
    residents = registry.select("nik", nama_dukcapil="nama_banding", tanggal_dukcapil="tanggal_lahir")
    pairs = (
        people.filter(pl.col("nik").is_not_null())
        .select("id_dtks", "nik", "nama_banding", "tanggal_lahir")
        .join(residents, on="nik", how="inner", maintain_order="left")
    )
    scored = pairs.with_columns(name_similarity(pairs["nama_banding"], pairs["nama_dukcapil"]))
    name_level = (
        pl.when(pl.col("nama_serupa") >= NAME_EQUAL)
        .then(pl.lit("NAMA_SAMA"))
        .when(pl.col("nama_serupa") >= NAME_ALIKE)
        .then(pl.lit("NAMA_MIRIP"))
        .when(is_short_form(pl.col("nama_banding"), pl.col("nama_dukcapil")))
        .then(pl.lit("NAMA_PANGGILAN"))
        .otherwise(pl.lit("NAMA_BEDA"))
    )
    date_level = (
        pl.when(pl.col("tanggal_lahir").is_null() | pl.col("tanggal_dukcapil").is_null())
        .then(pl.lit("TGL_TIDAK_ADA"))
        .when(pl.col("tanggal_lahir") == pl.col("tanggal_dukcapil"))
        .then(pl.lit("TGL_SAMA"))
        .otherwise(pl.lit("TGL_BEDA"))
    )
    levelled = scored.with_columns(nama_tingkat=name_level, tanggal_tingkat=date_level)
    automatic = (pl.col("nama_tingkat") == "NAMA_SAMA") | (
        pl.col("nama_tingkat").is_in(["NAMA_MIRIP", "NAMA_PANGGILAN"]) & (pl.col("tanggal_tingkat") != "TGL_BEDA")
    )
    facts = pl.concat_list(pl.lit("NIK_SAMA"), "nama_tingkat", "tanggal_tingkat")
    weights = {level: math.log2(m / u) for level, (m, u) in _NAME_LEVELS.items()}
    return (
        levelled.with_columns(
            keputusan=pl.when(automatic).then(pl.lit("OTOMATIS")).otherwise(pl.lit("TINJAU")),
            bobot=math.log2(_NIK_KEPT * max(registry.height, 1))
            + pl.col("nama_tingkat").replace_strict(weights, return_dtype=pl.Float64),
            alasan=pl.when(automatic).then(facts).otherwise(pl.concat_list(facts, pl.lit("PERLU_PETUGAS"))),
        )
        .with_columns(
            # Before any evidence, one of all residents is the person.
            probabilitas=1 / (1 + pl.lit(2.0).pow(math.log2(max(registry.height, 1)) - pl.col("bobot"))),
            penjelasan=sentence(pl.col("alasan")),
            aturan=pl.concat_list(pl.lit("NIK")),
        )
        .select("id_dtks", "keputusan", "bobot", "probabilitas", "aturan", "alasan", "penjelasan", nik_dukcapil="nik")
        .sort("id_dtks")
    )
