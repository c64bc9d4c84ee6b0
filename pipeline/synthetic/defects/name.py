"""Damages names: other spellings, typing errors, nicknames, titles, husbands' names.

Belongs here: damage to names of persons and mothers. Does not: composing true names (`pipeline.synthetic.names`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import polars as pl

from pipeline.synthetic.draft import Draft
from pipeline.synthetic.rates import Rates

_SPELLINGS = (
    (r"^MUHAMMAD\b", "MOHAMAD"), (r"^MUHAMMAD\b", "MUH"), (r"^MUHAMMAD\b", "MOCHAMAD"), (r"^MUHAMMAD\b", "M."),
    (r"^AHMAD\b", "ACHMAD"), (r"^AHMAD\b", "AKHMAD"), (r"^SITI\b", "ST."), (r"^ABDUL\b", "ABD."), (r"^NUR ", "NUR"),
    ("F", "P"), ("V", "F"), ("Z", "J"), ("UDIN", "UDDIN"), (r"AH\b", "A"), ("IAH", "IYAH"), ("IYAH", "IAH"),
    ("SY", "S"), ("KH", "H"), ("Q", "K"), ("U", "O"), ("O", "U"), (r"I\b", "Y"), ("TH", "T"), ("DH", "D"), ("LL", "L"),
    ("NN", "N"), ("EI", "AI"), ("AI", "AE"), ("YA", "IA"),
)  # fmt: skip
# Spelling from before 1947 and 1972; J is replaced before Y becomes J.
_OLD_SPELLINGS: tuple[tuple[tuple[str, str], ...], ...] = (
    (("U", "OE"),),
    (("U", "OE"), ("J", "DJ")),
    (("U", "OE"), ("C", "TJ")),
    (("J", "DJ"), ("Y", "J")),
    (("C", "TJ"),),
)
_TITLES = {
    "L": ("H. {}", "H {}", "DRS. {}", "{}, S.PD", "{}, S.AG", "UST. {}", "IR. {}"),
    "P": ("HJ. {}", "HJ {}", "DRA. {}", "{}, S.PD", "{}, A.MD", "HJ.{}"),
}
_CALL_NAMES = ("UJANG", "INAH", "NONO", "AMAT", "YANTO", "TINI", "DEDE", "IYUS")
_NAME = pl.col("nama")
_FIRST = _NAME.str.extract(r"^(\S+)")
# The last two syllables of the first word: HERMAWAN is called MAWAN.
_NICKNAME = _FIRST.str.extract(r"^.+?([^AEIOU\W][AEIOU]+[^AEIOU\W]*[AEIOU]+[^AEIOU\W]*)$")
_RESPELLED = [_NAME.str.replace(pattern, value) for pattern, value in _SPELLINGS]
_HUSBAND = pl.col("pasangan")
_HUSBAND_FORMS = [pl.format("NY. {}", _HUSBAND), pl.format("NY {}", _HUSBAND), pl.format("BU {}", _HUSBAND), _HUSBAND]
_DrawVariants = Callable[[pl.DataFrame, np.random.Generator], Sequence[pl.Expr]]


def damage_names(draft: Draft, rates: Rates) -> None:
    """Damage names with at most one kind of error per row.

    Args:
        draft: needs nama, jk, ayah and pasangan (the husband of wives, else null).
        rates: nama_* shares.
    """
    wives = draft.rows["pasangan"].is_not_null().to_numpy()
    as_husband = draft.sample_rows(rates.nama_suami, wives)
    variants = {"NAMA_SUAMI": _HUSBAND_FORMS, **_VARIANTS}
    others = draft.assign_kinds(rates, tuple(_VARIANTS), ~as_husband & ~draft.marked("AMBIGU"))
    for kelas, chosen in {"NAMA_SUAMI": as_husband, **others}.items():
        rows, options = draft.rows.filter(chosen), variants[kelas]
        options = options(rows, draft.rng) if callable(options) else options
        draft.overwrite_chosen(kelas, chosen, "nama", _pick_variant(rows, options, draft.rng))


def damage_mothers(draft: Draft, rates: Rates) -> None:
    """Blank or misspell some mothers' names; not a defect class, as the person remains recognisable."""
    blank = draft.sample_rows(rates.ibu_kosong)
    draft.overwrite(None, blank, "ibu", pl.lit(None, pl.String))
    slip = draft.sample_rows(rates.nama_ejaan + rates.nama_ketik, ~blank & draft.rows["ibu"].is_not_null().to_numpy())
    rows = draft.rows.filter(slip).select(nama="ibu")
    draft.overwrite_chosen(
        None, slip, "ibu", _pick_variant(rows, [*_RESPELLED, *_typing_errors(rows, draft.rng)], draft.rng)
    )


def misspell(names: pl.Series, chosen: pl.Series, rng: np.random.Generator) -> pl.Series:
    """Names, the chosen ones in another spelling, as payers write them."""
    rows = pl.DataFrame({"nama": names}).filter(chosen)
    values = _pick_variant(rows, _RESPELLED, rng)
    return names.clone().scatter(np.flatnonzero(chosen.to_numpy()), values)


def _pick_variant(rows: pl.DataFrame, variants: Sequence[pl.Expr], rng: np.random.Generator) -> pl.Series:
    """One of the variants that actually change the name, drawn per row; the name itself if none does."""
    if rows.is_empty():
        return rows["nama"]
    differing = [pl.when(variant != _NAME).then(variant) for variant in variants]
    options = pl.concat_list(differing).list.drop_nulls()
    pick = pl.lit(pl.Series(rng.integers(0, 1_000_000, rows.height)))
    with_pick = rows.select("nama", options=options).with_columns(pick=pick % pl.col("options").list.len().clip(1))
    chosen = pl.col("options").list.get(pl.col("pick"), null_on_oob=True)
    return with_pick.select(pl.coalesce(chosen, _NAME)).to_series()


def _replace_all(rules: Sequence[tuple[str, str]]) -> pl.Expr:
    value = _NAME
    for old, new in rules:
        value = value.str.replace_all(old, new, literal=True)
    return value


def _typing_errors(rows: pl.DataFrame, rng: np.random.Generator) -> list[pl.Expr]:
    """Variants with a letter omitted, doubled, swapped with the next, or replaced."""
    length = rows["nama"].str.len_chars().to_numpy()
    position = pl.lit(pl.Series((rng.random(rows.height) * np.maximum(length - 2, 1)).astype(np.int64) + 1))
    letter = pl.lit(pl.Series(list("AIUEONRSTMKLDH")).gather(rng.integers(0, 14, rows.height)))
    here, after = _NAME.str.slice(position, 1), _NAME.str.slice(position + 1)
    before = _NAME.str.head(position)
    return [
        before + after,
        before + here + here + after,
        before + after.str.head(1) + here + after.str.slice(1),
        before + letter + after,
    ]


def _with_alias(rows: pl.DataFrame, rng: np.random.Generator) -> list[pl.Expr]:
    call_name = pl.Series(_CALL_NAMES).gather(rng.integers(0, len(_CALL_NAMES), rows.height))
    other = pl.coalesce(pl.when(_NICKNAME != _FIRST).then(_NICKNAME), pl.lit(call_name))
    return [pl.format(form, _NAME, other) for form in ("{} ALIAS {}", "{} @ {}", "{}/{}", "{} ({})")]


def _with_title() -> list[pl.Expr]:
    by_sex = [(pl.col("jk") == sex, titles) for sex, titles in _TITLES.items()]
    return [pl.when(is_sex).then(pl.format(title, _NAME)) for is_sex, titles in by_sex for title in titles]


def _with_father() -> pl.Expr:
    link = pl.when(pl.col("jk") == "P").then(pl.lit("BINTI")).otherwise(pl.lit("BIN"))
    return pl.format("{} {} {}", _NAME, link, pl.col("ayah").str.extract(r"^(\S+)"))


# Per defect class the variants of a name, or the function that draws them.
_VARIANTS: dict[str, Sequence[pl.Expr] | _DrawVariants] = {
    "NAMA_EJAAN": _RESPELLED,
    "NAMA_KETIK": _typing_errors,
    "NAMA_SINGKAT": [_NAME.str.replace(r"\s+\S+$", ""), _NAME.str.replace(r"^(\S+)\s+\S+(\s+\S+.*)$", "$1$2"), _FIRST],
    "NAMA_GELAR": _with_title(),
    "NAMA_INISIAL": [
        _NAME.str.replace(pattern, value)
        for pattern, value in ((r"\s(\S)\S+$", " $1"), (r"\s(\S)\S+$", " $1."), (r"^(\S)\S+\s", "$1. "))
    ],
    "NAMA_PANGGILAN": [_NICKNAME],
    "NAMA_LAMA": [_replace_all(rules) for rules in _OLD_SPELLINGS],
    "NAMA_ALIAS": _with_alias,
    "NAMA_GABUNG": [_NAME.str.replace(" ", "", literal=True)],
    "NAMA_BALIK": [_NAME.str.split(" ").list.reverse().list.join(" ")],
    "NAMA_BINTI": [_with_father()],
}
