"""The two sides of a linkage as the engine sees them: rows to place, and persons to find them among.

Belongs here: what the engine must know of each side, whatever the columns are called, and the rows that equal a person
in everything. Does not: which registers these are (`pipeline.matching.link`), finding candidates
(`pipeline.matching.candidates.search`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl

from pipeline.matching.candidates.blocking import Numbers
from pipeline.matching.levels.evidence import Claims
from pipeline.matching.records import identifiers_near as near
from pipeline.matching.records.arrays import Flags, Hashes, Rows
from pipeline.matching.records.as_numbers import SEED, Records, one_in_many
from pipeline.matching.records.tables import Table


@dataclass(frozen=True)
class Listed:
    """Rows whose persons are to be found.

    Attributes:
        table: the rows, in the order of their key.
        key: column that identifies a row.
        number: packed identifier of 16 digits per row, 0 for none.
        written: column with that identifier as written, None where there is none.
        household: number of the row's household, -1 for none.
        read: some columns, or all, of the rows at some positions, with what others tell of them.
        labels: columns that results tell of a row.
    """

    table: Table
    key: str
    number: near.Packed
    written: str | None
    household: Rows
    read: Callable[[Rows, Sequence[str] | None], pl.DataFrame]
    labels: tuple[str, ...]

    @staticmethod
    def plain(table: Table, key: str) -> Listed:
        """Rows without identifier and household."""
        nothing = np.zeros(table.height, dtype=np.uint64)
        return Listed(table, key, nothing, None, np.full(table.height, -1), table.take, (key,))


@dataclass(frozen=True)
class Register:
    """Persons among whom rows are searched, in any order.

    Attributes:
        table: one row per entry.
        key: column that identifies an entry; results don't depend on the order of entries, only on this column's.
        number: packed identifier of 16 digits per entry, each once; 0 for none.
        family: number of the family an entry stands in, -1 for none.
        person: position of the entry that stands for the same person now, mostly itself.
        retired: entries whose identifier is nobody's any more.
        view: what is compared of some entries.
        labels: columns that results tell of an entry.
    """

    table: Table
    key: str
    number: near.Packed
    family: Rows
    person: Rows
    retired: Flags
    view: Callable[[Rows], Records]
    labels: tuple[str, ...]

    @staticmethod
    def plain(table: Table, key: str) -> Register:
        """Persons without identifier and family."""
        nothing = np.zeros(table.height, dtype=np.uint64)

        def view(entries: Rows) -> Records:
            return Records(table.take(entries))

        return Register(
            table=table,
            key=key,
            number=nothing,
            family=np.full(table.height, -1),
            person=np.arange(table.height),
            retired=np.zeros(table.height, dtype=np.bool_),
            view=view,
            labels=(key,),
        )

    @property
    def numbers(self) -> Numbers:
        """The identifiers, to be found by."""
        return Numbers(self.number)

    def ordered(self, entries: Rows) -> Rows:
        """The entries in the order of their key."""
        numbers = self.number[entries]
        if (numbers != 0).all():
            return entries[np.argsort(numbers)]
        return entries[self.table.take(entries, [self.key]).to_series().arg_sort().to_numpy()]

    def identity(self, entries: Rows) -> Rows:
        """What tells persons apart: their number, or where there are none their position."""
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
        """Some entries, family by family, the same ones whatever the order of the table; and their families.

        Args:
            size: about how many.
        """
        marks = np.where(self.family != -1, self.family.view(np.uint64), self.number)
        if not marks.any():
            marks = self.table.told_of_each([self.key], lambda frame: frame[self.key].hash(SEED).to_numpy())
        some = self.ordered(one_in_many(marks, size))
        return self.view(some), self.family[some]


def positions(listed: Listed, register: Register, pairs: pl.DataFrame) -> tuple[Rows, Rows]:
    """Positions of rows and of entries, -1 for no such entry; pairs whose row is not there are left out.

    Args:
        listed: rows.
        register: persons.
        pairs: the key of a row and the identifier of an entry, in columns of any name.
    """
    key, number = pairs.columns
    known = listed.table.take(np.arange(listed.table.height), [listed.key]).with_row_index("row")
    found = pairs.join(known, left_on=key, right_on=listed.key).sort("row", number)
    return found["row"].to_numpy().astype(np.int64), register.numbers.find(near.pack(found[number]))


@dataclass(frozen=True)
class Settled:
    """Rows that equal the bearer of their number in every fact, and need no weighing.

    Attributes:
        rows: their positions.
        at: position of the entry whose number each bears.
        bearer: for every row, settled or not, the entry with its number, -1 for none.
        claims: household, person (by its number) and family per settled row.
        taken: per entry, whether a settled row is that person.
    """

    rows: Rows
    at: Rows
    bearer: Rows
    claims: Claims
    taken: Flags

    @staticmethod
    def of(listed: Listed, register: Register, rows: Rows, at: Rows, bearer: Rows) -> Settled:
        """Rows that are the persons of some entries."""
        person = register.person[at]
        taken = np.zeros(register.table.height, dtype=np.bool_)
        taken[person] = True
        claims = Claims(listed.household[rows], register.identity(person), register.family[person])
        return Settled(rows, at, bearer, claims, taken)


def settle(listed: Listed, register: Register, facts: Sequence[str], witnesses: Sequence[str] = ()) -> Settled:
    """Settle the rows whose number and facts are all known and equal.

    Args:
        listed: rows.
        register: persons.
        facts: columns of both sides; without any, nothing is settled.
        witnesses: columns of both sides, the most telling first. Where none of them agrees, a person of the same facts
            may bear somebody else's number, and the row is left to be weighed.
    """
    bearer = np.where(listed.number != 0, register.numbers.find(listed.number), -1)
    known = np.flatnonzero(bearer >= 0) if facts else np.zeros(0, dtype=np.int64)
    at = bearer[known]
    same = np.ones(len(known), dtype=np.bool_)
    if len(known):
        for fact in facts:
            one, two = (_hashed(side.table, fact)[rows] for side, rows in ((listed, known), (register, at)))
            same &= (one == two) & (one != 0)
    rows, at = known[same], at[same]
    if len(rows) and witnesses:
        sworn = np.ones(len(rows), dtype=np.bool_)
        sworn[_without_witness(listed, register, rows, at, witnesses)] = False
        rows, at = rows[sworn], at[sworn]
    return Settled.of(listed, register, rows, at, bearer)


def _hashed(table: Table, column: str) -> Hashes:
    return table.told_of_each([column], lambda frame: Records(frame).hashed(column))


def _without_witness(listed: Listed, register: Register, rows: Rows, at: Rows, witnesses: Sequence[str]) -> Rows:
    """Positions of the pairs of row and entry that agree in none of some columns."""
    left = np.arange(len(rows))
    # Numbers are at hand, words have to be fetched.
    for number in (one for one in witnesses if one in listed.table.numbers and one in register.table.numbers):
        one, two = listed.table.packed(number)[rows[left]], register.table.packed(number)[at[left]]
        left = left[(one != two) | (one == 0)]
    for witness in witnesses:
        ours = listed.table.take(rows[left], [witness]).to_series()
        theirs = register.table.take(at[left], [witness]).to_series()
        left = left[~(ours == theirs).fill_null(value=False).to_numpy()]
    return left
