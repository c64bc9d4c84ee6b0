"""Retired NIKs and the living ones of the same persons.

A person recorded twice keeps one NIK; the other stays in the register, often in the KK of another address. Belongs
here: who is who. Does not: what a retired NIK means for a link (`pipeline.matching.results`).
"""

from __future__ import annotations

import numpy as np
import polars as pl

from pipeline.matching import identifiers_near as near
from pipeline.matching.blocking import BLOCK, Wanted
from pipeline.matching.evidence import Flags
from pipeline.matching.name_levels import ALIKE, name_levels, take_apart
from pipeline.matching.records import Records, Rows, spread
from pipeline.matching.tables import Table

_IN_ONE_KK = ("nama_banding", "tanggal_lahir", "jenis_kelamin")
# In another KK the mother must be known; nearly every namesake of one day has another.
_ANYWHERE = ("tanggal_lahir", "jenis_kelamin", "nama_ibu_kandung")
_FURTHER = ("nama_banding", "kode_desa")


def living(table: Table, number: near.Packed, family: Rows, retired: Flags) -> Rows:
    """Position of the person behind each resident: for a retired NIK that of the living one of the same person."""
    person = np.arange(len(number))
    old = np.flatnonzero(retired)
    if len(old):
        found = _in_one_kk(table, old[family[old] != -1], number, family, retired)
        person[found["row"].to_numpy()] = found["living"].to_numpy()
    old = old[person[old] == old]
    if len(old):
        found = _anywhere(table, old, family, retired)
        person[found["row"].to_numpy()] = found["living"].to_numpy()
    return person


def _in_one_kk(table: Table, old: Rows, number: near.Packed, family: Rows, retired: Flags) -> pl.DataFrame:
    there = Wanted(spread(family[old].view(np.uint64))).among(spread(family.view(np.uint64)))
    either = np.concatenate([old, there[~retired[there]]])
    described = table.take(either, _IN_ONE_KK).with_columns(
        k=pl.Series(family[either]), n=pl.Series(number[either]), row=pl.Series(either)
    )
    same = ["k", *_IN_ONE_KK]
    known = described[len(old) :].sort("n").unique(same, keep="first", maintain_order=True)
    return described[: len(old)].join(known.rename({"row": "living"}), on=same)


def _anywhere(table: Table, old: Rows, family: Rows, retired: Flags) -> pl.DataFrame:
    """The only living resident of that day, sex and mother whose name is the same, or the same with a slip at home."""
    described = table.take(old, [*_ANYWHERE, *_FURTHER]).with_columns(row=pl.Series(old))
    wanted = Wanted(Records(described).key(_ANYWHERE))
    parts = [described.clear().rename({"row": "living"})]
    for places, block in table.blocks([*_ANYWHERE, *_FURTHER], BLOCK) if len(wanted.rows) else ():
        alike = wanted.among(block.key(_ANYWHERE))
        alike = alike[~retired[places[alike]]]
        parts.append(block.frame[alike].with_columns(living=pl.Series(places[alike])).select(parts[0].columns))
    both = described.join(pl.concat(parts), on=_ANYWHERE, suffix="_living")
    at_home = (both["kode_desa"] == both["kode_desa_living"]).fill_null(value=False).to_numpy()
    at_home |= family[both["row"].to_numpy()] == family[both["living"].to_numpy()]
    slip = at_home & _alike(both["nama_banding"], both["nama_banding_living"])
    named = both.with_columns(same=pl.col("nama_banding") == pl.col("nama_banding_living"), slip=pl.Series(slip))
    return (
        named.filter(pl.col("same") | pl.col("slip"))
        # Who is named the same goes before whose name has a slip.
        .filter(pl.col("same") == pl.col("same").max().over("row"))
        .unique("row", keep="none")
    )


def _alike(one: pl.Series, two: pl.Series) -> Flags:
    """Whether the names of each pair are one, perhaps with a slip."""
    left, right = np.arange(2 * one.len(), dtype=np.int32).reshape(2, -1)
    levels, _ = name_levels(take_apart(pl.concat([one, two])), left, right)
    return (levels > 0) & (levels <= ALIKE)
