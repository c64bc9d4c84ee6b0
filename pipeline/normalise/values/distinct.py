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
_FEW = 1_000
# The largest number of distinct values in a column that are cached, and in the whole cache of a normaliser.
_MOST_ASKED, _MOST_KEPT = 10_000, 50_000
_LARGEST_KEY = 2**62


def once_per_value(dtype: type[pl.DataType]) -> Callable[[Normaliser[P]], Normaliser[P]]:
    """Make a normaliser of a text column compute each distinct value once, across all parts of all sources.

    Args:
        dtype: the type it returns.
    """

    def decorate(normalise: Normaliser[P]) -> Normaliser[P]:
        answers: dict[Any, Answers] = {}

        @wraps(normalise)
        def wrapped(value: pl.Expr, /, *args: P.args, **kwargs: P.kwargs) -> pl.Expr:
            known = answers.setdefault((args, *kwargs.items()), Answers(dtype))

            def work(values: pl.Series) -> pl.Series:
                return known.look_up(values, lambda column: normalise(column, *args, **kwargs))

            return value.map_batches(work, return_dtype=dtype, is_elementwise=True)

        return wrapped

    return decorate


class Answers:
    """Cache of a normaliser's results: sexes, dates and words of names recur in every part of every source.

    Even an empty expression costs milliseconds. Results of columns with many distinct values are not kept.
    """

    def __init__(self, dtype: type[pl.DataType]) -> None:
        self._dtype = dtype
        self._known: dict[Any, Any] = {}

    def look_up(self, values: pl.Series, normalise: Callable[[pl.Expr], pl.Expr]) -> pl.Series:
        """Like `over_distinct`, but computes only values that are not in the cache."""

        def answered(distinct: pl.Series) -> pl.Series:
            if len(distinct) > _MOST_ASKED:
                return applied(distinct, normalise)
            asked, known = distinct.to_list(), self._known
            new = [value for value in dict.fromkeys(asked) if value not in known]
            if new:
                told = applied(pl.Series(distinct.name, new, distinct.dtype), normalise)
                known = known | dict(zip(new, told, strict=True))
                self._known = known if len(known) <= _MOST_KEPT else {}
            return pl.Series(distinct.name, [known[value] for value in asked], self._dtype)

        return once_each(values, answered)


def over_distinct(values: pl.Series, normalise: Callable[[pl.Expr], pl.Expr]) -> pl.Series:
    """The normalised values, each distinct one computed once.

    Args:
        values: text.
        normalise: must depend on nothing but the value.
    """
    return once_each(values, lambda known: applied(known, normalise))


def once_each(values: pl.Series, normalise: Callable[[pl.Series], pl.Series]) -> pl.Series:
    """Like `over_distinct`, for normalisers of a Series."""
    if len(values) < _FEW:
        return normalise(values)
    if values.null_count() == len(values):
        return normalise(values.head(1)).new_from_index(0, len(values))
    places, known = dictionary(values)
    return normalise(known).gather(places).alias(values.name)


def dictionary(values: pl.Series) -> tuple[pl.Series, pl.Series]:
    """For each row the index of its value among the distinct ones (null counts as a value), and the distinct ones."""
    told = values.cast(pl.Categorical(pl.Categories.random()))
    # The physical codes of a categorical count from 0, so they are indices.
    codes = told.to_physical()
    highest = codes.max()
    count = highest + 1 if isinstance(highest, int) else 0
    known = pl.int_range(count, dtype=pl.UInt32, eager=True).cat.to(told.dtype).cast(pl.String).alias(values.name)
    if codes.null_count():
        # Gathering from two chunks takes ten times as long as from one.
        return codes.fill_null(count), known.extend_constant(None, 1).rechunk()
    return codes, known


def where_needed(values: pl.Series, clean: pl.Series, normalise: Callable[[pl.Expr], pl.Expr]) -> pl.Series:
    """Normalise only the values that are not clean.

    Args:
        values: text.
        clean: which values normalising would not change; null counts as false.
        normalise: returns text.
    """
    places = (~clean.fill_null(value=False)).arg_true()
    if places.is_empty():
        return values
    changed = over_distinct(values.gather(places), normalise)
    if len(places) == len(values):
        return changed
    return values.clone().scatter(places, changed)


def applied(values: pl.Series, normalise: Callable[[pl.Expr], pl.Expr]) -> pl.Series:
    """Apply a normaliser of expressions to a Series."""
    return values.to_frame("nilai").select(normalise(pl.col("nilai"))).to_series().alias(values.name)


def distinct_rows(rows: pl.DataFrame) -> tuple[pl.Series, pl.DataFrame]:
    """For each row its index among the distinct rows, and the distinct rows, in order of first appearance.

    Args:
        rows: text columns.
    """
    # Hashes take a quarter of the time; the comparison excludes collisions.
    places, distinct = _distinct_by(_hashes(rows), rows)
    return (places, distinct) if rows.equals(distinct[places]) else _distinct_by(_exact_keys(rows), rows)


def over_distinct_rows(rows: pl.DataFrame, work: Callable[[pl.DataFrame], pl.DataFrame]) -> pl.DataFrame:
    """Like `over_distinct`, for what several columns say together.

    Args:
        rows: text columns.
        work: must depend on nothing but the row; returns one row for each.
    """
    places, distinct = distinct_rows(rows)
    return work(distinct)[places]


def _hashes(rows: pl.DataFrame) -> pl.Series:
    return rows.hash_rows()


def _exact_keys(rows: pl.DataFrame) -> pl.Series:
    key, count = pl.Series([0], dtype=pl.UInt64).new_from_index(0, rows.height), 1
    for column in rows.iter_columns():
        codes, known = dictionary(column)
        if count * len(known) > _LARGEST_KEY:
            first = key.arg_unique()
            key, count = _places(key, first), len(first)
        key, count = key * len(known) + codes.cast(pl.UInt64), count * len(known)
    return key


def _distinct_by(key: pl.Series, rows: pl.DataFrame) -> tuple[pl.Series, pl.DataFrame]:
    first = key.arg_unique().sort()
    return _places(key, first), rows[first]


def _places(keys: pl.Series, first: pl.Series) -> pl.Series:
    places = pl.DataFrame(
        {"kunci": keys.gather(first), "tempat": pl.int_range(len(first), dtype=pl.UInt64, eager=True)}
    )
    return keys.alias("kunci").to_frame().join(places, on="kunci", how="left", maintain_order="left")["tempat"]
