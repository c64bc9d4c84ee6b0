"""Officers' decisions as input of the engine: a row decided SAMA is settled, a pair decided BEDA is no candidate.

Decisions thereby become evidence for the rest of the household, and a row with a refused pair gets its next candidate.
Belongs here: decisions as positions. Does not: their effect on the table of links (`pipeline.matching.outcome.review`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from pipeline.matching.candidates.registers import Listing, Register, SettledRows, find_positions
from pipeline.matching.candidates.search import SearchResult
from pipeline.matching.outcome.review import DECISIONS, DIFFERENT, SAME, last_answers
from pipeline.matching.records.arrays import Flags, Rows

_HALF = 32


@dataclass(frozen=True)
class OfficerDecisions:
    """Decisions about existing rows and entries.

    Attributes:
        rows: positions of rows decided SAMA.
        entries: position of the entry of each.
        refused: row, entry of pairs decided BEDA; the entry is the person's current one.
    """

    rows: Rows
    entries: Rows
    refused: pl.DataFrame

    def refuses(self, rows: Rows, entries: Rows) -> Flags:
        """Whether each pair of row and entry was decided BEDA."""
        row, entry = (self.refused[side].to_numpy() for side in ("row", "entry"))
        return np.isin(rows << _HALF | entries, row << _HALF | entry)


def officer_decisions(decisions: pl.DataFrame | None, listed: Listing, register: Register) -> OfficerDecisions:
    """Decisions as positions; which of them count: `review.last_answers`.

    Args:
        decisions: answers, oldest first (`review.DECISIONS`); None for none.
        listed: DTKS rows.
        register: residents.
    """
    last = last_answers(pl.DataFrame(schema=DECISIONS) if decisions is None else decisions)
    same = last.filter(pl.col("jawaban") == SAME)
    rows, entries = _existing_positions(same, listed, register)
    row, entry = _existing_positions(last.filter(pl.col("jawaban") == DIFFERENT), listed, register)
    return OfficerDecisions(rows, entries, pl.DataFrame({"row": row, "entry": register.person[entry]}))


def _existing_positions(pairs: pl.DataFrame, listed: Listing, register: Register) -> tuple[Rows, Rows]:
    """Positions of the pairs whose row and resident exist."""
    if pairs.is_empty():
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    rows, entries = find_positions(listed, register, pairs.select("id_dtks", "nik_dukcapil"))
    return rows[entries >= 0], entries[entries >= 0]


def without_decided(
    settled: SettledRows, decided: OfficerDecisions, listed: Listing, register: Register
) -> SettledRows:
    """The settled rows, without those that officers decided otherwise."""
    kept = ~np.isin(settled.rows, decided.rows) & ~decided.refuses(settled.rows, register.person[settled.entries])
    if kept.all():
        return settled
    return SettledRows.of(listed, register, settled.rows[kept], settled.entries[kept], settled.number_entry)


def with_decided(settled: SettledRows, decided: OfficerDecisions, listed: Listing, register: Register) -> SettledRows:
    """The settled rows, with those that officers decided SAMA."""
    if not len(decided.rows):
        return settled
    rows = np.concatenate([settled.rows, decided.rows])
    entries = np.concatenate([settled.entries, decided.entries])
    return SettledRows.of(listed, register, rows, entries, settled.number_entry)


def without_refused(search: SearchResult, decided: OfficerDecisions) -> SearchResult:
    """The compared pairs, without those that officers refused."""
    if decided.refused.is_empty():
        return search
    pairs = search.pairs
    kept = ~decided.refuses(search.positions[pairs.left], search.entries[pairs.right])
    return replace(
        search,
        pairs=replace(
            pairs, left=pairs.left[kept], right=pairs.right[kept], levels=np.asfortranarray(pairs.levels[kept])
        ),
        via=search.via[kept],
        found_by=search.found_by[kept],
    )
