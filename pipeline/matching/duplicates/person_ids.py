"""`id_orang`: the same for all DTKS rows of one person, and for one person in every periode.

Belongs here: which ID a person bears. Does not: which rows are one person's (`dedupe`).
"""

from __future__ import annotations

import polars as pl

from pipeline.normalise.values.stable_id import stable_ids
from schemas.cleansed import LINKED
from schemas.link import DECIDED


def person_ids(ids: pl.Series, survivors: pl.DataFrame, links: pl.LazyFrame, published: pl.LazyFrame) -> pl.Series:
    """The person of each row.

    A person bears the ID that most of the rows had before, whichever rows came or went since; a new one that of the
    smallest row. A row that is new had the ID of its resident: who is listed anew under another ID DTKS is who he was.
    An ID belongs to one person: of several who had it, to whom the row belongs that it was made of, else to the one of
    the smallest surviving row. A row that went and comes back as somebody else finds the ID made of it with who has had
    it since, and bears another.

    Args:
        ids: `id_dtks` of all accepted rows.
        survivors: `id_dtks`, `ganda_dari` of rows that are duplicates.
        links: `link.anggota_dukcapil`.
        published: `cleansed.anggota` of an earlier periode; no rows before the first.

    Returns:
        `id_orang`, in the order of `ids`.
    """
    before = published.select("id_dtks", lama="id_orang").collect()
    rows = (
        pl.DataFrame({"id_dtks": ids, "sendiri": stable_ids(ids, "O")})
        .join(survivors, on="id_dtks", how="left", maintain_order="left")
        .join(before, on="id_dtks", how="left", maintain_order="left")
    )
    anew = _listed_anew(rows.filter(pl.col("lama").is_null()), links, published)
    rows = rows.join(anew, on="id_dtks", how="left", maintain_order="left").select(
        "id_dtks", "sendiri", pl.coalesce("lama", "penduduk").alias("lama"), utama=pl.coalesce("ganda_dari", "id_dtks")
    )
    # Nearly everybody is one row and bears the ID made of it, which nobody else had.
    several = pl.col("utama").is_in(survivors["ganda_dari"].unique().implode())
    unlike = several | (pl.col("lama") != pl.col("sendiri")).fill_null(value=False)
    handed_on = pl.col("sendiri").is_in(rows.filter(unlike)["lama"].unique().implode())
    persons = _persons(rows.filter(unlike | handed_on))
    found = rows.select("utama", "sendiri").join(persons, on="utama", how="left", maintain_order="left")
    return found.select(pl.coalesce("id_orang", "sendiri").alias("id_orang")).to_series()


def _listed_anew(rows: pl.DataFrame, links: pl.LazyFrame, published: pl.LazyFrame) -> pl.DataFrame:
    """The ID that the resident of each of these rows had before: id_dtks, penduduk; none where several rows had two."""
    residents = (
        links.filter(pl.col("keputusan").is_in(DECIDED))
        .join(rows.lazy(), on="id_dtks", how="semi")
        .select("id_dtks", nik="nik_dukcapil")
    )
    had = published.filter(pl.col("status_padan").is_in(LINKED)).select("nik", penduduk="id_orang")
    known = had.join(residents, on="nik", how="semi").unique().unique("nik", keep="none")
    return residents.join(known, on="nik").select("id_dtks", "penduduk").collect()


def _persons(rows: pl.DataFrame) -> pl.DataFrame:
    """The ID of each person (`utama`, his surviving row) of some rows: utama, id_orang."""
    had = rows.drop_nulls("lama").group_by("utama", "lama").len()
    usual = had.sort("len", "lama", descending=[True, False]).unique("utama", keep="first").select("utama", "lama")
    # The smallest ID of a group, not the survivor's: which row is fuller may change with the next period.
    first = rows.group_by("utama").agg(pl.col("sendiri").get(pl.col("id_dtks").arg_min()))
    persons = first.join(usual, on="utama", how="left").select(
        "utama",
        "sendiri",
        id_orang=pl.coalesce("lama", "sendiri"),
        dulu=pl.col("lama").is_not_null(),
        tolakan=pl.lit(0),
    )
    made_of = rows.select("sendiri", pemilik="utama")
    # What somebody of now bore before is not for who did not.
    borne = pl.col("id_orang").is_in(rows["lama"].drop_nulls().implode()) & ~pl.col("dulu")
    while persons.select((pl.col("id_orang").is_duplicated() | borne).any()).item():
        claims = persons.join(made_of, left_on="id_orang", right_on="sendiri", how="left")
        own = pl.col("pemilik").eq_missing(pl.col("utama"))
        ranked = claims.sort("id_orang", "dulu", own, "utama", descending=[False, True, True, False]).drop("pemilik")
        kept = pl.col("id_orang").is_first_distinct() & ~borne
        persons = pl.concat([ranked.filter(kept), _with_another(ranked.filter(~kept))])
    return persons.select("utama", "id_orang")


def _with_another(persons: pl.DataFrame) -> pl.DataFrame:
    """Persons whose ID somebody else keeps: with that of a row of theirs, or where that is kept too one more of it."""
    further = stable_ids(persons.select(pl.format("{}/{}", "sendiri", "tolakan")).to_series(), "O")
    of_a_row = pl.col("id_orang") != pl.col("sendiri")
    return persons.with_columns(
        id_orang=pl.when(of_a_row & (pl.col("tolakan") == 0)).then("sendiri").otherwise(further),
        dulu=pl.lit(value=False),
        tolakan=pl.col("tolakan") + 1,
    )
