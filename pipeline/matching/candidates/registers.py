"""The two sides of a linkage as the engine sees them: rows to link (`Listing`) and persons (`Register`).

Belongs here: what the engine must know of each side, independent of column names, and linking rows that equal a person
in everything (`settle_exact_rows`). Does not: the actual registers (`pipeline.matching.dtks_dukcapil`), finding
candidates (`pipeline.matching.candidates.search`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl

from pipeline.matching.candidates.blocking import NumberIndex
from pipeline.matching.levels.evidence import Claims
from pipeline.matching.records import bcd
from pipeline.matching.records.arrays import Flags, Hashes, Rows
from pipeline.matching.records.records import SEED, Records, sample_by_hash
from pipeline.matching.records.tables import Table


@dataclass(frozen=True)
class Listing:
    """Rows to be linked.

    Attributes:
        table: the rows, in the order of their key.
        key: column that identifies a row.
        number: packed identifier of 16 digits per row, 0 for none.
        written: column with that identifier as written, None if there is none.
        household: number of the row's household, -1 for none.
        read: reads columns (None: all) of the rows at some positions, completed with what other rows say of them.
        labels: columns of a row that results contain.
    """

    table: Table
    key: str
    number: bcd.Packed
    written: str | None
    household: Rows
    read: Callable[[Rows, Sequence[str] | None], pl.DataFrame]
    labels: tuple[str, ...]


@dataclass(frozen=True)
class Register:
    """Persons to whom rows are linked, in any order.

    Attributes:
        table: one row per entry.
        key: column that identifies an entry; results depend on the order of this column, not on that of the entries.
        number: packed identifier of 16 digits per entry, each once; 0 for none.
        family: number of the entry's family, -1 for none.
        person: position of the current entry of the same person, mostly the entry itself.
        retired: entries whose identifier is no longer in use.
        view: reads the compared columns of some entries.
        labels: columns of an entry that results contain.
    """

    table: Table
    key: str
    number: bcd.Packed
    family: Rows
    person: Rows
    retired: Flags
    view: Callable[[Rows], Records]
    labels: tuple[str, ...]

    @property
    def numbers(self) -> NumberIndex:
        """The identifiers, to look numbers up in."""
        return NumberIndex(self.number)

    def sort_entries(self, entries: Rows) -> Rows:
        """The entries in the order of their key."""
        numbers = self.number[entries]
        if (numbers != 0).all():
            return entries[np.argsort(numbers)]
        return entries[self.table.take(entries, [self.key]).to_series().arg_sort().to_numpy()]

    def person_numbers(self, entries: Rows) -> Rows:
        """A number that identifies each person: the packed identifier, or the position if the register has none."""
        return self.number[entries].view(np.int64) if self.number.any() else entries

    @property
    def count(self) -> int:
        """Number of entries, at least 1."""
        return max(self.table.height, 1)

    @cached_property
    def family_size(self) -> float:
        """Entries per family."""
        known = self.family[self.family != -1]
        return self.count / max(pl.Series(known).n_unique(), 1)

    def sample(self, size: int) -> tuple[Records, Rows]:
        """A reproducible sample of whole families, independent of the order of the table; and their families.

        Args:
            size: about how many entries.
        """
        marks = np.where(self.family != -1, self.family.view(np.uint64), self.number)
        if not marks.any():
            marks = self.table.compute_blockwise([self.key], lambda frame: frame[self.key].hash(SEED).to_numpy())
        sample = self.sort_entries(sample_by_hash(marks, size))
        return self.view(sample), self.family[sample]


def find_positions(listed: Listing, register: Register, pairs: pl.DataFrame) -> tuple[Rows, Rows]:
    """Positions of the rows and entries of pairs, -1 for unknown entries; pairs of unknown rows are left out.

    Args:
        listed: rows.
        register: persons.
        pairs: the key of a row and the identifier of an entry, in columns of any name.
    """
    key, number = pairs.columns
    rows = listed.table.take(np.arange(listed.table.height), [listed.key]).with_row_index("row")
    found = pairs.join(rows, left_on=key, right_on=listed.key).sort("row", number)
    return found["row"].to_numpy().astype(np.int64), register.numbers.find(bcd.pack(found[number]))


@dataclass(frozen=True)
class SettledRows:
    """Rows that equal the owner of their number in every fact and are linked without weighing.

    Attributes:
        rows: their positions.
        entries: position of the entry with the number of each.
        number_entry: for every row, settled or not, the entry with its number, -1 for none.
        claims: household, person (by its number) and family per settled row.
        is_linked: per entry, whether a settled row is linked to that person.
    """

    rows: Rows
    entries: Rows
    number_entry: Rows
    claims: Claims
    is_linked: Flags

    @staticmethod
    def of(listed: Listing, register: Register, rows: Rows, entries: Rows, number_entry: Rows) -> SettledRows:
        """Rows linked to the persons of some entries (`entries`)."""
        person = register.person[entries]
        is_linked = np.zeros(register.table.height, dtype=np.bool_)
        is_linked[person] = True
        claims = Claims(listed.household[rows], register.person_numbers(person), register.family[person])
        return SettledRows(rows, entries, number_entry, claims, is_linked)


def settle_exact_rows(
    listed: Listing, register: Register, facts: Sequence[str], witnesses: Sequence[str] = ()
) -> SettledRows:
    """Settle the rows whose number and facts are all known and equal.

    Args:
        listed: rows.
        register: persons.
        facts: columns of both sides that must be equal; without any, nothing is settled.
        witnesses: columns of both sides, the most discriminating first. If none of them agrees, the number may be
            that of another person with the same facts, and the row is left open.
    """
    number_entry = np.where(listed.number != 0, register.numbers.find(listed.number), -1)
    known = np.flatnonzero(number_entry >= 0) if facts else np.zeros(0, dtype=np.int64)
    entries = number_entry[known]
    same = np.ones(len(known), dtype=np.bool_)
    if len(known):
        for fact in facts:
            one, two = (_hashed_column(side.table, fact)[rows] for side, rows in ((listed, known), (register, entries)))
            same &= (one == two) & (one != 0)
    rows, entries = known[same], entries[same]
    if len(rows) and witnesses:
        is_confirmed = np.ones(len(rows), dtype=np.bool_)
        is_confirmed[_without_witness(listed, register, rows, entries, witnesses)] = False
        rows, entries = rows[is_confirmed], entries[is_confirmed]
    return SettledRows.of(listed, register, rows, entries, number_entry)


def _hashed_column(table: Table, column: str) -> Hashes:
    return table.compute_blockwise([column], lambda frame: Records(frame).hashed(column))


def _without_witness(listed: Listing, register: Register, rows: Rows, entries: Rows, witnesses: Sequence[str]) -> Rows:
    """Positions of the pairs of row and entry that agree in none of the columns."""
    unconfirmed = np.arange(len(rows))
    # Numbers first: they are in memory, strings have to be read.
    for number in (one for one in witnesses if one in listed.table.numbers and one in register.table.numbers):
        one, two = listed.table.packed(number)[rows[unconfirmed]], register.table.packed(number)[entries[unconfirmed]]
        unconfirmed = unconfirmed[(one != two) | (one == 0)]
    for witness in witnesses:
        row_values = listed.table.take(rows[unconfirmed], [witness]).to_series()
        entry_values = register.table.take(entries[unconfirmed], [witness]).to_series()
        unconfirmed = unconfirmed[~(row_values == entry_values).fill_null(value=False).to_numpy()]
    return unconfirmed
