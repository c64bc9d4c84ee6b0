"""Corrects the mother that a row states, using the other rows of its household.

The column is often blank, and some operators fill it with the male head of the family, or with one name for a whole
village. A child in the list mostly is the child of the head's wife or of the female head. Belongs here: that
correction. Does not: how names agree (`pipeline.matching.names.agreement`), how far such a mother counts as evidence
(`pipeline.matching.levels.implied_facts`).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from pipeline.matching.levels.comparison import CHILD, HEAD, SPOUSE
from pipeline.matching.levels.evidence import is_member
from pipeline.matching.records.arrays import Flags, Hashes, Rows
from pipeline.matching.records.lookup import factorize
from pipeline.matching.records.records import Records
from pipeline.matching.records.tables import Table

MOTHER, MOTHER_IS_IMPLIED = "nama_ibu_kandung", "ibu_dari_keluarga"
# A mother's name or birth date shared by at least so many people and so large a share of a village is a filler value.
FILLER_COUNT, FILLER_SHARE = 20, 0.2
# Position of a row in its household; 0 for any other.
_FATHER, _WIFE, _OFFSPRING = range(1, 4)


def with_corrected_mothers(frame: pl.DataFrame, table: Table, household: Rows, positions: Rows) -> pl.DataFrame:
    """Some rows with the mother corrected from their household.

    Args:
        frame: the rows, with `nama_ibu_kandung`.
        table: all rows: hub_keluarga, jenis_kelamin, nama.
        household: number of each row's household, -1 for none.
        positions: position of the rows of `frame` among all.

    Returns:
        `frame` with mothers removed who are the male head of the household, and with the household's only possible
        mother filled in for children without one; `ibu_dari_keluarga` marks the latter.
    """
    role = table.compute_blockwise(["hub_keluarga", "jenis_kelamin"], _household_roles)
    parents = np.flatnonzero((role != 0) & (household != -1) & is_member(household, household[positions]))
    parents = parents[role[parents] != _OFFSPRING]
    names = table.take(parents, ["nama"]).with_columns(
        home=pl.Series(household[parents]), role=pl.Series(role[parents])
    )
    unambiguous = names.unique(["home", "role"], keep="none")
    man, woman = (
        unambiguous.filter(role=position).select("home", pl.col("nama").alias(name))
        for position, name in ((_FATHER, "man"), (_WIFE, "woman"))
    )
    homes = pl.DataFrame({"home": household[positions], "child": role[positions] == _OFFSPRING, MOTHER: frame[MOTHER]})
    joined = (
        homes.join(man, on="home", how="left", maintain_order="left")
        .join(woman, on="home", how="left", maintain_order="left")
        .with_columns(pl.when(pl.col(MOTHER).ne_missing(pl.col("man"))).then(MOTHER))
    )
    filled = pl.col("child") & pl.col(MOTHER).is_null() & pl.col("woman").is_not_null()
    return frame.with_columns(
        joined.select(pl.when(filled).then("woman").otherwise(MOTHER).alias(MOTHER), filled.alias(MOTHER_IS_IMPLIED))
    )


def _household_roles(people: pl.DataFrame) -> npt.NDArray[np.int8]:
    """Per row: male head of a family, female head or wife, child; 0 for anybody else."""
    role, sex = pl.col("hub_keluarga"), pl.col("jenis_kelamin")
    parent = pl.when((role == HEAD) & (sex == "L")).then(_FATHER)
    wife = parent.when(role.is_in([HEAD, SPOUSE]) & (sex == "P")).then(_WIFE)
    return people.select(wife.when(role == CHILD).then(_OFFSPRING).otherwise(0).cast(pl.Int8)).to_series().to_numpy()


def without_filler_mothers(frame: pl.DataFrame, table: Table, positions: Rows) -> pl.DataFrame:
    """Some rows without mothers that much of their village states: an operator filled the column in.

    Args:
        frame: the rows, with `nama_ibu_kandung`.
        table: all rows: kode_desa, nama_ibu_kandung.
        positions: position of the rows of `frame` among all.
    """
    is_filler = table.compute(["kode_desa", MOTHER], _has_filler_mother)[positions]
    return frame.with_columns(pl.when(~pl.Series(is_filler)).then(MOTHER).alias(MOTHER))


def _has_filler_mother(people: pl.DataFrame) -> Flags:
    records = Records(people)
    mother_in_village = records.key(("kode_desa", MOTHER))
    occurrences = _occurrences(mother_in_village)
    return (
        (mother_in_village != 0)
        & (occurrences >= FILLER_COUNT)
        & (occurrences > _occurrences(records.hashed("kode_desa")) * FILLER_SHARE)
    )


def _occurrences(hashes: Hashes) -> Rows:
    """Per hash, how often it occurs."""
    numbers, _ = factorize(hashes)
    return np.bincount(numbers)[numbers]
