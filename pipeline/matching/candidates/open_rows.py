"""Open rows (not settled at once) and their strings, which are read in batches.

Only numbers are held for all open rows. Belongs here: those numbers, and fetching strings when rows are compared or
results are written. Does not: finding and comparing (`pipeline.matching.candidates.search`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from pipeline.matching.candidates.registers import Listing, Register, SettledRows
from pipeline.matching.records.arrays import Rows
from pipeline.matching.records.lookup import unique_positions
from pipeline.matching.records.records import Records


@dataclass(frozen=True)
class OpenRows:
    """Rows that are not settled, sorted by their key.

    Attributes:
        listed: all rows.
        register: persons.
        settled: rows that are linked already.
        positions: position of each open row in `listed`.
        number_entry: entry with the row's number, -1 for none.
        household: number of the row's household, -1 for none.
    """

    listed: Listing
    register: Register
    settled: SettledRows
    positions: Rows
    number_entry: Rows
    household: Rows

    @property
    def count(self) -> int:
        """Number of open rows."""
        return len(self.positions)

    def read(self, row_numbers: Rows, columns: Sequence[str]) -> pl.DataFrame:
        """Columns of some open rows, with `n`, the packed number, and `keluarga_pemilik`, the family of its owner."""
        places = self.positions[row_numbers]
        return self.listed.read(places, columns).with_columns(
            n=pl.Series(self.listed.number[places]), keluarga_pemilik=pl.Series(self.owner_families(row_numbers))
        )

    def owner_families(self, row_numbers: Rows) -> Rows:
        """Per open row given, the family of the person whose number it has, -1 for none."""
        entry = self.number_entry[row_numbers]
        owner = np.full(len(row_numbers), -1, dtype=np.int64)
        owner[entry >= 0] = self.register.family[self.register.person[entry[entry >= 0]]]
        return owner

    def written_numbers(self, row_numbers: Rows) -> pl.Series:
        """The numbers of some open rows as written."""
        return self.listed.table.take(self.positions[row_numbers], [self.listed.written or ""]).to_series()


def open_rows(listed: Listing, register: Register, settled: SettledRows) -> OpenRows:
    """The rows that are not settled."""
    is_open = np.ones(listed.table.height, dtype=np.bool_)
    is_open[settled.rows] = False
    positions = np.flatnonzero(is_open)
    return OpenRows(listed, register, settled, positions, settled.number_entry[positions], listed.household[positions])


class RowStrings:
    """The strings of open rows; the rows read last are cached until others are asked for.

    Args:
        rows: the open rows.
        columns: columns that are compared or that keys are made of.
        at_once: rows per part of `parts`.
    """

    def __init__(self, rows: OpenRows, columns: Sequence[str], at_once: int) -> None:
        self._rows, self._at_once = rows, at_once
        self._columns = [name for name in rows.listed.table.columns if name in columns]
        self._which = np.zeros(0, dtype=np.int64)
        self._records: Records | None = None

    def parts(self, row_numbers: Rows) -> Iterator[Records]:
        """Some rows in their order, part by part; one empty part if there are none."""
        for start in range(0, max(len(row_numbers), 1), self._at_once):
            records, at = self.records_of(row_numbers[start : start + self._at_once])
            yield records if len(at) == records.height else records.take(at)

    def records_of(self, left: Rows) -> tuple[Records, Rows]:
        """Records with all rows that occur in `left`, and the position of each pair's row in them."""
        position_of_row = np.full(self._rows.count, -1)
        position_of_row[self._which] = np.arange(len(self._which))
        records, positions = self._records, position_of_row[left]
        if records is None or (positions == -1).any():
            row_numbers = unique_positions(left, self._rows.count)
            records = self._read(row_numbers)
            position_of_row[row_numbers] = np.arange(len(row_numbers))
            positions = position_of_row[left]
        return records, positions

    def labels(self) -> pl.DataFrame:
        """The columns of all open rows that results need, and `n`."""
        all_rows, labels = np.arange(self._rows.count), self._rows.listed.labels
        if self._records is None or len(self._which) < len(all_rows):
            return self._rows.read(all_rows, labels)
        return self._records.frame.select(*labels, "n")

    def _read(self, row_numbers: Rows) -> Records:
        # Free the rows read before.
        self._records = None
        table, places = self._rows.listed.table, self._rows.positions[row_numbers]
        numbers = {column: table.packed(column)[places] for column in table.numbers if column in self._columns}
        self._which, self._records = row_numbers, Records(self._rows.read(row_numbers, self._columns), numbers)
        return self._records
