"""Frames in memory or on disk whose rows and columns are read when needed, optionally in another row order.

A register of millions stays on disk; in memory are numbers made of its columns, and strings of the few rows that need
them. Belongs here: reading. Does not: converting columns to numbers (`pipeline.matching.records.records`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from pipeline.matching.records import bcd
from pipeline.matching.records.arrays import Rows
from pipeline.matching.records.records import Records

# Rows per block: as many as fit into the processor's cache, and the row group size of our files
# (`pipeline.warehouse.store.parquet`).
BLOCK = 122_880
# Rows in memory at a time when rows are taken, and when a number is made of a column or two.
_ROWS_PER_READ = 2 * BLOCK
_ROWS_PER_COMPUTATION = 8 * BLOCK


class Table:
    """Rows and columns of a frame.

    Args:
        frame: the rows, in memory or as a scan of Parquet, which stays on disk.
        numbers: columns of 16-digit numbers, which are held in memory as packed numbers.
        by: the column by which rows are ordered; default is the order of the frame.
    """

    def __init__(self, frame: pl.LazyFrame | pl.DataFrame, numbers: Sequence[str] = (), by: str | None = None) -> None:
        self._frame = frame.lazy()
        self._packed: dict[str, bcd.Packed] = {}
        # Columns that hold nothing but such numbers.
        self._only_numbers: set[str] = set()
        for column in numbers:
            written = self._frame.select(column).collect().to_series()
            self._packed[column] = bcd.pack(written)
            if np.count_nonzero(self._packed[column]) == written.len() - written.null_count():
                self._only_numbers.add(column)
        # The rows in their order, as positions in the frame.
        self._order = None if by is None else self._row_order(by)
        if self._order is not None:
            self._packed = {column: packed[self._order] for column, packed in self._packed.items()}

    def _row_order(self, by: str) -> Rows:
        if by in self._only_numbers:
            # Numbers with equally many digits sort like their strings; 0 (none) comes first.
            return np.argsort(self._packed[by])
        return self._frame.select(by).collect().to_series().arg_sort().to_numpy().astype(np.int64)

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
        """Some rows, in the order given."""
        wanted = self.columns if columns is None else columns
        numbers = [bcd.unpack(self._packed[name][rows]).alias(name) for name in wanted if name in self._only_numbers]
        strings = [name for name in wanted if name not in self._only_numbers]
        return pl.DataFrame([*self._read_rows(rows, strings), *numbers]).select(wanted)

    def records(self, rows: Rows, columns: Sequence[str], further: Sequence[pl.Series] = ()) -> Records:
        """Some rows for comparing, with further columns; columns held as numbers are not turned into strings."""
        numbers = {column: self._packed[column][rows] for column in columns if column in self._packed}
        frame = self.take(rows, [column for column in columns if column not in numbers])
        return Records(frame.with_columns(further), numbers)

    def compute(self, columns: Sequence[str], function: Callable[[pl.DataFrame], npt.NDArray[Any]]) -> npt.NDArray[Any]:
        """One value per row, calculated from all rows at once.

        Args:
            columns: columns to read.
            function: calculates one value per row of a frame of these columns, independent of the order of its rows.
        """
        values = function(self._frame.select(columns).collect())
        return values if self._order is None else values[self._order]

    def compute_blockwise(
        self, columns: Sequence[str], function: Callable[[pl.DataFrame], npt.NDArray[Any]]
    ) -> npt.NDArray[Any]:
        """As `compute`, block by block, for values that depend on their own row alone."""
        narrow = self._frame.select(columns)
        starts = range(0, max(self.height, 1), _ROWS_PER_COMPUTATION)
        values = np.concatenate([function(narrow.slice(start, _ROWS_PER_COMPUTATION).collect()) for start in starts])
        return values if self._order is None else values[self._order]

    def packed(self, column: str) -> bcd.Packed:
        """A column that is held as numbers, as BCD, 0 for none."""
        return self._packed[column]

    def blocks(self, columns: Sequence[str], rows: int = BLOCK) -> Iterator[tuple[Rows, Records]]:
        """Blocks of rows in the order of the frame, with their positions; one empty block if there are no rows."""
        narrow = self._frame.select(column for column in columns if column not in self._packed)
        position_of = np.arange(self.height)
        if self._order is not None:
            position_of[self._order] = np.arange(self.height)
        for start in range(0, max(self.height, 1), rows):
            positions = position_of[start : start + rows]
            numbers = {column: self._packed[column][positions] for column in columns if column in self._packed}
            yield positions, Records(narrow.slice(start, rows).collect(), numbers)

    def _read_rows(self, rows: Rows, columns: Sequence[str]) -> pl.DataFrame:
        """Some rows, read block by block."""
        if not columns:
            return pl.DataFrame()
        frame_positions = rows if self._order is None else self._order[rows]
        # From the first block with a row to the last row: small parts of a large table are read often.
        first = frame_positions.min(initial=self.height) // BLOCK * BLOCK
        wanted = np.zeros(max(frame_positions.max(initial=-1) + 1 - first, 0), dtype=np.bool_)
        wanted[frame_positions - first] = True
        narrow = self._frame.select(columns)
        blocks = (
            (first + start, wanted[start : start + _ROWS_PER_READ])
            for start in range(0, max(len(wanted), 1), _ROWS_PER_READ)
        )
        # Filtering blocks is several times faster than gathering rows.
        parts = (
            narrow.slice(start, len(here)).collect().filter(pl.Series(here))
            for start, here in blocks
            if start == first or here.any()
        )
        order = (
            None
            if (frame_positions[1:] > frame_positions[:-1]).all()
            else pl.Series((np.cumsum(wanted) - 1)[frame_positions - first])
        )
        return _rechunked(pl.concat(parts).get_columns(), order)


def _rechunked(columns: list[pl.Series], order: pl.Series | None) -> pl.DataFrame:
    """The columns as single chunks, in another order if one is given.

    Gathering from several chunks is six times slower. Columns are freed one by one.
    """
    rechunked = []
    while columns:
        column = columns.pop().rechunk()
        rechunked.append(column if order is None else _copied(column.gather(order)))
    return pl.DataFrame(rechunked[::-1])


def _copied(column: pl.Series) -> pl.Series:
    """A copy of a column of strings: gathered strings would keep the whole buffers in memory that they come from."""
    if column.dtype != pl.String:
        return column
    return pl.Series(column.name, column.to_arrow(compat_level=pl.CompatLevel.oldest()), dtype=pl.String)
