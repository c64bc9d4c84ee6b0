"""Splits a sheet with several tables side by side into one grid per table.

Tables under each other belong to `pipeline.extracts.grids.headers_below`.
"""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from pipeline.extracts.grids.grid import Grid, cells, is_filled, refusals
from schemas.extracts import fold_header, recognise

_LETTERS = 26


def tables_beside(grid: Grid) -> list[tuple[str | None, Grid]]:
    """The tables of a sheet from left to right, each with its first column (`kolom Z`; None for the first table).

    A table begins after a blank header cell, or where the first header is repeated, if all required headers follow.
    """
    starts = [0]
    for place in _candidates(grid.header):
        if recognise(grid.header[starts[-1] : place]) and recognise(grid.header[place:]):
            starts.append(place)
    if len(starts) == 1:
        return [(None, grid)]
    ends = [*starts[1:], len(grid.header)]
    return [
        (f"kolom {_letters(start)}" if start else None, _part(grid, start, end))
        for start, end in zip(starts, ends, strict=True)
    ]


def _candidates(header: list[str]) -> list[int]:
    first = next((fold_header(text) for text in header if text), "")
    return [
        place
        for place, text in enumerate(header)
        if place and text and (not header[place - 1] or fold_header(text) == first)
    ]


def _part(grid: Grid, start: int, end: int) -> Grid:
    names = cells(end - start)
    rows = grid.rows.select("baris", *(pl.col(f"c{start + place}").alias(name) for place, name in enumerate(names)))
    return replace(
        grid,
        header=grid.header[start:end],
        header_lines=tuple(line[start:end] for line in grid.header_lines),
        rows=rows.filter(pl.any_horizontal(is_filled(pl.col(name)) for name in names)),
        refused=refusals([], []) if start else grid.refused,
    )


def _letters(place: int) -> str:
    """A column as a spreadsheet calls it: A, Z, AA."""
    above, letter = divmod(place, _LETTERS)
    return (_letters(above - 1) if above else "") + chr(ord("A") + letter)
