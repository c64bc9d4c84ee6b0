"""Cleans NIK and KK numbers without loss, checks the region at their head, and detects damage of whole files.

Nothing is guessed: recovering a damaged number belongs to `pipeline.matching`. Comparing the date and sex in a NIK with
the row, and turning damage into findings with their sentences, belongs to `schemas.rules`.
"""

from __future__ import annotations

import polars as pl

from pipeline.normalise.regions import known_region_codes
from pipeline.normalise.values.distinct import apply_expression, map_distinct, once_per_value
from pipeline.normalise.values.text import plain
from pipeline.settings import DamageLimits
from schemas.rules import is_filler
from schemas.spelling import DIGITS, SMALLEST, is_number

# Letters typed or scanned for digits, replaced only inside a number.
_LOOKALIKES = {"O": "0", "Q": "0", "D": "0", "I": "1", "L": "1", "|": "1", "Z": "2", "S": "5", "B": "8"}
_SCIENTIFIC = r"^([0-9])[.,]?([0-9]*)E\+?[0-9]+$"
# Scientific notation that lost nothing: all sixteen digits; zeros at the end may be padding.
_ALL_DIGITS = r"^([0-9])[.,]([0-9]{13}(?:[1-9]0|[0-9][1-9]))E\+?15$"
# The only number in a cell with words: NIK 3604…, 3604… (BARU). With different separators, or after a single digit, it
# would be several numbers: TGL 17-08-1985 08123456.
_GROUPED = "|".join(f"[0-9]{{2}}(?:{sign}?[0-9]){{14}}" for sign in (" ", r"\.", "-"))
_NUMBER_IN_WORDS = rf"^(?:[^0-9]*[^0-9A-Z])?({_GROUPED})(?:[^0-9A-Z][^0-9]*)?$"
# Decimal zeros after a whole number, also grouped in thousands; sixteen digits may be grouped in any way.
_DECIMAL_REST = r"^([0-9]{9,}|[0-9](?:[., ][0-9]{3}){5}|(?:[0-9][ .,'’`/_\p{Pd}]*){15}[0-9])[.,]0+['’\"`]*$"
# Zeros, or NN (nomen nescio): no number.
_NO_NUMBER = "^(?:0{0,15}|NN)$"
_REGION_DIGITS = 6
_USUAL_MARKS = " '\xa0"
_MIN_DIGITS = 8
# The only provinces whose numbers exceed 2**53, above which 64-bit floats represent even numbers only.
_PROVINCE, _PAPUA = 10**14, (91, 96)


def written_number(value: pl.Expr) -> pl.Expr:
    """The number without quotes, blanks, dots, dashes or `.0`, and with look-alike letters as digits.

    Returns:
        Text of any length; null for a blank cell or `0`. Scientific notation stays, as its digits are lost, and so does
        text with other letters, for which a rule has a code.
    """
    return value.map_batches(_clean_numbers, return_dtype=pl.String, is_elementwise=True)


def _clean_numbers(values: pl.Series) -> pl.Series:
    """In three steps, each for the remainder of the one before: digits only, the usual marks around them, the rest."""
    unclean = (~apply_expression(values, _is_digits).fill_null(value=False)).arg_true()
    if unclean.is_empty():
        return values
    bare = apply_expression(values.gather(unclean), _without_usual_marks)
    is_clean = apply_expression(bare, is_number).fill_null(value=False)
    unusual = unclean.filter(~is_clean)
    return (
        values.clone()
        .scatter(unclean.filter(is_clean), bare.filter(is_clean))
        .scatter(unusual, map_distinct(values.gather(unusual), _repair_numbers))
    )


def _is_digits(value: pl.Expr) -> pl.Expr:
    """Whether text is nothing but digits, not all 0; ten times faster than a regular expression."""
    # The cast also accepts a leading plus, which sorts before the digits.
    return (value.cast(pl.Int64, strict=False) > 0) & (value >= "0")


def _without_usual_marks(value: pl.Expr) -> pl.Expr:
    bare = value.str.strip_chars(_USUAL_MARKS)
    # Drop `.0` only after a complete number; in a shorter one the 0 may be a digit.
    bare = pl.when(bare.str.len_bytes() == DIGITS + len(".0")).then(bare.str.strip_suffix(".0")).otherwise(bare)
    return bare.str.replace_many(["-", " ", "'"], ["", "", ""])


def _repair_numbers(values: pl.Series) -> pl.Series:
    # Step by step: a single expression would compute the first steps a dozen times.
    upper = apply_expression(values, lambda value: plain(value).str.to_uppercase())
    upper = apply_expression(upper, lambda value: value.str.replace(_ALL_DIGITS, "${1}${2}"))
    bare = apply_expression(upper, lambda value: _strip_marks(pl.coalesce(value.str.extract(_NUMBER_IN_WORDS), value)))
    digits = bare.str.replace_many(list(_LOOKALIKES), list(_LOOKALIKES.values()))
    steps = pl.DataFrame({"upper": upper, "bare": bare, "digits": digits})
    is_repaired = pl.col("digits").str.contains("^[0-9]+$") & (pl.col("bare").str.count_matches("[0-9]") >= _MIN_DIGITS)
    repaired = steps.select(
        pl.when(pl.col("upper").str.contains(_SCIENTIFIC))
        .then("upper")
        .when(is_repaired)
        .then("digits")
        .otherwise("bare")
        .alias("meant")
    )
    return repaired.select(pl.when(~pl.col("meant").str.contains(_NO_NUMBER)).then("meant")).to_series()


def usable_number(written: str) -> pl.Expr:
    """The column `written` (from `written_number`) if it is a number of 16 digits and not a filler; else null."""
    return pl.col(written).map_batches(_usable_numbers, return_dtype=pl.String, is_elementwise=True)


def _usable_numbers(values: pl.Series) -> pl.Series:
    steps = values.to_frame("tulis").select("tulis", angka=pl.col("tulis").cast(pl.Int64, strict=False))
    written, number = pl.col("tulis"), pl.col("angka")
    # Of 16 bytes that parse as a number, only those without sign or blank are 16 digits.
    sixteen = (written.str.len_bytes() == DIGITS) & ((number >= SMALLEST) | ((written >= "0") & (written < "1")))
    return steps.select(pl.when(sixteen & ~is_filler("angka")).then("tulis")).to_series().alias(values.name)


def count_damage(numbers: pl.DataFrame) -> pl.DataFrame:
    """The counts that show whether files are damaged as a whole, one row per file; those of several parts add up.

    Args:
        numbers: `berkas` and `nik`, usable numbers.
    """
    # Cast once: in one expression every mention would be cast again.
    read = numbers.select("berkas", pl.col("nik").cast(pl.Int64))
    last, papua = pl.col("nik") % 10, is_of_papua(pl.col("nik"))
    return read.group_by("berkas").agg(
        nomor=pl.col("nik").count(),
        nol=(last == 0).sum(),
        papua=papua.sum(),
        papua_ganjil=(papua & (last % 2 == 1)).sum(),
        papua_lain=(papua & (last != 0)).sum(),
    )


def files_zeroed(counts: pl.DataFrame, limits: DamageLimits) -> pl.Series:
    """Files whose numbers lost their 16th digit: far more than a tenth of them end in 0.

    Args:
        counts: `count_damage` of one part or several.
        limits: from how many numbers and which share.
    """
    damaged = (pl.col("nomor") >= limits.nomor_dinilai) & (100 * pl.col("nol") >= limits.berakhir_nol * pl.col("nomor"))
    return _sum_per_file(counts).filter(damaged)["berkas"]


def files_rounded(counts: pl.DataFrame, limits: DamageLimits) -> pl.Series:
    """Files whose Papua numbers went through a 64-bit float: all of them are even.

    The last digit is then right or one off. Numbers ending in 0 only are Excel's work (`files_zeroed`).

    Args:
        counts: `count_damage` of one part or several.
        limits: from how many numbers.
    """
    damaged = (pl.col("papua") >= limits.nomor_dinilai) & (pl.col("papua_ganjil") == 0) & (pl.col("papua_lain") > 0)
    return _sum_per_file(counts).filter(damaged)["berkas"]


def _sum_per_file(counts: pl.DataFrame) -> pl.DataFrame:
    return counts.group_by("berkas").agg(pl.all().sum()).sort("berkas")


def is_of_papua(number: pl.Expr) -> pl.Expr:
    """Whether a usable number begins with a province of Papua."""
    return (number.cast(pl.Int64) // _PROVINCE).is_between(*_PAPUA)


def _strip_marks(upper: pl.Expr) -> pl.Expr:
    """The text without decimal zeros, blanks and the marks people put between digits."""
    return upper.str.replace(_DECIMAL_REST, "${1}").str.replace_all(r"[\s.,'’`\"/_\p{Pd}\x{2212}]", "")


def known_region_level(number: pl.Expr) -> pl.Expr:
    """How much of the region code in a usable number is known: KINI, LAMA, KABUPATEN, PROVINSI, TIDAK_DIKENAL."""
    return _known_region_level(number.str.head(_REGION_DIGITS))


@once_per_value(pl.String)
def _known_region_level(number: pl.Expr) -> pl.Expr:
    codes = known_region_codes()
    levels = (
        ("KINI", 6, codes.kecamatan_kini),
        ("LAMA", 6, codes.kecamatan),
        ("KABUPATEN", 4, codes.kabupaten),
        ("PROVINSI", 2, codes.provinsi),
    )
    prefixes = ((name, number.str.head(length), known.implode()) for name, length, known in levels)
    found = (pl.when(prefix.is_in(known)).then(pl.lit(name)) for name, prefix, known in prefixes)
    return pl.coalesce(*found, pl.when(number.is_not_null()).then(pl.lit("TIDAK_DIKENAL")))
