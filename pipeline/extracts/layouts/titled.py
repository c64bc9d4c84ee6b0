"""Takes facts that a table has no column for from its title or a line between its rows: places, a report's author.

Does not belong here: parsing such a line (`pipeline.normalise.told.places`, `pipeline.normalise.told.reports`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import polars as pl

from pipeline.extracts.grids.grid import Grid
from pipeline.normalise.regions import LEVELS
from pipeline.normalise.told.places import places_alone, places_below, places_told
from pipeline.normalise.told.reports import report_below, report_told, report_told_between

Told = Mapping[str, str]


@dataclass(frozen=True)
class InForce:
    """The facts that apply to the rows below: the title they come from, and column → value."""

    title: str | None = None
    values: Told = field(default_factory=dict)


@dataclass(frozen=True)
class _Facts:
    """A kind of facts in titles: columns, parsers of titles and of lines between rows, how new facts replace old."""

    columns: tuple[str, ...]
    of_title: Callable[[str | None], Told]
    of_line: Callable[[str], Told]
    below: Callable[[Told, Told], Told]
    begins: str


_PLACES = _Facts(
    tuple(LEVELS),
    places_told,
    places_alone,
    places_below,
    r"(?i)^\s*(?:PROP|PROV|KAB|KOTA|KEC|DISTRIK|DESA|KEL|NAGARI|GAMPONG)",
)
_REPORTS = _Facts(
    ("periode_laporan", "id_pendamping", "nama_pendamping"),
    report_told,
    report_told_between,
    report_below,
    r"(?i)^\s*(?:ID|NO|KODE|NAMA|PERIODE|BULAN|LAPORAN|REKAP)",
)


def titled(grid: Grid, unread: pl.DataFrame, without: set[str], before: InForce) -> tuple[dict[str, pl.Expr], InForce]:
    """Column → the value for each row, for columns that the table lacks; and the facts in force at its end.

    Args:
        grid: the table, or a piece of it.
        unread: its lines that are not rows, with their code.
        without: columns of its kind that the table lacks.
        before: the facts in force at the end of the piece before.
    """
    facts = _REPORTS if "periode_laporan" in without or "id_pendamping" in without else _PLACES
    columns = [column for column in facts.columns if column in without]
    if not columns:
        return {}, before
    title = {} if grid.title == before.title else {0: facts.of_title(grid.title)}
    told = title | {line: facts.of_title(text) for line, text in grid.titles_below} | _between(grid, unread, facts)
    values = before.values
    begin, in_force = [-1], [values]
    for line, said in sorted(told.items()):
        values = facts.below(values, said)
        begin.append(line)
        in_force.append(values)
    of_columns = {column: [values.get(column) for values in in_force] for column in columns}
    by_line = {column: _by_line(begin, of_column) for column, of_column in of_columns.items() if any(of_column)}
    return by_line, replace(before, title=grid.title, values=values)


def _between(grid: Grid, unread: pl.DataFrame, facts: _Facts) -> dict[int, Told]:
    """First line number → facts of the lines between the rows; adjacent lines count as one title."""
    lines = [(line, " ".join(filter(None, texts))) for line, texts in grid.remarks]
    notes = grid.rows["baris"].is_in(unread.filter(rusak="BARIS_CATATAN")["baris"].implode())
    if notes.any():
        text = pl.concat_str(grid.rows.columns[1:], separator=" ", ignore_nulls=True).str.strip_chars()
        lines += grid.rows.filter(notes).select("baris", teks=text).iter_rows()
    told: dict[int, Told] = {}
    first = last = 0
    for line, written in sorted(lines):
        if re.match(facts.begins, written) and (said := facts.of_line(written)):
            first = first if line == last + 1 else line
            told[first] = {**told.get(first, {}), **said}
            last = line
    return told


def _by_line(begin: list[int], values: list[str | None]) -> pl.Expr:
    lines, told = pl.Series(begin), pl.Series(values, dtype=pl.String)
    return pl.col("baris").map_batches(
        lambda line: told.gather(lines.search_sorted(line, side="right") - 1), return_dtype=pl.String
    )
