"""Scores the proposed corrections of NIK and KK numbers against the truth.

A wrong correction is the worst possible mistake, so it has its own figure, per million rows. Belongs here: which
numbers can be corrected, and which were. Does not: links (`pipeline.synthetic.score.links`).
"""

from __future__ import annotations

import polars as pl

from pipeline.normalise.values.identifiers import usable_number, written_number

# Column of `cleansed.koreksi` → columns of the truth: as written, the right number, another right number.
_NUMBERS = {"nik": ("nik_tertulis", "nik_benar", "nik_alt"), "no_kk": ("kk_tertulis", "kk_benar", "kk_benar")}
_MILLION = 1_000_000


def score_corrections(truth: pl.DataFrame, proposed: pl.DataFrame) -> pl.DataFrame:
    """Judge the proposals.

    Args:
        truth: accepted rows: id_dtks, ambigu, nik_tertulis, kk_tertulis (without notation noise), nik_benar, nik_alt,
            kk_benar.
        proposed: `cleansed.koreksi`: id_dtks, kolom, nilai_usulan.

    Returns:
        Per kolom (nik, no_kk): usulan, benar, salah, salah_per_juta (of all rows), dapat (rows with a wrong, unusable
        or missing number whose person is registered and can be decided), dibetulkan (of them rightly corrected) and
        bagian (their share).
    """
    return pl.concat([_judge_column(truth, proposed.filter(kolom=column), column) for column in _NUMBERS])


def _judge_column(truth: pl.DataFrame, proposed: pl.DataFrame, column: str) -> pl.DataFrame:
    written, right, also_right = _NUMBERS[column]
    rows = truth.with_columns(tulis=written_number(pl.col(written))).join(
        proposed.select("id_dtks", "nilai_usulan"), on="id_dtks", how="left"
    )
    wrong_now = usable_number("tulis").ne_missing(pl.col(right)) & pl.col(right).is_not_null() & ~pl.col("ambigu")
    is_right = ((pl.col("nilai_usulan") == pl.col(right)) | (pl.col("nilai_usulan") == pl.col(also_right))).fill_null(
        value=False
    )
    proposed_at_all = pl.col("nilai_usulan").is_not_null()
    counted = rows.select(
        pl.lit(column).alias("kolom"),
        usulan=proposed_at_all.sum().cast(pl.Int64),
        benar=is_right.sum().cast(pl.Int64),
        salah=(proposed_at_all & ~is_right).sum().cast(pl.Int64),
        baris=pl.len(),
        dapat=wrong_now.sum().cast(pl.Int64),
        dibetulkan=(wrong_now & is_right).sum().cast(pl.Int64),
    )
    return counted.select(
        "kolom",
        "usulan",
        "benar",
        "salah",
        pl.when(pl.col("baris") > 0).then(pl.col("salah") / pl.col("baris") * _MILLION).alias("salah_per_juta"),
        "dapat",
        "dibetulkan",
        pl.when(pl.col("dapat") > 0).then(pl.col("dibetulkan") / pl.col("dapat")).alias("bagian"),
    )
