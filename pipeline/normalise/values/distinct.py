"""Applies normalisers to many rows cheaply: once per distinct value, or only to values that are not clean already.

Values of registers repeat: a million rows hold two sexes and some thousand villages and dates. A normalised value
depends on the value alone, so it is computed once and looked up for every row.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

import polars as pl

P = ParamSpec("P")
Normaliser = Callable[Concatenate[pl.Expr, P], pl.Expr]
# For fewer rows a dictionary costs more than it saves.
_MIN_FOR_DISTINCT = 1_000
# The largest number of distinct values in a column that are cached, and in the whole cache of a normaliser.
_MAX_DISTINCT, _MAX_CACHED = 10_000, 50_000
_LARGEST_KEY = 2**62


def once_per_value(dtype: type[pl.DataType]) -> Callable[[Normaliser[P]], Normaliser[P]]:
    """Make a normaliser of a text column compute each distinct value once, across all parts of all sources.

    Args:
        dtype: the type it returns.
    """

    def decorate(normalise: Normaliser[P]) -> Normaliser[P]:
        caches: dict[Any, NormaliserCache] = {}

        @wraps(normalise)
        def wrapped(value: pl.Expr, /, *args: P.args, **kwargs: P.kwargs) -> pl.Expr:
            cache = caches.setdefault((args, *kwargs.items()), NormaliserCache(dtype))

            def work(values: pl.Series) -> pl.Series:
                return cache.look_up(values, lambda column: normalise(column, *args, **kwargs))

            return value.map_batches(work, return_dtype=dtype, is_elementwise=True)

        return wrapped

    return decorate


class NormaliserCache:
    """Cache of a normaliser's results: sexes, dates and words of names recur in every part of every source.

    Even an empty expression costs milliseconds. Results of columns with many distinct values are not kept.
    """

    def __init__(self, dtype: type[pl.DataType]) -> None:
        self._dtype = dtype
        self._known: dict[Any, Any] = {}

    def look_up(self, values: pl.Series, normalise: Callable[[pl.Expr], pl.Expr]) -> pl.Series:
        """Like `normalise_distinct`, but computes only values that are not in the cache."""

        def look_up_distinct(distinct: pl.Series) -> pl.Series:
            if len(distinct) > _MAX_DISTINCT:
                return apply_expression(distinct, normalise)
            wanted, known = distinct.to_list(), self._known
            new = [value for value in dict.fromkeys(wanted) if value not in known]
            if new:
                normalised = apply_expression(pl.Series(distinct.name, new, distinct.dtype), normalise)
                known = known | dict(zip(new, normalised, strict=True))
                self._known = known if len(known) <= _MAX_CACHED else {}
            return pl.Series(distinct.name, [known[value] for value in wanted], self._dtype)

        return map_distinct(values, look_up_distinct)


def normalise_distinct(values: pl.Series, normalise: Callable[[pl.Expr], pl.Expr]) -> pl.Series:
    """The normalised values, each distinct one computed once.

    Args:
        values: text.
        normalise: must depend on nothing but the value.
    """
    return map_distinct(values, lambda known: apply_expression(known, normalise))


def map_distinct(values: pl.Series, normalise: Callable[[pl.Series], pl.Series]) -> pl.Series:
    """Like `normalise_distinct`, for normalisers of a Series."""
    if len(values) < _MIN_FOR_DISTINCT:
        return normalise(values)
    if values.null_count() == len(values):
        return normalise(values.head(1)).new_from_index(0, len(values))
    indices, distinct = dictionary_encode(values)
    return normalise(distinct).gather(indices).alias(values.name)


def dictionary_encode(values: pl.Series) -> tuple[pl.Series, pl.Series]:
    """For each row the index of its value among the distinct ones (null counts as a value), and the distinct ones."""
    categories = values.cast(pl.Categorical(pl.Categories.random()))
    # The physical codes of a categorical count from 0, so they are indices.
    codes = categories.to_physical()
    highest = codes.max()
    count = highest + 1 if isinstance(highest, int) else 0
    distinct = (
        pl.int_range(count, dtype=pl.UInt32, eager=True).cat.to(categories.dtype).cast(pl.String).alias(values.name)
    )
    if codes.null_count():
        # Gathering from two chunks takes ten times as long as from one.
        return codes.fill_null(count), distinct.extend_constant(None, 1).rechunk()
    return codes, distinct


def normalise_unclean(values: pl.Series, clean: pl.Series, normalise: Callable[[pl.Expr], pl.Expr]) -> pl.Series:
    """Normalise only the values that are not clean.

    Args:
        values: text.
        clean: which values normalising would not change; null counts as false.
        normalise: returns text.
    """
    positions = (~clean.fill_null(value=False)).arg_true()
    if positions.is_empty():
        return values
    changed = normalise_distinct(values.gather(positions), normalise)
    if len(positions) == len(values):
        return changed
    return values.clone().scatter(positions, changed)


def apply_expression(values: pl.Series, normalise: Callable[[pl.Expr], pl.Expr]) -> pl.Series:
    """Apply a normaliser of expressions to a Series."""
    return values.to_frame("nilai").select(normalise(pl.col("nilai"))).to_series().alias(values.name)


def distinct_rows(rows: pl.DataFrame) -> tuple[pl.Series, pl.DataFrame]:
    """For each row its index among the distinct rows, and the distinct rows, in order of first appearance.

    Args:
        rows: text columns.
    """
    # Hashes take a quarter of the time; the comparison excludes collisions.
    indices, distinct = _distinct_by(_hashes(rows), rows)
    return (indices, distinct) if rows.equals(distinct[indices]) else _distinct_by(_exact_keys(rows), rows)


def map_distinct_rows(rows: pl.DataFrame, work: Callable[[pl.DataFrame], pl.DataFrame]) -> pl.DataFrame:
    """Like `normalise_distinct`, for what several columns say together.

    Args:
        rows: text columns.
        work: must depend on nothing but the row; returns one row for each.
    """
    indices, distinct = distinct_rows(rows)
    return work(distinct)[indices]


def _hashes(rows: pl.DataFrame) -> pl.Series:
    return rows.hash_rows()


def _exact_keys(rows: pl.DataFrame) -> pl.Series:
    key, count = pl.Series([0], dtype=pl.UInt64).new_from_index(0, rows.height), 1
    for column in rows.iter_columns():
        codes, distinct = dictionary_encode(column)
        if count * len(distinct) > _LARGEST_KEY:
            first = key.arg_unique()
            key, count = _positions_in(key, first), len(first)
        key, count = key * len(distinct) + codes.cast(pl.UInt64), count * len(distinct)
    return key


def _distinct_by(key: pl.Series, rows: pl.DataFrame) -> tuple[pl.Series, pl.DataFrame]:
    first = key.arg_unique().sort()
    return _positions_in(key, first), rows[first]


def _positions_in(keys: pl.Series, first: pl.Series) -> pl.Series:
    positions = pl.DataFrame(
        {"kunci": keys.gather(first), "tempat": pl.int_range(len(first), dtype=pl.UInt64, eager=True)}
    )
    return keys.alias("kunci").to_frame().join(positions, on="kunci", how="left", maintain_order="left")["tempat"]
