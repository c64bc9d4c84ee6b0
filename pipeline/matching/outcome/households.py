"""Stated households: their number per row, the KK of their linked members, and their status.

Does not belong here: household evidence (`pipeline.matching.levels.evidence`) and its weight
(`pipeline.matching.judging.scoring`).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from pipeline.matching.candidates.blocking import KeyIndex
from pipeline.matching.levels.evidence import Claims, hash_pairs
from pipeline.matching.records.arrays import Floats, Rows
from pipeline.matching.records.lookup import factorize
from pipeline.matching.records.records import hash_numbers, hash_values
from pipeline.matching.records.tables import BLOCK

RETIRED = "TIDAK_VALID"
# More rows than this at one address belong to several families.
_LARGEST_UNNUMBERED = 8
_THOUSAND = 1_000


def pair_households(household: Rows, linked: Claims, bits: Floats, families: Rows) -> pl.DataFrame:
    """Pairs of stated household and registry KK with at least one linked member, in any order.

    Args:
        household: number of each row's stated household, -1 for none.
        linked: decided links.
        bits: match weight of each.
        families: packed KK of every resident without a retired NIK (which would count a person twice).

    Returns:
        id_keluarga and no_kk_dukcapil (the numbers given), anggota_cocok, anggota_dtks, anggota_dukcapil, bobot (the
        sum of the members' weights) and keputusan.
    """
    usable = (linked.household != -1) & (linked.family != -1)
    pair, first = factorize(hash_pairs(linked.household, linked.family), usable)
    # Two rows of one person are one member.
    _, member = factorize(hash_pairs(linked.household, linked.person), usable)
    home, family = linked.household[first], linked.family[first]
    # Summed as integers (thousandths), so that the sum does not depend on the order.
    thousandths = np.bincount(pair[usable], np.rint(bits[usable] * _THOUSAND))
    rows = np.bincount(household[household != -1])
    return pl.DataFrame(
        {
            "id_keluarga": home,
            "no_kk_dukcapil": family,
            "anggota_cocok": np.bincount(pair[member]).astype(np.uint32),
            "bobot": thousandths / _THOUSAND,
            "anggota_dtks": rows[home].astype(np.uint32),
            "anggota_dukcapil": _family_sizes(family, families).clip(1),
        }
    ).with_columns(keputusan=pl.lit("OTOMATIS"))


def _family_sizes(wanted_families: Rows, families: Rows) -> npt.NDArray[np.uint32]:
    """Number of members of some families, counted in `families` block by block."""
    index = KeyIndex(hash_numbers(wanted_families))
    sizes = np.zeros(len(wanted_families), dtype=np.uint32)
    for start in range(0, len(families), BLOCK):
        _, positions = index.join(hash_numbers(families[start : start + BLOCK]))
        np.add.at(sizes, positions, 1)
    return sizes


def household_status(pairs: pl.DataFrame) -> pl.DataFrame:
    """Status per stated household that has a pair: id_keluarga, status_keluarga.

    PECAH: its members are in several KK. GABUNG: its only KK also has linked members of other stated households.
    UTUH: everybody of its only KK is linked. SEBAGIAN: somebody of the KK is missing.
    """
    is_complete = pl.col("anggota_cocok") >= pl.col("anggota_dukcapil")
    return (
        pairs.with_columns(bersama=pl.len().over("no_kk_dukcapil") > 1, utuh=is_complete)
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

    Members of a family whose KK number is blank still share the address down to RT and RW, unless more rows share it
    than a family can have. The order of rows in a file is not used: the same rows shuffled must give the same links.
    """
    household_hashes = hash_values(people["id_keluarga"])
    has_no_id = household_hashes == 0
    street = pl.col("alamat").str.to_uppercase().str.replace_all("[^A-Z0-9]", "")
    place = pl.concat_str("kode_desa", street, "rt", "rw", separator="|")
    crowd = pl.len().over("tempat")
    homes = people.filter(pl.Series(has_no_id)).select(tempat=place)
    address = homes.select(pl.when(crowd <= _LARGEST_UNNUMBERED).then("tempat"))
    household_hashes[has_no_id] = hash_values(address.to_series())
    numbers, _ = factorize(household_hashes, household_hashes != 0)
    return np.where(household_hashes == 0, -1, numbers)
