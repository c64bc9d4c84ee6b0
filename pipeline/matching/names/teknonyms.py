"""Teknonyms, parents called by their child's name: PAK RINA is the father of RINA, INAQ SAHDAN the mother of SAHDAN.

Belongs here: recognising such a name, and comparing it with the children of a resident. Does not: finding these
children (`pipeline.matching.dtks_dukcapil`), what agreement weighs (the model).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import polars as pl

from pipeline.matching.model.linkage import LinkageModel, has_outcome
from pipeline.matching.names.agreement import DIFFERENT, PARTLY, SHORTER, name_levels, take_apart
from pipeline.matching.records.arrays import Flags, Levels, Rows
from pipeline.normalise.values.names import comparable_name

# Level of names, right after that of wives under their husband's name.
BY_CHILD = DIFFERENT + 2
# Positions of pairs → the children of their residents: parent (index into these positions), name.
Children = Callable[[Rows], pl.DataFrame]
_CALLED = (
    r"^(?:PAK|BAPAK|BPK|BP|AYAH|ABAH|AMAQ|AMAK|AMBO|MAK|EMAK|MAMAK|MAMA|UMAK|BU|IBU|INAQ|INAK|INDO|UMI)(?:NYA)?[. ]+"
    r"([A-Z].*)$"
)


def by_child(model: LinkageModel, levels: Levels, one: tuple[pl.DataFrame, Rows], children: Children) -> Levels:
    """The levels, raised to `BY_CHILD` where a row calls the resident by a child's name.

    The birth date or the number must agree too: the child may also have a stepfather.

    Args:
        model: its comparison of names with a column `child` is used.
        levels: pairs × comparisons.
        one: the rows, and the row of each pair.
        children: finds the children of the residents of some pairs.
    """
    told, (rows, left) = levels, one
    for number, comparison in enumerate(model.comparisons):
        if comparison.kind != "name" or "child" not in comparison.columns:
            continue
        called = rows[comparison.columns["written"]].str.extract(_CALLED)
        asked = np.flatnonzero(called.is_not_null().to_numpy()[left])
        asked = asked[np.isin(levels[asked, number], (PARTLY, DIFFERENT)) & _born_or_numbered(model, levels[asked])]
        if len(asked):
            known = children(asked)
            pairs = asked[known["parent"].to_numpy()]
            told = told.copy(order="F")
            told[pairs[_agree(called.gather(left[pairs]), known["name"])], number] = BY_CHILD
    return told


def _born_or_numbered(model: LinkageModel, levels: Levels) -> Flags:
    numbers = {one.name: model.groups.personal.get(one.name, ()) for one in model.comparisons if one.kind == "nik"}
    # With another birth date, the number may be that of a family member.
    numbered = has_outcome(model, levels, numbers) & ~has_outcome(model, levels, model.groups.born_apart)
    return has_outcome(model, levels, model.groups.that_day_told) | numbered


def _agree(called: pl.Series, names: pl.Series) -> Flags:
    """Per pair, whether a written and a comparable name are alike, or one is the other without some words."""
    folded = called.to_frame("name").select(comparable_name(pl.col("name"))).to_series()
    words = take_apart(pl.concat([folded, names]))
    one, two = np.arange(2 * len(called), dtype=np.int32).reshape(2, -1)
    levels, _ = name_levels(words, one, two)
    return (levels > 0) & (levels <= SHORTER)
