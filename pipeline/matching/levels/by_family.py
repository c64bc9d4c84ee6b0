"""Facts that a row does not state and only its household tells, as the mother of whom it lists as a child.

Where the family's woman bears another name than the resident's mother she tells nothing, for she may be the father's
next wife; nor does she within one KK, where she is every child's. The model names the column that marks such rows
(`by_family` of a comparison). Belongs here: how far such a fact is believed, and that a reason says so. Does not:
reading it from the household (`pipeline.matching.levels.mothers`).
"""

from __future__ import annotations

import polars as pl

from pipeline.matching.model.linkage import LinkageModel, among
from pipeline.matching.names.agreement import PARTLY
from pipeline.matching.records.arrays import Levels, Rows

_MARK = "by_family"


def as_far_as_they_agree(model: LinkageModel, levels: Levels, rows: pl.DataFrame, left: Rows) -> Levels:
    """The levels, unknown where a fact that only the family tells disagrees, or the KK tells it already.

    Args:
        rows: rows, marked where there are such.
        left: row of each pair.
    """
    told = levels.copy(order="F")
    for number, mark in _marked(model, rows).items():
        by_family, same_kk = rows[mark].to_numpy()[left], among(model, levels, model.groups.same_family)
        told[by_family & (same_kk | (levels[:, number] >= PARTLY)), number] = 0
    return told


def reasons_by_family(model: LinkageModel, reasons: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """Reasons, a column per comparison, that say so where only the row's family told the fact.

    Args:
        reasons: reason codes.
        rows: the row of each, marked where there are such.
    """
    said = {model.comparisons[number].name: rows[mark] for number, mark in _marked(model, rows).items()}
    return reasons.with_columns(
        pl.when(pl.lit(mark) & pl.col(name).is_not_null()).then(pl.lit("IBU_KELUARGA")).otherwise(name).alias(name)
        for name, mark in said.items()
    )


def _marked(model: LinkageModel, rows: pl.DataFrame) -> dict[int, str]:
    """Column that marks such rows, by the number of the comparison that has one."""
    marks = {number: one.columns.get(_MARK) for number, one in enumerate(model.comparisons)}
    return {number: mark for number, mark in marks.items() if mark is not None and mark in rows.columns}
