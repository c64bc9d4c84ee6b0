"""Names as they are written, where folding has set them apart.

Folding makes spellings of one sound equal, and a slip of the pen then weighs twice: LEIYAH is folded to LAIA, LEGIYAH
to LEGIA. Letters as written tell such a slip at once. Only pairs that everything else leaves in the race are looked at.
Belongs here: that second look. Does not: folding (`pipeline.normalise.names`), levels by words
(`pipeline.matching.name_levels`).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl
from rapidfuzz import process
from rapidfuzz.distance import OSA

from pipeline.matching.model import LinkageModel
from pipeline.matching.name_levels import ALIKE, DIFFERENT, PARTLY, SHORT_FORM
from pipeline.matching.records import Rows
from pipeline.normalise.names import comparable_name

_SHORTEST = 4
_INITIAL_M, _WORD_IN_M = "^M[. ]+", "^M[A-Z]+ +"
# Blanks and marks by which the lengths of names that are one letter apart may differ.
_BLANKS = 4


def as_written(
    model: LinkageModel, levels: npt.NDArray[np.uint8], one: tuple[pl.DataFrame, Rows], other: tuple[pl.DataFrame, Rows]
) -> npt.NDArray[np.uint8]:
    """The levels, with names that are one letter apart as written no longer different.

    Args:
        model: comparisons of kind name with a column `written` on both sides.
        levels: pairs × comparisons.
        one: records of one side, and which of them each pair is about.
        other: the same of the other side.
    """
    read = levels.copy(order="F")
    for number, comparison in enumerate(model.comparisons):
        column = comparison.columns.get("written") if comparison.kind == "name" else None
        if column is None:
            continue
        weak = np.flatnonzero((levels[:, number] == PARTLY) | (levels[:, number] == DIFFERENT))
        written = pl.DataFrame(
            {name: records[column].gather(row[weak]) for name, (records, row) in (("a", one), ("b", other))}
        )
        like = np.flatnonzero(_of_a_length(written, _BLANKS))
        names = written[like].select(_letters(pl.all()))
        close = np.flatnonzero(_of_a_length(names, 1))
        slips = process.cpdist(
            names["a"].gather(close).to_list(), names["b"].gather(close).to_list(), scorer=OSA.distance, score_cutoff=1
        )
        read[weak[like[close[np.asarray(slips) <= 1]]], number] = ALIKE
        read[weak[_is_initial_m(written)], number] = SHORT_FORM
    return read


def _is_initial_m(written: pl.DataFrame) -> npt.NDArray[np.int64]:
    """Pairs (a, b) of which one writes M. for the first word of the other, which need not be MUHAMMAD."""
    marked = written.with_row_index("pair").filter(pl.any_horizontal(pl.col("a", "b").str.contains(_INITIAL_M)))
    short = pl.when(pl.col("a").str.contains(_INITIAL_M)).then("a").otherwise("b")
    full = pl.when(pl.col("a").str.contains(_INITIAL_M)).then("b").otherwise("a")
    rests = (comparable_name(name.str.replace(form, "")) for name, form in ((short, _INITIAL_M), (full, _WORD_IN_M)))
    same = (full.str.contains(_WORD_IN_M) & (next(rests) == next(rests))).fill_null(value=False)
    return marked.filter(same)["pair"].to_numpy().astype(np.int64)


def _of_a_length(names: pl.DataFrame, apart: int) -> npt.NDArray[np.bool_]:
    """Pairs (a, b) long enough for a slip, and so many letters apart at most."""
    sizes = [pl.col(side).str.len_chars().cast(pl.Int32) for side in ("a", "b")]
    fits = ((sizes[0] - sizes[1]).abs() <= apart) & (pl.max_horizontal(sizes) >= _SHORTEST)
    return names.select(fits.fill_null(value=False)).to_series().to_numpy()


def _letters(names: pl.Expr) -> pl.Expr:
    """Names without blanks; J and Y were one letter in the old spelling."""
    return names.str.replace_all("[^A-Z]", "").str.replace_all("J", "Y", literal=True)
