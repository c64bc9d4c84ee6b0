"""Retired NIKs and the living ones of the same persons.

A person recorded twice keeps one NIK; the other stays in the register, often in the KK of another address. Belongs
here: who is who. Does not: what a retired NIK means for a link (`pipeline.matching.outcome.results`).
"""

from __future__ import annotations

import numpy as np
import polars as pl

from pipeline.matching.candidates.blocking import Wanted
from pipeline.matching.levels.comparison import ASSUMED_DAYS
from pipeline.matching.names.agreement import ALIKE, name_levels, take_apart
from pipeline.matching.names.words import borne_words, differing_names
from pipeline.matching.records import identifiers_near as near
from pipeline.matching.records.arrays import Flags, Rows
from pipeline.matching.records.as_numbers import Records, one_in_many, spread
from pipeline.matching.records.tables import Table

_IN_ONE_KK = ("nama_banding", "tanggal_lahir", "jenis_kelamin")
# In another KK the mother must be known; nearly every namesake of one day has another.
_ANYWHERE = ("tanggal_lahir", "jenis_kelamin", "nama_ibu_kandung")
# Where neither tells one, both must live at one home.
_IN_VILLAGE = ("tanggal_lahir", "jenis_kelamin", "kode_desa")
_HOME = ("rt", "rw", "alamat")
_FURTHER = ("nama_banding", "nama", "kode_kab", "kode_desa")
# So many names tell which words are names.
_NAMES = 50_000


def living(table: Table, number: near.Packed, family: Rows, retired: Flags) -> Rows:
    """Position of the person behind each resident: for a retired NIK that of the living one of the same person."""
    person = np.arange(len(number))
    old = np.flatnonzero(retired)
    if len(old):
        found = _in_one_kk(table, old[family[old] != -1], number, family, retired)
        person[found["row"].to_numpy()] = found["living"].to_numpy()
    old = old[person[old] == old]
    if len(old):
        found = _anywhere(table, old, number, family, retired)
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


def _anywhere(table: Table, old: Rows, number: near.Packed, family: Rows, retired: Flags) -> pl.DataFrame:
    """The only living resident of that day, sex and mother whose name is the same, or the same with a slip at home."""
    columns = [*_ANYWHERE, *_FURTHER]
    gone = _described(table.take(old, columns), old, family)
    facts, unknown = Records(gone), gone["nama_ibu_kandung"].is_null().to_numpy()
    by_mother, by_village = facts.key(_ANYWHERE), np.where(unknown, facts.key(_IN_VILLAGE), np.uint64(0))
    wanted = {by: Wanted(keys) for by, keys in ((_ANYWHERE, by_mother), (_IN_VILLAGE, by_village)) if keys.any()}
    parts = [gone.clear()]
    for places, block in table.blocks(columns) if wanted else ():
        alike = np.unique(np.concatenate([those.among(block.key(by)) for by, those in wanted.items()]))
        alike = alike[~retired[places[alike]]]
        parts.append(_described(block.frame[alike].select(columns), places[alike], family))
    here = pl.concat(parts)
    motherless = _motherless_at_home(table, gone, here)
    same = pl.concat([_met(gone, here, "nama_banding", "daerah"), motherless.filter("named").drop("named")])
    village, family_of_today = _met(gone, here, "kode_desa"), _met(gone, here, "keluarga")
    at_home = pl.concat([village, family_of_today, motherless.drop("named")]).unique()
    named = at_home.join(same, on=["row", "living"], how="anti")
    both = named.join(gone, on="row").join(here.rename({"row": "living"}), on="living", suffix="_living")
    both = both.filter(_alike(both["nama_banding"], both["nama_banding_living"]))
    if both.height:
        names = borne_words(table.take(one_in_many(number, _NAMES), ["nama"]).to_series())
        # Of twins one may be retired, and names of twins are often a letter apart.
        both = both.filter(~differing_names(both["nama"], both["nama_living"], names)["some"])
    slipped = both.join(same, on="row", how="anti").select("row", "living")
    return pl.concat([same, slipped]).unique("row", keep="none")


def _described(people: pl.DataFrame, rows: Rows, family: Rows) -> pl.DataFrame:
    """Residents with their position, their family, and the kabupaten of those who share their day with too many."""
    born = pl.col("tanggal_lahir")
    assumed = (born.dt.month().cast(pl.Int32) * 100 + born.dt.day()).is_in(ASSUMED_DAYS)
    return people.with_columns(
        row=pl.Series(rows),
        keluarga=pl.Series(family[rows]).replace(-1, None),
        daerah=pl.when(assumed).then("kode_kab").otherwise(pl.lit("")),
    )


def _met(gone: pl.DataFrame, here: pl.DataFrame, *keys: str) -> pl.DataFrame:
    """Retired and living residents of one day, sex and mother who agree in some columns more."""
    both = gone.join(here, on=[*_ANYWHERE, *keys], suffix="_living")
    return both.select("row", living="row_living")


def _motherless_at_home(table: Table, gone: pl.DataFrame, here: pl.DataFrame) -> pl.DataFrame:
    """The same of one home and day, no guess from a year, where nobody's mother is known; whether `named` the same."""
    told = pl.col("nama_ibu_kandung").is_null() & (pl.col("daerah") == "")
    one, two = (people.filter(told) for people in (gone, here))
    one, two = (people.hstack(table.take(people["row"].to_numpy(), _HOME)) for people in (one, two))
    both = one.join(two, on=[*_IN_VILLAGE, *_HOME], suffix="_living")
    named = pl.col("nama_banding") == pl.col("nama_banding_living")
    return both.select("row", living="row_living", named=named.fill_null(value=False))


def _alike(one: pl.Series, two: pl.Series) -> pl.Series:
    """Whether the names of each pair are one, perhaps with a slip."""
    left, right = np.arange(2 * one.len(), dtype=np.int32).reshape(2, -1)
    levels, _ = name_levels(take_apart(pl.concat([one, two])), left, right)
    return pl.Series((levels > 0) & (levels <= ALIKE))
