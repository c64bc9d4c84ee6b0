"""Survivorship: which fields the surviving row of a person takes over from its duplicates.

Nothing is overwritten: the survivor keeps the fields it states; a missing field comes from the duplicate that states
most. Does not belong here: which rows are one person (`pipeline.matching.duplicates.dedupe`).
"""

from __future__ import annotations

import polars as pl

from schemas.link import SURVIVING


def filled_fields(people: pl.DataFrame, survivors: pl.DataFrame) -> pl.DataFrame:
    """Fields that surviving rows lack and their duplicates state.

    Args:
        people: accepted DTKS rows.
        survivors: id_dtks, ganda_dari of every duplicate.

    Returns:
        `link.ganda_isian` without periode: id_dtks (survivor), kolom_isian, nilai_isian (as text), id_dtks_sumber (the
        duplicate it comes from: of several the one with most fields, then the smallest ID).
    """
    kept = people.select("id_dtks", *(pl.col(field).cast(pl.String) for field in SURVIVING))
    stated = pl.sum_horizontal(pl.col(field).is_not_null() for field in SURVIVING)
    stated_fields = (
        survivors.join(kept, on="id_dtks")
        .with_columns(banyak=stated)
        .sort("banyak", "id_dtks", descending=[True, False])
        .drop("banyak")
        .unpivot(SURVIVING, index=["id_dtks", "ganda_dari"], variable_name="kolom", value_name="nilai")
        .drop_nulls("nilai")
        .unique(["ganda_dari", "kolom"], keep="first", maintain_order=True)
    )
    lacking = (
        kept.join(survivors.select(id_dtks="ganda_dari").unique(), on="id_dtks", how="semi")
        .unpivot(SURVIVING, index="id_dtks", variable_name="kolom", value_name="nilai")
        .filter(pl.col("nilai").is_null())
        .select("id_dtks", kolom_isian="kolom")
    )
    return (
        stated_fields.select(id_dtks="ganda_dari", kolom_isian="kolom", nilai_isian="nilai", id_dtks_sumber="id_dtks")
        .join(lacking, on=["id_dtks", "kolom_isian"], how="semi")
        .sort("id_dtks", "kolom_isian")
    )
