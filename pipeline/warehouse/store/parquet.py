"""Writes Parquet files, with the same bytes for the same frame, and checks whether files can be read.

Belongs here: how a frame becomes a file. Does not: which frames are written where (`assets`), or how they are sorted
(`schemas.table.enforce`).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
from polars.io.plugins import register_io_source

from pipeline.warehouse.store.atomic import write_atomically

ROWS_PER_GROUP = 122_880
"""Fixed, so that the bytes do not depend on the machine; as many as are one of DuckDB, which else fills
its own anew."""
# For frames of numbers and names the lowest level gives files no larger than the default, in less time.
_WRITE_OPTIONS: dict[str, Any] = {
    "compression": "zstd", "compression_level": 1, "statistics": True, "row_group_size": ROWS_PER_GROUP
}  # fmt: skip
_READ_ERRORS = (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError)


def write_parquet(df: pl.DataFrame, path: Path) -> None:
    """Write `df` to `path` (zstd); missing folders are created.

    A reader sees the old file or the new one, never a part (`write_atomically`).

    Raises:
        OSError: the file cannot be written; `path` is then as it was.
    """
    write_atomically(path, lambda working: df.write_parquet(working, **_WRITE_OPTIONS))


def write_private_parquet(df: pl.DataFrame, path: Path) -> None:
    """As `write_parquet`, readable to the owner only, as is the folder if it is created."""
    path.parent.mkdir(mode=0o700, exist_ok=True)
    write_parquet(df, path)
    path.chmod(0o600)


def write_parquet_pieces(pieces: Iterator[pl.DataFrame], schema: pl.Schema, path: Path) -> None:
    """As `write_parquet`, for a frame that comes in pieces; the bytes do not depend on where it is cut.

    Args:
        pieces: the rows in order, in the columns of `schema`.
        schema: the columns, also if there are no pieces.
        path: of the file.

    Raises:
        OSError: as `write_parquet`.
    """

    def produce(
        columns: list[str] | None, predicate: pl.Expr | None, rows: int | None, size: int | None
    ) -> Iterator[pl.DataFrame]:
        # Nothing is asked of the source but all of it.
        del columns, predicate, rows, size
        yield from pieces

    frame = register_io_source(produce, schema=schema)
    write_atomically(path, lambda working: frame.sink_parquet(working, **_WRITE_OPTIONS))


def read_if_intact(file: Path) -> pl.DataFrame | None:
    """The frame in a file; None if it is missing or damaged.

    Raises:
        PermissionError: it may not be read.
    """
    try:
        return pl.read_parquet(file)
    except PermissionError:
        raise
    except _READ_ERRORS:
        return None


def damaged_files(folder: Path) -> list[Path]:
    """The Parquet files anywhere below a folder that cannot be read completely, as after a disk fault."""
    return [file for file in sorted(folder.rglob("*.parquet")) if _is_damaged(file)]


def _is_damaged(file: Path) -> bool:
    try:
        pl.scan_parquet(file).sink_batches(lambda _: None)
    except _READ_ERRORS:
        return True
    return False
