"""How alike two names are: similarity in bulk over pairs of comparable names."""

from __future__ import annotations

import polars as pl
from rapidfuzz import fuzz, process
from rapidfuzz.distance import JaroWinkler

_SHORTEST_NICKNAME = 3


def name_similarity(left: pl.Series, right: pl.Series) -> pl.Series:
    """Likeness 0–1 of comparable names (`pipeline.normalise.names`), pair by pair; the better of two views.

    Jaro-Winkler forgives slips of the pen, the sorted tokens forgive another order. Missing names give null.
    """
    pairs = pl.DataFrame({"left": left, "right": right})
    known = pairs.filter(pl.all_horizontal(pl.all().is_not_null()))
    first, second = known["left"].to_list(), known["right"].to_list()
    written = process.cpdist(first, second, scorer=JaroWinkler.normalized_similarity, workers=-1)
    ordered = process.cpdist(first, second, scorer=fuzz.token_sort_ratio, workers=-1) / 100
    scores = pl.DataFrame({"written": written, "ordered": ordered}).select(pl.max_horizontal("written", "ordered"))
    whole = pl.all_horizontal(pl.col("left", "right").is_not_null())
    place = pairs.with_columns(place=pl.when(whole).then(whole.cast(pl.UInt32).cum_sum() - 1))["place"]
    return scores.to_series().cast(pl.Float64).gather(place).alias("nama_serupa")


def is_short_form(left: pl.Expr, right: pl.Expr) -> pl.Expr:
    """Whether one name is a short form of the other: end or start of one of its words, or an initial and the rest.

    WAWAN of HERMAWAN, WATI of ERNAWATI; E SARI of ENDANG SARI.
    """
    return _shortens(left, right) | _shortens(right, left)


def _shortens(short: pl.Expr, full: pl.Expr) -> pl.Expr:
    one_word = ~short.str.contains(" ", literal=True) & (short.str.len_chars() >= _SHORTEST_NICKNAME)
    ends_word = pl.concat_str(full, pl.lit(" ")).str.contains(pl.concat_str(short, pl.lit(" ")), literal=True)
    starts_word = pl.concat_str(pl.lit(" "), full).str.contains(pl.concat_str(pl.lit(" "), short), literal=True)
    initial = short.str.extract(r"^([A-Z]) ")
    rest = short.str.extract(r"^[A-Z] (.+)$")
    same_rest = full.str.ends_with(pl.concat_str(pl.lit(" "), rest)) & full.str.starts_with(initial)
    return (one_word & (ends_word | starts_word)) | same_rest.fill_null(value=False)
