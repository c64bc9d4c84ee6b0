"""Writing Parquet files: whole or not at all, and the same bytes for the same frame.

Belongs here: how a frame becomes a file. Does not: which frames are written where (`assets`), or how they are sorted
(`schemas.table.enforce`).
"""

from __future__ import annotations

import os
from pathlib import Path

import polars as pl

ROWS_PER_GROUP = 131_072
"""Fixed, so that the bytes do not depend on the machine; about one row group of DuckDB (122,880 rows)."""


def write_parquet(df: pl.DataFrame, path: Path) -> None:
    """Write `df` to `path` (zstd); missing folders are made.

    A reader sees the old file or the new one, never a part: the frame goes to a working file beside `path`, whose name
    does not end in `.parquet`, and is renamed over it.

    Raises:
        OSError: the file cannot be written; `path` is then as it was.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    working = path.with_name(f".{path.name}.{os.getpid()}.bangun")
    try:
        df.write_parquet(working, compression="zstd", statistics=True, row_group_size=ROWS_PER_GROUP)
        os.replace(working, path)  # noqa: PTH105 - the one call that every swap goes through, see `publish`
    finally:
        working.unlink(missing_ok=True)
