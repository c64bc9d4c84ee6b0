"""Comparable forms of a region's name: separates the name from level words and codes, and folds spellings."""

from __future__ import annotations

import polars as pl

from pipeline.normalise.values.distinct import once_per_value

KAB_WORD = r"^(?:KABUPATEN|KAB|KOTAMADYA|KODYA|KOTA)(?: ADMINISTRASI| ADM)? (.+)$"
_LEVEL_WORD = (
    r"^(?:PROVINSI|PROPINSI|PROV|PROP|KABUPATEN ADMINISTRASI|KABUPATEN|KAB ADM|KAB|KOTA ADMINISTRASI|KOTA ADM|KOTAMADYA"
    r"|KODYA|KECAMATAN|KEC|DISTRIK|KELURAHAN|KEL|DESA|DS|NAGARI|GAMPONG|KAMPUNG|KP|PEKON|LEMBANG|NEGERI) (.+)$"
)
_ABBREVIATIONS = {
    r"\bKEP\b": "KEPULAUAN",
    r"\bPEG\b": "PEGUNUNGAN",
    r"\bGN\b": "GUNUNG",
    r"\bTJ\b": "TANJUNG",
    r"\bSEI\b": "SUNGAI",
}
# Abbreviations, expanded only in names that are not found otherwise.
_SHORT_WORDS = {
    "TG": "TANJUNG", "TJG": "TANJUNG", "GNG": "GUNUNG", "SIMP": "SIMPANG", "TLK": "TELUK", "MA": "MUARA",
    "SEL": "SELATAN", "UT": "UTARA", "TIM": "TIMUR", "BAR": "BARAT", "TENG": "TENGAH",
}  # fmt: skip
_ROMAN = {
    roman: str(number)
    for number, roman in enumerate(
        ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII", "XIII", "XIV", "XV"), start=1
    )
}
# Folds old and present spellings; J was once written for Y, so both become the same letter.
_SOUNDS = {
    "OE": "U", "TJ": "C", "DJ": "I", "J": "I", "Y": "I", "DH": "D", "TH": "T", "KH": "H", "V": "F",
    "SUNGAI": "SEI", "SOENGAI": "SEI",
    **{letter * 2: letter for letter in "ABCDEFGHIKLMNOPQRSTUWXZ"},
}  # fmt: skip
_NUMBER_BEFORE = r"^[0-9]{1,3} (.*[A-Z])"
# A code before the name, as in reports: 36 BANTEN, 36.04 SERANG, 2006 SERDANG. No name begins so, but 50 KOTA does.
_CODE_BEFORE = {
    "provinsi": r"^[0-9]{2} ([A-Z])",
    "kabupaten": r"^(?:[0-9]{4}|[0-9]{2} [0-9]{2}|[0-2][0-9]|7[0-9]) ([A-Z])",
    "kecamatan": r"^(?:[0-9]{6}|[0-9]{2} [0-9]{2} [0-9]{2}) ([A-Z])",
    "desa": r"^(?:[0-9]{10}|(?:[0-9]{2} [0-9]{2} [0-9]{2} )?[123][0-9]{3}) ([A-Z])",
}
# The level word or code after a name. A short number is part of the name (LUMPATAN (2) is not LUMPATAN), except for a
# province.
_CODE_BEHIND = {
    level: (
        rf"(?i)\s*[(\[] *(?:DESA|DS|KELURAHAN|KEL|KECAMATAN|KEC|PROVINSI|PROV|[0-9]{{{shortest},}}"
        r"|[0-9]{2}(?:\.[0-9]{2,4})+)\.? *[)\]]\s*$"
    )
    for level, shortest in {"provinsi": 2, "kabupaten": 4, "kecamatan": 6, "desa": 4}.items()
}
_DIGITS_BESIDE = (r"^(?<kode>[0-9]{2,10}) (?<nama>.+)$", r"^(?<nama>.+) (?<kode>[0-9]{2,10})$")
_EMPTY = ["", "NULL", "NAN", "NN", "NONE", "N A", "0", "TDK TH"]
# A word of one letter counts as a numeral, too.
_NUMERAL = r"\b(?:[IVX]+|[0-9]+|[A-Z])\b"


def fold_region(name: pl.Expr) -> pl.Expr:
    """The comparable key of a region's name: capitals and digits only, without a leading level word.

    A level word is dropped only if something follows it. KOTA stays, because kecamatan are named with it (KOTA SOE,
    KOTA RAJA); `kind_of_kabupaten` reads the kind of a kabupaten.
    """
    return compact_name(_bare(spaced_name(name), _LEVEL_WORD))


def kind_of_kabupaten(name: pl.Expr) -> pl.Expr:
    """KABUPATEN or KOTA if the name states it, else null."""
    kind = _move_kind_first(spaced_name(name)).str.extract(r"^(KABUPATEN|KAB|KOTAMADYA|KODYA|KOTA) ")
    return pl.when(kind.str.starts_with("KAB")).then(pl.lit("KABUPATEN")).when(kind.is_not_null()).then(pl.lit("KOTA"))


def spaced_name(name: pl.Expr) -> pl.Expr:
    """The name in capitals, with every run of other characters than letters and digits as one space."""
    return name.str.to_uppercase().str.replace_all(r"[^A-Z0-9]+", " ").str.strip_chars()


def compact_name(spaced: pl.Expr) -> pl.Expr:
    """A spaced name (`spaced_name`) without the spaces."""
    return spaced.str.replace_all(" ", "", literal=True)


def _bare(spaced: pl.Expr, level_word: str) -> pl.Expr:
    """The name without a leading level word, with abbreviations written out."""
    name = spaced.str.replace(level_word, "${1}")
    for pattern, full in _ABBREVIATIONS.items():
        name = name.str.replace_all(pattern, full)
    return name


def loose_key(name: pl.Expr) -> pl.Expr:
    """A looser key that also folds old spellings, abbreviations and Roman numerals.

    Different places may share it, so it is usable only where it is unique within the parent region.
    """
    words = pl.concat_str(
        pl.lit(" "), _bare(spaced_name(name), _LEVEL_WORD).str.replace_all(" ", "  ", literal=True), pl.lit(" ")
    )
    full_words = {f" {word} ": f" {full} " for word, full in (_SHORT_WORDS | _ROMAN).items()}
    spelt_out = words.str.replace_many(list(full_words), list(full_words.values()))
    longest_first = sorted(_SOUNDS, key=len, reverse=True)
    return compact_name(spelt_out).str.replace_many(
        longest_first, [_SOUNDS[old] for old in longest_first], leftmost=True
    )


def without_number(spaced: pl.Expr) -> pl.Expr:
    """A spaced name without a short number before it, which may be its code."""
    return spaced.str.replace(_NUMBER_BEFORE, "${1}")


def name_and_code(spaced: pl.Expr) -> list[pl.Expr]:
    """A spaced name and the digits before or after it, which may be its code, as structs (`nama`, `kode`)."""
    return [spaced.str.extract_groups(pattern).struct.field("nama", "kode") for pattern in _DIGITS_BESIDE]


def numerals(spaced: pl.Expr) -> pl.Expr:
    """The numerals that are words of a name: `BONAN DOLOK II` has `II`."""
    return spaced.str.extract_all(_NUMERAL).list.join(" ")


def _move_kind_first(spaced: pl.Expr) -> pl.Expr:
    """Move the kind in `SERANG KOTA` and `SERANG, KAB` to the front; KAB LIMA PULUH KOTA has it there already."""
    turned = spaced.str.replace(r"^(.+) (KABUPATEN|KAB|KOTA)$", "${2} ${1}")
    return pl.when(spaced.str.contains(KAB_WORD)).then(spaced).otherwise(turned)


def bare_kabupaten(spaced: pl.Expr) -> pl.Expr:
    """The key of a spaced name of a kabupaten or kota, without its kind."""
    return compact_name(_bare(_move_kind_first(spaced), KAB_WORD))


def stated_name(level: str) -> pl.Expr:
    """A level's column in spaced form, without its code; null for fillers."""
    return _stated(pl.col(level), level).alias(level)


@once_per_value(pl.String)
def _stated(value: pl.Expr, level: str) -> pl.Expr:
    name = spaced_name(value.str.replace(_CODE_BEHIND[level], "")).str.replace(_CODE_BEFORE[level], "${1}")
    return pl.when(~name.is_in(_EMPTY)).then(name)


def keys(frame: pl.DataFrame, rank: str) -> pl.DataFrame:
    """One row per key of `nama`, the strictest first: adds kunci and the column named `rank` (from 0)."""
    name = pl.col("nama")
    # Step by step: a single expression would compute the first steps four times.
    spaced = frame.select(spaced_name(name)).to_series()
    bare = spaced.to_frame().select(_bare(name, _LEVEL_WORD)).to_series()
    forms = [spaced, bare, *(form.to_frame().select(compact_name(name)).to_series() for form in (spaced, bare))]
    return pl.concat(
        [frame.with_columns(form.alias("kunci"), pl.lit(i, pl.Int32).alias(rank)) for i, form in enumerate(forms)]
    )
