"""Small counts of a release emptied, and as many more as it takes that none of them can be worked out again.

Belongs here: which cells are emptied, for any table of counts by region. Does not: which counts a release has
(`pipeline.warehouse.sepakat.indicators`) and where versions lie (`pipeline.warehouse.sepakat.versions`).

The reader we guard against knows the rule, every version so far, and more than any reader has: which figures did not
change between versions, how many rows have no code at a deeper level, and, when judging one count, the true value of
every other one but those that are emptied in the same row above it. What is left to such a reader of an emptied cell is
a range, which is computed exactly: regions are a tree of sums, so bounds carried up the tree and down again are the
tightest there are. As long as a range is too narrow, a further cell that widens it is emptied.

Counts of one row hang together as well (paid and failed are parts of the allotment). Emptying a count empties those
under it in the same row, so that moving a person, or an order, from one region to another explains what is shown as
well as the truth does, in every count at once.

Between versions, a cell whose value was shown before and has not changed hides nothing, so it cannot cover for
another. Emptied cells that cover for each other stay empty together until all of them have changed: as long as one is
the same, whatever explains one version explains the next in the same way. What is emptied with a new value is covered
by cells with new values too. Where no new cell is left to cover, over several versions and for a reader who knows what
did not change, a rare cell can still be solved. Changes themselves are not guarded: 20 that become 23 say that three
were added.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from pipeline.warehouse.sepakat.region_sums import (
    UNBOUNDED,
    Flags,
    Ints,
    Tree,
    closed_over,
    region_tree,
    without_uncounted,
)

SMALLEST_SHOWN = 5
"""Counts from 1 to one less than this are emptied; 0 is shown."""
_REGION = ("tingkat", "kode_wilayah")


@dataclass(frozen=True)
class Count:
    """One count column of a release table.

    Attributes:
        name: the column.
        most: what it cannot exceed when all other counts are known; what it falls short of that by is a count as well
            (the unmatched, the men), small where it is small. Null or None: no bound.
        under: the count that, where it is emptied, empties this one too.
    """

    name: str
    most: pl.Expr | None = None
    under: str | None = None


def suppress(
    df: pl.DataFrame,
    key: Sequence[str],
    counts: Sequence[Count],
    derived: Mapping[str, Sequence[str]],
    history: pl.DataFrame | None = None,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Empty the cells of `df` that must not be shown, and what tells them.

    Args:
        df: one row per region (`kode_wilayah`, `tingkat`) and series, with all counts; null is no count.
        key: columns that identify a row: the region's two and those of the series.
        counts: the counts; one that empties others stands before them.
        derived: column → counts it tells; it is emptied with any of them.
        history: what this function returned as history for the version before; None for the first.

    Returns:
        `df` sorted by `key` with `disamarkan` (whether a cell of the row is emptied), and the history: per row and
        count the true value, `_terlihat`: whether any version showed it since it last changed, and `_tertutup`: whether
        this one empties it and none showed it. The history is as confidential as the counts.
    """
    rows = df.sort(key)
    tree = region_tree(rows, [name for name in key if name not in _REGION])
    before = rows.select(key).join(history, on=key, how="left", maintain_order="left") if history is not None else None
    hidden: dict[str, Flags] = {}
    memory: list[pl.Series] = []
    for count in counts:
        past = _remembered(rows[count.name], before)
        under = hidden[count.under] if count.under else np.zeros(rows.height, bool)
        hidden[count.name] = flags = _hidden(rows, count, under, past, tree)
        memory += [
            rows[count.name],
            pl.Series(f"{count.name}_terlihat", past.seen | ~flags),
            pl.Series(f"{count.name}_tertutup", flags & ~past.seen),
        ]
    emptied = pl.DataFrame({f"_{name}": flags for name, flags in hidden.items()})
    public = rows.hstack(emptied).with_columns(
        *(pl.when(~pl.col(f"_{name}")).then(name).alias(name) for name in hidden),
        *(
            pl.when(~pl.any_horizontal(f"_{count}" for count in told)).then(name).alias(name)
            for name, told in derived.items()
        ),
        disamarkan=pl.any_horizontal(emptied.columns),
    )
    return public.drop(emptied.columns), rows.select(key).hstack(memory)


def as_published(public: pl.DataFrame, key: Sequence[str], counts: Sequence[Count]) -> pl.DataFrame:
    """The history as far as a published table tells it, for when the real one is lost: what is empty stays so."""
    names = [count.name for count in counts]
    return public.select(
        *key,
        *names,
        *(pl.col(name).is_not_null().alias(f"{name}_terlihat") for name in names),
        *((pl.col(name).is_null() & pl.col("disamarkan")).alias(f"{name}_tertutup") for name in names),
    )


@dataclass(frozen=True)
class _Past:
    """What the versions before told of one count's cells.

    Attributes:
        seen: the value of today was shown, and has not changed since.
        closed: the last version emptied the cell, whatever its value was.
        same: the value is that of the last version.
    """

    seen: Flags
    closed: Flags
    same: Flags


def _remembered(now: pl.Series, before: pl.DataFrame | None) -> _Past:
    if before is None:
        return _Past(*(np.zeros(len(now), bool) for _ in range(3)))
    was = before[now.name]
    closed = before[f"{now.name}_tertutup"].fill_null(value=False).to_numpy()
    # A history read from a published table does not know what it emptied, which may be the same.
    same = was.eq_missing(now).to_numpy() | (was.is_null().to_numpy() & closed)
    return _Past(before[f"{now.name}_terlihat"].fill_null(value=False).to_numpy() & same, closed, same)


def _hidden(rows: pl.DataFrame, count: Count, under: Flags, past: _Past, tree: Tree) -> Flags:
    """Which cells of one count are emptied, in the order of `rows`; `under` are emptied in any case."""
    counted = rows[count.name].is_not_null().to_numpy()
    value = rows[count.name].fill_null(0).to_numpy().astype(np.int64)
    # Of a total that is emptied as well nobody knows how much it leaves room for.
    most = np.where(under, UNBOUNDED, _bounds(rows, count, value))
    few = _is_small(value) | ((most < UNBOUNDED) & _is_small(most - value))
    tree = without_uncounted(tree, counted)
    kept = tree.connected(past.closed & counted, past.closed & past.same)
    flags, fewer = (under | kept | few) & counted, np.zeros(len(value), bool)
    while (flags != fewer).any():
        fewer = flags
        flags = closed_over(value, most, flags, past.seen | (past.closed & past.same), tree)
        flags = closed_over(value, most, flags, past.seen, tree)
    return flags


def _bounds(rows: pl.DataFrame, count: Count, value: Ints) -> Ints:
    if count.most is None:
        return np.full(len(value), UNBOUNDED)
    most = rows.select(count.most.cast(pl.Int64).fill_null(UNBOUNDED)).to_series().to_numpy()
    # More paid than allotted: the allotment is no bound.
    return np.where(most < value, UNBOUNDED, most)


def _is_small(value: Ints) -> Flags:
    return (value >= 1) & (value < SMALLEST_SHOWN)
