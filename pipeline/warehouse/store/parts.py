"""Reads published tables, for runs that compare with them: always the part of one periode.

Does not belong here: results of a run in the store (`pipeline.warehouse.publication`).
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import polars as pl

from pipeline.places import Places
from schemas.table import PromisedTable, polars_schema


def scan_published(places: Places, table: PromisedTable) -> pl.LazyFrame:
    """A scan of the newest published part of a table; empty if there is none."""
    return _scan_part(_newest(_parts(places, table)), table)


def scan_until(places: Places, periode: str, table: PromisedTable) -> pl.LazyFrame:
    """A scan of the newest published part of a table up to `periode`; empty if there is none."""
    return _scan_part(_newest(path for path in _parts(places, table) if path.stem <= periode), table)


def scan_before(places: Places, periode: str, table: PromisedTable) -> pl.LazyFrame:
    """A scan of the newest published part of a table before `periode`; empty if there is none."""
    return _scan_part(part_before(places, periode, table), table)


def newest_periode_with(places: Places, table: PromisedTable, column: str, value: str) -> str | None:
    """The newest published periode of a table with a row that has `value` in `column`; None if there is none."""
    has_value = pl.col(column) == value
    parts = sorted(_parts(places, table), key=lambda path: path.stem, reverse=True)
    return next((part.stem for part in parts if pl.scan_parquet(part).filter(has_value).head(1).collect().height), None)


def part_before(places: Places, periode: str, table: PromisedTable) -> Path | None:
    """The file of the newest published part of a table before `periode`; None if there is none."""
    return _newest(path for path in _parts(places, table) if path.stem < periode)


def _parts(places: Places, table: PromisedTable) -> Iterable[Path]:
    return (places.marts / table.schema / table.name).glob("*.parquet")


def _newest(parts: Iterable[Path]) -> Path | None:
    return max(parts, key=lambda path: path.stem, default=None)


def _scan_part(part: Path | None, table: PromisedTable) -> pl.LazyFrame:
    """The rows of a part; a column that an older version did not write is null."""
    schema = polars_schema(table.model)
    return (
        pl.LazyFrame(schema=schema)
        if part is None
        else pl.scan_parquet(part, schema=schema, missing_columns="insert", extra_columns="ignore")
    ).select(list(schema))
