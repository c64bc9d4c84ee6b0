"""Small frames for unit tests: with the types of a model, null in all columns but the named ones."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import polars as pl

from pipeline.warehouse.store.database import run_query
from schemas.catalogue import promised_tables
from schemas.table import Table, enforce, polars_schema


def frame(model: type[Table], rows: Iterable[Mapping[str, Any]], **common: Any) -> pl.DataFrame:
    """Rows in the columns of `model`; a column named in neither a row nor `common` is null."""
    schema = polars_schema(model)
    return pl.DataFrame([{name: {**common, **row}.get(name) for name in schema} for row in rows], schema=schema)


def text(values: Iterable[str | None]) -> pl.Series:
    """A column of text, also typed as such if all values are null."""
    return pl.Series("value", list(values), dtype=pl.String)


def find_misread(
    read: Callable[[pl.Expr], pl.Expr], notations: Mapping[Any, Sequence[str | None]]
) -> list[tuple[str | None, Any, Any]]:
    """Notations that an expression reads wrongly: the notation, its meaning, and the value it was read as.

    All are read in one frame, because building the expression takes most of the time.

    Args:
        read: builds the expression from a column of text.
        notations: meaning → its notations.
    """
    cases = [(written, meaning) for meaning, all_of_it in notations.items() for written in all_of_it]
    found = text(written for written, _ in cases).to_frame().select(read(pl.col("value"))).to_series()
    return [(*case, value) for case, value in zip(cases, found, strict=True) if value != case[1]]


def query_mart(name: str, known: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """The result of a mart's query over the known tables, checked against the mart's contract."""
    table = promised_tables()[f"mart.{name}"]
    return enforce(run_query(str(table.query), {source: known[source] for source in table.sources}), table)
