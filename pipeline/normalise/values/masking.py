"""Masks identifiers and names for logs, quarantine and reports; the only place where masking is defined."""

from __future__ import annotations

import re

import polars as pl

# A NIK: region, day of birth (plus 40 for women), month, year and serial number.
_NIK = r"\d{6}(?:[04][1-9]|[1256]\d|[37][01])(?:0[1-9]|1[0-2])\d{6}"
# Shorter identifiers would be shown almost completely.
_FEWEST_DIGITS = 14
_NUMBER_DIGITS = 16
_STARS = pl.lit("*" * 64)


def masked(value: pl.Expr) -> pl.Expr:
    """Text with all but its ends hidden: `3604041211870001` → `3604********0001`, `SITI AMINAH` → `S**********`.

    Values with at least fourteen digits keep four characters at either end, everything else only the first. Blanks at
    the ends are stripped first.
    """
    value = value.str.strip_chars()
    length = value.str.len_chars().cast(pl.Int64)
    identifier = pl.concat_str(value.str.head(4), _STARS.str.head((length - 8).clip(0)), value.str.tail(4))
    word = pl.concat_str(value.str.head(1), _STARS.str.head((length - 1).clip(0)))
    return pl.when(value.str.count_matches(r"\d") >= _FEWEST_DIGITS).then(identifier).otherwise(word)


def differing_digits(written: pl.Expr, true: pl.Expr) -> pl.Expr:
    """Positions where two numbers differ, which masking may hide: `angka ke-7, ke-12`; null if lengths differ.

    Blanks and marks around and between the digits are ignored.
    """
    numbers = pl.struct(written=written.str.replace_all(r"\W", ""), true=true.str.replace_all(r"\W", ""))
    return numbers.map_batches(_differing_digits, return_dtype=pl.String, is_elementwise=True)


def _differing_digits(numbers: pl.Series) -> pl.Series:
    # On columns: a single expression would remove the marks again for every digit.
    written, true = pl.col("written"), pl.col("true")
    places = [
        pl.when(written.str.slice(place, 1) != true.str.slice(place, 1)).then(pl.lit(f"ke-{place + 1}"))
        for place in range(_NUMBER_DIGITS)
    ]
    listed = pl.concat_str(places, separator=", ", ignore_nulls=True)
    same_length = written.str.len_chars() == true.str.len_chars()
    return numbers.struct.unnest().select(pl.when(same_length, listed != "").then(pl.format("angka {}", listed)))[:, 0]


def masked_within(text: pl.Expr) -> pl.Expr:
    """Text with its identifiers masked: `29400/3604041211870001/GEN` → `29400/3604********0001/GEN`."""
    return text.str.replace_all(r"(\d{4})\d{8}(\d{4})", "${1}********${2}")


def masked_order(number: pl.Expr) -> pl.Expr:
    """Like `masked_within`, for order numbers, in which a NIK may have lost a digit: `12120/12********00/GEN`."""
    return masked_within(number).str.replace_all(r"(\d{2})\d{8,}(\d{2})", "${1}********${2}")


def masked_if_nik(value: str) -> str:
    """Mask a value that could be a NIK or KK number; anything else, such as most ID DTKS, stays."""
    return masked_text(value) if re.fullmatch(_NIK, value) else value


def masked_text(text: str) -> str:
    """`masked_within` for a single string, such as the name of a file."""
    return str(pl.select(masked_within(pl.lit(text))).item())
