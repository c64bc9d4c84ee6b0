"""`id_orang`: the same for all DTKS rows of one person, and for one person in every periode.

Belongs here: which ID a person bears. Does not: which rows are one person's (`dedupe`).
"""

from __future__ import annotations

import polars as pl

from pipeline.normalise.stable_id import stable_ids


def person_ids(ids: pl.Series, survivors: pl.DataFrame, published: pl.LazyFrame) -> pl.Series:
    """The person of each row.

    A person bears the ID that most of the rows had before, whichever rows came or went since; a new one that of the
    smallest row. An ID belongs to one person: of several who had it, to whom the row belongs that it was made of, else
    to the one of the smallest surviving row.

    Args:
        ids: `id_dtks` of all accepted rows.
        survivors: `id_dtks`, `ganda_dari` of rows that are duplicates.
        published: `id_dtks`, `id_orang` of an earlier periode; no rows before the first.

    Returns:
        `id_orang`, in the order of `ids`.
    """
    before = published.select("id_dtks", lama="id_orang").collect()
    rows = (
        pl.DataFrame({"id_dtks": ids, "sendiri": stable_ids(ids, "O")})
        .join(survivors, on="id_dtks", how="left", maintain_order="left")
        .join(before, on="id_dtks", how="left", maintain_order="left")
        .select("id_dtks", "sendiri", "lama", utama=pl.coalesce("ganda_dari", "id_dtks"))
    )
    # Nearly everybody is one row and bears the ID made of it, which nobody else had.
    several = pl.col("utama").is_in(survivors["ganda_dari"].unique().implode())
    unlike = several | (pl.col("lama") != pl.col("sendiri")).fill_null(value=False)
    handed_on = pl.col("sendiri").is_in(rows.filter(unlike)["lama"].unique().implode())
    persons = _persons(rows.filter(unlike | handed_on))
    found = rows.select("utama", "sendiri").join(persons, on="utama", how="left", maintain_order="left")
    return found.select(pl.coalesce("id_orang", "sendiri").alias("id_orang")).to_series()


def _persons(rows: pl.DataFrame) -> pl.DataFrame:
    """The ID of each person (`utama`, his surviving row) of some rows: utama, id_orang."""
    had = rows.drop_nulls("lama").group_by("utama", "lama").len()
    usual = had.sort("len", "lama", descending=[True, False]).unique("utama", keep="first").select("utama", "lama")
    # The smallest ID of a group, not the survivor's: which row is fuller may change with the next period.
    first = rows.group_by("utama").agg(pl.col("sendiri").get(pl.col("id_dtks").arg_min()))
    persons = first.join(usual, on="utama", how="left").select(
        "utama", "sendiri", id_orang=pl.coalesce("lama", "sendiri")
    )
    made_of = rows.select("sendiri", pemilik="utama")
    while persons["id_orang"].is_duplicated().any():
        # Who loses one has the ID of a row of his own, which nobody can claim better.
        claims = persons.join(made_of, left_on="id_orang", right_on="sendiri", how="left")
        own = pl.col("pemilik").eq_missing(pl.col("utama"))
        ranked = claims.sort("id_orang", own, "utama", descending=[False, True, False])
        kept = pl.when(pl.col("id_orang").is_first_distinct()).then("id_orang").otherwise("sendiri")
        persons = ranked.select("utama", "sendiri", id_orang=kept)
    return persons.drop("sendiri")
