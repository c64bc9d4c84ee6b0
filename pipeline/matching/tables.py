"""Frames whose rows and columns are fetched when they are wanted: from memory, from few bytes, or from disk.

A register of millions fits into little memory if words that repeat are codes and identifiers are numbers. Belongs here:
holding columns that way and giving rows back as they were. Does not: columns as hashes and keys
(`pipeline.matching.records`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl

from pipeline.matching import identifiers_near as near
from pipeline.matching.records import Rows

# A column is held as codes if so many of its first rows have at least so many rows to each of their words.
_LOOKED_AT = 100_000
_REPEATED = 10
# One identifier in so many may be written in another way than with sixteen digits.
_ODD = 8


@dataclass(frozen=True)
class _Compact:
    """A column in few bytes: words that repeat as codes, identifiers as numbers, anything else as it is.

    Attributes:
        values: codes, numbers (0: not of sixteen digits) or the values themselves.
        odd: rows whose value is no number although the others are; None where no value is a number.
        spelt: their values.
    """

    values: pl.Series
    odd: Rows | None = None
    spelt: pl.Series | None = None

    @staticmethod
    def of(column: pl.Series) -> _Compact:
        if column.dtype != pl.String:
            return _Compact(column)
        first = column.head(_LOOKED_AT)
        if first.n_unique() * _REPEATED <= first.len():
            return _Compact(column.cast(pl.Categorical))
        packed = near.pack(column)
        odd = np.flatnonzero((packed == 0) & column.is_not_null().to_numpy())
        if len(odd) * _ODD > column.len():
            return _Compact(column)
        return _Compact(pl.Series(column.name, packed), odd, column.gather(odd))

    def taken(self, rows: Rows) -> pl.Series:
        some = self.values.gather(rows)
        if self.odd is None or self.spelt is None:
            return some.cast(pl.String) if some.dtype == pl.Categorical else some
        numbers = some.to_numpy()
        written = near.unpack(numbers).alias(some.name)
        unread = np.flatnonzero(numbers == 0)
        if len(self.odd) and len(unread):
            at = np.minimum(np.searchsorted(self.odd, rows[unread]), len(self.odd) - 1)
            found = self.odd[at] == rows[unread]
            written = written.scatter(unread[found], self.spelt.gather(at[found]))
        return written


class Table:
    """Rows and columns of a frame, whichever way it is kept.

    Args:
        frame: the rows: in memory, or a scan of Parquet, which stays on disk.
        held: columns of a scan that rows are often taken of; they are held in memory in few bytes.
    """

    def __init__(self, frame: pl.LazyFrame | pl.DataFrame, held: Sequence[str] = ()) -> None:
        self._frame = frame.lazy()
        self._in_memory = frame if isinstance(frame, pl.DataFrame) else None
        # Whether all there is to know of the frame is held, in another order than on disk.
        self._apart = False
        self._held = {} if self._in_memory is not None else {name: _Compact.of(self._read(name)) for name in held}

    @staticmethod
    def ordered(frame: pl.LazyFrame | pl.DataFrame, key: str) -> Table:
        """The rows in the order of a column; those of a scan are held in few bytes."""
        if isinstance(frame, pl.DataFrame):
            return Table(frame.sort(key))
        table = Table(frame)
        order = table._read(key).arg_sort().to_numpy()
        table._held = {name: _Compact.of(table._read(name).gather(order)) for name in table.columns}
        table._apart = True
        return table

    @cached_property
    def columns(self) -> list[str]:
        """Names of the columns."""
        return self._frame.collect_schema().names()

    @cached_property
    def height(self) -> int:
        """Number of rows."""
        return int(self._frame.select(pl.len()).collect().item())

    def select(self, *columns: str | pl.Expr) -> pl.DataFrame:
        """Some columns of all rows."""
        if not self._apart:
            return self._frame.select(*columns).collect()
        expressions = [pl.col(column) if isinstance(column, str) else column for column in columns]
        named = dict.fromkeys(name for one in expressions for name in one.meta.root_names())
        return self.take(np.arange(self.height), list(named)).select(expressions)

    def take(self, rows: Rows, columns: Sequence[str] | None = None) -> pl.DataFrame:
        """Some rows in the order asked for; of a column on disk the whole column is in memory for a moment."""
        wanted = self.columns if columns is None else columns
        if self._in_memory is not None:
            return self._in_memory.select(wanted)[rows]
        held = self._held
        return pl.DataFrame(
            [held[name].taken(rows) if name in held else self._read(name).gather(rows) for name in wanted]
        )

    def let_go(self) -> None:
        """Hold nothing any more that can be read again."""
        if not self._apart:
            self._held = {}

    def packed(self, column: str) -> near.Packed:
        """A column of 16-digit numbers as BCD, 0 for none."""
        held = self._held.get(column)
        if held is not None and held.odd is not None:
            return held.values.to_numpy()
        return near.pack(self.select(column).to_series())

    def blocks(self, columns: Sequence[str], rows: int) -> Iterator[tuple[int, pl.DataFrame]]:
        """Consecutive slices of so many rows, each with the number of its first row; an empty one of no rows."""
        narrow = self._frame.select(columns)
        for start in range(0, max(self.height, 1), rows):
            if self._apart:
                yield start, self.take(np.arange(start, min(start + rows, self.height)), columns)
            else:
                yield start, narrow.slice(start, rows).collect()

    def _read(self, column: str) -> pl.Series:
        return self._frame.select(column).collect().to_series()
