"""Parses counts in companions' reports: numbers, words, ticks.

Does not belong here: plain numbers in other lists (`pipeline.normalise.values.text.whole_number`).
"""

from __future__ import annotations

import polars as pl

from pipeline.normalise.values.distinct import once_per_value
from pipeline.normalise.values.text import plain, whole_number

_WORDS = {
    word: number
    for number, word in enumerate(
        ("NOL", "SATU", "DUA", "TIGA", "EMPAT", "LIMA", "ENAM", "TUJUH", "DELAPAN", "SEMBILAN", "SEPULUH")
    )
} | dict.fromkeys(("NIHIL", "TIDAK", "TDK", "TDK ADA", "TIDAK ADA"), 0)
_NONE = r"(?i)^\s*(TIDAK ADA)\s*$"
# X is neither: it means yes in one report and no in another.
_YES, _NO = ("√", "✓", "✔", "☑", "V", "YA", "Y", "ADA", "HADIR"), ("TIDAK HADIR", "TDK HADIR")


@once_per_value(pl.Int64)
def to_count(value: pl.Expr) -> pl.Expr:
    """A count: `2`, `2 anak`, `dua`, `tidak ada`; else null."""
    # In other columns TIDAK ADA means "unknown"; in a count it means zero.
    words = pl.coalesce(plain(value), value.str.extract(_NONE)).str.to_uppercase()
    return whole_number(value).fill_null(words.replace_strict(_WORDS, default=None, return_dtype=pl.Int64))


def to_count_among(value: pl.Expr, total: pl.Expr) -> pl.Expr:
    """How many out of `total`: a tick counts as 1 if there is only one, and is null if there are several."""
    word = plain(value).str.to_uppercase()
    ticked_single = pl.when(word.is_in(_YES) & (total == 1)).then(pl.lit(1, pl.Int64))
    return pl.coalesce(to_count(value), ticked_single, pl.when(word.is_in(_NO)).then(pl.lit(0, pl.Int64)))
