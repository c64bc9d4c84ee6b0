"""Teknonyms, parents called by their child's name: PAK RINA is the father of RINA, INAQ SAHDAN the mother of SAHDAN.

Belongs here: recognising such a name, and comparing it with the children of a resident. Does not: finding these
children (`pipeline.matching.dtks_dukcapil`), what agreement weighs (the model).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import polars as pl

from pipeline.matching.model.linkage import LinkageModel, has_outcome
from pipeline.matching.names.agreement import DIFFERENT, PARTLY, SHORTER, compare_names
from pipeline.matching.records.arrays import Flags, Levels, Rows
from pipeline.normalise.values.names import comparable_name

# Level of names, right after that of wives under their husband's name.
CHILDS_NAME = DIFFERENT + 2
# Positions of pairs → the children of their residents: parent (index into these positions), name.
Children = Callable[[Rows], pl.DataFrame]
_TEKNONYM = (
    r"^(?:PAK|BAPAK|BPK|BP|AYAH|ABAH|AMAQ|AMAK|AMBO|MAK|EMAK|MAMAK|MAMA|UMAK|BU|IBU|INAQ|INAK|INDO|UMI)(?:NYA)?[. ]+"
    r"([A-Z].*)$"
)


def raise_by_childs_name(
    model: LinkageModel, levels: Levels, left_side: tuple[pl.DataFrame, Rows], children: Children
) -> Levels:
    """The levels, raised to `CHILDS_NAME` where a row calls the resident by a child's name.

    The birth date or the number must agree too: the child may also have a stepfather.

    Args:
        model: its comparison of names with a column `child` is used.
        levels: pairs × comparisons.
        left_side: the rows, and the row of each pair.
        children: finds the children of the residents of some pairs.
    """
    raised, (rows, left) = levels, left_side
    for number, comparison in enumerate(model.comparisons):
        if comparison.kind != "name" or "child" not in comparison.columns:
            continue
        child_in_name = rows[comparison.columns["written"]].str.extract(_TEKNONYM)
        candidates = np.flatnonzero(child_in_name.is_not_null().to_numpy()[left])
        candidates = candidates[
            np.isin(levels[candidates, number], (PARTLY, DIFFERENT))
            & _birth_or_number_agrees(model, levels[candidates])
        ]
        if len(candidates):
            found = children(candidates)
            pairs = candidates[found["parent"].to_numpy()]
            raised = raised.copy(order="F")
            raised[pairs[_names_agree(child_in_name.gather(left[pairs]), found["name"])], number] = CHILDS_NAME
    return raised


def _birth_or_number_agrees(model: LinkageModel, levels: Levels) -> Flags:
    groups, has = model.groups, partial(has_outcome, model, levels)
    # With another birth date, the number may be that of a family member.
    numbered = has(model.identifying_numbers) & ~has(groups.different_birth_month_or_year)
    return has(groups.same_or_swapped_birth_date) | numbered


def _names_agree(written: pl.Series, names: pl.Series) -> Flags:
    """Per pair, whether a written and a comparable name are alike, or one is the other without some words."""
    folded = written.to_frame("name").select(comparable_name(pl.col("name"))).to_series()
    levels = compare_names(folded, names)
    return (levels > 0) & (levels <= SHORTER)
