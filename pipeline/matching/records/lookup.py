"""Sorting, numbering and looking up 64-bit hashes; look-up in buckets is several times faster than binary search.

Does not belong here: making hashes (`pipeline.matching.records.as_numbers`), what is looked up by them.
"""

from __future__ import annotations

import numpy as np

from pipeline.matching.records.arrays import Flags, Hashes, Rows

# Slots per key of a sieve: one in sixteen unknown hashes passes.
_SLOTS = 16
_FEWEST_SLOT_BITS, _MOST_SLOT_BITS = 12, 26
# Hashes per batch: as many as fit into the processor's cache.
_AT_A_TIME = 65_536
# Buckets hold half a hash on average.
_FEWEST_BUCKET_BITS, _MOST_BUCKET_BITS = 8, 24
_BITS = 64


def ascending(hashes: Hashes) -> Rows:
    """The positions that sort the hashes; a stable sort.

    High bits and position are packed into one number, which sorts several times faster than argsort. Hashes that are
    not evenly distributed are sorted correctly as well, but slowly.
    """
    low = np.uint64((1 << len(hashes).bit_length()) - 1)
    packed = (hashes & ~low) | np.arange(len(hashes), dtype=np.uint64)
    packed.sort()
    order = (packed & low).view(np.int64)
    ordered = hashes[order]
    wrong = np.flatnonzero(ordered[1:] < ordered[:-1])
    if len(wrong):
        alike = np.flatnonzero(np.isin(ordered & ~low, ordered[wrong] & ~low))
        order[alike] = order[alike][np.argsort(ordered[alike], kind="stable")]
    return order


def numbered(hashes: Hashes, usable: Flags | None = None) -> tuple[Rows, Rows]:
    """Number equal hashes alike, with one more number for all unusable ones; and the first position of each number."""
    where = np.arange(len(hashes)) if usable is None else np.flatnonzero(usable)
    order = where[ascending(hashes[where])]
    ordered = hashes[order]
    new = np.r_[True, ordered[1:] != ordered[:-1]] if len(order) else np.zeros(0, dtype=np.bool_)
    first = order[new]
    numbers = np.full(len(hashes), len(first), dtype=np.int64)
    numbers[order] = np.cumsum(new) - 1
    return numbers, first


def distinct(places: Rows, count: int) -> Rows:
    """The distinct positions, ascending; all are below `count`."""
    named = np.zeros(count, dtype=np.bool_)
    named[places] = True
    return np.flatnonzero(named)


class Sieve:
    """A bit table (Bloom filter with one hash) that rejects most unknown hashes; it may let 0 pass."""

    def __init__(self, known: Hashes) -> None:
        size = int(np.clip((_SLOTS * len(known)).bit_length(), _FEWEST_SLOT_BITS, _MOST_SLOT_BITS))
        self._shift = np.uint64(_BITS - size)
        seen = np.zeros(1 << size, dtype=np.bool_)
        seen[known >> self._shift] = True
        # Eight bits per byte: a table that fits into the processor's cache is several times faster.
        self._bits = np.packbits(seen, bitorder="little")

    def lets_pass(self, hashes: Hashes) -> Flags:
        """Which hashes may be known."""
        passed = np.empty(len(hashes), dtype=np.bool_)
        for start in range(0, len(hashes), _AT_A_TIME):
            some = slice(start, start + _AT_A_TIME)
            slots = (hashes[some] >> self._shift).view(np.int64)
            passed[some] = self._bits[slots >> 3] >> (slots & 7).astype(np.uint8) & 1
        return passed


class Lookup:
    """Finds the positions of hashes in a sorted array of distinct hashes, by buckets of their high bits.

    Args:
        known: distinct hashes, ascending.
    """

    def __init__(self, known: Hashes) -> None:
        self.known = known
        bits = int(np.clip(len(known).bit_length() + 1, _FEWEST_BUCKET_BITS, _MOST_BUCKET_BITS))
        self._shift = np.uint64(_BITS - bits)
        filled = np.bincount((known >> self._shift).view(np.int64), minlength=1 << bits)
        self._ends = np.zeros((1 << bits) + 1, dtype=np.int32)
        np.cumsum(filled, out=self._ends[1:])

    def find(self, hashes: Hashes) -> Rows:
        """The position of each hash in `known`, -1 if it is not there."""
        bucket = (hashes >> self._shift).view(np.int64)
        at, end = self._ends[bucket], self._ends[bucket + 1]
        found = np.full(len(hashes), -1)
        left = np.flatnonzero(at < end)
        at, end, sought = at[left], end[left], hashes[left]
        while len(left):
            here = self.known[at]
            equal = np.flatnonzero(here == sought)
            found[left[equal]] = at[equal]
            at += 1
            further = np.flatnonzero((here < sought) & (at < end))
            left, at, end, sought = left[further], at[further], end[further], sought[further]
        return found
