"""Distinct patterns of levels: far fewer than pairs, so whatever depends on levels alone is calculated per pattern.

Belongs here: finding patterns and counting pairs by them. Does not: what is calculated from levels
(`pipeline.matching.judging.scoring`, `pipeline.matching.judging.training`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from pipeline.matching.records.arrays import Floats, Levels, Rows

_BITS = 64


@dataclass(frozen=True)
class Patterns:
    """The patterns that occur, in ascending order.

    Attributes:
        levels: patterns × comparisons.
        of_pair: pattern of each pair.
    """

    levels: Levels
    of_pair: Rows

    def sum_by_pattern(self, shares: Floats) -> Floats:
        """The weights of pairs, summed per pattern."""
        return np.bincount(self.of_pair, shares, minlength=len(self.levels)).astype(np.float64)

    def with_levels_of(self, number: int, level: Levels) -> Patterns:
        """The patterns with the levels of one comparison, so far 0 in all of them, replaced by those given per pair."""
        base = int(level.max(initial=0)) + 1
        key = self.of_pair * base + level
        present = np.flatnonzero(np.bincount(key, minlength=len(self.levels) * base))
        place = np.zeros(len(self.levels) * base, dtype=np.int64)
        place[present] = np.arange(len(present))
        levels = self.levels[present // base]
        levels[:, number] = present % base
        return Patterns(levels, place[key])


def find_patterns(levels: Levels) -> Patterns:
    """The patterns of pairs.

    Raises:
        ValueError: there are more possible patterns than 64 bits can number.
    """
    bases = [int(level.max(initial=0)) + 1 for level in levels.T]
    if sum(base.bit_length() for base in bases) > _BITS:
        raise ValueError("too many comparisons")
    key = np.zeros(len(levels), dtype=np.uint64)
    for level, base in zip(levels.T, bases, strict=True):
        key *= np.uint64(base)
        key += level
    pairs = pl.DataFrame({"key": key})
    known = pairs.unique().sort("key").with_columns(pattern=pl.int_range(pl.len()))
    rest, found = known["key"].to_numpy().copy(), np.empty((known.height, len(bases)), dtype=np.uint8, order="F")
    for number in reversed(range(len(bases))):
        rest, found[:, number] = np.divmod(rest, np.uint64(bases[number]))
    return Patterns(found, pairs.join(known, on="key", how="left", maintain_order="left")["pattern"].to_numpy())
