"""Cleans cells to plain text: odd blanks, quotes and the many notations of a blank. All other normalisers use it."""

from __future__ import annotations

import re

import polars as pl

from pipeline.normalise.values.distinct import normalise_unclean, once_per_value

# Markers of a blank cell seen in real extracts, in upper or lower case.
NOTHING = (
    "-", "--", "NULL", "NAN", "NONE", "N/A", "#N/A", "TDK TH", "TIDAK ADA", "KOSONG", ".", r"\N", "(NULL)", "#REF!",
    "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!",
)  # fmt: skip
# Arabic and Persian digits; full-width letters, digits and punctuation.
_ORDINARY = {chr(zero + digit): str(digit) for zero in (0x660, 0x6F0) for digit in range(10)} | {
    chr(0xFF01 + place): chr(ord("!") + place) for place in range(ord("~") - ord("!") + 1)
}
# Dashes of any length, and the minus sign of spreadsheets.
DASH = r"[\p{Pd}\u2212]"
# Invisible characters: soft hyphens, marks of writing direction, joiners.
_NO_WIDTH = r"[\p{Cf}]"
# Notations of spreadsheets and databases for a number as text: '0812, ="0812", '0812'.
_AS_TEXT = r"""^(?:'(.*?)'?|="([^"]*)")$"""
# A marker of a blank cell, also in brackets; or only dashes, dots and underscores.
_WRITTEN_NOTHING = (
    rf"(?i)^[\s'(\[<{{]*(?:{'|'.join(re.escape(marker) for marker in NOTHING)})[\s)\]>}}]*$|^(?:[\s'._]|{DASH})*$"
).replace(r"\ ", r"\s+")
# An identifier that is plain already; ending in a digit, it is no marker of a blank cell.
_PLAIN_CODE = r"^[0-9A-Za-z](?: ?[0-9A-Za-z./:_-])*[0-9]$"
# The same for keys with slashes; beginning or ending with a digit, they are no markers of a blank cell.
_PLAIN_KEY = r"^(?:[0-9][0-9A-Za-z_-]*(?:/[0-9A-Za-z_-]+)*|[A-Za-z][0-9A-Za-z_-]*[0-9])$"
# Characters before or after a key that are not part of it: ‘3604, `3604, 3604;.
_AT_ENDS = "'`\u00b4\u2018\u2019\" .,;"
# One number in groups of three or four digits, or of sixteen digits; other blanks separate numbers.
_GROUPED = r"^(?:[0-9]{1,3}(?: [0-9]{3})+|(?:[0-9]{4} )+[0-9]{1,4}|(?:[0-9] ?){15}[0-9])(?:[.,]0+)?$"
# Units of a count.
_COUNTED = r"(?i) ?\b(?:KPM|KK|RTS|KELUARGA|PENERIMA|JIWA|ORANG|ORG|ANAK|BALITA)\.?$"
# RT and RW in an address: RT 003 RW 005, RT/RW 3/5, RT 3/5; also 003/005, which is a house number only after NO, BLOK
# or the like.
_RT, _RW, _IN_WORDS = r"(?:^|[^A-Z])R(?:[.] ?)?T", r"(?:^|[^A-Z])R(?:[.] ?)?W", r"[. :/-]{0,3}0*([0-9]{1,3})"
_BOTH = rf"{_RT}[. ]?(?:[/-][. ]*R[. ]?W)?{_IN_WORDS} ?[/-] ?0*([0-9]{{1,3}})(?:[^0-9/]|$)"
_ALONE = r"(?:^|[^0-9/])0([0-9]{2}) ?/ ?0([0-9]{2})(?:[^0-9/]|$)"
_TWO_RTS = rf"{_RT}{_IN_WORDS} ?[/-] ?[0-9]{{1,3}}(?:[^0-9/].*)?{_RW}{_IN_WORDS}"
_OF_HOUSE = r"\b(?:NO|NOMOR|NMR|BLOK|BLK|KAV|KAVLING|KM|SK)[. :]*0[0-9]{2} ?/"
# Unusual blanks with the ordinary ones around them, and repeated ordinary blanks.
_ODD_BLANKS = r" *[\t\n\x0b\x0c\r\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]\s*|  +"


def plain(value: pl.Expr) -> pl.Expr:
    """Text with ordinary single blanks and no leading apostrophe; null for markers of a blank cell."""
    visible = value.str.replace_all(_NO_WIDTH, "").str.replace_many(list(_ORDINARY), list(_ORDINARY.values()))
    text = visible.str.replace_all(_ODD_BLANKS, " ").str.strip_chars(" ").str.replace(_AS_TEXT, "${1}${2}")
    return null_if(text.str.strip_chars(" "), _WRITTEN_NOTHING)


def null_if(text: pl.Expr, pattern: str) -> pl.Expr:
    """The text, null where it matches; computes `text` once, unlike `pl.when(…).then(…)`."""

    def emptied(values: pl.Series) -> pl.Series:
        matches = values.str.contains(pattern)
        return values.set(matches, None) if matches.any() else values

    return text.map_batches(emptied, return_dtype=pl.String, is_elementwise=True)


@once_per_value(pl.String)
def plain_text(value: pl.Expr) -> pl.Expr:
    """Like `plain`, cached for columns whose values repeat."""
    return plain(value)


def plain_code(value: pl.Expr) -> pl.Expr:
    """Like `plain`, fast for identifiers and dates: many distinct values, nearly all plain as written."""

    def clean(values: pl.Series) -> pl.Series:
        return normalise_unclean(values, values.str.contains(_PLAIN_CODE), plain)

    return value.map_batches(clean, return_dtype=pl.String, is_elementwise=True)


def plain_key(value: pl.Expr) -> pl.Expr:
    """Like `plain_code`, for keys of rows: numbers also lose decimal zeros (`3604….0`) and grouping."""

    def clean(values: pl.Series) -> pl.Series:
        return normalise_unclean(values, values.str.contains(_PLAIN_KEY), _key)

    return value.map_batches(clean, return_dtype=pl.String, is_elementwise=True)


def _key(value: pl.Expr) -> pl.Expr:
    # The text between quotes may be a marker of a blank cell, too: "", ‘NULL’.
    text = plain(plain(value).str.strip_chars(_AT_ENDS)).str.replace_all(" */ *", "/")
    grouped = pl.when(text.str.contains(_GROUPED)).then(text.str.replace_all(" ", "")).otherwise(text)
    return grouped.str.replace_all(r"([0-9]{9,})[.,]0+(/|$)", "${1}${2}")


@once_per_value(pl.String)
def rt_or_rw(value: pl.Expr) -> pl.Expr:
    """RT or RW as three digits: `8`, `08`, `8.0`, `RT 008` and `008/001` are `008`; null for none or 0."""
    return _of_place(plain(value).str.extract(r"^[^0-9]*0*([0-9]{1,3})(?:[^0-9]|$)"))


@once_per_value(pl.String)
def rw_after_rt(value: pl.Expr) -> pl.Expr:
    """The RW of a cell with both numbers: `008/001`, `RT 8 RW 1`; null for a single number."""
    return _of_place(
        plain(value).str.extract(r"(?i)^(?:RT)?[^0-9A-Z]*[0-9]{1,3}\s*(?:/\s*|[/,]?\s*RW[^0-9A-Z]*)([0-9]{1,3})$")
    )


@once_per_value(pl.String)
def rt_in_address(value: pl.Expr) -> pl.Expr:
    """The RT in an address: `KP BARU RT 003/RW 005`, `KP BARU 003/005`; null for none or several."""
    return _in_address(value, 1)


@once_per_value(pl.String)
def rw_in_address(value: pl.Expr) -> pl.Expr:
    """The RW in an address, as in `rt_in_address`."""
    return _in_address(value, 2)


def _in_address(value: pl.Expr, part: int) -> pl.Expr:
    text = plain(value).str.to_uppercase()
    word = rf"{(_RT, _RW)[part - 1]}{_IN_WORDS}"
    # RT 01/02 RW 03 has two RTs and one RW.
    two = text.str.contains(_TWO_RTS)
    both, own = pl.when(~two).then(text.str.extract(_BOTH, part)), text.str.extract(rf"{word}(?:[^0-9]|$)")
    alone = pl.when(~text.str.contains(rf"{_RT}{_IN_WORDS}|{_OF_HOUSE}")).then(text.str.extract(_ALONE, part))
    several = (text.str.count_matches(word) > 1) | (two & (part == 1))
    return _of_place(pl.when(~several).then(pl.coalesce(both, own, alone)))


def _of_place(number: pl.Expr) -> pl.Expr:
    return null_if(number, "^0+$").str.zfill(3)


@once_per_value(pl.Int64)
def whole_number(value: pl.Expr) -> pl.Expr:
    """A count: `12`, `1.234`, `12.0`, `12 KPM`; else null."""
    text = plain(value).str.replace(_COUNTED, "")
    grouped = text.str.extract(r"^([0-9]{1,3}(?:[.,][0-9]{3})+)$").str.replace_all("[.,]", "")
    return pl.coalesce(grouped, text.str.extract(r"^([0-9]+)(?:[.,]0{1,2})?$")).cast(pl.Int64, strict=False)


def digits_of_code(text: pl.Expr) -> pl.Expr:
    """The digits of a region's code, without the `.0` of a number (3604.0)."""
    return text.str.replace(r"[.,]0$", "").str.replace_all(r"\D", "")
