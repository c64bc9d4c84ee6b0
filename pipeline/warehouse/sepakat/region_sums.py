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
class Tree:
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
            further = cells & (reached | sums | (sums[self.parent] & (self.parent >= 0)))
            if (further == reached).all():
                return reached
            reached = further

    @property
    def roots(self) -> Ints:
        """Rows without a region above."""
        return np.flatnonzero(self.parent < 0)


def region_tree(rows: pl.DataFrame, series: Sequence[str]) -> Tree:
    """The tree of rows by their `kode_wilayah`; rows are related where they agree on the columns `series`."""
    code = pl.col("kode_wilayah")
    length = code.str.len_chars().cast(pl.Int64)
    above = length.replace_strict(_PARENT_LENGTH, default=None, return_dtype=pl.Int64)
    numbered = rows.select(*series, "kode_wilayah").with_row_index("_row")
    linked = numbered.with_columns(_above=pl.when(above.is_not_null()).then(code.str.head(above))).join(
        numbered.select(*series, _above="kode_wilayah", _parent="_row"),
        on=[*series, "_above"],
        how="left",
        maintain_order="left",
    )
    parent = linked["_parent"].cast(pl.Int64).fill_null(-1).to_numpy()
    lengths = linked.select(length).to_series().to_numpy()
    levels = [np.flatnonzero((lengths == each) & (parent >= 0)) for each in _PARENT_LENGTH]
    return Tree(parent, [level for level in levels if len(level)])


def without_uncounted(tree: Tree, known: Flags) -> Tree:
    """The tree for a count that some regions do not have: a region below which none has it is no sum."""
    parent = tree.parent
    summed = np.zeros(len(parent), bool)
    summed[parent[known & (parent >= 0)]] = True
    levels = [rows[summed[parent[rows]]] for rows in tree.levels]
    kept = np.zeros(len(parent), bool)
    kept[np.concatenate([*levels, np.empty(0, np.int64)]).astype(np.int64)] = True
    return Tree(np.where(kept, parent, -1), [rows for rows in levels if len(rows)])


def ranges(low: Ints, high: Ints, value: Ints, tree: Tree) -> tuple[Ints, Ints, Ints]:
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
    below = high - low
    for rows in reversed(tree.levels):
        above = parent[rows]
        lower = low[above] - rest[above] - (high_sum[above] - high[rows])
        upper = high[above] - rest[above] - (low_sum[above] - low[rows])
        low[rows], high[rows] = np.maximum(low[rows], lower), np.minimum(high[rows], upper)
    return low, high, below


def closed_over(value: Ints, most: Ints, hidden: Flags, seen: Flags, tree: Tree) -> Flags:
    """`hidden` with further cells, so that every hidden cell has a range of `_WIDTH`, or all that `most` allows.

    First, from the bottom up: the regions below a hidden cell must not add up to it, so one of them is suppressed.
    Then, from the top down (a wider region widens those below it): the region above and its other parts must not reveal
    it, so the smallest of these parts is suppressed, else the region above. What cannot be widened is left.
    """
    least = np.minimum(value, 1)
    most = most - (most > value)
    # A zero suppressed along with its row may be derived: zeros are not secret.
    needed = np.where(value > 0, np.minimum(_WIDTH, most - least), 0)
    stuck = np.zeros((2, len(value)), bool)
    while True:
        open_cells = hidden & ~seen
        low, high, below = ranges(np.where(open_cells, least, value), np.where(open_cells, most, value), value, tree)
        parts, inner = _smallest_parts(value, hidden | seen | (value == 0), hidden, tree)
        added_up = open_cells & ~stuck[0] & (below < needed)
        left_alone = open_cells & ~stuck[1] & (high - low < np.minimum(needed, below))
        if added_up.any():
            cells = _first_of(added_up, (*tree.levels, tree.roots))
            further, tried = inner[cells], 0
        elif left_alone.any():
            cells = _first_of(left_alone, (tree.roots, *reversed(tree.levels)))
            above = tree.parent[cells]
            total = np.where((above >= 0) & ~(hidden | seen)[above], above, -1)
            further, tried = np.where((above >= 0) & (parts[above] >= 0), parts[above], total), 1
        else:
            return hidden
        stuck[tried, cells[further < 0]] = True
        hidden = hidden.copy()
        hidden[further[further >= 0]] = True


def _first_of(cells: Flags, levels: Iterable[Ints]) -> Ints:
    return next(rows[cells[rows]] for rows in levels if cells[rows].any())


def _smallest_parts(value: Ints, taken: Flags, hidden: Flags, tree: Tree) -> tuple[Ints, Ints]:
    """Per region, the untaken part directly below it with the smallest value, -1 for none.

    And the same, but if all parts are taken, the smallest one further down below hidden parts.
    """
    direct, inner = (np.full(len(value), -1, np.int64) for _ in range(2))
    for rows in tree.levels:
        for found, offered in (
            (direct, np.where(taken[rows], -1, rows)),
            (inner, np.where(taken[rows], np.where(hidden[rows], inner[rows], -1), rows)),
        ):
            above, free = tree.parent[rows][offered >= 0], offered[offered >= 0]
            # Sorted by region, then value, then row.
            order = np.lexsort((free, value[free], above))
            regions, first = np.unique(above[order], return_index=True)
            found[regions] = free[order][first]
    inner = np.where(direct >= 0, direct, inner)
    return direct, inner
