"""The order of hashes, and which of many are known ones, and where: by buckets, several times faster than by halving.

Belongs here: finding equal 64-bit hashes. Does not: making hashes (`pipeline.matching.records.as_numbers`), what is
found by them.
"""

from __future__ import annotations

import numpy as np

from pipeline.matching.records.arrays import Flags, Hashes, Rows

# A sieve of so many slots per key lets one in sixteen strangers pass.
_SLOTS = 16
_FEWEST_SLOT_BITS, _MOST_SLOT_BITS = 12, 26
# So many hashes at a time stay in the processor's cache.
_AT_A_TIME = 65_536
# Buckets hold half a hash on average.
_FEWEST_BUCKET_BITS, _MOST_BUCKET_BITS = 8, 24
_BITS = 64


def ascending(hashes: Hashes) -> Rows:
    """The positions of hashes in ascending order; equal ones as they stand.

    High bits and position are sorted as one number, several times faster than positions by their hashes. Hashes that
    are not spread evenly come out right as well, but slowly.
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
    """A number for all equal hashes, one more for all that are not usable; and for each some place where it stands."""
    where = np.arange(len(hashes)) if usable is None else np.flatnonzero(usable)
    order = where[ascending(hashes[where])]
    ordered = hashes[order]
    new = np.r_[True, ordered[1:] != ordered[:-1]] if len(order) else np.zeros(0, dtype=np.bool_)
    first = order[new]
    numbers = np.full(len(hashes), len(first), dtype=np.int64)
    numbers[order] = np.cumsum(new) - 1
    return numbers, first


def distinct(places: Rows, count: int) -> Rows:
    """Each of some places once, ascending; there are `count` in all."""
    named = np.zeros(count, dtype=np.bool_)
    named[places] = True
    return np.flatnonzero(named)


class Sieve:
    """A table of bits that holds back most hashes which are not among the known ones (0 counts as none)."""

    def __init__(self, known: Hashes) -> None:
        size = int(np.clip((_SLOTS * len(known)).bit_length(), _FEWEST_SLOT_BITS, _MOST_SLOT_BITS))
        self._shift = np.uint64(_BITS - size)
        seen = np.zeros(1 << size, dtype=np.bool_)
        seen[known >> self._shift] = True
        # Eight to a byte: a table that fits the processor's cache answers several times faster.
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
    """Distinct hashes in ascending order; their high bits say where each stands.

    Args:
        known: ascending, none twice.
    """

    def __init__(self, known: Hashes) -> None:
        self.known = known
        bits = int(np.clip(len(known).bit_length() + 1, _FEWEST_BUCKET_BITS, _MOST_BUCKET_BITS))
        self._shift = np.uint64(_BITS - bits)
        filled = np.bincount((known >> self._shift).view(np.int64), minlength=1 << bits)
        self._ends = np.zeros((1 << bits) + 1, dtype=np.int32)
        np.cumsum(filled, out=self._ends[1:])

    def find(self, hashes: Hashes) -> Rows:
        """The position of each hash, -1 for one that is not known."""
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
