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
from pipeline.matching.candidates.open_rows import OpenRows, Words
from pipeline.matching.judging.scoring import Prior, can_still_matter
from pipeline.matching.levels.comparison import COMPARERS, determined_levels, quick_levels, undetermined_comparisons
from pipeline.matching.levels.evidence import Claims, may_have_linked_relatives
from pipeline.matching.levels.sides import Sides
from pipeline.matching.model.linkage import LinkageModel
from pipeline.matching.records.arrays import Flags, Ints, Levels, Masks, Rows
from pipeline.matching.records.lookup import unique_positions
from pipeline.parallel import map_on_all_cores

# Pairs that a core compares at a time: with more, fewer names are split into words twice.
PAIRS = 524_288
# Size of the sample of pairs that are not compared, from which their NIK levels are estimated.
_COUNTED = 20_000
# Levels that fit into one byte.
_LEVELS = 256
# Dropped pairs counted by the level of their NIK, shape 2 × levels: with relatives of the row's person, with strangers.
LeftOut = Ints
_RELATIVES, _STRANGERS = range(2)


@dataclass
class Looked:
    """Pairs (left, entry) that matter, with their levels; the dropped ones are counted by the level of their NIK."""

    left: Rows
    right: Rows
    found_by: Masks
    levels: Levels
    left_out: LeftOut
    calls: dict[str, int] = field(default_factory=dict)


def look(model: LinkageModel, rows: OpenRows, words: Words, pairs: Candidates, at_once: int) -> Looked:
    """Compare the pairs, reading `at_once` of them at a time, and drop those that cannot matter."""
    everybody = rows.register.number[unique_positions(pairs.right, rows.register.table.height)]
    may_be_supported = may_have_linked_relatives(
        Claims(rows.household[pairs.left], pairs.right, rows.register.family[pairs.right]),
        pairs.left,
        rows.settled.claims,
    )

    def look_at(which: slice) -> Looked:
        some = pairs.take(which)
        records, row = words.of(some.left)
        entries = unique_positions(some.right, rows.register.table.height)
        number = np.zeros(rows.register.table.height, dtype=np.int32)
        number[entries] = np.arange(len(entries))
        right = rows.register.view(entries)
        # All columns at once: otherwise one core waits for what another hashes.
        right.hash_all(right.frame.columns)

        def look_at_few(start: int) -> Looked:
            few = slice(start, start + PAIRS)
            return _look_at(
                model,
                rows,
                Sides(records, right, everybody),
                some.take(few),
                row=row[few],
                entry=number[some.right[few]].astype(np.int64),
                may_be_supported=may_be_supported[which][few],
            )

        return _together(map_on_all_cores(look_at_few, range(0, max(len(some.left), 1), PAIRS)))

    starts = range(0, max(len(pairs.left), 1), at_once)
    return _together([look_at(slice(start, start + at_once)) for start in starts])


def _look_at(
    model: LinkageModel,
    rows: OpenRows,
    sides: Sides,
    pairs: Candidates,
    *,
    row: Rows,
    entry: Rows,
    may_be_supported: Flags,
) -> Looked:
    """`look` at some of the pairs; `row` and `entry` are their positions in both sides."""
    left, right, found_by = pairs.left, pairs.right, pairs.found_by
    levels = quick_levels(model, sides, row, entry)
    prior = Prior(rows.count, model.absent, rows.register.count)
    nik = model.index_of_kind("nik")
    left_out = np.zeros((2, _LEVELS), dtype=np.int64)
    # Before each comparison, which costs more than the one before, drop the pairs that no longer matter.
    for closer in undetermined_comparisons(model):
        matters = can_still_matter(model, levels, may_be_supported, prior)
        if nik is not None:
            left_out[_STRANGERS] += np.bincount(levels[~matters, nik], minlength=_LEVELS)
        kept = np.flatnonzero(matters)
        left, right, found_by, may_be_supported = left[kept], right[kept], found_by[kept], may_be_supported[kept]
        row, entry, levels = row[kept], entry[kept], np.asfortranarray(levels[kept])
        levels[:, closer] = determined_levels(model.comparisons[closer], sides, row, entry, levels[:, closer])
    return Looked(left, right, found_by, levels, left_out, sides.calls)


def passed_over(model: LinkageModel, rows: OpenRows, pairs: Candidates, families: Rows) -> LeftOut:
    """Count pairs that need no comparison by the level of their NIK, estimated from a sample of them.

    Args:
        model: has the comparison of NIKs; without one all counts are 0.
        rows: open rows.
        pairs: of rows and persons.
        families: per open row, the family of the person it is taken for, -1 for none.
    """
    counted = np.zeros((2, _LEVELS), dtype=np.int64)
    nik = model.index_of_kind("nik")
    if nik is None:
        return counted
    columns = model.comparisons[nik].columns
    share = max(len(pairs.left) // _COUNTED, 1)
    some = np.flatnonzero(pairs.left % share == 0)
    left, entries = pairs.left[some], pairs.right[some]
    register = rows.register
    one, two = (
        table.records(which, [name for name in table.columns if name in columns.values()], [family])
        for table, which, family in (
            (rows.listed.table, rows.where[left], pl.Series(columns["owner"], rows.owners(left))),
            (register.table, entries, pl.Series(columns["family"], register.family[entries])),
        )
    )
    each = np.arange(len(some))
    levels = COMPARERS["nik"](Sides(one, two), columns, each, each)
    relatives = (families[left] != -1) & (register.family[entries] == families[left])
    for which, those in ((_RELATIVES, relatives), (_STRANGERS, ~relatives)):
        counted[which] = share * np.bincount(levels[those], minlength=_LEVELS)
    return counted


def replaced(looked: Looked, more: Looked, again: Flags) -> Looked:
    """`looked`, with the pairs of the rows searched again (`again`) replaced by those of `more`."""
    kept = np.flatnonzero(~again[looked.left])
    rest = replace(
        looked,
        left=looked.left[kept],
        right=looked.right[kept],
        found_by=looked.found_by[kept],
        levels=looked.levels[kept],
    )
    return _together([rest, more])


def _together(parts: Sequence[Looked]) -> Looked:
    """Several results concatenated."""
    if len(parts) == 1:
        return parts[0]
    calls: Counter[str] = Counter()
    for part in parts:
        calls.update(part.calls)
    return Looked(
        np.concatenate([part.left for part in parts]),
        np.concatenate([part.right for part in parts]),
        np.concatenate([part.found_by for part in parts]),
        np.asfortranarray(np.concatenate([part.levels for part in parts])),
        np.sum([part.left_out for part in parts], axis=0),
        dict(calls),
    )
