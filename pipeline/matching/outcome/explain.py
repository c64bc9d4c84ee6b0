"""Explains a link: reason codes, one sentence an officer can check, and the match weight of every fact.

Belongs here: composing the wording of decisions from the phrases in `schemas.reasons` and their details (which digit,
how many relatives). Does not: deciding.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from pipeline.matching.judging.scoring import contexts_of
from pipeline.matching.model.linkage import LinkageModel, weights
from pipeline.matching.records import bcd
from pipeline.matching.records.arrays import Floats, Ints, Levels
from schemas.reasons import AGREEING, REASONS

_LAST = bcd.DIGITS - 1
# Position of the first digit of the birth day, and the tens added to it for women.
_DAY, _FORTY = 6, 4
# Larger numbers lose their last digit in a 64-bit float.
_LEAST_ROUNDED = np.uint64(0x9007199254740992)


def reasons_of(model: LinkageModel, levels: Levels) -> pl.DataFrame:
    """Reason codes of the pairs' levels, one column per comparison, null if a level explains nothing."""
    columns = []
    for number, comparison in enumerate(model.comparisons):
        codes = pl.Series([level.reason for level in comparison.levels], dtype=pl.String)
        columns.append(codes.gather(levels[:, number]).alias(comparison.name))
    return pl.DataFrame(columns)


def bits_per_fact(model: LinkageModel, levels: Levels, residents: int) -> pl.DataFrame:
    """Per comparison the code of its level and its bits (`bobot_<comparison>`), for the waterfall chart."""
    columns = []
    for number, comparison in enumerate(model.comparisons):
        level = levels[:, number]
        names = [level.code for level in comparison.levels]
        codes = pl.Series(comparison.name, names, pl.Enum(names))
        bits: Floats = weights(comparison, residents).match[contexts_of(model, number, levels), level]
        columns += [
            codes.gather(level),
            pl.Series(f"bobot_{comparison.name}", bits.round(3), pl.Float32),
        ]
    return pl.DataFrame(columns)


def slip_phrases(written: bcd.Packed, true: bcd.Packed) -> pl.Series:
    """What is wrong with a NIK, in words; null where the numbers are equal or one is missing."""
    places = bcd.differing_digits(written, true)
    count = np.bitwise_count(places)
    last = _LAST - _lowest(places)
    without_last = places & (places - np.uint64(1))
    first = _LAST - _lowest(np.where(without_last == 0, places, without_last))
    only_last = (count == 1) & (last == _LAST)
    below, above = bcd.float_neighbours(written)
    rounded = only_last & (written >= _LEAST_ROUNDED) & ((below == true) | (above == true))
    other_sex = bcd.digit(written, _DAY).astype(np.int64) - bcd.digit(true, _DAY).astype(np.int64)
    frame = pl.DataFrame(
        {
            "known": (written != 0) & (true != 0),
            "n": count,
            "first": first + 1,
            "last": last + 1,
            "zeroed": only_last & (bcd.digit(written, _LAST) == 0),
            "rounded": rounded,
            "other_sex": (count == 1) & (last == _DAY) & (np.abs(other_sex) == _FORTY),
            "swapped_dates": written == bcd.swapped_day_month(true),
            "swap": bcd.is_swap(written, true),
        }
    )
    return frame.select(
        pl.when(~pl.col("known") | (pl.col("n") == 0))
        .then(None)
        .when("zeroed")
        .then(pl.lit("NIK berbeda 1 angka (angka ke-16 menjadi nol, khas kerusakan Excel)"))
        .when("rounded")
        .then(pl.lit("NIK berbeda 1 angka (angka ke-16 dibulatkan, khas nomor Papua yang dibaca sebagai bilangan)"))
        .when("other_sex")
        .then(pl.lit("NIK berbeda 1 angka (angka ke-7, tanggal lahirnya ditulis untuk jenis kelamin lain)"))
        .when(pl.col("n") == 1)
        .then(pl.format("NIK berbeda 1 angka (angka ke-{})", "last"))
        .when("swap")
        .then(pl.format("dua angka NIK tertukar (angka ke-{} dan ke-{})", "first", "last"))
        .when("swapped_dates")
        .then(pl.lit("tanggal dan bulan lahir di dalam NIK tertukar"))
        .when(pl.col("n") == 2)  # noqa: PLR2004
        .then(pl.format("NIK berbeda 2 angka (angka ke-{} dan ke-{})", "first", "last"))
        # Two digits differ by a slip, and the last one is lost as well.
        .otherwise(pl.format("NIK berbeda {} angka", "n"))
        .alias("angka")
    ).to_series()


def explain(reasons: pl.DataFrame, number: str, details: pl.DataFrame | None = None) -> pl.DataFrame:
    """Codes and sentence per link, in this order: what is wrong with the NIK; what agrees; what differs; the doubt.

    Args:
        reasons: columns of reason codes in the order of the sentence; null for none.
        number: name of the column about the NIK.
        details: per link: angka (`slip_phrases`), panjang (digits of the NIK as written), kerabat and kerabat_lain
            (number of relatives linked in the same KK and elsewhere).

    Returns:
        alasan (list of codes) and penjelasan (one Indonesian sentence).
    """
    mentioned = None if details is None else _mentioned_details(reasons, number, details)
    distinguishing = reasons if mentioned is None else reasons.hstack(mentioned)
    _, first, distinct = np.unique(distinguishing.hash_rows().to_numpy(), return_index=True, return_inverse=True)
    return _codes_and_sentence(reasons[first], number, None if mentioned is None else mentioned[first])[distinct]


def _mentioned_details(reasons: pl.DataFrame, number: str, details: pl.DataFrame) -> pl.DataFrame:
    """The details that a sentence mentions, null elsewhere, so that most sentences occur many times."""
    joined = reasons.hstack(details)
    digits = joined.select(
        angka=pl.when(_is_slip(pl.col(number))).then("angka"),
        panjang=pl.when(pl.col(number).is_in(["NIK_SALAH_PANJANG", "NIK_RUSAK"])).then("panjang"),
    )
    relatives = joined.select(
        pl.when(pl.any_horizontal(pl.col(reasons.columns) == reason)).then(figure).alias(figure)
        for figure, reason in (("kerabat", "KELUARGA_PADAN"), ("kerabat_lain", "KELUARGA_LAIN"))
    )
    return digits.hstack(relatives)


def _is_slip(code: pl.Expr) -> pl.Expr:
    return code.str.starts_with("NIK_SALAH") | (code == "NIK_RUSAK")


def _codes_and_sentence(reasons: pl.DataFrame, number: str, details: pl.DataFrame | None) -> pl.DataFrame:
    """`explain` for distinct reasons and details."""
    names = reasons.columns
    joined = reasons if details is None else reasons.hstack(details)
    agreeing = joined.select(_agreeing_fact(name, details is not None) for name in names)
    phrases = joined.select(_phrase(name, details is not None) for name in names)
    clauses = phrases.with_columns(
        # The list is made first: within one expression it would be made again for each use.
        cocok=agreeing.select(fakta=_non_null_list(names)).select(_enumerated(pl.col("fakta"))).to_series()
    )
    order = [number, "cocok", *(name for name in names if name != number)]
    sentence = clauses.select(t=pl.concat_str(order, separator="; ", ignore_nulls=True)).select(
        penjelasan=pl.col("t").str.head(1).str.to_uppercase() + pl.col("t").str.slice(1) + pl.lit(".")
    )
    return reasons.select(alasan=_non_null_list(names)).hstack(sentence)


def _non_null_list(names: Sequence[str]) -> pl.Expr:
    """The values of the columns that are not null, as a list; via an array, which is twenty times faster."""
    return pl.concat_arr(names).arr.to_list().list.drop_nulls()


def _agreeing_fact(name: str, detailed: bool) -> pl.Expr:
    """The fact that agrees, null for any other reason."""
    label = pl.col(name).replace_strict(AGREEING, return_dtype=pl.String, default=None)
    if not detailed:
        return label.alias(name)
    relatives = pl.when(pl.col(name) == "KELUARGA_PADAN").then(pl.format("{} anggota KK lain", "kerabat"))
    return pl.coalesce(relatives, label).alias(name)


def _phrase(name: str, detailed: bool) -> pl.Expr:
    """The phrase of a reason that is no agreement, with its details if given."""
    code = pl.col(name)
    phrase = code.replace_strict(
        {reason: text for reason, text in REASONS.items() if reason not in AGREEING},
        return_dtype=pl.String,
        default=None,
    )
    if not detailed:
        return phrase.alias(name)
    short = (code == "NIK_SALAH_PANJANG") & (pl.col("panjang") < bcd.DIGITS)
    long = (code == "NIK_SALAH_PANJANG") & (pl.col("panjang") > bcd.DIGITS)
    lacking = (code == "NIK_RUSAK") & (pl.col("panjang") < bcd.DIGITS)
    return (
        pl.when(_is_slip(code) & pl.col("angka").is_not_null())
        .then("angka")
        .when(short)
        .then(pl.lit("NIK kurang 1 angka, selebihnya cocok"))
        .when(lacking)
        .then(pl.lit("NIK kurang angka terakhirnya, selebihnya cocok"))
        .when(long)
        .then(pl.lit("NIK kelebihan 1 angka, selebihnya cocok"))
        .when(code == "KELUARGA_LAIN")
        .then(pl.format("{} anggota keluarga lain padan di KK yang berbeda", "kerabat_lain"))
        .otherwise(phrase)
        .alias(name)
    )


def _enumerated(facts: pl.Expr) -> pl.Expr:
    """`nama cocok`, `NIK dan nama cocok`, `NIK, nama, dan tanggal lahir cocok`; null for an empty list."""
    count = facts.list.len()
    last = facts.list.last() + pl.lit(" cocok")
    before = facts.list.head(count - 1).list.join(", ")
    return (
        pl.when(count == 1)
        .then(last)
        .when(count == 2)  # noqa: PLR2004
        .then(before + pl.lit(" dan ") + last)
        .when(count > 2)  # noqa: PLR2004
        .then(before + pl.lit(", dan ") + last)
    )


def _lowest(places: bcd.Packed) -> Ints:
    """Position of the lowest marked digit, counted from the right, 0 for the last one."""
    lowest = places & (~places + np.uint64(1))
    return np.bitwise_count(np.where(lowest == 0, np.uint64(0), lowest - np.uint64(1))).astype(np.int64) // 4
