"""Blocking: passes over hashed keys that find the pairs worth comparing, with the cost of each pass counted first.

Belongs here: passes, their cost and budget, the list of distinct pairs with the passes that found each. Does not:
hashing keys (`pipeline.matching.records.as_numbers`), comparing (`pipeline.matching.levels.comparison`). The larger
side is read in blocks; only those of its rows whose key may occur on the other side are kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl

from pipeline.matching.records import bcd
from pipeline.matching.records.arrays import Hashes, Masks, NarrowRows, Rows
from pipeline.matching.records.as_numbers import Records, hash_numbers
from pipeline.matching.records.lookup import BloomFilter, HashIndex, argsort_hashes
from pipeline.parallel import map_on_all_cores

# A key that makes more pairs than this is refined; if it still makes more, its pairs are left out and counted.
KEY_BUDGET = 2_000
_SLIP_CHUNK = 20_000
# A number on more rows than this belongs to nobody, so it is not searched for slips.
_MOST_BEARERS = 50
_PASS_BITS = 5


@dataclass(frozen=True)
class Pass:
    """One blocking pass.

    Attributes:
        code: name, as in `link.anggota_dukcapil.aturan`.
        keys: columns that must agree, `column` or `column:part` with a part that `Records.hashed` knows.
        refine: further keys, for values so common that they would make too many pairs.
    """

    code: str
    keys: tuple[str, ...]
    refine: tuple[str, ...] = ()


@dataclass(frozen=True)
class Found:
    """Pairs of one pass, possibly with repetitions.

    Attributes:
        code: of the pass.
        left: row numbers.
        right: row numbers.
        cost: pairs that the keys would make, counted before the pass ran.
        large: keys over the budget.
        dropped: pairs of those keys left out even after refining.
    """

    code: str
    left: Rows
    right: Rows
    cost: int
    large: int = 0
    dropped: int = 0


@dataclass(frozen=True)
class Candidates:
    """Distinct pairs, sorted by left and then right.

    Attributes:
        left: row numbers.
        right: row numbers.
        found_by: bitmask over `codes`.
        codes: pass codes, bit 0 first.
        plan: per pass aturan, biaya (pairs to make, counted before it ran), pasangan (distinct pairs found),
            kunci_besar (keys over the budget), ditinggal (pairs of those keys left out after refining).
    """

    left: Rows
    right: Rows
    found_by: Masks
    codes: tuple[str, ...]
    plan: pl.DataFrame

    def take(self, which: Rows | slice) -> Candidates:
        """Some of the pairs."""
        return Candidates(self.left[which], self.right[which], self.found_by[which], self.codes, self.plan)


def columns_of(passes: Iterable[Pass]) -> list[str]:
    """Columns that passes read."""
    return sorted({spec.partition(":")[0] for rule in passes for spec in rule.keys + rule.refine})


def pairs_of(passes: Sequence[Pass], left: Iterable[Records], right: Iterable[tuple[Rows, Records]]) -> list[Found]:
    """Pairs that each pass finds.

    Args:
        passes: the blocking passes.
        left: rows to find partners for, in one or more parts.
        right: the other side in one or more blocks, each with its row numbers.
    """
    specs = sorted({spec for rule in passes for spec in rule.keys + rule.refine})
    wanted = _keyed(left, specs, passes)
    sieves = [BloomFilter(wanted[rule].keys) for rule in passes]

    def sift(piece: tuple[Rows, Records]) -> list[_Keyed]:
        places, block = piece
        block.hash_all(specs)
        return [_sifted(rule, sieve, places, block) for rule, sieve in zip(passes, sieves, strict=True)]

    parts = zip(*map_on_all_cores(sift, right), strict=True)
    sifted = {rule: _Keyed.together(several) for rule, several in zip(passes, parts, strict=True)}
    # `pop` frees the keys of a pass once it is done.
    return map_on_all_cores(lambda rule: _paired(rule.code, wanted.pop(rule), sifted.pop(rule)), passes)


def _keyed(parts: Iterable[Records], specs: Sequence[str], passes: Sequence[Pass]) -> dict[Pass, _Keyed]:
    """The keys of all rows, read part by part; row numbers continue from one part to the next."""
    keyed: dict[Pass, list[_Keyed]] = {rule: [] for rule in passes}
    rows = 0
    for part in parts:
        part.hash_all(specs)
        every = np.arange(rows, rows := rows + part.height, dtype=np.int32)
        for rule in passes:
            keyed[rule].append(_Keyed(every, part.key(rule.keys), _finer(rule, part)))
    return {rule: _Keyed.together(several) for rule, several in keyed.items()}


def _sifted(rule: Pass, sieve: BloomFilter, places: Rows, block: Records) -> _Keyed:
    """The rows of a block whose key may occur on the left side."""
    keys = block.key(rule.keys)
    maybe = np.flatnonzero(sieve.may_contain(keys) & (keys != 0))
    return _Keyed(places[maybe].astype(np.int32), keys[maybe], _finer(rule, block, maybe))


def _finer(rule: Pass, records: Records, rows: Rows | None = None) -> Hashes | None:
    """The refined key of all or some rows; None if the pass has none."""
    return records.key(rule.keys + rule.refine, rows) if rule.refine else None


@dataclass(frozen=True)
class _Keyed:
    """Rows with the key of a pass (0 for none) and its refined key, if the pass has one."""

    rows: NarrowRows
    keys: Hashes
    finer: Hashes | None

    @staticmethod
    def together(parts: Sequence[_Keyed]) -> _Keyed:
        if len(parts) == 1:
            return parts[0]
        finer = [part.finer for part in parts if part.finer is not None]
        return _Keyed(
            np.concatenate([part.rows for part in parts]),
            np.concatenate([part.keys for part in parts]),
            np.concatenate(finer) if finer else None,
        )

    def take(self, which: Rows) -> _Keyed:
        return _Keyed(self.rows[which], self.keys[which], None if self.finer is None else self.finer[which])


def _paired(code: str, left: _Keyed, sifted: _Keyed) -> Found:
    """Pairs of one pass."""
    wanted = KeyIndex(left.keys)
    start, size = wanted.spans(sifted.keys)
    known = np.flatnonzero(size)
    right, start, size = sifted.take(known), start[known], size[known]
    cost, large = int(size.sum()), _pairs_of_key(start, size) > KEY_BUDGET
    few = ~large
    pairs = [wanted.expand(right.rows[few], start[few], size[few])]
    dropped = int(size[large].sum())
    if dropped and left.finer is not None and right.finer is not None:
        refined, common = KeyIndex(left.finer), right.rows[large]
        at, partners = refined.spans(right.finer[large])
        usable = (partners > 0) & (_pairs_of_key(at, partners) <= KEY_BUDGET)
        pairs.append(refined.expand(common[usable], at[usable], partners[usable]))
        dropped = int(partners[~usable].sum())
    one, two = (np.concatenate(side) for side in zip(*pairs, strict=True))
    return Found(code, left.rows[one], two, cost, len(np.unique(start[large])), dropped)


def _pairs_of_key(start: Rows, size: Rows) -> Rows:
    """Per row of the right side, the total number of pairs its key makes; `start` identifies the key."""
    rows = np.bincount(start, size > 0)[start] if len(start) else np.zeros(0)
    return rows.astype(np.int64) * size


class KeyIndex:
    """Keys of the left side in order, each with its rows.

    Args:
        keys: a key per row, 0 for none.
    """

    def __init__(self, keys: Hashes) -> None:
        keyed = np.flatnonzero(keys)
        keys = keys[keyed]
        order = argsort_hashes(keys)
        self.rows: NarrowRows = keyed[order].astype(np.int32)
        keys = keys[order]
        starts = np.flatnonzero(np.r_[True, keys[1:] != keys[:-1]]) if len(order) else order
        self._bounds = np.r_[starts, len(order)].astype(np.int32)
        self._lookup = HashIndex(keys[starts])

    @cached_property
    def _sieve(self) -> BloomFilter:
        return BloomFilter(self._lookup.keys)

    def known_positions(self, keys: Hashes) -> Rows:
        """Positions of the keys that are among the wanted ones; fast for many keys of which few are."""
        maybe = np.flatnonzero(self._sieve.may_contain(keys) & (keys != 0))
        return maybe[self._lookup.find(keys[maybe]) != -1]

    def spans(self, keys: Hashes) -> tuple[Rows, Rows]:
        """Per key, where its rows start in `rows` and how many there are (0 for none)."""
        at = self._lookup.find(keys)
        return self._bounds[at], np.where(at == -1, 0, self._bounds[at + 1] - self._bounds[at])

    def join(self, keys: Hashes, most: int | None = None) -> tuple[Rows, Rows]:
        """Pairs (position of a key, row that has it), for keys that at most `most` rows have."""
        maybe = np.flatnonzero(self._sieve.may_contain(keys) & (keys != 0))
        start, size = self.spans(keys[maybe])
        rows, which = self.expand(maybe, start, size if most is None else np.where(size <= most, size, 0))
        return which, rows

    def expand(self, rows: Rows | NarrowRows, start: Rows, size: Rows) -> tuple[Rows, Rows]:
        """All pairs (left, right) of the rows with the wanted rows at their places."""
        right = np.repeat(rows, size).astype(np.int64, copy=False)
        first = np.cumsum(size) - size
        return self.rows[np.repeat(start - first, size) + np.arange(len(right))].astype(np.int64), right


def united(found: Sequence[Found], rights: int) -> Candidates:
    """The distinct pairs of all passes; a pair and its pass are packed into one number, so that one sort merges them.

    Args:
        found: at most 32 passes.
        rights: number of rows of the right side.
    """
    width = np.uint64(int(rights).bit_length())
    five = np.uint64(_PASS_BITS)
    packed = np.concatenate(
        [
            ((one.left.astype(np.uint64) << width | one.right.astype(np.uint64)) << five) | np.uint64(bit)
            for bit, one in enumerate(found)
        ]
        or [np.zeros(0, dtype=np.uint64)]
    )
    packed.sort()
    pair = packed >> five
    starts = np.flatnonzero(np.r_[True, pair[1:] != pair[:-1]]) if len(pair) else np.zeros(0, dtype=np.int64)
    bits = np.uint32(1) << (packed & np.uint64((1 << _PASS_BITS) - 1)).astype(np.uint32)
    found_by = np.bitwise_or.reduceat(bits, starts) if len(starts) else bits
    distinct = pair[starts]
    counts = [(found_by >> np.uint32(bit) & np.uint32(1)).sum() for bit in range(len(found))]
    plan = pl.DataFrame(
        [(one.code, one.cost, int(pairs), one.large, one.dropped) for one, pairs in zip(found, counts, strict=True)],
        schema={
            "aturan": pl.String,
            "biaya": pl.Int64,
            "pasangan": pl.Int64,
            "kunci_besar": pl.Int64,
            "ditinggal": pl.Int64,
        },
        orient="row",
    )
    return Candidates(
        (distinct >> width).astype(np.int64),
        (distinct & ((np.uint64(1) << width) - np.uint64(1))).astype(np.int64),
        found_by,
        tuple(one.code for one in found),
        plan,
    )


class Numbers:
    """The identifiers of rows, for look-up.

    Most of them are never looked up, so the numbers looked for are sorted, not these.

    Args:
        packed: 16 digits as BCD; 0 for none.
    """

    def __init__(self, packed: bcd.Packed) -> None:
        self._packed = packed

    def find(self, numbers: bcd.Packed) -> Rows:
        """The first row with each number, -1 for none."""
        rows, which = KeyIndex(hash_numbers(numbers)).join(hash_numbers(self._packed))
        found = np.full(len(numbers), -1)
        found[which[::-1]] = rows[::-1]
        return found

    def near(self, written: pl.Series) -> tuple[Rows, Rows]:
        """Pairs (position in `written`, row) whose numbers are one slip apart, a digit missing or too many included."""
        packed = bcd.pack(written)
        usable = np.flatnonzero(packed)
        borne = hash_numbers(self._packed)
        sieve = BloomFilter(borne)

        def maybe(left: Rows, numbers: bcd.Packed) -> tuple[Rows, Hashes]:
            hashes = hash_numbers(numbers)
            some = np.flatnonzero(sieve.may_contain(hashes) & (hashes != 0))
            return left[some], hashes[some]

        def slipped(start: int) -> list[tuple[Rows, Hashes]]:
            chosen = usable[start : start + _SLIP_CHUNK]
            number = packed[chosen]
            return [maybe(chosen, np.where(variant == number, 0, variant)) for variant in bcd.slip_variants(number)]

        chunks = map_on_all_cores(slipped, range(0, len(usable), _SLIP_CHUNK))
        parts = [maybe(*bcd.length_variants(written)), *(part for chunk in chunks for part in chunk)]
        left, sought = (np.concatenate(column) for column in zip(*parts, strict=True))
        some = KeyIndex(sought).known_positions(borne)
        which, rows = KeyIndex(borne[some]).join(sought, _MOST_BEARERS)
        return left[which], some[rows]


def codes_of(masks: Masks, codes: Sequence[str]) -> pl.Series:
    """Bitmasks as lists of pass codes."""
    distinct, place = np.unique(masks, return_inverse=True)
    lists = [[code for bit, code in enumerate(codes) if mask >> bit & 1] for mask in distinct.tolist()]
    return pl.Series(lists, dtype=pl.List(pl.String)).gather(place)
