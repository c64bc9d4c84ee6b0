"""Parents whom a row calls by their child: PAK RINA is the father of RINA, INAQ SAHDAN the mother of SAHDAN.

Belongs here: reading such a name, and holding it against the children of a resident. Does not: whose children these
are (`pipeline.matching.dtks_dukcapil`), what that weighs (the model).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import polars as pl

from pipeline.matching.model.linkage import LinkageModel, among
from pipeline.matching.names.agreement import DIFFERENT, PARTLY, SHORTER, name_levels, take_apart
from pipeline.matching.records.arrays import Flags, Levels, Rows
from pipeline.normalise.values.names import comparable_name

# Level of names, right behind that of wives under their husband's.
BY_CHILD = DIFFERENT + 2
# Residents of some pairs → the name of each of their children, and whose it is among them: parent, name.
Children = Callable[[Rows], pl.DataFrame]
_CALLED = (
    r"^(?:PAK|BAPAK|BPK|BP|AYAH|ABAH|AMAQ|AMAK|AMBO|MAK|EMAK|MAMAK|MAMA|UMAK|BU|IBU|INAQ|INAK|INDO|UMI)(?:NYA)?[. ]+"
    r"([A-Z].*)$"
)


def by_child(model: LinkageModel, levels: Levels, one: tuple[pl.DataFrame, Rows], children: Children) -> Levels:
    """The levels, with names that call a resident by a child no longer different.

    A child may have a stepfather too: only where day of birth or number tells the person it is the parent meant.

    Args:
        model: the comparison of names with a column `child` is meant.
        one: rows, and which of them each pair is about.
        children: of the residents of some pairs.
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
    # Who was born apart may bear the number of another one of the family.
    numbered = among(model, levels, numbers) & ~among(model, levels, model.groups.born_apart)
    return among(model, levels, model.groups.that_day_told) | numbered


def _agree(called: pl.Series, names: pl.Series) -> Flags:
    """Whether a name as written and a comparable one are the same, or one is the beginning of the other, per pair."""
    folded = called.to_frame("name").select(comparable_name(pl.col("name"))).to_series()
    words = take_apart(pl.concat([folded, names]))
    one, two = np.arange(2 * len(called), dtype=np.int32).reshape(2, -1)
    levels, _ = name_levels(words, one, two)
    return (levels > 0) & (levels <= SHORTER)
