"""Facts that a row does not state but its household implies, such as a child's mother.

If the woman of the household has another name than the resident's mother, that is no evidence: she may be the father's
next wife. Agreement is none either within one KK, where all children share her. The model names the column that marks
such rows (`by_family` of a comparison). Belongs here: how far such a fact counts, and its reason code. Does not:
deriving it from the household (`pipeline.matching.levels.mothers`).
"""

from __future__ import annotations

import polars as pl

from pipeline.matching.model.linkage import LinkageModel, has_outcome
from pipeline.matching.names.agreement import PARTLY
from pipeline.matching.records.arrays import Levels, Rows

_MARK = "by_family"


def without_disagreeing_implied_facts(model: LinkageModel, levels: Levels, rows: pl.DataFrame, left: Rows) -> Levels:
    """The levels, set to 0 (unknown) where an implied fact disagrees, or where both sides have one KK.

    Args:
        model: names the column that marks rows with an implied fact.
        levels: pairs × comparisons.
        rows: the rows, with that column.
        left: row of each pair.
    """
    result = levels.copy(order="F")
    for number, mark in _implied_comparisons(model, rows).items():
        by_family, same_kk = rows[mark].to_numpy()[left], has_outcome(model, levels, model.groups.same_kk)
        result[by_family & (same_kk | (levels[:, number] >= PARTLY)), number] = 0
    return result


def mark_implied_reasons(model: LinkageModel, reasons: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """Reason codes, a column per comparison, with IBU_KELUARGA where the fact was only implied by the household.

    Args:
        reasons: reason codes.
        rows: the row of each, with the column that marks implied facts.
    """
    marks = {model.comparisons[number].name: rows[mark] for number, mark in _implied_comparisons(model, rows).items()}
    return reasons.with_columns(
        pl.when(pl.lit(mark) & pl.col(name).is_not_null()).then(pl.lit("IBU_KELUARGA")).otherwise(name).alias(name)
        for name, mark in marks.items()
    )


def _implied_comparisons(model: LinkageModel, rows: pl.DataFrame) -> dict[int, str]:
    """Number of each comparison with implied facts → the column that marks them."""
    marks = {number: comparison.columns.get(_MARK) for number, comparison in enumerate(model.comparisons)}
    return {number: mark for number, mark in marks.items() if mark is not None and mark in rows.columns}
