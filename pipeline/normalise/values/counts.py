"""How many there are, in the columns of companions' reports: numbers, words, ticks.

Does not belong here: counts of lists, which are numbers (`pipeline.normalise.values.text.whole_number`).
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
# An X says yes in one report and no in another.
_YES, _NO = ("√", "✓", "✔", "☑", "V", "YA", "Y", "ADA", "HADIR"), ("TIDAK HADIR", "TDK HADIR")


@once_per_value(pl.Int64)
def to_count(value: pl.Expr) -> pl.Expr:
    """A count: `2`, `2 anak`, `dua`, `tidak ada`; null where it is none."""
    # Elsewhere TIDAK ADA says that nothing is known; asked how many there are, it is the answer.
    words = pl.coalesce(plain(value), value.str.extract(_NONE)).str.to_uppercase()
    return whole_number(value).fill_null(words.replace_strict(_WORDS, default=None, return_dtype=pl.Int64))


def to_count_among(value: pl.Expr, every: pl.Expr) -> pl.Expr:
    """How many out of `every`, a count: a tick means the one there is, and nothing certain where there are several."""
    word = plain(value).str.to_uppercase()
    all_of_one = pl.when(word.is_in(_YES) & (every == 1)).then(pl.lit(1, pl.Int64))
    return pl.coalesce(to_count(value), all_of_one, pl.when(word.is_in(_NO)).then(pl.lit(0, pl.Int64)))
