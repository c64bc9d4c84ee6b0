"""Places that no column of a table tells, but the title above it or a line between its rows.

What a line tells is known elsewhere (`pipeline.normalise.places_told`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import polars as pl

from pipeline.extracts.grids.grid import Grid
from pipeline.normalise.places_told import below_of, places_alone, places_told
from pipeline.normalise.regions import LEVELS

# What a line that names a place begins with.
_NAMES_PLACE = r"(?i)^\s*(?:PROP|PROV|KAB|KOTA|KEC|DISTRIK|DESA|KEL|NAGARI|GAMPONG)"


@dataclass(frozen=True)
class InForce:
    """The places that hold for what stands below: the title they begin with, and level → name."""

    title: str | None = None
    places: Mapping[str, str] = field(default_factory=dict)

    def below(self, told: Mapping[str, str]) -> dict[str, str]:
        """The places that hold below a line that tells some: another kecamatan has other desa."""
        closed = {lower for level in told if told[level] != self.places.get(level) for lower in below_of(level)}
        return {level: name for level, name in self.places.items() if level not in closed} | dict(told)


def titled_places(
    grid: Grid, unread: pl.DataFrame, without: set[str], before: InForce
) -> tuple[dict[str, pl.Expr], InForce]:
    """Level → the name that is in force for each row, of the levels that no column tells; and what is at the end.

    Args:
        grid: the table, or a piece of it.
        unread: those of its lines that are no rows, with their code.
        without: columns that the table does not have.
        before: what is in force at the end of the piece before.
    """
    levels = [level for level in LEVELS if level in without]
    if not levels:
        return {}, before
    title = {} if grid.title == before.title else {0: places_told(grid.title)}
    told = title | {line: places_told(text) for line, text in grid.titles_below}
    told |= {line: places_alone(text) for line, text in _between(grid, unread)}
    in_force = replace(before, title=grid.title)
    begin, names = [-1], {level: [in_force.places.get(level)] for level in levels}
    for line, places in sorted(told.items()):
        in_force = replace(in_force, places=in_force.below(places))
        begin.append(line)
        for level in levels:
            names[level].append(in_force.places.get(level))
    return {level: _by_line(begin, of_level) for level, of_level in names.items() if any(of_level)}, in_force


def _between(grid: Grid, unread: pl.DataFrame) -> list[tuple[int, str]]:
    """Lines between the rows that may name a place."""
    remarks = [(line, " ".join(filter(None, texts))) for line, texts in grid.remarks]
    lines = [(line, text) for line, text in remarks if re.match(_NAMES_PLACE, text)]
    notes = grid.rows["baris"].is_in(unread.filter(rusak="BARIS_CATATAN")["baris"].implode())
    if not notes.any():
        return lines
    cells = grid.rows.columns[1:]
    text = pl.concat_str(cells, separator=" ", ignore_nulls=True).str.strip_chars()
    noted = grid.rows.filter(notes).select("baris", teks=text)
    return [*lines, *noted.filter(pl.col("teks").str.contains(_NAMES_PLACE)).iter_rows()]


def _by_line(begin: list[int], names: list[str | None]) -> pl.Expr:
    lines, told = pl.Series(begin), pl.Series(names, dtype=pl.String)
    return pl.col("baris").map_batches(
        lambda line: told.gather(lines.search_sorted(line, side="right") - 1), return_dtype=pl.String
    )
