"""Compares candidate pairs in batches, and drops a pair as soon as it can no longer reach a relevant probability.

Belongs here: which strings are read for it, and the counts kept of dropped pairs. Does not: which pairs there are
(`pipeline.matching.candidates.search`), how facts are compared (`pipeline.matching.levels.comparison`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import polars as pl

from pipeline.matching.candidates.blocking import Candidates
from pipeline.matching.candidates.open_rows import OpenRows, RowStrings
from pipeline.matching.judging.scoring import Prior, can_still_matter
from pipeline.matching.levels.comparison import COMPARERS, determined_levels, quick_levels, undetermined_comparisons
from pipeline.matching.levels.evidence import Claims, may_have_linked_relatives
from pipeline.matching.levels.sides import Sides
from pipeline.matching.model.linkage import LinkageModel
from pipeline.matching.records.arrays import Flags, Ints, Levels, Masks, Rows
from pipeline.matching.records.lookup import unique_positions
from pipeline.parallel import map_on_all_cores

# Pairs that a core compares at a time: with more, fewer names are split into words twice.
PAIRS_PER_CORE = 524_288
# Size of the sample of pairs that are not compared, from which their NIK levels are estimated.
_SAMPLE_SIZE = 20_000
# Levels that fit into one byte.
_LEVELS = 256
# Dropped pairs counted by the level of their NIK, shape 2 × levels: with relatives of the row's person, with strangers.
DroppedCounts = Ints
_RELATIVES, _STRANGERS = range(2)


@dataclass
class ComparedPairs:
    """Pairs of row and entry that matter, with their levels; the dropped ones are counted by the level of their NIK."""

    left: Rows
    right: Rows
    found_by: Masks
    levels: Levels
    dropped: DroppedCounts
    calls: dict[str, int] = field(default_factory=dict)


def compare_candidates(
    model: LinkageModel, rows: OpenRows, strings: RowStrings, pairs: Candidates, at_once: int
) -> ComparedPairs:
    """Compare the pairs, reading `at_once` of them at a time, and drop those that cannot matter."""
    # In the order of the register: each of its entries is read with one part only.
    pairs = pairs.take(np.argsort(pairs.right))
    all_numbers = rows.register.number[unique_positions(pairs.right, rows.register.table.height)]
    may_be_supported = may_have_linked_relatives(
        Claims(rows.household[pairs.left], pairs.right, rows.register.family[pairs.right]),
        pairs.left,
        rows.settled.claims,
    )

    def compare_part(which: slice) -> ComparedPairs:
        part = pairs.take(which)
        records, row = strings.records_of(part.left)
        entries = unique_positions(part.right, rows.register.table.height)
        place_of_entry = np.zeros(rows.register.table.height, dtype=np.int32)
        place_of_entry[entries] = np.arange(len(entries))
        right = rows.register.view(entries)
        # All columns at once: otherwise one core waits for what another hashes.
        right.hash_all(right.frame.columns)

        def compare_chunk(start: int) -> ComparedPairs:
            chunk = slice(start, start + PAIRS_PER_CORE)
            return _compare_batch(
                model,
                rows,
                Sides(records, right, all_numbers),
                part.take(chunk),
                row=row[chunk],
                entry=place_of_entry[part.right[chunk]].astype(np.int64),
                may_be_supported=may_be_supported[which][chunk],
            )

        return _concat(map_on_all_cores(compare_chunk, range(0, max(len(part.left), 1), PAIRS_PER_CORE)))

    starts = range(0, max(len(pairs.left), 1), at_once)
    return _concat([compare_part(slice(start, start + at_once)) for start in starts])


def _compare_batch(
    model: LinkageModel,
    rows: OpenRows,
    sides: Sides,
    pairs: Candidates,
    *,
    row: Rows,
    entry: Rows,
    may_be_supported: Flags,
) -> ComparedPairs:
    """`compare_candidates` at some of the pairs; `row` and `entry` are their positions in both sides."""
    left, right, found_by = pairs.left, pairs.right, pairs.found_by
    levels = quick_levels(model, sides, row, entry)
    prior = Prior(rows.count, model.absent, rows.register.count)
    nik = model.index_of_kind("nik")
    dropped = np.zeros((2, _LEVELS), dtype=np.int64)
    # Before each comparison, which costs more than the one before, drop the pairs that no longer matter.
    for number in undetermined_comparisons(model):
        matters = can_still_matter(model, levels, may_be_supported, prior)
        if nik is not None:
            dropped[_STRANGERS] += np.bincount(levels[~matters, nik], minlength=_LEVELS)
        kept = np.flatnonzero(matters)
        left, right, found_by, may_be_supported = left[kept], right[kept], found_by[kept], may_be_supported[kept]
        row, entry, levels = row[kept], entry[kept], np.asfortranarray(levels[kept])
        levels[:, number] = determined_levels(model.comparisons[number], sides, row, entry, levels[:, number])
    return ComparedPairs(left, right, found_by, levels, dropped, sides.calls)


def count_skipped(model: LinkageModel, rows: OpenRows, pairs: Candidates, families: Rows) -> DroppedCounts:
    """Count pairs that need no comparison by the level of their NIK, estimated from a sample of them.

    Args:
        model: has the comparison of NIKs; without one all counts are 0.
        rows: open rows.
        pairs: of rows and persons.
        families: per open row, the family of the person that explains it, -1 for none.
    """
    counts = np.zeros((2, _LEVELS), dtype=np.int64)
    nik = model.index_of_kind("nik")
    if nik is None:
        return counts
    columns = model.comparisons[nik].columns
    share = max(len(pairs.left) // _SAMPLE_SIZE, 1)
    sample = np.flatnonzero(pairs.left % share == 0)
    left, entries = pairs.left[sample], pairs.right[sample]
    register = rows.register
    rows_side, entries_side = (
        table.records(which, [name for name in table.columns if name in columns.values()], [family])
        for table, which, family in (
            (rows.listed.table, rows.positions[left], pl.Series(columns["owner"], rows.owner_families(left))),
            (register.table, entries, pl.Series(columns["family"], register.family[entries])),
        )
    )
    all_pairs = np.arange(len(sample))
    levels = COMPARERS["nik"](Sides(rows_side, entries_side), columns, all_pairs, all_pairs)
    relatives = (families[left] != -1) & (register.family[entries] == families[left])
    for which, flags in ((_RELATIVES, relatives), (_STRANGERS, ~relatives)):
        counts[which] = share * np.bincount(levels[flags], minlength=_LEVELS)
    return counts


def replace_pairs(compared: ComparedPairs, replacement: ComparedPairs, searched_again: Flags) -> ComparedPairs:
    """`compared`, with the pairs of the rows searched again (`searched_again`) replaced by those of `replacement`."""
    kept = np.flatnonzero(~searched_again[compared.left])
    rest = replace(
        compared,
        left=compared.left[kept],
        right=compared.right[kept],
        found_by=compared.found_by[kept],
        levels=compared.levels[kept],
    )
    return _concat([rest, replacement])


def _concat(parts: Sequence[ComparedPairs]) -> ComparedPairs:
    if len(parts) == 1:
        return parts[0]
    calls: Counter[str] = Counter()
    for part in parts:
        calls.update(part.calls)
    return ComparedPairs(
        np.concatenate([part.left for part in parts]),
        np.concatenate([part.right for part in parts]),
        np.concatenate([part.found_by for part in parts]),
        np.asfortranarray(np.concatenate([part.levels for part in parts])),
        np.sum([part.dropped for part in parts], axis=0),
        dict(calls),
    )
