"""Similar but different names of relatives, such as mothers: SUARI is not SUKERTI.

For the compared person's own name this is weighed with the lookalikes (`pipeline.matching.judging.lookalikes`). For a
relative's name it is no evidence, since it may be a slip or another woman. Belongs here: finding those pairs. Does not:
whether words are names (`pipeline.matching.names.words`).
"""

from __future__ import annotations

import numpy as np
import polars as pl

from pipeline.matching.model.linkage import LinkageModel
from pipeline.matching.names.agreement import ALIKE
from pipeline.matching.names.spelling import bare_letters
from pipeline.matching.names.words import common_words, compare_differing_words
from pipeline.matching.records.arrays import Levels, Rows


def without_two_names(
    model: LinkageModel, levels: Levels, left_side: tuple[pl.DataFrame, Rows], right_side: tuple[pl.DataFrame, Rows]
) -> Levels:
    """The levels, set to 0 (unknown) where names are alike but every word in which they differ is a name of its own.

    Args:
        model: its comparisons of kind name with a column `written`, but without lookalikes, are used.
        levels: pairs × comparisons.
        left_side: records of one side, and the record of each pair.
        right_side: the same of the other side, whose names show which words are names.
    """
    result = levels.copy(order="F")
    for number, column, distinguishing in model.written_names:
        if distinguishing:
            continue
        similar = np.flatnonzero(levels[:, number] == ALIKE)
        left_names, right_names = (records[column].gather(rows[similar]) for records, rows in (left_side, right_side))
        two_names = compare_differing_words(
            left_names, right_names, common_words(_once_per_family(model, right_side[0], column))
        )["all_are_names"]
        spelled = [side.to_frame().select(bare_letters(pl.all())).to_series() for side in (left_names, right_names)]
        result[similar[(two_names & (spelled[0] != spelled[1])).to_numpy()], number] = 0
    return result


def _once_per_family(model: LinkageModel, people: pl.DataFrame, column: str) -> pl.Series:
    """The names, equal ones of a family once: a slip in a mother's name is repeated for each of her children."""
    household = model.index_of_kind("household")
    if household is None:
        return people[column]
    family = model.comparisons[household].columns["family"]
    return people.unique([family, column], keep="first", maintain_order=True)[column]
