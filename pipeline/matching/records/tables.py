"""Frames whose rows and columns are fetched when they are wanted: from memory or from disk, in an order of their own.

A register of millions stays on disk; what is worked on are numbers made of its columns, and words of the few rows that
need them. Belongs here: fetching. Does not: what is made of fetched columns (`pipeline.matching.records.as_numbers`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from pipeline.matching.records import identifiers_near as near
from pipeline.matching.records.as_numbers import Records, Rows

# So many rows of a frame are in memory at a time: two groups of a file (`pipeline.warehouse.parquet`).
_AT_A_TIME = 245_760
# So many of a column or two, of which less is made.
_TOLD_AT_A_TIME = 983_040


class Table:
    """Rows and columns of a frame.

    Args:
        frame: the rows: in memory, or a scan of Parquet, which stays on disk.
        order: the rows in the order they are counted in, as positions in the frame; as they stand unless given.
        numbers: columns of 16-digit numbers, which are held as such.
    """

    def __init__(
        self, frame: pl.LazyFrame | pl.DataFrame, order: Rows | None = None, numbers: Sequence[str] = ()
    ) -> None:
        self._frame = frame.lazy()
        self._order = order
        self._packed: dict[str, near.Packed] = {}
        # Those of which nothing else is written.
        self._plain: set[str] = set()
        for column in numbers:
            written = self._frame.select(column).collect().to_series()
            packed = near.pack(written)
            self._packed[column] = packed if order is None else packed[order]
            if np.count_nonzero(packed) == written.len() - written.null_count():
                self._plain.add(column)

    @staticmethod
    def ordered(frame: pl.LazyFrame | pl.DataFrame, key: str, numbers: Sequence[str] = ()) -> Table:
        """The rows in the order of a column."""
        order = frame.lazy().select(key).collect().to_series().arg_sort().to_numpy().astype(np.int64)
        return Table(frame, order, numbers)

    @property
    def numbers(self) -> list[str]:
        """Names of the columns that are held as numbers."""
        return list(self._packed)

    @cached_property
    def columns(self) -> list[str]:
        """Names of the columns."""
        return self._frame.collect_schema().names()

    @cached_property
    def height(self) -> int:
        """Number of rows."""
        return int(self._frame.select(pl.len()).collect().item())

    def take(self, rows: Rows, columns: Sequence[str] | None = None) -> pl.DataFrame:
        """Some rows in the order asked for."""
        wanted = self.columns if columns is None else columns
        numbers = [near.unpack(self._packed[column][rows]).alias(column) for column in wanted if column in self._plain]
        words = [column for column in wanted if column not in self._plain]
        return pl.DataFrame([*self._taken(rows, words), *numbers]).select(wanted)

    def records(self, rows: Rows, columns: Sequence[str], further: Sequence[pl.Series] = ()) -> Records:
        """The same to be compared, with further columns: of what is held as numbers the numbers alone."""
        numbers = {column: self._packed[column][rows] for column in columns if column in self._packed}
        frame = self.take(rows, [column for column in columns if column not in numbers])
        return Records(frame.with_columns(further), numbers)

    def told(self, columns: Sequence[str], tell: Callable[[pl.DataFrame], npt.NDArray[Any]]) -> npt.NDArray[Any]:
        """What there is to tell of each row.

        Args:
            columns: that are read for it.
            tell: makes one value per row of a frame of them, whatever the order of its rows.
        """
        values = tell(self._frame.select(columns).collect())
        return values if self._order is None else values[self._order]

    def told_of_each(
        self, columns: Sequence[str], tell: Callable[[pl.DataFrame], npt.NDArray[Any]]
    ) -> npt.NDArray[Any]:
        """The same where a row's value depends on nothing but that row; so many rows are in memory at a time."""
        narrow = self._frame.select(columns)
        starts = range(0, max(self.height, 1), _TOLD_AT_A_TIME)
        values = np.concatenate([tell(narrow.slice(start, _TOLD_AT_A_TIME).collect()) for start in starts])
        return values if self._order is None else values[self._order]

    def packed(self, column: str) -> near.Packed:
        """A column that is held as numbers, as BCD, 0 for none."""
        return self._packed[column]

    def blocks(self, columns: Sequence[str], rows: int) -> Iterator[tuple[Rows, Records]]:
        """So many rows at a time, in the order of the frame, each with its position; an empty block of no rows."""
        narrow = self._frame.select(column for column in columns if column not in self._packed)
        places = np.arange(self.height)
        if self._order is not None:
            places[self._order] = np.arange(self.height)
        for start in range(0, max(self.height, 1), rows):
            here = places[start : start + rows]
            numbers = {column: self._packed[column][here] for column in columns if column in self._packed}
            yield here, Records(narrow.slice(start, rows).collect(), numbers)

    def _taken(self, rows: Rows, columns: Sequence[str]) -> pl.DataFrame:
        """Some rows, so many of the frame in memory at a time."""
        if not columns:
            return pl.DataFrame()
        places = rows if self._order is None else self._order[rows]
        # Sifting rows out is several times faster than fetching each.
        wanted = np.zeros(self.height, dtype=np.bool_)
        wanted[places] = True
        narrow = self._frame.select(columns)
        parts = [
            narrow.slice(start, _AT_A_TIME).collect().filter(pl.Series(wanted[start : start + _AT_A_TIME]))
            for start in range(0, max(self.height, 1), _AT_A_TIME)
            if not start or wanted[start : start + _AT_A_TIME].any()
        ]
        sifted = pl.concat(parts)
        if (places[1:] > places[:-1]).all():
            return sifted
        return sifted[(np.cumsum(wanted) - 1)[places]]
