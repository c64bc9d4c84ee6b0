"""Stated households: the KK their linked members stand in, and what they tell about the members not yet linked.

Belongs here: households as evidence and as results. Does not: weighing that evidence
(`pipeline.matching.judging.scoring`).
"""

from __future__ import annotations

import numpy as np
import polars as pl

from pipeline.matching.records.arrays import Rows
from pipeline.matching.records.as_numbers import hashed
from pipeline.matching.records.lookup import numbered

RETIRED = "TIDAK_VALID"
# More rows than this at one address are several families.
_LARGEST_UNNUMBERED = 8
_THOUSAND = 1_000


def paired(stated: pl.DataFrame, linked: pl.DataFrame, residents: pl.DataFrame) -> pl.DataFrame:
    """Pairs of stated household and registry KK with at least one linked member, in any order.

    Args:
        stated: id_keluarga (null for none) of all rows.
        linked: id_keluarga (null for none), nik_dukcapil, no_kk_dukcapil (null for none) and bobot of decided links.
        residents: no_kk and sah (no retired NIK, which is no second person), at least of the KK that a link names.

    Returns:
        id_keluarga, no_kk_dukcapil (as identifiers are written in the arguments), anggota_cocok, anggota_dtks,
        anggota_dukcapil, bobot (the sum of the members' weights) and keputusan.
    """
    members = stated.group_by("id_keluarga").agg(anggota_dtks=pl.len())
    families = residents.join(linked.select(no_kk="no_kk_dukcapil").unique(), on="no_kk", how="semi")
    sizes = families.group_by("no_kk").agg(anggota_dukcapil=pl.col("sah").sum().clip(1))
    # Weights are told to the thousandth: whole ones add up to the same in any order.
    thousandths = (pl.col("bobot") * _THOUSAND).round().cast(pl.Int64)
    return (
        linked.drop_nulls(["id_keluarga", "no_kk_dukcapil"])
        .group_by("id_keluarga", "no_kk_dukcapil")
        # Two rows of one person are one member.
        .agg(anggota_cocok=pl.col("nik_dukcapil").n_unique(), bobot=thousandths.sum() / _THOUSAND)
        .join(members, on="id_keluarga")
        .join(sizes, left_on="no_kk_dukcapil", right_on="no_kk")
        .with_columns(keputusan=pl.lit("OTOMATIS"))
    )


def household_status(pairs: pl.DataFrame) -> pl.DataFrame:
    """Status per stated household that has a pair: id_keluarga, status_keluarga.

    PECAH: its members stand in several KK. GABUNG: its only KK also holds linked members of other stated households.
    UTUH: everybody of its only KK is there. SEBAGIAN: somebody of the KK is missing.
    """
    whole = pl.col("anggota_cocok") >= pl.col("anggota_dukcapil")
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
        .sort("id_keluarga")
    )


def households_of(people: pl.DataFrame) -> Rows:
    """A household number per row, -1 for none: one per `id_keluarga`; without it, one per full address.

    A family whose KK number is blank still shares its address down to RT and RW. Where more rows than a family can have
    share one, the address says nothing. The order of rows in a file says nothing either: the same rows shuffled must
    give the same links.
    """
    stated = hashed(people["id_keluarga"])
    unnumbered = stated == 0
    street = pl.col("alamat").str.to_uppercase().str.replace_all("[^A-Z0-9]", "")
    place = pl.concat_str("kode_desa", street, "rt", "rw", separator="|")
    crowd = pl.len().over("tempat")
    homes = people.filter(pl.Series(unnumbered)).select(tempat=place)
    told = homes.select(pl.when(crowd <= _LARGEST_UNNUMBERED).then("tempat"))
    stated[unnumbered] = hashed(told.to_series())
    numbers, _ = numbered(stated, stated != 0)
    return np.where(stated == 0, -1, numbers)
