"""Stated households: the KK their linked members stand in, and what they tell about the members not yet linked.

Belongs here: households as evidence and as results. Does not: weighing that evidence (`pipeline.matching.scoring`).
"""

from __future__ import annotations

import numpy as np
import polars as pl

from pipeline.matching.records import Rows

HEAD, SPOUSE = 1, 2
# Links that count: those of the machine alone, and those of officers.
DECIDED = ("OTOMATIS", "PETUGAS")
RETIRED = "TIDAK_VALID"
# More rows than this at one address are several families.
_LARGEST_UNNUMBERED = 8
_SEED = 20221231


def household_links(people: pl.DataFrame, links: pl.DataFrame, registry: pl.DataFrame) -> pl.DataFrame:
    """Pairs of stated household and registry KK with at least one linked member.

    Args:
        people: accepted DTKS rows with `id_keluarga` (null for those without a usable KK number).
        links: `link.anggota_dukcapil`, with or without no_kk_dukcapil; only automatic or human decisions count.
        registry: accepted residents, at least those of the KK that a link names.

    Returns:
        `link.keluarga_dukcapil` without `periode`; `bobot` is the sum of the members' weights.
    """
    stated = people.select("id_dtks", "id_keluarga").drop_nulls("id_keluarga")
    members = stated.group_by("id_keluarga").agg(anggota_dtks=pl.len())
    decided = links.filter(pl.col("keputusan").is_in(DECIDED))
    if "no_kk_dukcapil" not in links.columns:
        decided = decided.join(registry.select("nik", no_kk_dukcapil="no_kk"), left_on="nik_dukcapil", right_on="nik")
    linked = decided.select("no_kk_dukcapil").unique()
    # A retired NIK is no second person of the family.
    valid = (pl.col("status_penduduk") != RETIRED).fill_null(value=True)
    families = registry.join(linked, left_on="no_kk", right_on="no_kk_dukcapil", how="semi")
    sizes = families.group_by("no_kk").agg(anggota_dukcapil=valid.sum().clip(1))
    return (
        stated.join(decided.select("id_dtks", "nik_dukcapil", "bobot", no_kk="no_kk_dukcapil"), on="id_dtks")
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
    street = pl.col("alamat").str.to_uppercase().str.replace_all("[^A-Z0-9]", "")
    place = pl.concat_str("kode_desa", street, "rt", "rw", separator="|")
    homeless = pl.when(pl.col("id_keluarga").is_null()).then(place)
    crowd = pl.len().over("tempat")
    name = people.select("id_keluarga", tempat=homeless).select(
        pl.coalesce("id_keluarga", pl.when(crowd <= _LARGEST_UNNUMBERED).then("tempat"))
    )
    numbers = (name.to_series().hash(_SEED).to_numpy() >> np.uint64(1)).astype(np.int64)
    return np.where(name.to_series().is_null().to_numpy(), -1, numbers)


def husband_names(residents: pl.DataFrame, registry: pl.DataFrame) -> pl.Series:
    """Per resident the comparable name of the man who heads her KK, for wives; null for everybody else."""
    men = registry.filter((pl.col("hub_keluarga") == HEAD) & (pl.col("jenis_kelamin") == "L")).select(
        "no_kk", nama_suami="nama_banding"
    )
    wife = (pl.col("hub_keluarga") == SPOUSE) & (pl.col("jenis_kelamin") == "P")
    found = residents.select("no_kk", wife=wife).join(
        men.unique("no_kk", keep="first", maintain_order=True), on="no_kk", how="left", maintain_order="left"
    )
    return found.select(pl.when("wife").then("nama_suami").alias("nama_suami")).to_series()
