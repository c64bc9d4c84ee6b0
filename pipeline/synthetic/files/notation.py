"""Varies the notation of values: date formats, stray blanks, apostrophes and ".0".

Belongs here: notation, which loses nothing. Does not: damage (`pipeline.synthetic.defects`).
"""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from schemas.spelling import MONTHS, NUMBER

_MONTHS = tuple(map(str.upper, MONTHS))
_BLANKS = ("", "", "", "-", "NULL", "nan")
_EXCEL_EPOCH = date(1899, 12, 30)
_SERIALS, _PADDED = 0.7, 0.4
_ADDRESS_WORDS = (
    ("^KP ", "KP. "), ("^KP ", "KAMPUNG "), ("^DUSUN ", "DSN "), ("^DUSUN ", "DUS. "), ("^JL ", "JLN "),
    ("^JL ", "JL. "), (" NO ", " NO. "), ("^DK ", "DUKUH "),
)  # fmt: skip


def dates(column: str, style: str, rng: np.random.Generator, rows: int) -> pl.Expr:
    """A date column as text.

    Args:
        column: a Date column.
        style: a chrono format, "bulan" (17 AGUSTUS 1985) or "excel" (serial numbers among dd/mm/yyyy).
        rng: random numbers.
        rows: height of the table.
    """
    value = pl.col(column)
    if style == "bulan":
        month = value.dt.month().cast(pl.Int64).replace_strict(dict(enumerate(_MONTHS, 1)), return_dtype=pl.String)
        return pl.format("{} {} {}", value.dt.strftime("%d"), month, value.dt.year())
    if style == "excel":
        serial = (value - _EXCEL_EPOCH).dt.total_days().cast(pl.String)
        return pl.when(pl.Series(rng.random(rows) < _SERIALS)).then(serial).otherwise(value.dt.strftime("%d/%m/%Y"))
    return value.dt.strftime(style)


def identifier(column: str, rate: float, rng: np.random.Generator, rows: int, *, dotted: bool) -> pl.Expr:
    """NIK or KK with apostrophes, trailing blanks, various notations of blank and, if `dotted`, ".0"."""
    value = pl.col(column)
    draw = pl.lit(pl.Series(rng.random(rows)))
    blank = pl.lit(pl.Series(_BLANKS).gather(rng.integers(0, len(_BLANKS), rows)))
    complete = value.str.contains(NUMBER)
    return (
        pl.when(value == "")
        .then(blank)
        .when(~complete)
        .then(value)
        .when(draw < rate)
        .then("'" + value)
        .when(draw < 2 * rate)
        .then(value + "\u00a0 ")
        .when(draw < 2.5 * rate)
        .then(value + "  ")
        .when((draw < 3.5 * rate) & pl.lit(dotted))
        .then(value + ".0")
        .otherwise(value)
    )


def words(column: str, rate: float, rng: np.random.Generator, rows: int) -> pl.Expr:
    """Text with occasional double inner or stray outer blanks."""
    value = pl.col(column)
    draw = pl.lit(pl.Series(rng.random(rows)))
    return (
        pl.when(draw < rate)
        .then(value + "\u00a0 ")
        .when(draw < 2 * rate)
        .then(value.str.replace(" ", "  ", literal=True))
        .when(draw < 2.5 * rate)
        .then(" " + value)
        .otherwise(value)
    )


def address(column: str, rng: np.random.Generator, rows: int) -> pl.Expr:
    """Addresses with JL or JLN, KP or KAMPUNG."""
    value = pl.col(column)
    variant = pl.lit(pl.Series(rng.integers(0, 4 * len(_ADDRESS_WORDS), rows)))
    written = value
    for number, (pattern, word) in enumerate(_ADDRESS_WORDS):
        written = pl.when(variant == number).then(value.str.replace(pattern, word)).otherwise(written)
    return written


def zero_padded(column: str, rng: np.random.Generator, rows: int) -> pl.Expr:
    """RT or RW as 3 or 003."""
    value = pl.col(column).cast(pl.String)
    return pl.when(pl.Series(rng.random(rows) < _PADDED)).then(value.str.zfill(3)).otherwise(value)


def rupiah(column: str, style: str) -> pl.Expr:
    """Amounts as 300000 ("angka"), 300.000 ("titik") or Rp 300.000,00 ("rp")."""
    plain = pl.col(column).cast(pl.String)
    if style == "angka":
        return plain
    # Split off thousands from the right; no amount has more than five groups.
    dotted = plain.str.replace(r"(\d)(\d{3})$", "$1.$2")
    for _ in range(4):
        dotted = dotted.str.replace(r"^(\d+)(\d{3})\.", "$1.$2.")
    return dotted if style == "titik" else pl.format("Rp {},00", dotted)
