"""Parses rupiah amounts in the notations of payers, and formats them for officers."""

from __future__ import annotations

import re

import polars as pl

from pipeline.normalise.values.distinct import once_per_value
from pipeline.normalise.values.text import plain, whole_number
from schemas.rules import PER_FAMILY

# Decimal zeros: up to two digits of sen, or more digits than a group of thousands (databases write four).
_ZERO_SEN = "(?:0{1,2}|0{4,})"
_NOISE = r"^(\d{1,12}[.,](?:0{6,}[0-9]{0,5}[1-9]|9{6,}[0-9]{0,6}))$"
# The amount repeated in words; RIBU and JUTA alone belong to the number before them.
_DIGITS = {
    "SATU": 1, "DUA": 2, "TIGA": 3, "EMPAT": 4, "LIMA": 5, "ENAM": 6, "TUJUH": 7, "DELAPAN": 8, "SEMBILAN": 9,
}  # fmt: skip
_TENS, _THOUSANDS = {"PULUH": 10, "RATUS": 100}, {"RIBU": 1_000, "JUTA": 1_000_000}
_DIGIT_WORD = f"(?:{'|'.join(_DIGITS)}|SE(?:PULUH|BELAS|RATUS|RIBU))"
_IN_WORDS = (
    rf"\s*\(?\s*(?:TERBILANG\s*:?\s*)?({_DIGIT_WORD}(?:[\s-]*(?:{_DIGIT_WORD}|BELAS|PULUH|RATUS|RIBU|JUTA))*)"
    r"(?:\s*RUPIAH)?\s*\)?$"
)
_PER_FAMILY = r"(?i)\s*(?:/|\bper\b)\s*(?:KPM|KK|keluarga|penerima|orang)\s*\.?\s*$"
# Units of an amount: 300 RIBU, 1,2 JT. Three digits after a separator may be thousands or decimals, unless the number
# before it is zero.
_UNITS = {
    "RIBU": 1_000, "RB": 1_000, "JUTA": 1_000_000, "JT": 1_000_000, "MILIAR": 1_000_000_000, "MILYAR": 1_000_000_000,
}  # fmt: skip
_IN_UNITS = rf"^(?:([1-9][0-9]{{0,3}})(?:[.,]([0-9]{{1,2}}))?|0[.,]([0-9]{{1,3}}))({'|'.join(_UNITS)})$"
# The unit of all amounts in the title of a list: (dalam ribuan rupiah), Rp Juta.
_UNITS_OF_LIST = r"\b(?:DALAM|SATUAN|RP\.?|IDR)\W*(RIBU|JUTA|MILIAR|MILYAR)(?:AN)?\b"
# How some payers book returned money: -600000, Rp -600.000, (600.000).
_NEGATIVE = r"(?i)^\s*((?:RP|IDR)?[.:]?)\s*(?:[-–\x{2212}]\s*([^-–\x{2212}()]+)|\(\s*([^()]+)\))\s*$"
# Lossless scientific notation of programs: 6e+05. Six digits may be rounded (1.23457e+06), and so is the notation of
# spreadsheets, with a capital E (6,00E+05).
_SHORTENED = r"^([1-9](?:\.[0-9]{0,3}[1-9])?e\+[0-9]{2})$"
# Two amounts separated by a blank; a second part that begins with a zero is the rest of one number.
_TWO_AMOUNTS = r"^(?:\d{4,}|\d{1,3}(?:[.,]\d{3})+) | [1-9]\d{3}"


@once_per_value(pl.Int64)
def to_rupiah(value: pl.Expr) -> pl.Expr:
    """Whole rupiah as Int64: `300000`, `300.000`, `Rp 300.000,00`, `Rp300.000,-`, `300,000.00`, `300 ribu`, `1,2 jt`.

    Words that repeat the amount are ignored if they agree with it: `Sebesar Rp 300.000,00 (tiga ratus ribu rupiah)`.
    Rounding errors of floats (`299999.99999999994`) are rounded away, and a plus is ignored. Null for anything else,
    such as other signs, words, rounded exponents and amounts with sen.
    """
    plainly = plain(value)
    written = plainly.str.to_uppercase().str.strip_chars('" ')
    in_words = written.str.extract(_IN_WORDS).map_elements(_parse_number_words, return_dtype=pl.Int64)
    text = (
        written.str.replace(r"^(?:(?:SEBESAR|SENILAI|SEJUMLAH|NOMINAL)\b\s*:?|@)\s*", "")
        .str.replace(r"^\+?\(?(RP|IDR)\)?[.:]?\s*", "")
        .str.strip_prefix("+")
        .str.replace(_IN_WORDS, "")
        .str.replace(r"\s*(?:RUPIAH|IDR|\(RP\))$", "")
        .str.replace(r"\s*(,-+|\.-+|,=|[.,])$", "")
        # Drop blanks beside punctuation; a blank between digits may separate two amounts.
        .str.replace_all(r" *([^0-9 ]) *", "${1}")
    )
    text = pl.when(~text.str.contains(_TWO_AMOUNTS)).then(text.str.replace_all(" ", "", literal=True))
    grouped = [
        text.str.extract(rf"^(\d{{1,3}}(?:{mark}\d{{3}}){{1,4}})(?:{sen}{_ZERO_SEN})?$").str.replace_all(r"\D", "")
        for mark, sen in ((r"\.", ","), (",", r"\."), ("'", "[.,]"))
    ]
    # After fewer digits four zeros may be a mistyped group of thousands.
    bare = text.str.extract(r"^(\d{1,15})(?:[.,]0{1,2})?$").fill_null(text.str.extract(r"^(\d{4,15})[.,]0{4,}$"))
    noisy = text.str.extract(_NOISE).str.replace(",", ".", literal=True).cast(pl.Float64, strict=False).round()
    shortened = plainly.str.extract(_SHORTENED).cast(pl.Float64, strict=False)
    exact = pl.when(shortened % 1 == 0).then(shortened).cast(pl.Int64, strict=False)
    amount = pl.coalesce(
        pl.coalesce(*grouped, bare).cast(pl.Int64, strict=False), noisy.cast(pl.Int64), _in_units(text), exact
    )
    return pl.when(in_words.is_null() | (in_words == amount)).then(amount)


def _in_units(text: pl.Expr) -> pl.Expr:
    """The amount of `300RIBU` or `0,3JUTA`, both 300000."""
    whole, rest, part = (text.str.extract(_IN_UNITS, group).fill_null("") for group in (1, 2, 3))
    unit = text.str.extract(_IN_UNITS, 4).replace_strict(_UNITS, default=None, return_dtype=pl.Int64)
    return _of_units(whole, pl.concat_str(rest, part), unit)


def _of_units(whole: pl.Expr, behind: pl.Expr, unit: pl.Expr) -> pl.Expr:
    """Rupiah of a number of units, given the digits before and after its decimal mark; null if not whole rupiah."""
    times = pl.concat_str(whole, behind).cast(pl.Int64, strict=False) * unit
    parts = pl.lit(10, pl.Int64).pow(behind.str.len_chars())
    return pl.when(times % parts == 0).then(times // parts)


def _fraction_in_rupiah(value: pl.Expr, unit: pl.Expr) -> pl.Expr:
    """Rupiah of an amount with decimals in a list counted in units: `234.567` millions are 234567000."""
    text = plain(value)
    before, behind = (text.str.extract(r"^([0-9]{1,6})[.,]([0-9]{1,6})$", group) for group in (1, 2))
    return _of_units(before, behind, unit)


def _states_unit(value: pl.Expr) -> pl.Expr:
    """Whether an amount has its own unit, which overrides that of its list: `300 ribu`."""
    return plain(value).str.contains(rf"(?i)[0-9]\s*(?:{'|'.join(_UNITS)})\b")


def _parse_number_words(words: str) -> int:
    """A number in words: `SERATUS DUA BELAS RIBU` is 112000."""
    whole = group = digit = 0
    for word in re.findall("|".join((*_DIGITS, "SE", "BELAS", *_TENS, *_THOUSANDS)), words):
        if word == "BELAS":
            group += 10
        elif word in _TENS:
            group, digit = group + digit * _TENS[word], 0
        elif word in _THOUSANDS:
            whole, group, digit = whole + (group + digit) * _THOUSANDS[word], 0, 0
        else:
            digit = _DIGITS.get(word, 1)
    return whole + group + digit


def order_amount(value: pl.Expr, title: pl.Expr, status: pl.Expr) -> pl.Expr:
    """Like `to_rupiah`, for an order, whose list may be in thousands or millions by its title.

    Some payers book returned money (`status` RETUR) with a minus, which is dropped.

    An order is for one family, so an amount per family is its own (`Rp 300.000/KPM`). In a list counted in units the
    reading that may be paid to one family counts: 600.000 below (dalam ribuan) is not 600 million.
    """
    returned = pl.when(status == "RETUR").then(value.str.replace(_NEGATIVE, "${1}${2}${3}"))
    written = pl.coalesce(returned, value).str.replace(_PER_FAMILY, "")
    bare, units = to_rupiah(written), _unit_of_list(title)
    ways = (bare, units * bare, _fraction_in_rupiah(written, units))
    plausible = (pl.when(way.is_between(*PER_FAMILY, closed="right")).then(way) for way in ways)
    return pl.when(units.is_null()).then(bare).otherwise(pl.coalesce(*plausible, bare))


def target_amount(column: str) -> pl.Expr:
    """Like `to_rupiah`, for a target, whose list may be in thousands or millions by its title (`judul`)."""
    units = _unit_of_list(pl.col("judul")).fill_null(1)
    written, families = pl.col(column), whole_number(pl.col("kpm_alokasi"))
    as_thousands = pl.when(_states_unit(written)).then(1).otherwise(units) * to_rupiah(written)
    # A separator before three digits may be one of thousands or a decimal mark: the payment per family decides.
    as_decimal = pl.when(units > 1).then(_fraction_in_rupiah(written, units))
    plausible = [
        (each / families).is_between(*PER_FAMILY, closed="right").fill_null(value=False)
        for each in (as_thousands, as_decimal)
    ]
    return pl.when(plausible[1] & ~plausible[0]).then(as_decimal).otherwise(as_thousands)


@once_per_value(pl.Int64)
def _unit_of_list(title: pl.Expr) -> pl.Expr:
    """The unit of the amounts of a list by its title; null if it states none."""
    word = title.str.to_uppercase().str.extract(_UNITS_OF_LIST)
    return word.replace_strict(_UNITS, default=None, return_dtype=pl.Int64)


def format_rupiah(amount: pl.Expr) -> pl.Expr:
    """Whole rupiah as officers read them: `1234567` → `Rp1.234.567`."""
    backwards = amount.cast(pl.String).str.reverse().str.replace_all(r"(\d{3})", "${1}.")
    return pl.lit("Rp") + backwards.str.strip_suffix(".").str.reverse()
