"""Names that are alike and yet two, of people who are not the ones compared: a mother called SUARI is not SUKERTI.

What the compared person's own name turns out to be is weighed with whom else he may be:
`pipeline.matching.judging.lookalikes`. Of anybody else's, as his mother's, two names tell nothing: a slip, or another
woman. Belongs here: which those are. Does not: whether words are names (`pipeline.matching.names.words`).
"""

from __future__ import annotations

import numpy as np
import polars as pl

from pipeline.matching.model.linkage import LinkageModel
from pipeline.matching.names.agreement import ALIKE
from pipeline.matching.names.spelling import letters
from pipeline.matching.names.words import borne_words, differing_names
from pipeline.matching.records.arrays import Levels, Rows


def without_two_names(
    model: LinkageModel, levels: Levels, one: tuple[pl.DataFrame, Rows], other: tuple[pl.DataFrame, Rows]
) -> Levels:
    """The levels, unknown where names are alike but every word in which they differ is a name that people bear.

    Args:
        model: comparisons of kind name with a column `written` on both sides, by which no lookalike is told.
        one: records of one side, and which of them each pair is about.
        other: the same of the other side, whose names show which words are names.
    """
    told = levels.copy(order="F")
    for number, column, telling in model.written_names:
        if telling:
            continue
        alike = np.flatnonzero(levels[:, number] == ALIKE)
        mine, theirs = (records[column].gather(rows[alike]) for records, rows in (one, other))
        two = differing_names(mine, theirs, borne_words(_once_per_family(model, other[0], column)))["every"]
        spelled = [side.to_frame().select(letters(pl.all())).to_series() for side in (mine, theirs)]
        told[alike[(two & (spelled[0] != spelled[1])).to_numpy()], number] = 0
    return told


def _once_per_family(model: LinkageModel, people: pl.DataFrame, column: str) -> pl.Series:
    """The names, those of one family once: a slip in the name of a mother of three stands at each of her children."""
    household = model.position("household")
    if household is None:
        return people[column]
    family = model.comparisons[household].columns["family"]
    return people.unique([family, column], keep="first", maintain_order=True)[column]
