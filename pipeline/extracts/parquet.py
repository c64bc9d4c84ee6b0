"""Reads Parquet files into grids: values of any column type become the text an officer would write."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import IO

import polars as pl

from pipeline.extracts.files.encoding import to_utf8
from pipeline.extracts.files.unreadable import SEND_AGAIN, UnreadableError, panics_refused
from pipeline.extracts.grids.grid import Grid, cell_columns, refused_lines
from schemas.extracts import map_columns, recognise

_BROKEN = f"Berkas Parquet ini rusak atau terpotong; {SEND_AGAIN}"
# Above these limits floats cannot represent every whole number: larger values stay in scientific notation, so that no
# invented digits are printed. The last of a NIK's sixteen digits may be off by one; a finding on the file says so.
_MAX_EXACT: dict[type[pl.DataType], float] = {pl.Float64: 1e16, pl.Float32: 2.0**24, pl.Float16: 2.0**11}
# Rows processed at once: as much text as one piece of a text file.
PIECE_ROWS = 2**16


def read_parquet(stream: IO[bytes]) -> Iterator[Grid]:
    """Read a Parquet file piece by piece; `baris` counts its rows from 1.

    Args:
        stream: the file.

    Yields:
        At least one grid, rows in the order of the file.

    Raises:
        UnreadableError: the file is broken; pieces before the damage may already have been yielded.
    """
    first, count = 0, 1
    while first < count:
        try:
            with panics_refused(_BROKEN):
                table = pl.scan_parquet(stream)
                count = table.select(pl.len()).collect().item()
                piece = table.slice(first, PIECE_ROWS).collect()
                wanted = _columns_to_read(piece.columns)
                names = [name for name, dtype in piece.schema.items() if _is_plain(dtype) or name in wanted]
                text = [
                    _to_text(piece[name]).alias(cell)
                    for cell, name in zip(cell_columns(len(names)), names, strict=True)
                ]
        except pl.exceptions.PolarsError as error:
            raise UnreadableError(_BROKEN) from error
        numbers = pl.int_range(first + 1, first + piece.height + 1, dtype=pl.Int64, eager=True).alias("baris")
        yield Grid(names, pl.DataFrame([numbers, *text]), refused_lines(), None)
        first += PIECE_ROWS


def _columns_to_read(names: list[str]) -> set[str]:
    """The columns of the file's layout; others, such as photographs, need not become text.

    All columns if the layout is unknown: the sentence that refuses the file names its headers.
    """
    found = recognise(names)
    if found is None:
        return set(names)
    return {names[cell] for column in map_columns(names, found[1]).values() for cell in column.cells}


def _is_plain(dtype: pl.DataType) -> bool:
    return not (dtype.is_nested() or dtype == pl.Binary)


def _to_text(values: pl.Series) -> pl.Series:
    dtype = values.dtype
    if not _is_plain(dtype):
        # Rare in extracts, so converting value by value is fast enough.
        return pl.Series([_text_of(value) for value in values.to_list()], dtype=pl.String)
    if isinstance(dtype, pl.Duration):
        return values.dt.to_string()
    if dtype.is_decimal():
        # The scale of the type adds these zeros.
        return values.cast(pl.String).str.replace(r"\.0+$", "")
    if not dtype.is_float():
        return values.cast(pl.String)
    value = pl.col(values.name)
    whole = (value == value.floor()) & (value.abs() < _MAX_EXACT[dtype.base_type()])
    text = (
        pl.when(value.is_nan())
        .then(None)
        .when(whole)
        .then(value.cast(pl.Int64, strict=False).cast(pl.String))
        .otherwise(value.cast(pl.String))
    )
    return values.to_frame().select(text).to_series()


def _text_of(value: object) -> str | None:
    """The text of a bytes or nested value; items of lists and records are joined by commas."""
    if isinstance(value, bytes):
        return to_utf8(value).decode()
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, Iterable) and not isinstance(value, str):
        return ", ".join(text for item in value if (text := _text_of(item)) is not None) or None
    if isinstance(value, float | Decimal) and value % 1 == 0:
        value = int(value)
    return None if value is None else str(value)
