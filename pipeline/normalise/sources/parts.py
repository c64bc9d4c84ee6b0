"""Reads a source's rows part by part, so that a setting bounds memory whatever the length of the frame.

Rows are numbered over the whole source, so that facts found in one pass can be assigned to rows in the next.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
import polars as pl

from pipeline.parallel import WORKERS, chain_in_parallel
from schemas.table import without_rows

T = TypeVar("T")
ROW = "urutan"
# The setting that bounds memory: rows processed at once; two row groups of `pipeline.warehouse.store.parquet`.
ROWS_PER_PART = 245_760
_HASH = "sidik"
# A row of an extract takes as much memory as this many hashes, or more.
_HASHES_PER_ROW = 16


@dataclass(frozen=True)
class Parts:
    """The readable rows of a source.

    Attributes:
        frame: the source's extract; rows with a code in `rusak` are skipped.
        size: how many rows all workers together process at once.
    """

    frame: pl.LazyFrame
    size: int = ROWS_PER_PART

    @property
    def count(self) -> int:
        """The number of rows, including skipped ones."""
        return int(self.frame.select(pl.len()).collect().item())

    def map(self, work: Callable[[pl.DataFrame], T], *columns: str) -> Iterator[T]:
        """The results of `work` for each part, in order; at least one part, several in parallel.

        Args:
            work: receives rows with their number in `urutan`.
            columns: the columns to read; by default all.
        """
        wanted = self.frame.select(*columns, "rusak") if columns else self.frame
        step = self._step

        def stream(first: int) -> Iterator[T]:
            part = wanted.slice(first, step).collect()
            numbers = pl.int_range(first, first + pl.len(), dtype=pl.Int64).alias(ROW)
            unread = part["rusak"].is_not_null().arg_true()
            readable = without_rows(part.with_columns(numbers), unread)
            # Later steps are slower on the many small chunks that a text file is read in.
            yield work((readable.drop("rusak") if columns else readable).rechunk())

        return chain_in_parallel(stream(first) for first in range(0, max(self.count, 1), step))

    @property
    def _step(self) -> int:
        """How many rows one worker processes at once."""
        return max(1, self.size // WORKERS)

    def rows(self, numbers: pl.Series, *columns: str) -> pl.DataFrame:
        """The rows with the given numbers, in order.

        Args:
            numbers: sorted row numbers.
            columns: the columns to read.
        """
        wanted = self.frame.select(*columns)
        found = [wanted.head(0).collect().with_columns(numbers.clear())]
        # Most parts have none of the requested rows.
        for first in (numbers // self._step).unique(maintain_order=True) * self._step:
            here = numbers.filter(numbers.is_between(first, first + self._step, closed="left"))
            found.append(wanted.slice(first, self._step).collect()[here - first].with_columns(here))
        # Later steps take twice as long on many small chunks.
        return pl.concat(found).rechunk()


def join_by_key(rows: pl.DataFrame, facts: pl.DataFrame, key: str) -> pl.DataFrame:
    """The rows with the facts of their key, or nulls; a join of the whole frame would copy all its columns."""
    return rows.hstack(rows.select(key).join(facts, on=key, how="left", maintain_order="left").drop(key))


def find_repeated(keys: Iterator[pl.DataFrame], columns: tuple[str, ...], parts: Parts) -> list[pl.Series]:
    """Numbers of the rows whose key occurs more than once, for each of several key columns.

    Keys with equal hashes count as equal: callers that need certainty must compare the keys of the returned rows.

    Args:
        keys: `urutan` and the key columns, part by part; null keys never repeat.
        columns: the key columns.
        parts: the source of the rows; if it is large, hashes are kept on disk meanwhile.
    """
    buckets = -(-parts.count // (parts.size * _HASHES_PER_ROW)) or 1
    with tempfile.TemporaryDirectory(prefix="padan-") as folder:
        paths = {column: [Path(folder) / f"{column}-{bucket}" for bucket in range(buckets)] for column in columns}
        for part in keys:
            for column in columns:
                _append_to_buckets(
                    part.select(ROW, pl.col(column).hash().alias(_HASH)).filter(part[column].is_not_null()),
                    paths[column],
                )
        return [pl.concat(_repeated_in_bucket(path) for path in paths[column]).sort() for column in columns]


def _append_to_buckets(hashes: pl.DataFrame, paths: list[Path]) -> None:
    pairs = np.stack((hashes[ROW].cast(pl.UInt64).to_numpy(), hashes[_HASH].to_numpy()), axis=1)
    bucket = pairs[:, 1] % len(paths)
    for index, path in enumerate(paths):
        with path.open("ab") as stream:
            pairs[bucket == index].tofile(stream)


def _repeated_in_bucket(path: Path) -> pl.Series:
    pairs = np.fromfile(path, dtype=np.uint64).reshape(-1, 2)
    rows, hashes = pl.Series(ROW, pairs[:, 0]).cast(pl.Int64), pairs[:, 1].copy()
    # Sorting finds repeated numbers in a tenth of the time of a hash table.
    ordered = np.sort(hashes)
    repeated = np.unique(ordered[1:][ordered[1:] == ordered[:-1]])
    return rows.filter(pl.Series(hashes).is_in(pl.Series(repeated).implode()))
