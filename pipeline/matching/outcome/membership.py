"""Explains a pair of stated household and KK: who is in it, who is missing, its status and a sentence.

Does not belong here: which pairs there are and what the status means (`pipeline.matching.outcome.households`).
"""

from __future__ import annotations

import polars as pl

from pipeline.matching.outcome.households import RETIRED, household_status
from schemas.link import DECIDED


def with_members(
    pairs: pl.DataFrame, people: pl.DataFrame, links: pl.DataFrame, registry: pl.DataFrame
) -> pl.DataFrame:
    """The pairs with the members that explain them.

    Args:
        pairs: `pipeline.matching.link.Linkage.households`.
        people: accepted DTKS rows with `id_keluarga`.
        links: `link.anggota_dukcapil`, in the order of `id_dtks`.
        registry: accepted residents.

    Returns:
        `pairs` with id_anggota (rows of the household linked into the KK), nik_tanpa_baris (members of the KK to whom
        no row of DTKS is linked), status_keluarga and penjelasan.
    """
    residents = registry.select("nik", no_kk_dukcapil="no_kk", status="status_penduduk")
    decided = links.filter(pl.col("keputusan").is_in(DECIDED)).select("id_dtks", nik="nik_dukcapil")
    rows = (
        decided.join(people.select("id_dtks", "id_keluarga"), on="id_dtks", maintain_order="left")
        .join(residents, on="nik", maintain_order="left")
        .group_by("id_keluarga", "no_kk_dukcapil")
        .agg(id_anggota="id_dtks")
    )
    without = (
        residents.join(pairs.select("no_kk_dukcapil").unique(), on="no_kk_dukcapil", how="semi")
        .filter((pl.col("status") != RETIRED).fill_null(value=True))
        .join(decided, on="nik", how="anti")
        .group_by("no_kk_dukcapil")
        .agg(nik_tanpa_baris=pl.col("nik").sort())
    )
    nobody = pl.lit([], dtype=pl.List(pl.String))
    return (
        pairs.join(rows, on=["id_keluarga", "no_kk_dukcapil"], how="left", maintain_order="left")
        .join(without, on="no_kk_dukcapil", how="left", maintain_order="left")
        .join(household_status(pairs), on="id_keluarga", how="left", maintain_order="left")
        .with_columns(
            pl.col("nik_tanpa_baris").fill_null(nobody),
            kk=pl.len().over("id_keluarga"),
            keluarga=pl.len().over("no_kk_dukcapil"),
        )
        .with_columns(penjelasan=_sentence())
        .drop("kk", "keluarga")
    )


def _sentence() -> pl.Expr:
    all_members = pl.format("Semua {} anggota KK ini tercatat dalam keluarga ini", "anggota_dukcapil")
    some_members = pl.format(
        "{} dari {} anggota KK ini tercatat dalam keluarga ini", "anggota_cocok", "anggota_dukcapil"
    )
    missing = pl.col("nik_tanpa_baris").list.len()
    return pl.concat_str(
        pl.when(pl.col("anggota_cocok") >= pl.col("anggota_dukcapil")).then(all_members).otherwise(some_members),
        pl.when(missing > 0).then(pl.format("{} tidak padan dengan baris DTKS mana pun", missing)),
        pl.when(pl.col("keluarga") > 1).then(
            pl.format("{} keluarga DTKS lain juga memuat anggota KK ini", pl.col("keluarga") - 1)
        ),
        pl.when(pl.col("kk") > 1).then(pl.format("anggota keluarga ini juga berada di {} KK lain", pl.col("kk") - 1)),
        separator="; ",
        ignore_nulls=True,
    ) + pl.lit(".")
