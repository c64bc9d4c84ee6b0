"""`id_orang`: one ID for all DTKS rows of a person, stable over the periodes.

Belongs here: assigning IDs to persons. Does not: which rows belong to one person (`dedupe`).
"""

from __future__ import annotations

import polars as pl

from pipeline.normalise.values.stable_id import stable_ids
from schemas.cleansed import LINKED
from schemas.link import DECIDED


def person_ids(
    people: pl.DataFrame, survivors: pl.DataFrame, links: pl.LazyFrame, published: pl.LazyFrame
) -> pl.Series:
    """The person ID of each row.

    A person keeps the ID that most of the rows had in the earlier periode; a new person gets the ID made of the
    smallest `id_dtks`. A row counts as new if its `id_dtks` is new or now belongs to another person. A new row takes
    over the earlier ID of its resident, unless a row that had that ID is still the resident's. Every ID belongs to one
    person: if several had it, to the one with the row that it was made of, else to the one with the smallest surviving
    row. If a new person's ID has been given to somebody else, the next free one is used.

    Args:
        people: `id_dtks`, `nik`, `nama`, `tanggal_lahir` of all accepted rows.
        survivors: `id_dtks`, `ganda_dari` of rows that are duplicates.
        links: `link.anggota_dukcapil`.
        published: `cleansed.anggota` of an earlier periode; no rows before the first.

    Returns:
        `id_orang`, in the order of `people`.
    """
    before = published.select("id_dtks", lama="id_orang", lahir_lama="tanggal_lahir").collect()
    rows = (
        people.select("id_dtks", stable_ids(people["id_dtks"], "O").alias("sendiri"))
        .hstack([_earlier_ids(people, before, links, published)])
        .join(survivors, on="id_dtks", how="left", maintain_order="left")
        .select("id_dtks", "sendiri", "lama", utama=pl.coalesce("ganda_dari", "id_dtks"))
    )
    # Nearly every person has one row and the ID made of it, which nobody else had.
    several = pl.col("utama").is_in(survivors["ganda_dari"].unique().implode())
    unlike = several | (pl.col("lama") != pl.col("sendiri")).fill_null(value=False)
    others = rows.filter(pl.col("lama").ne_missing(pl.col("sendiri")))["sendiri"]
    gone = before.filter(pl.col("lama").is_in(others.implode()))
    had = pl.concat([rows.filter(unlike)["lama"], gone["lama"]]).drop_nulls().unique()
    handed_on = pl.col("sendiri").is_in(had.implode())
    persons = _assign_ids(rows.filter(unlike | handed_on), had)
    found = rows.select("utama", "sendiri").join(persons, on="utama", how="left", maintain_order="left")
    return found.select(pl.coalesce("id_orang", "sendiri").alias("id_orang")).to_series()


def _earlier_ids(people: pl.DataFrame, before: pl.DataFrame, links: pl.LazyFrame, published: pl.LazyFrame) -> pl.Series:
    """The earlier ID of each row, or else of its resident (`lama`); null for a new person."""
    rows = people.select("id_dtks", "tanggal_lahir").join(before, on="id_dtks", how="left", maintain_order="left")
    born_otherwise = people.filter(rows["tanggal_lahir"] != rows["lahir_lama"])
    replaced = pl.col("id_dtks").is_in(_rows_of_new_persons(born_otherwise, links, published).implode())
    rows = rows.select("id_dtks", lama=pl.when(~replaced).then("lama"))
    resident_ids = _earlier_ids_of_residents(rows.filter(pl.col("lama").is_null()), links, published)
    kept = rows.filter(pl.col("lama").is_in(resident_ids["penduduk"].implode()))
    free = resident_ids.join(kept, left_on="penduduk", right_on="lama", how="anti")
    joined = rows.join(free, on="id_dtks", how="left", maintain_order="left")
    return joined.select(pl.coalesce("lama", "penduduk").alias("lama")).to_series()


def _rows_of_new_persons(rows: pl.DataFrame, links: pl.LazyFrame, published: pl.LazyFrame) -> pl.Series:
    """Those of the rows (whose birth date changed) whose name and NIK changed as well.

    The NIK is that of the resident, if there is one. A corrected link alone makes no new person: name and birth date
    of the row stay the same.
    """
    was = published.select("id_dtks", nama_lama="nama", nik_lama="nik")
    return (
        rows.lazy()
        .select("id_dtks", "nama", "nik")
        .join(was, on="id_dtks")
        .join(_residents(rows, links).rename({"nik": "nik_penduduk"}), on="id_dtks", how="left")
        .filter(pl.col("nama") != pl.col("nama_lama"), pl.coalesce("nik_penduduk", "nik") != pl.col("nik_lama"))
        .select("id_dtks")
        .collect()
        .to_series()
    )


def _earlier_ids_of_residents(rows: pl.DataFrame, links: pl.LazyFrame, published: pl.LazyFrame) -> pl.DataFrame:
    """The earlier ID of each row's resident: id_dtks, penduduk; none if the resident had several IDs."""
    residents = _residents(rows, links)
    had = published.filter(pl.col("status_padan").is_in(LINKED)).select("nik", penduduk="id_orang")
    known = had.join(residents, on="nik", how="semi").unique().unique("nik", keep="none")
    return residents.join(known, on="nik").select("id_dtks", "penduduk").collect()


def _residents(rows: pl.DataFrame, links: pl.LazyFrame) -> pl.LazyFrame:
    """The resident linked to each row: id_dtks, nik."""
    decided = links.filter(pl.col("keputusan").is_in(DECIDED))
    return decided.join(rows.lazy(), on="id_dtks", how="semi").select("id_dtks", nik="nik_dukcapil")


def _assign_ids(rows: pl.DataFrame, before: pl.Series) -> pl.DataFrame:
    """The ID of each person (`utama`, the surviving row) in some rows: utama, id_orang.

    Args:
        rows: `id_dtks`, `sendiri`, `lama`, `utama`.
        before: IDs in use earlier, which no other person may get.
    """
    had = rows.drop_nulls("lama").group_by("utama", "lama").len()
    usual = had.sort("len", "lama", descending=[True, False]).unique("utama", keep="first").select("utama", "lama")
    # The smallest ID of a group, not the survivor's: the survivor may change with the next periode.
    first = rows.group_by("utama").agg(pl.col("sendiri").get(pl.col("id_dtks").arg_min()))
    persons = first.join(usual, on="utama", how="left").select(
        "utama",
        "sendiri",
        id_orang=pl.coalesce("lama", "sendiri"),
        dulu=pl.col("lama").is_not_null(),
        tolakan=pl.lit(0),
    )
    made_of = rows.select("sendiri", pemilik="utama")
    used_before = pl.col("id_orang").is_in(before.implode()) & ~pl.col("dulu")
    while persons.select((pl.col("id_orang").is_duplicated() | used_before).any()).item():
        claims = persons.join(made_of, left_on="id_orang", right_on="sendiri", how="left")
        own = pl.col("pemilik").eq_missing(pl.col("utama"))
        ranked = claims.sort("id_orang", "dulu", own, "utama", descending=[False, True, True, False]).drop("pemilik")
        kept = pl.col("id_orang").is_first_distinct() & ~used_before
        persons = pl.concat([ranked.filter(kept), _with_next_free_id(ranked.filter(~kept))])
    return persons.select("utama", "id_orang")


def _with_next_free_id(persons: pl.DataFrame) -> pl.DataFrame:
    """Persons whose ID somebody else keeps: with that of a row of theirs, or where that is kept too one more of it."""
    further = stable_ids(persons.select(pl.format("{}/{}", "sendiri", "tolakan")).to_series(), "O")
    of_a_row = pl.col("id_orang") != pl.col("sendiri")
    return persons.with_columns(
        id_orang=pl.when(of_a_row & (pl.col("tolakan") == 0)).then("sendiri").otherwise(further),
        dulu=pl.lit(value=False),
        tolakan=pl.col("tolakan") + 1,
    )
