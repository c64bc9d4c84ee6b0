"""How normalisers are applied to many rows: once per distinct value, or only where a value is not clean already.

Registers repeat themselves: a million rows hold two sexes, some thousand villages and dates. What a value becomes
follows from the value alone, so it is worked out once and looked up for every row.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

import polars as pl

P = ParamSpec("P")
Normaliser = Callable[Concatenate[pl.Expr, P], pl.Expr]
# Of fewer rows a dictionary costs more than it saves.
_FEW = 1_000
# How many answers a normaliser gives one by one, and how many it keeps.
_MOST_ASKED, _MOST_KEPT = 10_000, 50_000
_LARGEST_KEY = 2**62


def once_per_value(dtype: type[pl.DataType]) -> Callable[[Normaliser[P]], Normaliser[P]]:
    """Make a normaliser of a text column work on the distinct values only, of all parts of all sources.

    Args:
        dtype: what it returns.
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
    """What a normaliser made of values before: sexes, dates, words of names come again in every part of every source.

    An expression costs milliseconds before it has seen a single value. Of columns with many different values nothing
    is kept.
    """

    def __init__(self, dtype: type[pl.DataType]) -> None:
        self._dtype = dtype
        self._known: dict[Any, Any] = {}

    def look_up(self, values: pl.Series, normalise: Callable[[pl.Expr], pl.Expr]) -> pl.Series:
        """As `over_distinct`; only what was never asked before is worked out."""

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
    """The normalised values, each distinct one worked out once.

    Args:
        values: text.
        normalise: what a value becomes; must depend on nothing but the value.
    """
    return once_each(values, lambda known: applied(known, normalise))


def once_each(values: pl.Series, normalise: Callable[[pl.Series], pl.Series]) -> pl.Series:
    """As `over_distinct`, for what is worked out in several steps."""
    if len(values) < _FEW:
        return normalise(values)
    if values.null_count() == len(values):
        return normalise(values.head(1)).new_from_index(0, len(values))
    places, known = dictionary(values)
    return normalise(known).gather(places).alias(values.name)


def dictionary(values: pl.Series) -> tuple[pl.Series, pl.Series]:
    """For each row the place of its value among the distinct ones (nothing, too, is a value), and these."""
    told = values.cast(pl.Categorical(pl.Categories.random()))
    # Codes count the values from 0, so that a code is a place.
    codes = told.to_physical()
    highest = codes.max()
    count = highest + 1 if isinstance(highest, int) else 0
    known = pl.int_range(count, dtype=pl.UInt32, eager=True).cat.to(told.dtype).cast(pl.String).alias(values.name)
    if codes.null_count():
        # Looking up in two chunks takes ten times as long as in one.
        return codes.fill_null(count), known.extend_constant(None, 1).rechunk()
    return codes, known


def where_needed(values: pl.Series, clean: pl.Series, normalise: Callable[[pl.Expr], pl.Expr]) -> pl.Series:
    """The normalised values, where those that are clean stay as they are.

    Args:
        values: text.
        clean: which of them normalising would not change; null is no.
        normalise: what the others become, as text.
    """
    places = (~clean.fill_null(value=False)).arg_true()
    if places.is_empty():
        return values
    changed = over_distinct(values.gather(places), normalise)
    if len(places) == len(values):
        return changed
    return values.clone().scatter(places, changed)


def applied(values: pl.Series, normalise: Callable[[pl.Expr], pl.Expr]) -> pl.Series:
    """A normaliser's answer for a Series."""
    return values.to_frame("nilai").select(normalise(pl.col("nilai"))).to_series().alias(values.name)


def distinct_rows(rows: pl.DataFrame) -> tuple[pl.Series, pl.DataFrame]:
    """For each row its place among the distinct rows, and these, in the order they appear first.

    Args:
        rows: text columns.
    """
    # Told by their hashes in a quarter of the time; that no two rows share one is looked at, not hoped.
    places, distinct = _distinct_by(_hashes(rows), rows)
    return (places, distinct) if rows.equals(distinct[places]) else _distinct_by(_exact_keys(rows), rows)


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
