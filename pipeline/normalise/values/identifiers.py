"""NIK and KK numbers: lossless cleaning, the region they begin with, and the traces that damage leaves.

Nothing is guessed here: what a damaged number was is matching's business. What the date and the sex inside a NIK are
held against, which trace becomes a finding, and how it is told to officers, stands in `schemas.rules`.
"""

from __future__ import annotations

import polars as pl

from pipeline.normalise.regions import known_prefix
from pipeline.normalise.values.distinct import applied, once_each, once_per_value
from pipeline.normalise.values.text import plain
from pipeline.settings import DamageLimits
from schemas.rules import is_filler
from schemas.spelling import DIGITS, LEAST, is_number

# Letters typed or scanned for digits; unambiguous only inside a number.
_LOOKALIKES = {"O": "0", "Q": "0", "D": "0", "I": "1", "L": "1", "|": "1", "Z": "2", "S": "5", "B": "8"}
_SCIENTIFIC = r"^([0-9])[.,]?([0-9]*)E\+?[0-9]+$"
# Only with all of its sixteen digits nothing is lost of a number; where the last are 0, they may be filled up.
_ALL_DIGITS = r"^([0-9])[.,]([0-9]{13}(?:[1-9]0|[0-9][1-9]))E\+?15$"
# The one number of a cell that says more: NIK 3604…, 3604… (BARU). Divided by more signs than one, or behind a single
# digit, it would be several: TGL 17-08-1985 08123456.
_GROUPED = "|".join(f"[0-9]{{2}}(?:{sign}?[0-9]){{14}}" for sign in (" ", r"\.", "-"))
_NUMBER_IN_WORDS = rf"^(?:[^0-9]*[^0-9A-Z])?({_GROUPED})(?:[^0-9A-Z][^0-9]*)?$"
# The zeros behind a whole number, in groups of thousands too; behind sixteen digits in whatever groups.
_DECIMAL_REST = r"^([0-9]{9,}|[0-9](?:[., ][0-9]{3}){5}|(?:[0-9][ .,'’`/_\p{Pd}]*){15}[0-9])[.,]0+['’\"`]*$"
# Zeros, or that there is none (nomen nescio).
_NO_NUMBER = "^(?:0{0,15}|NN)$"
_REGION_DIGITS = 6
_USUAL_MARKS = " '\xa0"
_FEWEST_DIGITS = 8
# The only provinces whose numbers exceed 2**53, above which a 64-bit float knows even numbers only.
_PROVINCE, _PAPUA = 10**14, (91, 96)


def written_number(value: pl.Expr) -> pl.Expr:
    """The number as meant by whoever wrote it: no quotes, blanks, dots, dashes or `.0`; look-alike letters as digits.

    Returns:
        Text of any length, or null where nothing (or `0`) was written. Scientific notation stays, its digits are lost.
        Text with other letters stays as it is, so that its rule can name it.
    """
    return value.map_batches(_written, return_dtype=pl.String, is_elementwise=True)


def _written(values: pl.Series) -> pl.Series:
    """In three steps, each for what the one before left: digits only, the usual marks around them, anything else."""
    left = (~applied(values, _is_digits).fill_null(value=False)).arg_true()
    if left.is_empty():
        return values
    bare = applied(values.gather(left), _without_usual_marks)
    sound = applied(bare, is_number).fill_null(value=False)
    odd = left.filter(~sound)
    return (
        values.clone()
        .scatter(left.filter(sound), bare.filter(sound))
        .scatter(odd, once_each(values.gather(odd), _meant_number))
    )


def _is_digits(value: pl.Expr) -> pl.Expr:
    """Whether text is nothing but digits, not all 0; ten times faster than a pattern tells it."""
    # Before the digits there may be a plus, which comes before them in the order of letters too.
    return (value.cast(pl.Int64, strict=False) > 0) & (value >= "0")


def _without_usual_marks(value: pl.Expr) -> pl.Expr:
    whole = value.str.strip_chars(_USUAL_MARKS)
    # Only of a number that is complete before it, `.0` is known to be no digit of it.
    whole = pl.when(whole.str.len_bytes() == DIGITS + len(".0")).then(whole.str.strip_suffix(".0")).otherwise(whole)
    return whole.str.replace_many(["-", " ", "'"], ["", "", ""])


def _meant_number(values: pl.Series) -> pl.Series:
    # Step by step: an expression of all this would work out its beginnings a dozen times.
    upper = applied(values, lambda value: plain(value).str.to_uppercase())
    upper = applied(upper, lambda value: value.str.replace(_ALL_DIGITS, "${1}${2}"))
    bare = applied(upper, lambda value: _bare(pl.coalesce(value.str.extract(_NUMBER_IN_WORDS), value)))
    digits = bare.str.replace_many(list(_LOOKALIKES), list(_LOOKALIKES.values()))
    steps = pl.DataFrame({"upper": upper, "bare": bare, "digits": digits})
    is_number = pl.col("digits").str.contains("^[0-9]+$") & (
        pl.col("bare").str.count_matches("[0-9]") >= _FEWEST_DIGITS
    )
    meant = steps.select(
        pl.when(pl.col("upper").str.contains(_SCIENTIFIC))
        .then("upper")
        .when(is_number)
        .then("digits")
        .otherwise("bare")
        .alias("meant")
    )
    return meant.select(pl.when(~pl.col("meant").str.contains(_NO_NUMBER)).then("meant")).to_series()


def usable_number(written: str) -> pl.Expr:
    """The column `written` (from `written_number`) where it is a number of 16 digits that is no filler; else null."""
    return pl.col(written).map_batches(_usable, return_dtype=pl.String, is_elementwise=True)


def _usable(values: pl.Series) -> pl.Series:
    steps = values.to_frame("tulis").select("tulis", angka=pl.col("tulis").cast(pl.Int64, strict=False))
    written, number = pl.col("tulis"), pl.col("angka")
    # Behind a sign or a blank there is no room for 16 digits.
    sixteen = (written.str.len_bytes() == DIGITS) & ((number >= LEAST) | ((written >= "0") & (written < "1")))
    return steps.select(pl.when(sixteen & ~is_filler("angka")).then("tulis")).to_series().alias(values.name)


def count_damage(numbers: pl.DataFrame) -> pl.DataFrame:
    """What tells whether files are damaged as a whole, one row per file; rows of several parts are added up.

    Args:
        numbers: `berkas` and `nik`, usable numbers.
    """
    # Read once: in an expression every mention of it would be read anew.
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
    return _of_all_parts(counts).filter(damaged)["berkas"]


def files_rounded(counts: pl.DataFrame, limits: DamageLimits) -> pl.Series:
    """Files whose Papua numbers went through a 64-bit float: all of them are even.

    The last digit is then right or one off. Numbers ending in 0 only are Excel's work (`files_zeroed`).

    Args:
        counts: `count_damage` of one part or several.
        limits: from how many numbers.
    """
    damaged = (pl.col("papua") >= limits.nomor_dinilai) & (pl.col("papua_ganjil") == 0) & (pl.col("papua_lain") > 0)
    return _of_all_parts(counts).filter(damaged)["berkas"]


def _of_all_parts(counts: pl.DataFrame) -> pl.DataFrame:
    return counts.group_by("berkas").agg(pl.all().sum()).sort("berkas")


def is_of_papua(number: pl.Expr) -> pl.Expr:
    """Whether a usable number begins with a province of Papua."""
    return (number.cast(pl.Int64) // _PROVINCE).is_between(*_PAPUA)


def _bare(upper: pl.Expr) -> pl.Expr:
    """Without a decimal rest, blanks and the marks people put between digits."""
    return upper.str.replace(_DECIMAL_REST, "${1}").str.replace_all(r"[\s.,'’`\"/_\p{Pd}\x{2212}]", "")


def how_known(number: pl.Expr) -> pl.Expr:
    """How far the region at the head of a usable number is known: KINI, LAMA, KABUPATEN, PROVINSI, TIDAK_DIKENAL."""
    return _how_known(number.str.head(_REGION_DIGITS))


@once_per_value(pl.String)
def _how_known(number: pl.Expr) -> pl.Expr:
    codes = known_prefix()
    levels = (
        ("KINI", 6, codes.kecamatan_kini),
        ("LAMA", 6, codes.kecamatan),
        ("KABUPATEN", 4, codes.kabupaten),
        ("PROVINSI", 2, codes.provinsi),
    )
    prefixes = ((name, number.str.head(length), known.implode()) for name, length, known in levels)
    found = (pl.when(prefix.is_in(known)).then(pl.lit(name)) for name, prefix, known in prefixes)
    return pl.coalesce(*found, pl.when(number.is_not_null()).then(pl.lit("TIDAK_DIKENAL")))
