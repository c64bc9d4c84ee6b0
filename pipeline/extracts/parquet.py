"""Parquet to a grid: whatever the columns' types are, every value becomes the text an officer would write."""

from __future__ import annotations

from typing import IO

import polars as pl

from pipeline.extracts.grid import Grid, cells, refusals
from pipeline.extracts.unreadable import UnreadableError, panics_refused
from schemas.extracts import fold_header, known_headers

_BROKEN = "Berkas Parquet ini rusak."
_LARGEST_WHOLE = 2.0**63


def read_parquet(stream: IO[bytes]) -> Grid:
    """Read a Parquet file; `baris` counts its rows from 1.

    Args:
        stream: the file.

    Raises:
        UnreadableError: broken, or a column that is needed holds lists or bytes instead of values.
    """
    try:
        with panics_refused(_BROKEN):
            table = pl.read_parquet(stream)
            text = table.select(
                _to_text(name, dtype).alias(cell)
                for cell, (name, dtype) in zip(cells(table.width), _plain_columns(table.schema), strict=False)
            )
    except pl.exceptions.PolarsError as error:
        raise UnreadableError(_BROKEN) from error
    rows = text.select(pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias("baris"), *text.columns)
    return Grid([name for name, _ in _plain_columns(table.schema)], rows, refusals([], []), None)


def _plain_columns(schema: pl.Schema) -> list[tuple[str, pl.DataType]]:
    nested = [name for name, dtype in schema.items() if dtype.is_nested() or dtype in {pl.Binary, pl.Object}]
    needed = [name for name in nested if fold_header(name) in known_headers()]
    if needed:
        message = f"Kolom {', '.join(needed)} pada berkas Parquet ini bukan teks atau angka; simpan lagi sebagai teks."
        raise UnreadableError(message)
    return [(name, dtype) for name, dtype in schema.items() if name not in nested]


def _to_text(name: str, dtype: pl.DataType) -> pl.Expr:
    value = pl.col(name)
    if not dtype.is_float():
        return value.cast(pl.String)
    whole = (value == value.floor()) & (value.abs() < _LARGEST_WHOLE)
    return (
        pl.when(value.is_nan())
        .then(None)
        .when(whole)
        .then(value.cast(pl.Int64, strict=False).cast(pl.String))
        .otherwise(value.cast(pl.String))
    )
