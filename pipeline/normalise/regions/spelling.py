"""The comparable form of a region's name: what of it is the name, and in which forms it may be written."""

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
# What a name that is found nowhere may be short for.
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
# Old spellings and today's as one; J was written for Y, so that both are the same letter.
_SOUNDS = {
    "OE": "U", "TJ": "C", "DJ": "I", "J": "I", "Y": "I", "DH": "D", "TH": "T", "KH": "H", "V": "F",
    "SUNGAI": "SEI", "SOENGAI": "SEI",
    **{letter * 2: letter for letter in "ABCDEFGHIKLMNOPQRSTUWXZ"},
}  # fmt: skip
_NUMBER_BEFORE = r"^[0-9]{1,3} (.*[A-Z])"
# A code before the name, as reports print it: 36 BANTEN, 36.04 SERANG, 2006 SERDANG; no place is named so (50 KOTA is).
_CODE_BEFORE = {
    "provinsi": r"^[0-9]{2} ([A-Z])",
    "kabupaten": r"^(?:[0-9]{4}|[0-9]{2} [0-9]{2}|[0-2][0-9]|7[0-9]) ([A-Z])",
    "kecamatan": r"^(?:[0-9]{6}|[0-9]{2} [0-9]{2} [0-9]{2}) ([A-Z])",
    "desa": r"^(?:[0-9]{10}|(?:[0-9]{2} [0-9]{2} [0-9]{2} )?[123][0-9]{3}) ([A-Z])",
}
# What it is, or its code, behind the name. A short number is part of the name, LUMPATAN (2) is not LUMPATAN; no
# province has a number in its name.
_CODE_BEHIND = {
    level: (
        rf"(?i)\s*[(\[] *(?:DESA|DS|KELURAHAN|KEL|KECAMATAN|KEC|PROVINSI|PROV|[0-9]{{{shortest},}}"
        r"|[0-9]{2}(?:\.[0-9]{2,4})+)\.? *[)\]]\s*$"
    )
    for level, shortest in {"provinsi": 2, "kabupaten": 4, "kecamatan": 6, "desa": 4}.items()
}
_DIGITS_BESIDE = (r"^(?<kode>[0-9]{2,10}) (?<nama>.+)$", r"^(?<nama>.+) (?<kode>[0-9]{2,10})$")
_EMPTY = ["", "NULL", "NAN", "NN", "NONE", "N A", "0", "TDK TH"]
# A word of one letter is as good as a numeral: what else would PIGA I have lost?
_NUMERAL = r"\b(?:[IVX]+|[0-9]+|[A-Z])\b"


def fold_region(name: pl.Expr) -> pl.Expr:
    """The comparable key of a region's name: capitals and digits only, without a leading level word.

    A level word goes only where something remains behind it. KOTA alone stays, because kecamatan are named with it
    (KOTA SOE, KOTA RAJA); the kind of a kabupaten is read by `kind_of_kabupaten`.
    """
    return compact_name(_bare(spaced_name(name), _LEVEL_WORD))


def kind_of_kabupaten(name: pl.Expr) -> pl.Expr:
    """KABUPATEN or KOTA as the name states it, null where it does not."""
    kind = _kind_first(spaced_name(name)).str.extract(r"^(KABUPATEN|KAB|KOTAMADYA|KODYA|KOTA) ")
    return pl.when(kind.str.starts_with("KAB")).then(pl.lit("KABUPATEN")).when(kind.is_not_null()).then(pl.lit("KOTA"))


def spaced_name(name: pl.Expr) -> pl.Expr:
    """Capitals and digits, everything else one space."""
    return name.str.to_uppercase().str.replace_all(r"[^A-Z0-9]+", " ").str.strip_chars()


def compact_name(spaced: pl.Expr) -> pl.Expr:
    """A spaced name (`spaced_name`) without the spaces."""
    return spaced.str.replace_all(" ", "", literal=True)


def _bare(spaced: pl.Expr, level_word: str) -> pl.Expr:
    """Without the leading level word, abbreviations written out."""
    name = spaced.str.replace(level_word, "${1}")
    for pattern, full in _ABBREVIATIONS.items():
        name = name.str.replace_all(pattern, full)
    return name


def loose_key(name: pl.Expr) -> pl.Expr:
    """The key of a region's name in which old spellings, short words and numerals of either kind are as today's.

    It is no longer the name of one place: it tells only where it is the only one of its region.
    """
    words = pl.concat_str(
        pl.lit(" "), _bare(spaced_name(name), _LEVEL_WORD).str.replace_all(" ", "  ", literal=True), pl.lit(" ")
    )
    known = {f" {word} ": f" {full} " for word, full in (_SHORT_WORDS | _ROMAN).items()}
    whole = words.str.replace_many(list(known), list(known.values()))
    longest_first = sorted(_SOUNDS, key=len, reverse=True)
    return compact_name(whole).str.replace_many(longest_first, [_SOUNDS[old] for old in longest_first], leftmost=True)


def without_number(spaced: pl.Expr) -> pl.Expr:
    """A spaced name without the short number before it, which may be its code."""
    return spaced.str.replace(_NUMBER_BEFORE, "${1}")


def name_and_digits(spaced: pl.Expr) -> list[pl.Expr]:
    """A spaced name and the digits before or behind it, which may be its code, as structs (`nama`, `kode`)."""
    return [spaced.str.extract_groups(pattern).struct.field("nama", "kode") for pattern in _DIGITS_BESIDE]


def numerals(spaced: pl.Expr) -> pl.Expr:
    """The numerals that are words of a name: `BONAN DOLOK II` has `II`."""
    return spaced.str.extract_all(_NUMERAL).list.join(" ")


def _kind_first(spaced: pl.Expr) -> pl.Expr:
    """`SERANG KOTA` and `SERANG, KAB` with the kind in front; KAB LIMA PULUH KOTA has its kind already."""
    turned = spaced.str.replace(r"^(.+) (KABUPATEN|KAB|KOTA)$", "${2} ${1}")
    return pl.when(spaced.str.contains(KAB_WORD)).then(spaced).otherwise(turned)


def bare_kabupaten(spaced: pl.Expr) -> pl.Expr:
    """The key of a kabupaten's or kota's spaced name, without its kind."""
    return compact_name(_bare(_kind_first(spaced), KAB_WORD))


def stated_name(level: str) -> pl.Expr:
    """A level's name in spaced form, without its code; null where it is only a filler."""
    return _stated(pl.col(level), level).alias(level)


@once_per_value(pl.String)
def _stated(value: pl.Expr, level: str) -> pl.Expr:
    name = spaced_name(value.str.replace(_CODE_BEHIND[level], "")).str.replace(_CODE_BEFORE[level], "${1}")
    return pl.when(~name.is_in(_EMPTY)).then(name)


def keys(frame: pl.DataFrame, rank: str) -> pl.DataFrame:
    """One row per way to write `nama`, the closest first: adds kunci and the column named `rank` (from 0)."""
    name = pl.col("nama")
    # Step by step: an expression of all this would work out its beginnings four times.
    spaced = frame.select(spaced_name(name)).to_series()
    bare = spaced.to_frame().select(_bare(name, _LEVEL_WORD)).to_series()
    forms = [spaced, bare, *(form.to_frame().select(compact_name(name)).to_series() for form in (spaced, bare))]
    return pl.concat(
        [frame.with_columns(form.alias("kunci"), pl.lit(i, pl.Int32).alias(rank)) for i, form in enumerate(forms)]
    )
