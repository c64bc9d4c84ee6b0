"""Two sets of records (`Sides`) whose rows are compared pair by pair.

Belongs here: the values of both rows of each pair, as hashes or as codes into one list. Does not: how values agree
(`pipeline.matching.levels.comparison`).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import polars as pl

from pipeline.matching.records.arrays import Codes, Hashes, Rows
from pipeline.matching.records.bcd import Packed
from pipeline.matching.records.lookup import HashIndex, argsort_hashes, factorize, unique_positions
from pipeline.matching.records.records import Folding, Records, hash_values


@dataclass
class Sides:
    """Two sets of records whose rows are compared.

    Attributes:
        left: rows of DTKS.
        right: residents (or DTKS again).
        all_numbers: numbers of all residents that rows are compared with, if `right` holds only some of them.
        calls: similarities calculated so far, per column.
    """

    left: Records
    right: Records
    all_numbers: Packed | None = None
    calls: dict[str, int] = field(default_factory=dict)

    def hashed(self, column: str, left: Rows, right: Rows) -> tuple[Hashes, Hashes]:
        """The column of both rows of each pair as 64-bit hashes, 0 for null."""
        return self.left.hashed(column)[left], self.right.hashed(column)[right]

    def folded_hashes(self, column: str, folding: Folding, left: Rows, right: Rows) -> tuple[Hashes, Hashes]:
        """As `hashed`, of the folded column."""
        return folded_hashes(self.left, column, folding)[left], folded_hashes(self.right, column, folding)[right]

    def factorized(
        self, columns: tuple[str, str], folding: Folding | None, left: Rows, right: Rows
    ) -> tuple[Codes, Codes, pl.Series]:
        """Per pair, both values as positions in the list of distinct (folded) values, -1 for null; and that list.

        Values are distinguished by their hashes, so that only distinct ones are folded.
        """
        hashes = [side.hashed(column) for side, column in zip((self.left, self.right), columns, strict=True)]
        rows = [_distinct_rows(one, some) for one, some in zip(hashes, (left, right), strict=True)]
        values = [
            side[column].gather(some).rename("v")
            for side, column, some in zip((self.left, self.right), columns, rows, strict=True)
        ]
        all_hashes = np.concatenate([one[some] for one, some in zip(hashes, rows, strict=True)])
        distinct_rows = _distinct_rows(all_hashes, np.arange(len(all_hashes)))
        distinct_values = pl.concat(values, rechunk=True).gather(distinct_rows).to_frame()
        folded_values = distinct_values.select(folding(pl.col("v")) if folding else pl.col("v")).to_series()
        spellings = hash_values(folded_values)
        number, first = factorize(spellings, spellings != 0)
        code = np.where(spellings == 0, -1, number).astype(np.int32)
        lookup = HashIndex(all_hashes[distinct_rows])
        codes = [_codes(lookup, code, one, some) for one, some in zip(hashes, (left, right), strict=True)]
        return codes[0], codes[1], folded_values.gather(first)


def folded_hashes(records: Records, column: str, folding: Folding) -> Hashes:
    """Hashes of a column of strings after `folding`, which runs once per distinct value; 0 for null."""

    def fold() -> Hashes:
        written = records.hashed(column)
        number, first = factorize(written, written != 0)
        values = records[column].gather(first).to_frame()
        hashes = hash_values(values.select(folding(pl.col(column))).to_series())
        return np.append(hashes, np.uint64(0))[number]

    return records.cached(f"{column} {folding.__name__}", fold)


def _distinct_rows(hashes: Hashes, rows: Rows) -> Rows:
    """One row per distinct value of the rows."""
    present = unique_positions(rows, len(hashes))
    order = present[argsort_hashes(hashes[present])]
    ordered = hashes[order]
    return order[np.r_[True, ordered[1:] != ordered[:-1]]] if len(order) else order


def _codes(known: HashIndex, code: Codes, hashes: Hashes, rows: Rows) -> Codes:
    """The code of each row's value, -1 for none."""
    present = unique_positions(rows, len(hashes))
    at = known.find(hashes[present])
    codes = np.full(len(hashes), -1, dtype=np.int32)
    codes[present[at != -1]] = code[at[at != -1]]
    return codes[rows]
