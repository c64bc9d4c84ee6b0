"""Why a link was made: reason codes, one sentence an officer can check, and the weight of every fact.

Belongs here: wording of decisions. Does not: deciding. Phrases stand in `schemas.reasons`; here they get their figures
(which digit, how many relatives).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from pipeline.matching import identifiers_near as near
from pipeline.matching.model import Floats, LinkageModel, weights
from pipeline.matching.scoring import contexts_of
from schemas.reasons import REASONS

_LAST = near.DIGITS - 1


def reasons_of(model: LinkageModel, levels: npt.NDArray[np.uint8]) -> pl.DataFrame:
    """The reason code of each pair's levels, one column per comparison, null where a level explains nothing."""
    columns = []
    for number, comparison in enumerate(model.comparisons):
        codes = pl.Series([level.reason for level in comparison.levels], dtype=pl.String)
        columns.append(codes.gather(levels[:, number]).alias(comparison.name))
    return pl.DataFrame(columns)


def bits_per_fact(model: LinkageModel, levels: npt.NDArray[np.uint8], residents: int) -> pl.DataFrame:
    """Per comparison the code of its level and its bits (`bobot_<comparison>`), for a waterfall."""
    position = {comparison.name: number for number, comparison in enumerate(model.comparisons)}
    columns = []
    for number, comparison in enumerate(model.comparisons):
        level = levels[:, number]
        codes = pl.Series([level.code for level in comparison.levels], dtype=pl.String)
        bits: Floats = weights(comparison, residents).match[contexts_of(model, number, levels, position), level]
        columns += [codes.gather(level).alias(comparison.name), pl.Series(f"bobot_{comparison.name}", bits.round(3))]
    return pl.DataFrame(columns)


def slip_phrases(written: near.Packed, true: near.Packed) -> pl.Series:
    """Which digits of a NIK are wrong, in words; null where the numbers are equal, missing or too different."""
    places = near.different_digits(written, true)
    count = np.bitwise_count(places)
    last = _LAST - _lowest(places)
    without_last = places & (places - np.uint64(1))
    first = _LAST - _lowest(np.where(without_last == 0, places, without_last))
    zeroed = (count == 1) & (last == _LAST) & (near.digit(written, _LAST) == 0)
    frame = pl.DataFrame(
        {"n": count, "first": first + 1, "last": last + 1, "zeroed": zeroed, "swap": near.is_swap(written, true)}
    ).with_columns(known=pl.Series((written != 0) & (true != 0)))
    return frame.select(
        pl.when(~pl.col("known") | (pl.col("n") == 0) | (pl.col("n") > 2))  # noqa: PLR2004
        .then(None)
        .when("zeroed")
        .then(pl.lit("NIK berbeda 1 angka (angka ke-16 menjadi nol, khas kerusakan Excel)"))
        .when(pl.col("n") == 1)
        .then(pl.format("NIK berbeda 1 angka (angka ke-{})", "last"))
        .when("swap")
        .then(pl.format("dua angka NIK tertukar (angka ke-{} dan ke-{})", "first", "last"))
        .otherwise(pl.format("NIK berbeda 2 angka (angka ke-{} dan ke-{})", "first", "last"))
        .alias("angka")
    ).to_series()


def explained(reasons: pl.DataFrame, details: pl.DataFrame | None = None) -> pl.DataFrame:
    """Codes and sentence per link.

    Args:
        reasons: columns of reason codes in the order they are told; null tells nothing.
        details: figures for some of them, per link: angka (`slip_phrases`), kerabat and kerabat_lain (relatives linked
            in the same KK and elsewhere).

    Returns:
        alasan (list of codes) and penjelasan (one Indonesian sentence).
    """
    codes = reasons.columns
    phrases = reasons.select(pl.col(codes).replace_strict(REASONS, return_dtype=pl.String, default=None))
    if details is not None:
        slip = pl.col("code").str.starts_with("NIK_SALAH") | (pl.col("code") == "NIK_RUSAK")
        detailed = (
            pl.when(slip & pl.col("angka").is_not_null())
            .then("angka")
            .when(pl.col("code") == "KELUARGA_PADAN")
            .then(pl.format("{} anggota keluarga lain padan di KK yang sama", "kerabat"))
            .when(pl.col("code") == "KELUARGA_LAIN")
            .then(pl.format("{} anggota keluarga lain padan di KK yang berbeda", "kerabat_lain"))
            .otherwise("phrase")
        )
        phrases = pl.DataFrame(
            details.select(reasons[code].alias("code"), phrases[code].alias("phrase"), pl.all())
            .select(detailed.alias(code))
            .to_series()
            for code in codes
        )
    told = phrases.select(t=pl.concat_str(pl.all(), separator="; ", ignore_nulls=True)).select(
        penjelasan=pl.col("t").str.head(1).str.to_uppercase() + pl.col("t").str.slice(1) + pl.lit(".")
    )
    return reasons.select(alasan=pl.concat_list(pl.all()).list.drop_nulls()).hstack(told)


def _lowest(places: near.Packed) -> npt.NDArray[np.int64]:
    """Number of the lowest digit that is marked, 0 for the last one."""
    lowest = places & (~places + np.uint64(1))
    return np.bitwise_count(np.where(lowest == 0, np.uint64(0), lowest - np.uint64(1))).astype(np.int64) // 4
