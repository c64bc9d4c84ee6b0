"""Suppression of a release's small counts, and of as many others as needed so that no small count can be derived.

Belongs here: which cells are suppressed, for any table of counts by region. Does not: which counts a release has
(`pipeline.warehouse.sepakat.indicators`) and where versions are stored (`pipeline.warehouse.sepakat.versions`).

The assumed attacker knows the rule, every version so far, and more than any real reader: which figures did not change
between versions, how many rows have no code at a deeper level, and, for each count, the true values of all other counts
except those suppressed above it in the same row. For such an attacker a suppressed cell has a range of possible values,
which is computed exactly: regions are a tree of sums, so bounds passed up the tree and down again are the tightest. As
long as a range is too narrow, a further cell that widens it is suppressed.

Counts of one row depend on each other as well (paid and failed are parts of the allotment). Suppressing a count also
suppresses those under it in the same row, so that moving a person, or an order, from one region to another is
consistent with everything shown, in every count at once.

Between versions, a cell whose value was shown before and has not changed hides nothing, so it cannot protect another.
Suppressed cells that protect each other stay suppressed together until all of them have changed: as long as one is
unchanged, every solution of one version is also one of the next. A cell suppressed with a new value is protected by
cells with new values. If no such cell is left, an attacker who knows what did not change can, over several versions,
still derive a rare cell. Changes themselves are not protected: 20 that becomes 23 shows that three were added.
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
    RegionTree,
    extend_suppression,
    region_tree,
    without_uncounted_sums,
)

SMALLEST_SHOWN = 5
"""Counts from 1 to one less than this are suppressed; 0 is shown."""
_REGION = ("tingkat", "kode_wilayah")


@dataclass(frozen=True)
class Count:
    """One count column of a release table.

    Attributes:
        name: the column.
        upper_bound: given all other counts. The difference is a count as well (the unmatched, the men) and
            protected like one. Null or None: no bound.
        suppressed_with: the count whose suppression suppresses this one too.
    """

    name: str
    upper_bound: pl.Expr | None = None
    suppressed_with: str | None = None


def suppress(
    df: pl.DataFrame,
    key: Sequence[str],
    counts: Sequence[Count],
    derived: Mapping[str, Sequence[str]],
    history: pl.DataFrame | None = None,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Suppress the cells of `df` that must not be shown, and all columns derived from them.

    Args:
        df: one row per region (`kode_wilayah`, `tingkat`) and series, with all counts; null is no count.
        key: columns that identify a row: the region's two and those of the series.
        counts: the counts; one that suppresses others comes before them.
        derived: column → the counts it reveals; it is suppressed with any of them.
        history: the history returned for the previous version; None for the first.

    Returns:
        `df` sorted by `key` with `disamarkan` (whether a cell of the row is suppressed), and the history: per row and
        count the true value, `_terlihat`: whether any version showed it since it last changed, and `_tertutup`: whether
        this version suppresses it and none showed it. The history is as confidential as the counts.
    """
    rows = df.sort(key)
    tree = region_tree(rows, [name for name in key if name not in _REGION])
    previous = (
        rows.select(key).join(history, on=key, how="left", maintain_order="left") if history is not None else None
    )
    suppressed: dict[str, Flags] = {}
    history_columns: list[pl.Series] = []
    for count in counts:
        past = _past_disclosure(rows[count.name], previous)
        forced = suppressed[count.suppressed_with] if count.suppressed_with else np.zeros(rows.height, bool)
        suppressed[count.name] = flags = _suppressed_cells(rows, count, forced, past, tree)
        history_columns += [
            rows[count.name],
            pl.Series(f"{count.name}_terlihat", past.disclosed | ~flags),
            pl.Series(f"{count.name}_tertutup", flags & ~past.disclosed),
        ]
    return _without_suppressed(rows, suppressed, derived), rows.select(key).hstack(history_columns)


def _without_suppressed(
    rows: pl.DataFrame, suppressed: Mapping[str, Flags], derived: Mapping[str, Sequence[str]]
) -> pl.DataFrame:
    """The rows without the suppressed cells of each count, and without what derives from them; with `disamarkan`."""
    flags = pl.DataFrame({f"_{name}": cells for name, cells in suppressed.items()})
    revealed_by = {**{name: [name] for name in suppressed}, **derived}
    public = rows.hstack(flags).with_columns(
        *(
            pl.when(~pl.any_horizontal(f"_{count}" for count in counts)).then(name).alias(name)
            for name, counts in revealed_by.items()
        ),
        disamarkan=pl.any_horizontal(flags.columns),
    )
    return public.drop(flags.columns)


def history_from_published(public: pl.DataFrame, key: Sequence[str], counts: Sequence[Count]) -> pl.DataFrame:
    """A history reconstructed from a published table, if the real one is lost; what is suppressed stays suppressed."""
    names = [count.name for count in counts]
    return public.select(
        *key,
        *names,
        *(pl.col(name).is_not_null().alias(f"{name}_terlihat") for name in names),
        *((pl.col(name).is_null() & pl.col("disamarkan")).alias(f"{name}_tertutup") for name in names),
    )


@dataclass(frozen=True)
class _PastDisclosure:
    """What earlier versions showed of one count's cells.

    Attributes:
        disclosed: the current value was shown, and has not changed since.
        suppressed: the last version suppressed the cell, and none showed its value.
        unchanged: the value is that of the last version.
    """

    disclosed: Flags
    suppressed: Flags
    unchanged: Flags


def _past_disclosure(current: pl.Series, previous: pl.DataFrame | None) -> _PastDisclosure:
    if previous is None:
        return _PastDisclosure(*(np.zeros(len(current), bool) for _ in range(3)))
    former = previous[current.name]
    suppressed = previous[f"{current.name}_tertutup"].fill_null(value=False).to_numpy()
    # A reconstructed history does not know suppressed values; they may be the same.
    unchanged = former.eq_missing(current).to_numpy() | (former.is_null().to_numpy() & suppressed)
    return _PastDisclosure(
        previous[f"{current.name}_terlihat"].fill_null(value=False).to_numpy() & unchanged, suppressed, unchanged
    )


def _suppressed_cells(
    rows: pl.DataFrame, count: Count, forced: Flags, past: _PastDisclosure, tree: RegionTree
) -> Flags:
    """Whether each cell of one count is suppressed, in the order of `rows`; cells in `forced` always are."""
    counted = rows[count.name].is_not_null().to_numpy()
    value = rows[count.name].fill_null(0).to_numpy().astype(np.int64)
    # A suppressed total is no bound.
    upper_bound = np.where(forced, UNBOUNDED, _upper_bounds(rows, count, value))
    small = _is_small(value) | ((upper_bound < UNBOUNDED) & _is_small(upper_bound - value))
    tree = without_uncounted_sums(tree, counted)
    still_suppressed = tree.connected(past.suppressed & counted, past.suppressed & past.unchanged)
    flags, previous = (forced | still_suppressed | small) & counted, np.zeros(len(value), bool)
    while (flags != previous).any():
        previous = flags
        flags = extend_suppression(value, upper_bound, flags, past.disclosed | (past.suppressed & past.unchanged), tree)
        flags = extend_suppression(value, upper_bound, flags, past.disclosed, tree)
    return flags


def _upper_bounds(rows: pl.DataFrame, count: Count, value: Ints) -> Ints:
    if count.upper_bound is None:
        return np.full(len(value), UNBOUNDED)
    upper_bound = rows.select(count.upper_bound.cast(pl.Int64).fill_null(UNBOUNDED)).to_series().to_numpy()
    # If more is paid than allotted, the allotment is no bound.
    return np.where(upper_bound < value, UNBOUNDED, upper_bound)


def _is_small(value: Ints) -> Flags:
    return (value >= 1) & (value < SMALLEST_SHOWN)
