"""A source's rows part by part: how a frame of any length is worked on in memory that a setting bounds.

Rows are numbered over the whole source, so that a fact about them found in one pass finds them in the next.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
import polars as pl

from pipeline.side_by_side import WORKERS, side_by_side
from schemas.table import without_rows

T = TypeVar("T")
ROW = "urutan"
# The setting that bounds memory: rows worked on at once; two groups of a file (`pipeline.warehouse.store.parquet`).
ROWS_PER_PART = 245_760
_HASH = "sidik"
# A row of an extract takes as much memory as this many hashes, or more.
_HASHES_PER_ROW = 16


@dataclass(frozen=True)
class Parts:
    """The readable rows of a source.

    Attributes:
        frame: the source's extract, lazily; rows with a code in `rusak` are passed over.
        size: how many rows are worked on at once, by all workers together.
    """

    frame: pl.LazyFrame
    size: int = ROWS_PER_PART

    @property
    def count(self) -> int:
        """How many rows there are, those passed over included."""
        return int(self.frame.select(pl.len()).collect().item())

    def map(self, work: Callable[[pl.DataFrame], T], *columns: str) -> Iterator[T]:
        """What `work` makes of the rows, part by part in order, and of one part at least; several are at work at once.

        Args:
            work: is given rows with their number in `urutan`.
            columns: what of the rows; all columns where none is named.
        """
        wanted = self.frame.select(*columns, "rusak") if columns else self.frame
        step = self._step

        def stream(first: int) -> Iterator[T]:
            part = wanted.slice(first, step).collect()
            numbers = pl.int_range(first, first + pl.len(), dtype=pl.Int64).alias(ROW)
            unread = part["rusak"].is_not_null().arg_true()
            readable = without_rows(part.with_columns(numbers), unread)
            # Every step that follows is slower over the many small pieces that a text file is read in.
            yield work((readable.drop("rusak") if columns else readable).rechunk())

        return side_by_side(stream(first) for first in range(0, max(self.count, 1), step))

    @property
    def _step(self) -> int:
        """How many rows one worker works on at once."""
        return max(1, self.size // WORKERS)

    def rows(self, numbers: pl.Series, *columns: str) -> pl.DataFrame:
        """Some rows, in order.

        Args:
            numbers: their numbers, in order.
            columns: what of them.
        """
        wanted = self.frame.select(*columns)
        found = [wanted.head(0).collect().with_columns(numbers.clear())]
        # Most parts hold none of the few that are asked for.
        for first in (numbers // self._step).unique(maintain_order=True) * self._step:
            here = numbers.filter(numbers.is_between(first, first + self._step, closed="left"))
            found.append(wanted.slice(first, self._step).collect()[here - first].with_columns(here))
        # In the many small pieces that they come in every step that follows takes twice as long.
        return pl.concat(found).rechunk()


def beside(rows: pl.DataFrame, facts: pl.DataFrame, key: str) -> pl.DataFrame:
    """The rows with the facts that share their key, none where there are none; a join would copy all their columns."""
    return rows.hstack(rows.select(key).join(facts, on=key, how="left", maintain_order="left").drop(key))


def repeated(keys: Iterator[pl.DataFrame], columns: tuple[str, ...], parts: Parts) -> list[pl.Series]:
    """Numbers of the rows whose key occurs more than once, for each of several keys.

    Keys of equal hashes are taken for equal; who needs to be sure looks at the keys of the rows that are named.

    Args:
        keys: `urutan` and the columns, part by part; no key, no repetition.
        columns: the keys.
        parts: whose rows they are; hashes of more than fit at once lie on the disk meanwhile.
    """
    shelves = -(-parts.count // (parts.size * _HASHES_PER_ROW)) or 1
    with tempfile.TemporaryDirectory(prefix="padan-") as folder:
        places = {column: [Path(folder) / f"{column}-{shelf}" for shelf in range(shelves)] for column in columns}
        for part in keys:
            for column in columns:
                _put_away(
                    part.select(ROW, pl.col(column).hash().alias(_HASH)).filter(part[column].is_not_null()),
                    places[column],
                )
        return [pl.concat(_repeated(place) for place in places[column]).sort() for column in columns]


def _put_away(hashes: pl.DataFrame, places: list[Path]) -> None:
    pairs = np.stack((hashes[ROW].cast(pl.UInt64).to_numpy(), hashes[_HASH].to_numpy()), axis=1)
    shelf = pairs[:, 1] % len(places)
    for number, place in enumerate(places):
        with place.open("ab") as stream:
            pairs[shelf == number].tofile(stream)


def _repeated(place: Path) -> pl.Series:
    pairs = np.fromfile(place, dtype=np.uint64).reshape(-1, 2)
    rows, hashes = pl.Series(ROW, pairs[:, 0]).cast(pl.Int64), pairs[:, 1].copy()
    # Sorted numbers tell which of them come again in a tenth of the time that a table of all of them takes.
    ordered = np.sort(hashes)
    again = np.unique(ordered[1:][ordered[1:] == ordered[:-1]])
    return rows.filter(pl.Series(hashes).is_in(pl.Series(again).implode()))
