"""Stated households and the registry's KK that their linked members stand in."""

from __future__ import annotations

import polars as pl


def household_links(people: pl.DataFrame, links: pl.DataFrame, registry: pl.DataFrame) -> pl.DataFrame:
    """Pairs of stated household and registry KK with at least one linked member.

    Args:
        people: accepted DTKS rows with `id_keluarga` (null for those without a usable KK number).
        links: `link.anggota_dukcapil`; only automatic or human decisions count.
        registry: accepted residents.

    Returns:
        `link.keluarga_dukcapil` without `periode`; `bobot` is the sum of the members' weights.
    """
    sizes = registry.group_by("no_kk").agg(anggota_dukcapil=pl.len())
    stated = people.filter(pl.col("id_keluarga").is_not_null())
    members = stated.group_by("id_keluarga").agg(anggota_dtks=pl.len())
    decided = links.filter(pl.col("keputusan").is_in(["OTOMATIS", "PETUGAS"]))
    return (
        stated.select("id_dtks", "id_keluarga")
        .join(decided.select("id_dtks", "nik_dukcapil", "bobot"), on="id_dtks")
        .join(registry.select("nik", "no_kk"), left_on="nik_dukcapil", right_on="nik")
        .filter(pl.col("no_kk").is_not_null())
        .group_by("id_keluarga", no_kk_dukcapil="no_kk")
        # Two rows of one person are one member; a float sum in a fixed order gives the same bits every time.
        .agg(anggota_cocok=pl.col("nik_dukcapil").n_unique(), bobot=pl.col("bobot").sort().sum())
        .join(members, on="id_keluarga")
        .join(sizes, left_on="no_kk_dukcapil", right_on="no_kk")
        .with_columns(keputusan=pl.lit("OTOMATIS"))
        .sort("id_keluarga", "no_kk_dukcapil")
    )


def household_status(pairs: pl.DataFrame) -> pl.DataFrame:
    """Status per stated household that has a pair: id_keluarga, status_keluarga.

    PECAH: its members stand in several KK. GABUNG: its only KK also holds linked members of other stated households.
    UTUH: it and its KK hold the same people. SEBAGIAN: anything between.
    """
    whole = (pl.col("anggota_cocok") == pl.col("anggota_dtks")) & (
        pl.col("anggota_cocok") == pl.col("anggota_dukcapil")
    )
    return (
        pairs.with_columns(bersama=pl.len().over("no_kk_dukcapil") > 1, utuh=whole)
        .group_by("id_keluarga")
        .agg(pl.len().alias("banyak"), pl.col("bersama").any(), pl.col("utuh").any())
        .select(
            "id_keluarga",
            status_keluarga=pl.when(pl.col("banyak") > 1)
            .then(pl.lit("PECAH"))
            .when("bersama")
            .then(pl.lit("GABUNG"))
            .when("utuh")
            .then(pl.lit("UTUH"))
            .otherwise(pl.lit("SEBAGIAN")),
        )
    )
