"""Our own identifiers, stable across periods, runs, machines and versions of the libraries."""

from __future__ import annotations

import duckdb
import polars as pl


def stable_ids(values: pl.Series, prefix: str) -> pl.Series:
    """`prefix` and 16 hexadecimal digits of the MD5 of each text; null stays null.

    Polars' own hash changes with its version, so DuckDB's standard MD5 is used.
    """
    frame = pl.DataFrame({"value": values.cast(pl.String)})
    with duckdb.connect() as connection:
        connection.register("frame", frame.to_arrow())
        hashed = connection.sql("SELECT left(md5(value), 16) AS id FROM frame").pl()["id"]
    return hashed.to_frame().select(pl.concat_str(pl.lit(prefix), "id")).to_series().alias(values.name)
