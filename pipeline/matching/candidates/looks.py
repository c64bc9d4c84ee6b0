"""Pairs of rows and persons compared, so many at a time, those that can't matter only as far as it takes to see that.

Belongs here: which words are read for it, what is left of pairs that go early. Does not: which pairs there are
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
from pipeline.matching.judging.scoring import Prior, reachable
from pipeline.matching.levels.comparison import KINDS, closer_looks, first_look, look_closer
from pipeline.matching.levels.evidence import Claims, supported
from pipeline.matching.levels.sides import Sides
from pipeline.matching.model.linkage import LinkageModel
from pipeline.matching.records.arrays import Flags, Ints, Levels, Masks, Rows
from pipeline.matching.records.lookup import distinct
from pipeline.side_by_side import on_all_cores

# So many pairs a core compares at a time: the more, the fewer names are taken apart twice.
PAIRS = 524_288
# So many pairs that are not compared tell how their numbers agree.
_COUNTED = 20_000
# Levels that one byte can tell.
_LEVELS = 256
# Pairs by the level of their NIK: those with a relative of the row's person, and those with a stranger.
LeftOut = Ints
_RELATIVES, _STRANGERS = range(2)


@dataclass
class Looked:
    """Pairs (left, entry) that matter, with their levels; and the others, counted by the level of their NIK."""

    left: Rows
    right: Rows
    found_by: Masks
    levels: Levels
    left_out: LeftOut
    calls: dict[str, int] = field(default_factory=dict)


def look(model: LinkageModel, rows: OpenRows, words: Words, pairs: Candidates, at_once: int) -> Looked:
    """Compare the pairs, those that can't matter only as far as it takes to see that; so many at a time."""
    everybody = rows.register.number[distinct(pairs.right, rows.register.table.height)]
    may_be_supported = supported(
        Claims(rows.household[pairs.left], pairs.right, rows.register.family[pairs.right]),
        pairs.left,
        rows.settled.claims,
    )

    def look_at(which: slice) -> Looked:
        some = pairs.chosen(which)
        records, row = words.of(some.left)
        entries = distinct(some.right, rows.register.table.height)
        number = np.zeros(rows.register.table.height, dtype=np.int32)
        number[entries] = np.arange(len(entries))
        right = rows.register.view(entries)
        # Together, lest one core wait for what another hashes.
        right.hash_all(right.frame.columns)

        def look_at_few(start: int) -> Looked:
            few = slice(start, start + PAIRS)
            return _look_at(
                model,
                rows,
                Sides(records, right, everybody),
                some.chosen(few),
                row=row[few],
                entry=number[some.right[few]].astype(np.int64),
                may_be_supported=may_be_supported[which][few],
            )

        return _together(on_all_cores(look_at_few, range(0, max(len(some.left), 1), PAIRS)))

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
    """The same for some of the pairs; `row` and `entry` are their places in both sides."""
    left, right, found_by = pairs.left, pairs.right, pairs.found_by
    levels = first_look(model, sides, row, entry)
    prior = Prior(rows.count, model.absent, rows.register.count)
    nik = model.position("nik")
    left_out = np.zeros((2, _LEVELS), dtype=np.int64)
    # Before each look that costs more than the last one, the pairs that no longer matter go.
    for closer in closer_looks(model):
        matters = reachable(model, levels, may_be_supported, prior)
        if nik is not None:
            left_out[_STRANGERS] += np.bincount(levels[~matters, nik], minlength=_LEVELS)
        kept = np.flatnonzero(matters)
        left, right, found_by, may_be_supported = left[kept], right[kept], found_by[kept], may_be_supported[kept]
        row, entry, levels = row[kept], entry[kept], np.asfortranarray(levels[kept])
        levels[:, closer] = look_closer(model.comparisons[closer], sides, row, entry, levels[:, closer])
    return Looked(left, right, found_by, levels, left_out, sides.calls)


def passed_over(model: LinkageModel, rows: OpenRows, pairs: Candidates, families: Rows) -> LeftOut:
    """Pairs that nobody need compare, counted by the level of their NIK, which many of them tell for all.

    Args:
        model: which level that is.
        rows: open rows.
        pairs: of rows and persons.
        families: family of the person whom each row is taken for, -1 for none.
    """
    counted = np.zeros((2, _LEVELS), dtype=np.int64)
    nik = model.position("nik")
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
    levels = KINDS["nik"](Sides(one, two), columns, each, each)
    relatives = (families[left] != -1) & (register.family[entries] == families[left])
    for which, those in ((_RELATIVES, relatives), (_STRANGERS, ~relatives)):
        counted[which] = share * np.bincount(levels[those], minlength=_LEVELS)
    return counted


def replaced(looked: Looked, more: Looked, again: Flags) -> Looked:
    """The pairs of the rows searched again in place of what they had before."""
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
    """The pairs of several looks one after the other."""
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
