"""Finds, for each retired NIK, the NIK in use of the same person.

A person recorded twice keeps one NIK; the other stays in the register, often in the KK of another address. Does not
belong here: what a retired NIK means for a link (`pipeline.matching.outcome.verdicts`).
"""

from __future__ import annotations

import numpy as np
import polars as pl

from pipeline.matching.candidates.blocking import KeyIndex, positions_among
from pipeline.matching.levels.comparison import ASSUMED_DAYS
from pipeline.matching.names.agreement import ALIKE, compare_names
from pipeline.matching.names.words import common_words, compare_differing_words
from pipeline.matching.records import bcd
from pipeline.matching.records.arrays import Flags, Rows
from pipeline.matching.records.records import Records, sample_by_hash
from pipeline.matching.records.tables import Table

_IN_ONE_KK = ("nama_banding", "tanggal_lahir", "jenis_kelamin")
# In another KK the mother must agree: namesakes born on one day nearly always have different mothers.
_ANYWHERE = ("tanggal_lahir", "jenis_kelamin", "nama_ibu_kandung")
# If neither entry states a mother, both must have the same home.
_IN_VILLAGE = ("tanggal_lahir", "jenis_kelamin", "kode_desa")
_HOME = ("rt", "rw", "alamat")
_MORE_COLUMNS = ("nama_banding", "nama", "kode_kab", "kode_desa")
# Size of the sample of names from which the words that are names are learned.
_NAMES_SAMPLED = 50_000


def current_entries(table: Table, number: bcd.Packed, family: Rows, retired: Flags) -> Rows:
    """Position of each resident's current entry: for a retired NIK that of the same person's NIK in use."""
    person = np.arange(len(number))
    old = np.flatnonzero(retired)
    if len(old):
        found = _living_in_one_kk(table, old[family[old] != -1], number, family, retired)
        person[found["row"].to_numpy()] = found["living"].to_numpy()
    old = old[person[old] == old]
    if len(old):
        found = _living_anywhere(table, old, number, family, retired)
        person[found["row"].to_numpy()] = found["living"].to_numpy()
    return person


def _living_in_one_kk(table: Table, old: Rows, number: bcd.Packed, family: Rows, retired: Flags) -> pl.DataFrame:
    members = positions_among(family, family[old])
    both = np.concatenate([old, members[~retired[members]]])
    described = table.take(both, _IN_ONE_KK).with_columns(
        k=pl.Series(family[both]), n=pl.Series(number[both]), row=pl.Series(both)
    )
    same = ["k", *_IN_ONE_KK]
    known = described[len(old) :].sort("n").unique(same, keep="first", maintain_order=True)
    return described[: len(old)].join(known.rename({"row": "living"}), on=same)


def _living_anywhere(table: Table, old: Rows, number: bcd.Packed, family: Rows, retired: Flags) -> pl.DataFrame:
    """The only living resident of the same birth date, sex and mother, and of the same name (at home: with a slip)."""
    columns = [*_ANYWHERE, *_MORE_COLUMNS]
    retired_people = _described(table.take(old, columns), old, family)
    facts, unknown = Records(retired_people), retired_people["nama_ibu_kandung"].is_null().to_numpy()
    by_mother, by_village = facts.key(_ANYWHERE), np.where(unknown, facts.key(_IN_VILLAGE), np.uint64(0))
    indexes = {by: KeyIndex(keys) for by, keys in ((_ANYWHERE, by_mother), (_IN_VILLAGE, by_village)) if keys.any()}
    parts = [retired_people.clear()]
    for places, block in table.blocks(columns) if indexes else ():
        matched = np.unique(np.concatenate([index.known_positions(block.key(by)) for by, index in indexes.items()]))
        matched = matched[~retired[places[matched]]]
        parts.append(_described(block.frame[matched].select(columns), places[matched], family))
    living_people = pl.concat(parts)
    motherless = _motherless_at_home(table, retired_people, living_people)
    same_name = pl.concat(
        [_agreeing(retired_people, living_people, "nama_banding", "daerah"), motherless.filter("named").drop("named")]
    )
    same_village, same_family = (_agreeing(retired_people, living_people, by) for by in ("kode_desa", "keluarga"))
    at_home = pl.concat([same_village, same_family, motherless.drop("named")]).unique()
    named_otherwise = at_home.join(same_name, on=["row", "living"], how="anti")
    both = named_otherwise.join(retired_people, on="row").join(
        living_people.rename({"row": "living"}), on="living", suffix="_living"
    )
    both = both.filter(_same_or_slipped(both["nama_banding"], both["nama_banding_living"]))
    if both.height:
        names = common_words(table.take(sample_by_hash(number, _NAMES_SAMPLED), ["nama"]).to_series())
        # The retired entry may be the other one of twins, whose names often differ by a letter.
        both = both.filter(~compare_differing_words(both["nama"], both["nama_living"], names)["some_are_names"])
    slipped = both.join(same_name, on="row", how="anti").select("row", "living")
    return pl.concat([same_name, slipped]).unique("row", keep="none")


def _described(people: pl.DataFrame, rows: Rows, family: Rows) -> pl.DataFrame:
    """Residents with position, family, and the kabupaten where the birth date is a guess from a year (`daerah`)."""
    born = pl.col("tanggal_lahir")
    assumed = (born.dt.month().cast(pl.Int32) * 100 + born.dt.day()).is_in(ASSUMED_DAYS)
    return people.with_columns(
        row=pl.Series(rows),
        keluarga=pl.Series(family[rows]).replace(-1, None),
        daerah=pl.when(assumed).then("kode_kab").otherwise(pl.lit("")),
    )


def _agreeing(retired_people: pl.DataFrame, living_people: pl.DataFrame, *keys: str) -> pl.DataFrame:
    """Retired and living residents of one birth date, sex and mother who also agree in the columns `keys`."""
    both = retired_people.join(living_people, on=[*_ANYWHERE, *keys], suffix="_living")
    return both.select("row", living="row_living")


def _motherless_at_home(table: Table, retired_people: pl.DataFrame, living_people: pl.DataFrame) -> pl.DataFrame:
    """The same for one home and exact birth date if neither mother is known; `named`: whether the names are equal."""
    motherless = pl.col("nama_ibu_kandung").is_null() & (pl.col("daerah") == "")
    one, two = (people.filter(motherless) for people in (retired_people, living_people))
    one, two = (people.hstack(table.take(people["row"].to_numpy(), _HOME)) for people in (one, two))
    both = one.join(two, on=[*_IN_VILLAGE, *_HOME], suffix="_living")
    named = pl.col("nama_banding") == pl.col("nama_banding_living")
    return both.select("row", living="row_living", named=named.fill_null(value=False))


def _same_or_slipped(one: pl.Series, two: pl.Series) -> pl.Series:
    """Whether the names of each pair are equal, or equal but for a slip."""
    levels = compare_names(one, two)
    return pl.Series((levels > 0) & (levels <= ALIKE))
