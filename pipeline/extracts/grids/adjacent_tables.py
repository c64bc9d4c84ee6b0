"""Splits a sheet with several tables side by side into one grid per table.

Tables under each other belong to `pipeline.extracts.grids.stacked_tables`.
"""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from pipeline.extracts.grids.grid import Grid, cell_columns, is_filled, refused_lines
from schemas.extracts import fold_header, recognise

_LETTERS = 26


def split_adjacent_tables(grid: Grid) -> list[tuple[str | None, Grid]]:
    """The tables of a sheet from left to right, each with its first column (`kolom Z`; None for the first table).

    A table begins after a blank header cell, or where the first header is repeated, if all required headers follow.
    """
    starts = [0]
    for position in _possible_starts(grid.header):
        if recognise(grid.header[starts[-1] : position]) and recognise(grid.header[position:]):
            starts.append(position)
    if len(starts) == 1:
        return [(None, grid)]
    ends = [*starts[1:], len(grid.header)]
    return [
        (f"kolom {_column_letters(start)}" if start else None, _slice_columns(grid, start, end))
        for start, end in zip(starts, ends, strict=True)
    ]


def _possible_starts(header: list[str]) -> list[int]:
    first = next((fold_header(text) for text in header if text), "")
    return [
        position
        for position, text in enumerate(header)
        if position and text and (not header[position - 1] or fold_header(text) == first)
    ]


def _slice_columns(grid: Grid, start: int, end: int) -> Grid:
    names = cell_columns(end - start)
    rows = grid.rows.select("baris", *(pl.col(f"c{at}").alias(name) for at, name in enumerate(names, start)))
    return replace(
        grid,
        header=grid.header[start:end],
        header_lines=tuple(line[start:end] for line in grid.header_lines),
        rows=rows.filter(pl.any_horizontal(is_filled(pl.col(name)) for name in names)),
        refused=refused_lines() if start else grid.refused,
    )


def _column_letters(position: int) -> str:
    """A column as a spreadsheet calls it: A, Z, AA."""
    above, letter = divmod(position, _LETTERS)
    return (_column_letters(above - 1) if above else "") + chr(ord("A") + letter)
