"""Blocking: passes over hashed keys that find the pairs worth comparing, with the cost of each pass counted first.

Belongs here: passes, their cost and budget, the list of distinct pairs with the passes that found each. Does not:
hashing keys (`pipeline.matching.records.records`), comparing (`pipeline.matching.levels.comparison`). The larger
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
from pipeline.matching.records.lookup import BloomFilter, HashIndex, argsort_hashes
from pipeline.matching.records.records import Records, hash_numbers
from pipeline.parallel import map_on_all_cores

# A key that makes more pairs than this is refined; if it still makes more, its pairs are left out and counted.
KEY_BUDGET = 2_000
_SLIP_CHUNK = 20_000
# A number on more rows than this belongs to nobody, so it is not searched for slips.
_MOST_BEARERS = 50
_BITS_PER_PASS = 5


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
class PassPairs:
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


def pass_columns(passes: Iterable[Pass]) -> list[str]:
    """Columns that passes read."""
    return sorted({spec.partition(":")[0] for rule in passes for spec in rule.keys + rule.refine})


def run_passes(
    passes: Sequence[Pass], left: Iterable[Records], right: Iterable[tuple[Rows, Records]]
) -> list[PassPairs]:
    """Pairs that each pass finds.

    Args:
        passes: the blocking passes.
        left: rows to find partners for, in one or more parts.
        right: the other side in one or more blocks, each with its row numbers.
    """
    specs = sorted({spec for rule in passes for spec in rule.keys + rule.refine})
    keys_of_left = _read_row_keys(left, specs, passes)
    filters = [BloomFilter(keys_of_left[rule].keys) for rule in passes]

    def possible_keys(positioned_block: tuple[Rows, Records]) -> list[_RowKeys]:
        positions, block = positioned_block
        block.hash_all(specs)
        return [_possible_row_keys(rule, known, positions, block) for rule, known in zip(passes, filters, strict=True)]

    parts = zip(*map_on_all_cores(possible_keys, right), strict=True)
    keys_of_right = {rule: _RowKeys.concat(parts_of_pass) for rule, parts_of_pass in zip(passes, parts, strict=True)}
    # `pop` frees the keys of a pass once it is done.
    return map_on_all_cores(lambda rule: _join_pass(rule.code, keys_of_left.pop(rule), keys_of_right.pop(rule)), passes)


def _read_row_keys(parts: Iterable[Records], specs: Sequence[str], passes: Sequence[Pass]) -> dict[Pass, _RowKeys]:
    """The keys of all rows, read part by part; row numbers continue from one part to the next."""
    row_keys: dict[Pass, list[_RowKeys]] = {rule: [] for rule in passes}
    rows = 0
    for part in parts:
        part.hash_all(specs)
        row_numbers = np.arange(rows, rows := rows + part.height, dtype=np.int32)
        for rule in passes:
            row_keys[rule].append(_RowKeys(row_numbers, part.key(rule.keys), _refined_keys(rule, part)))
    return {rule: _RowKeys.concat(parts_of_pass) for rule, parts_of_pass in row_keys.items()}


def _possible_row_keys(rule: Pass, known_keys: BloomFilter, positions: Rows, block: Records) -> _RowKeys:
    """The rows of a block whose key may occur on the left side."""
    keys = block.key(rule.keys)
    possible = np.flatnonzero(known_keys.may_contain(keys) & (keys != 0))
    return _RowKeys(positions[possible].astype(np.int32), keys[possible], _refined_keys(rule, block, possible))


def _refined_keys(rule: Pass, records: Records, rows: Rows | None = None) -> Hashes | None:
    """The refined key of all or some rows; None if the pass has none."""
    return records.key(rule.keys + rule.refine, rows) if rule.refine else None


@dataclass(frozen=True)
class _RowKeys:
    """Rows with the key of a pass (0 for none) and its refined key, if the pass has one."""

    rows: NarrowRows
    keys: Hashes
    refined: Hashes | None

    @staticmethod
    def concat(parts: Sequence[_RowKeys]) -> _RowKeys:
        if len(parts) == 1:
            return parts[0]
        finer = [part.refined for part in parts if part.refined is not None]
        return _RowKeys(
            np.concatenate([part.rows for part in parts]),
            np.concatenate([part.keys for part in parts]),
            np.concatenate(finer) if finer else None,
        )

    def take(self, which: Rows) -> _RowKeys:
        return _RowKeys(self.rows[which], self.keys[which], None if self.refined is None else self.refined[which])


def _join_pass(code: str, left_keys: _RowKeys, right_keys: _RowKeys) -> PassPairs:
    index = KeyIndex(left_keys.keys)
    start, size = index.spans(right_keys.keys)
    matched = np.flatnonzero(size)
    right, start, size = right_keys.take(matched), start[matched], size[matched]
    cost, over_budget = int(size.sum()), _pairs_per_key(start, size) > KEY_BUDGET
    within_budget = ~over_budget
    pairs = [index.expand(right.rows[within_budget], start[within_budget], size[within_budget])]
    dropped = int(size[over_budget].sum())
    if dropped and left_keys.refined is not None and right.refined is not None:
        refined_index, common_rows = KeyIndex(left_keys.refined), right.rows[over_budget]
        refined_start, refined_size = refined_index.spans(right.refined[over_budget])
        usable = (refined_size > 0) & (_pairs_per_key(refined_start, refined_size) <= KEY_BUDGET)
        pairs.append(refined_index.expand(common_rows[usable], refined_start[usable], refined_size[usable]))
        dropped = int(refined_size[~usable].sum())
    left_rows, right_rows = (np.concatenate(side) for side in zip(*pairs, strict=True))
    return PassPairs(code, left_keys.rows[left_rows], right_rows, cost, len(np.unique(start[over_budget])), dropped)


def _pairs_per_key(start: Rows, size: Rows) -> Rows:
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
    def _filter(self) -> BloomFilter:
        return BloomFilter(self._lookup.keys)

    def known_positions(self, keys: Hashes) -> Rows:
        """Positions of the keys that the index has; fast for many keys of which it has few."""
        possible = np.flatnonzero(self._filter.may_contain(keys) & (keys != 0))
        return possible[self._lookup.find(keys[possible]) != -1]

    def spans(self, keys: Hashes) -> tuple[Rows, Rows]:
        """Per key, where its rows start in `rows` and how many there are (0 for none)."""
        at = self._lookup.find(keys)
        return self._bounds[at], np.where(at == -1, 0, self._bounds[at + 1] - self._bounds[at])

    def join(self, keys: Hashes, most: int | None = None) -> tuple[Rows, Rows]:
        """Pairs (position of a key, row that has it), for keys that at most `most` rows have."""
        possible = np.flatnonzero(self._filter.may_contain(keys) & (keys != 0))
        start, size = self.spans(keys[possible])
        rows, which = self.expand(possible, start, size if most is None else np.where(size <= most, size, 0))
        return which, rows

    def expand(self, rows: Rows | NarrowRows, start: Rows, size: Rows) -> tuple[Rows, Rows]:
        """All pairs (left, right) of the right rows with the left ones of their spans (`start`, `size`)."""
        right = np.repeat(rows, size).astype(np.int64, copy=False)
        first = np.cumsum(size) - size
        return self.rows[np.repeat(start - first, size) + np.arange(len(right))].astype(np.int64), right


def positions_among(numbers: Rows, wanted: Rows) -> Rows:
    """Positions of the numbers that are among the wanted ones, of which there are far fewer."""
    return KeyIndex(hash_numbers(wanted)).known_positions(hash_numbers(numbers))


def merge_passes(found: Sequence[PassPairs], right_count: int) -> Candidates:
    """The distinct pairs of all passes; a pair and its pass are packed into one number, so that one sort merges them.

    Args:
        found: at most 32 passes.
        right_count: number of rows of the right side.
    """
    width = np.uint64(int(right_count).bit_length())
    pass_bits = np.uint64(_BITS_PER_PASS)
    packed = np.concatenate(
        [
            ((pairs_of_pass.left.astype(np.uint64) << width | pairs_of_pass.right.astype(np.uint64)) << pass_bits)
            | np.uint64(bit)
            for bit, pairs_of_pass in enumerate(found)
        ]
        or [np.zeros(0, dtype=np.uint64)]
    )
    packed.sort()
    pair = packed >> pass_bits
    starts = np.flatnonzero(np.r_[True, pair[1:] != pair[:-1]]) if len(pair) else np.zeros(0, dtype=np.int64)
    bits = np.uint32(1) << (packed & np.uint64((1 << _BITS_PER_PASS) - 1)).astype(np.uint32)
    found_by = np.bitwise_or.reduceat(bits, starts) if len(starts) else bits
    distinct = pair[starts]
    counts = [(found_by >> np.uint32(bit) & np.uint32(1)).sum() for bit in range(len(found))]
    plan = pl.DataFrame(
        [
            (pairs_of_pass.code, pairs_of_pass.cost, int(pairs), pairs_of_pass.large, pairs_of_pass.dropped)
            for pairs_of_pass, pairs in zip(found, counts, strict=True)
        ],
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
        tuple(pairs_of_pass.code for pairs_of_pass in found),
        plan,
    )


class NumberIndex:
    """The identifiers of rows, to look numbers up in.

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

    def find_near(self, written: pl.Series) -> tuple[Rows, Rows]:
        """Pairs (position in `written`, row) whose numbers are one slip apart, a digit missing or too many included."""
        packed = bcd.pack(written)
        usable = np.flatnonzero(packed)
        hashes_of_rows = hash_numbers(self._packed)
        known_numbers = BloomFilter(hashes_of_rows)

        def possible(left: Rows, numbers: bcd.Packed) -> tuple[Rows, Hashes]:
            hashes = hash_numbers(numbers)
            near = np.flatnonzero(known_numbers.may_contain(hashes) & (hashes != 0))
            return left[near], hashes[near]

        def slip_pairs(start: int) -> list[tuple[Rows, Hashes]]:
            chosen = usable[start : start + _SLIP_CHUNK]
            number = packed[chosen]
            return [possible(chosen, np.where(variant == number, 0, variant)) for variant in bcd.slip_variants(number)]

        chunks = map_on_all_cores(slip_pairs, range(0, len(usable), _SLIP_CHUNK))
        parts = [possible(*bcd.length_variants(written)), *(part for chunk in chunks for part in chunk)]
        left, sought = (np.concatenate(column) for column in zip(*parts, strict=True))
        near = KeyIndex(sought).known_positions(hashes_of_rows)
        which, rows = KeyIndex(hashes_of_rows[near]).join(sought, _MOST_BEARERS)
        return left[which], near[rows]


def pass_codes(masks: Masks, codes: Sequence[str]) -> pl.Series:
    """Bitmasks as lists of pass codes."""
    distinct, place = np.unique(masks, return_inverse=True)
    lists = [[code for bit, code in enumerate(codes) if mask >> bit & 1] for mask in distinct.tolist()]
    return pl.Series(lists, dtype=pl.List(pl.String)).gather(place)
