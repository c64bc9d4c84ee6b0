"""Sorting, numbering and looking up 64-bit hashes; look-up in buckets is several times faster than binary search.

Does not belong here: making hashes (`pipeline.matching.records.records`), what is looked up by them.
"""

from __future__ import annotations

import numpy as np

from pipeline.matching.records.arrays import Flags, Hashes, Rows

# Slots per key of a Bloom filter: one in sixteen unknown hashes passes.
_SLOTS = 16
_FEWEST_SLOT_BITS, _MOST_SLOT_BITS = 12, 26
# Hashes per batch: as many as fit into the processor's cache.
_AT_A_TIME = 65_536
# Buckets hold half a hash on average.
_FEWEST_BUCKET_BITS, _MOST_BUCKET_BITS = 8, 24
_BITS = 64


def argsort_hashes(hashes: Hashes) -> Rows:
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
        tied = np.flatnonzero(np.isin(ordered & ~low, ordered[wrong] & ~low))
        order[tied] = order[tied][np.argsort(ordered[tied], kind="stable")]
    return order


def factorize(hashes: Hashes, usable: Flags | None = None) -> tuple[Rows, Rows]:
    """Number equal hashes alike, with one more number for all unusable ones; and the first position of each number."""
    where = np.arange(len(hashes)) if usable is None else np.flatnonzero(usable)
    order = where[argsort_hashes(hashes[where])]
    ordered = hashes[order]
    is_first = np.r_[True, ordered[1:] != ordered[:-1]] if len(order) else np.zeros(0, dtype=np.bool_)
    first = order[is_first]
    numbers = np.full(len(hashes), len(first), dtype=np.int64)
    numbers[order] = np.cumsum(is_first) - 1
    return numbers, first


def unique_positions(positions: Rows, count: int) -> Rows:
    """The distinct positions, ascending; all are below `count`."""
    occurs = np.zeros(count, dtype=np.bool_)
    occurs[positions] = True
    return np.flatnonzero(occurs)


class BloomFilter:
    """A bit table (Bloom filter with one hash) that rejects most unknown hashes; it may let 0 pass."""

    def __init__(self, known: Hashes) -> None:
        size = int(np.clip((_SLOTS * len(known)).bit_length(), _FEWEST_SLOT_BITS, _MOST_SLOT_BITS))
        self._shift = np.uint64(_BITS - size)
        seen = np.zeros(1 << size, dtype=np.bool_)
        seen[known >> self._shift] = True
        # Eight bits per byte: a table that fits into the processor's cache is several times faster.
        self._bits = np.packbits(seen, bitorder="little")

    def may_contain(self, hashes: Hashes) -> Flags:
        """Which hashes may be known."""
        possible = np.empty(len(hashes), dtype=np.bool_)
        for start in range(0, len(hashes), _AT_A_TIME):
            batch = slice(start, start + _AT_A_TIME)
            slots = (hashes[batch] >> self._shift).view(np.int64)
            possible[batch] = self._bits[slots >> 3] >> (slots & 7).astype(np.uint8) & 1
        return possible


class HashIndex:
    """Finds the positions of hashes in a sorted array of distinct hashes, by buckets of their high bits.

    Args:
        keys: distinct hashes, ascending.
    """

    def __init__(self, keys: Hashes) -> None:
        self.keys = keys
        bits = int(np.clip(len(keys).bit_length() + 1, _FEWEST_BUCKET_BITS, _MOST_BUCKET_BITS))
        self._shift = np.uint64(_BITS - bits)
        filled = np.bincount((keys >> self._shift).view(np.int64), minlength=1 << bits)
        self._ends = np.zeros((1 << bits) + 1, dtype=np.int32)
        np.cumsum(filled, out=self._ends[1:])

    def find(self, hashes: Hashes) -> Rows:
        """The position of each hash in `keys`, -1 if it is not there."""
        bucket = (hashes >> self._shift).view(np.int64)
        at, end = self._ends[bucket], self._ends[bucket + 1]
        found = np.full(len(hashes), -1)
        remaining = np.flatnonzero(at < end)
        at, end, sought = at[remaining], end[remaining], hashes[remaining]
        while len(remaining):
            candidate = self.keys[at]
            equal = np.flatnonzero(candidate == sought)
            found[remaining[equal]] = at[equal]
            at += 1
            unmatched = np.flatnonzero((candidate < sought) & (at < end))
            remaining, at, end, sought = remaining[unmatched], at[unmatched], end[unmatched], sought[unmatched]
        return found
