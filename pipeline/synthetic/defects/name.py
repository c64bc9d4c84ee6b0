"""How names get wrong: other spellings, slips of the finger, nicknames, titles, husbands' names.

Belongs here: damage to names of persons and mothers. Does not: how true names are made (`pipeline.synthetic.names`).
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
# Spelling of before 1947 and 1972; J is turned before Y becomes J.
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
_KINDS = (
    "NAMA_EJAAN", "NAMA_KETIK", "NAMA_SINGKAT", "NAMA_GELAR", "NAMA_INISIAL", "NAMA_PANGGILAN", "NAMA_LAMA",
    "NAMA_ALIAS", "NAMA_GABUNG", "NAMA_BALIK", "NAMA_BINTI",
)  # fmt: skip
_CALL_NAMES = ("UJANG", "INAH", "NONO", "AMAT", "YANTO", "TINI", "DEDE", "IYUS")
_NAME = pl.col("nama")
_FIRST = _NAME.str.extract(r"^(\S+)")
# The last two syllables of the first word: HERMAWAN is called MAWAN.
_NICKNAME = _FIRST.str.extract(r"^.+?([^AEIOU\W][AEIOU]+[^AEIOU\W]*[AEIOU]+[^AEIOU\W]*)$")
_Variants = Callable[[pl.DataFrame, np.random.Generator], Sequence[pl.Expr]]


def damage_names(draft: Draft, rates: Rates) -> None:
    """Names as they are written down, at most one kind of error per row.

    Args:
        draft: needs nama, jk, ayah and pasangan (the husband of wives, else null).
        rates: nama_* shares.
    """
    wives = draft.rows["pasangan"].is_not_null().to_numpy()
    as_husband = draft.chance(rates.nama_suami, wives)
    variants = {**_VARIANTS, "NAMA_SUAMI": _as_wife}
    chosen_of = {"NAMA_SUAMI": as_husband, **draft.choose(rates, _KINDS, ~as_husband & ~draft.struck("AMBIGU"))}
    for kelas, chosen in chosen_of.items():
        rows = draft.rows.filter(chosen)
        draft.put(kelas, chosen, "nama", _one_of(rows, variants[kelas](rows, draft.rng), draft.rng))


def damage_mothers(draft: Draft, rates: Rates) -> None:
    """Mothers' names: some left out, some spelt otherwise; no class of its own, the person is not in doubt."""
    blank = draft.chance(rates.ibu_kosong)
    draft.apply(None, blank, "ibu", pl.lit(None, pl.String))
    slip = draft.chance(rates.nama_ejaan + rates.nama_ketik, ~blank & draft.rows["ibu"].is_not_null().to_numpy())
    rows = draft.rows.filter(slip).select(nama="ibu")
    draft.put(None, slip, "ibu", _one_of(rows, [*_respelled(rows, draft.rng), *_slipped(rows, draft.rng)], draft.rng))


def misspelt(names: pl.Series, chosen: pl.Series, rng: np.random.Generator) -> pl.Series:
    """Names with a slip or another spelling in the chosen ones, as payers write them."""
    rows = pl.DataFrame({"nama": names}).filter(chosen)
    values = _one_of(rows, _respelled(rows, rng), rng)
    return names.clone().scatter(np.flatnonzero(chosen.to_numpy()), values)


def _one_of(rows: pl.DataFrame, variants: Sequence[pl.Expr], rng: np.random.Generator) -> pl.Series:
    """One of the variants that really change the name, drawn per row; the name itself where none does."""
    if rows.is_empty():
        return rows["nama"]
    changed = [pl.when(variant != _NAME).then(variant) for variant in variants]
    options = pl.concat_list(changed).list.drop_nulls()
    pick = pl.lit(pl.Series(rng.integers(0, 1_000_000, rows.height)))
    several = rows.select("nama", options=options).with_columns(pick=pick % pl.col("options").list.len().clip(1))
    chosen = pl.col("options").list.get(pl.col("pick"), null_on_oob=True)
    return several.select(pl.coalesce(chosen, _NAME)).to_series()


def _respelled(_rows: pl.DataFrame, _rng: np.random.Generator) -> list[pl.Expr]:
    return [_NAME.str.replace(pattern, value) for pattern, value in _SPELLINGS]


def _old_spelled(_rows: pl.DataFrame, _rng: np.random.Generator) -> list[pl.Expr]:
    return [_replaced(rules) for rules in _OLD_SPELLINGS]


def _replaced(rules: Sequence[tuple[str, str]]) -> pl.Expr:
    value = _NAME
    for old, new in rules:
        value = value.str.replace_all(old, new, literal=True)
    return value


def _slipped(rows: pl.DataFrame, rng: np.random.Generator) -> list[pl.Expr]:
    """A letter left out, doubled, swapped with the next, or hit beside."""
    length = rows["nama"].str.len_chars().to_numpy()
    at = pl.lit(pl.Series((rng.random(rows.height) * np.maximum(length - 2, 1)).astype(np.int64) + 1))
    letter = pl.lit(pl.Series(list("AIUEONRSTMKLDH")).gather(rng.integers(0, 14, rows.height)))
    here, after = _NAME.str.slice(at, 1), _NAME.str.slice(at + 1)
    before = _NAME.str.head(at)
    return [
        before + after,
        before + here + here + after,
        before + after.str.head(1) + here + after.str.slice(1),
        before + letter + after,
    ]


def _shortened(_rows: pl.DataFrame, _rng: np.random.Generator) -> list[pl.Expr]:
    return [_NAME.str.replace(r"\s+\S+$", ""), _NAME.str.replace(r"^(\S+)\s+\S+(\s+\S+.*)$", "$1$2"), _FIRST]


def _titled(rows: pl.DataFrame, _rng: np.random.Generator) -> list[pl.Expr]:
    by_sex = [(pl.col("jk") == sex, titles) for sex, titles in _TITLES.items()]
    return [pl.when(is_sex).then(pl.format(title, _NAME)) for is_sex, titles in by_sex for title in titles]


def _initialled(_rows: pl.DataFrame, _rng: np.random.Generator) -> list[pl.Expr]:
    return [
        _NAME.str.replace(r"\s(\S)\S+$", " $1"),
        _NAME.str.replace(r"\s(\S)\S+$", " $1."),
        _NAME.str.replace(r"^(\S)\S+\s", "$1. "),
    ]


def _nicknamed(_rows: pl.DataFrame, _rng: np.random.Generator) -> list[pl.Expr]:
    return [_NICKNAME]


def _aliased(rows: pl.DataFrame, rng: np.random.Generator) -> list[pl.Expr]:
    call_name = pl.Series(_CALL_NAMES).gather(rng.integers(0, len(_CALL_NAMES), rows.height))
    other = pl.coalesce(pl.when(_NICKNAME != _FIRST).then(_NICKNAME), pl.lit(call_name))
    return [pl.format(form, _NAME, other) for form in ("{} ALIAS {}", "{} @ {}", "{}/{}", "{} ({})")]


def _joined(_rows: pl.DataFrame, _rng: np.random.Generator) -> list[pl.Expr]:
    return [_NAME.str.replace(" ", "", literal=True)]


def _turned(_rows: pl.DataFrame, _rng: np.random.Generator) -> list[pl.Expr]:
    return [_NAME.str.split(" ").list.reverse().list.join(" ")]


def _with_father(_rows: pl.DataFrame, _rng: np.random.Generator) -> list[pl.Expr]:
    father = pl.col("ayah").str.extract(r"^(\S+)")
    link = pl.when(pl.col("jk") == "P").then(pl.lit("BINTI")).otherwise(pl.lit("BIN"))
    return [pl.format("{} {} {}", _NAME, link, father)]


def _as_wife(_rows: pl.DataFrame, _rng: np.random.Generator) -> list[pl.Expr]:
    husband = pl.col("pasangan")
    return [pl.format("NY. {}", husband), pl.format("NY {}", husband), pl.format("BU {}", husband), husband]


_VARIANTS: dict[str, _Variants] = {
    "NAMA_EJAAN": _respelled,
    "NAMA_KETIK": _slipped,
    "NAMA_SINGKAT": _shortened,
    "NAMA_GELAR": _titled,
    "NAMA_INISIAL": _initialled,
    "NAMA_PANGGILAN": _nicknamed,
    "NAMA_LAMA": _old_spelled,
    "NAMA_ALIAS": _aliased,
    "NAMA_GABUNG": _joined,
    "NAMA_BALIK": _turned,
    "NAMA_BINTI": _with_father,
}
