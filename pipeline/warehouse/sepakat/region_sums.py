"""Secondary suppression on the tree of regions: bounds of suppressed cells from sums, and further cells to suppress.

Belongs here: the arithmetic, on arrays with one cell per row. Does not: primary suppression, and what earlier versions
showed (`suppression`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

_WIDTH = 3
"""Smallest distance between the bounds of a suppressed cell: four possible values, as many as small counts have."""
UNBOUNDED = 10**12

# Length of a region's code → length of the code of the region above it, the deepest first.
_PARENT_LENGTH = {10: 6, 6: 4, 4: 2, 2: 0}

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class RegionTree:
    """Rows of a release table as a tree of regions; several series give several trees.

    Attributes:
        parent: row of the region above, -1 for none.
        levels: rows that have a parent, by length of their code, the deepest first.
    """

    parent: Ints
    levels: list[Ints]

    def connected(self, cells: Flags, start: Flags) -> Flags:
        """Those of `cells` connected with one of `start` by sharing a sum, directly or through others of `cells`."""
        reached = cells & start
        while True:
            sums = np.zeros(len(self.parent), bool)
            has_parts = sums.copy()
            for rows in self.levels:
                has_parts[self.parent[rows]] = True
                sums[self.parent[rows[reached[rows]]]] = True
            sums |= has_parts & reached
            grown = cells & (reached | sums | (sums[self.parent] & (self.parent >= 0)))
            if (grown == reached).all():
                return reached
            reached = grown

    @property
    def roots(self) -> Ints:
        """Rows without a region above."""
        return np.flatnonzero(self.parent < 0)


def region_tree(rows: pl.DataFrame, series: Sequence[str]) -> RegionTree:
    """The tree of rows by their `kode_wilayah`; rows are related where they agree on the columns `series`."""
    code = pl.col("kode_wilayah")
    length = code.str.len_chars().cast(pl.Int64)
    parent_length = length.replace_strict(_PARENT_LENGTH, default=None, return_dtype=pl.Int64)
    indexed = rows.select(*series, "kode_wilayah").with_row_index("_row")
    with_parent = indexed.with_columns(
        _above=pl.when(parent_length.is_not_null()).then(code.str.head(parent_length))
    ).join(
        indexed.select(*series, _above="kode_wilayah", _parent="_row"),
        on=[*series, "_above"],
        how="left",
        maintain_order="left",
    )
    parent = with_parent["_parent"].cast(pl.Int64).fill_null(-1).to_numpy()
    lengths = with_parent.select(length).to_series().to_numpy()
    levels = [np.flatnonzero((lengths == each) & (parent >= 0)) for each in _PARENT_LENGTH]
    return RegionTree(parent, [level for level in levels if len(level)])


def without_uncounted_sums(tree: RegionTree, counted: Flags) -> RegionTree:
    """The tree for a count that some regions do not have: a region below which none has it is no sum."""
    parent = tree.parent
    is_sum = np.zeros(len(parent), bool)
    is_sum[parent[counted & (parent >= 0)]] = True
    levels = [rows[is_sum[parent[rows]]] for rows in tree.levels]
    kept = np.zeros(len(parent), bool)
    kept[np.concatenate([*levels, np.empty(0, np.int64)]).astype(np.int64)] = True
    return RegionTree(np.where(kept, parent, -1), [rows for rows in levels if len(rows)])


def cell_ranges(low: Ints, high: Ints, value: Ints, tree: RegionTree) -> tuple[Ints, Ints, Ints]:
    """The tightest bounds of every cell, given individual bounds and that regions sum to the one above.

    Args:
        low, high: bounds of each cell by itself; equal if the cell is known.
        value: the true values, to find what rows without a deeper code add to a region.
        tree: the regions.

    Returns:
        Lower and upper bounds, and the distance between them that follows from the regions below alone.
    """
    parent = tree.parent
    low, high = low.copy(), high.copy()
    # Sums over the regions directly below; every level is done before the one above it.
    low_sum, high_sum, rest = np.zeros_like(low), np.zeros_like(high), value.copy()
    for rows in tree.levels:
        np.add.at(low_sum, parent[rows], low[rows])
        np.add.at(high_sum, parent[rows], high[rows])
        np.subtract.at(rest, parent[rows], value[rows])
        above = np.unique(parent[rows])
        low[above] = np.maximum(low[above], low_sum[above] + rest[above])
        high[above] = np.minimum(high[above], high_sum[above] + rest[above])
    width_from_below = high - low
    for rows in reversed(tree.levels):
        above = parent[rows]
        lower = low[above] - rest[above] - (high_sum[above] - high[rows])
        upper = high[above] - rest[above] - (low_sum[above] - low[rows])
        low[rows], high[rows] = np.maximum(low[rows], lower), np.minimum(high[rows], upper)
    return low, high, width_from_below


def extend_suppression(value: Ints, upper_bound: Ints, suppressed: Flags, disclosed: Flags, tree: RegionTree) -> Flags:
    """`suppressed` with further cells, so that each has a range of `_WIDTH`, or all that `upper_bound` allows.

    First, from the bottom up: the regions below a suppressed cell must not add up to it, so one of them is suppressed.
    Then, from the top down (a wider region widens those below it): the region above and its other parts must not reveal
    it, so the smallest of these parts is suppressed, else the region above. What cannot be widened is left.
    """
    lower_bound = np.minimum(value, 1)
    upper_bound = upper_bound - (upper_bound > value)
    # A zero suppressed along with its row may be derived: zeros are not secret.
    needed_width = np.where(value > 0, np.minimum(_WIDTH, upper_bound - lower_bound), 0)
    stuck = np.zeros((2, len(value)), bool)
    while True:
        open_cells = suppressed & ~disclosed
        low, high, width_from_below = cell_ranges(
            np.where(open_cells, lower_bound, value), np.where(open_cells, upper_bound, value), value, tree
        )
        parts, inner = _smallest_parts(value, suppressed | disclosed | (value == 0), suppressed, tree)
        derivable_from_below = open_cells & ~stuck[0] & (width_from_below < needed_width)
        derivable_from_above = open_cells & ~stuck[1] & (high - low < np.minimum(needed_width, width_from_below))
        if derivable_from_below.any():
            cells = _first_level_of(derivable_from_below, (*tree.levels, tree.roots))
            added, direction = inner[cells], 0
        elif derivable_from_above.any():
            cells = _first_level_of(derivable_from_above, (tree.roots, *reversed(tree.levels)))
            above = tree.parent[cells]
            total = np.where((above >= 0) & ~(suppressed | disclosed)[above], above, -1)
            added, direction = np.where((above >= 0) & (parts[above] >= 0), parts[above], total), 1
        else:
            return suppressed
        stuck[direction, cells[added < 0]] = True
        suppressed = suppressed.copy()
        suppressed[added[added >= 0]] = True


def _first_level_of(cells: Flags, levels: Iterable[Ints]) -> Ints:
    return next(rows[cells[rows]] for rows in levels if cells[rows].any())


def _smallest_parts(value: Ints, excluded: Flags, suppressed: Flags, tree: RegionTree) -> tuple[Ints, Ints]:
    """Per region, the part directly below it with the smallest value and not excluded, -1 for none.

    And the same, but if all parts are excluded, the smallest one further down below suppressed parts.
    """
    direct, inner = (np.full(len(value), -1, np.int64) for _ in range(2))
    for rows in tree.levels:
        for smallest, candidates in (
            (direct, np.where(excluded[rows], -1, rows)),
            (inner, np.where(excluded[rows], np.where(suppressed[rows], inner[rows], -1), rows)),
        ):
            above, free = tree.parent[rows][candidates >= 0], candidates[candidates >= 0]
            # Sorted by region, then value, then row.
            order = np.lexsort((free, value[free], above))
            regions, first = np.unique(above[order], return_index=True)
            smallest[regions] = free[order][first]
    inner = np.where(direct >= 0, direct, inner)
    return direct, inner
