"""Takes facts that a table has no column for from its title or a line between its rows: places, a report's author.

Does not belong here: parsing such a line (`pipeline.normalise.metadata.places`, `pipeline.normalise.metadata.reports`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import polars as pl

from pipeline.extracts.grids.grid import Grid
from pipeline.normalise.metadata.places import inherit_places, parse_places, parse_places_alone
from pipeline.normalise.metadata.reports import inherit_report, parse_report_line, parse_report_title
from pipeline.normalise.regions import LEVELS

Facts = Mapping[str, str]


@dataclass(frozen=True)
class TitleFacts:
    """The facts that apply to the rows below: the title they come from, and column → value."""

    title: str | None = None
    values: Facts = field(default_factory=dict)


@dataclass(frozen=True)
class _FactKind:
    """A kind of facts in titles: columns, parsers of titles and of lines between rows, how new facts replace old."""

    columns: tuple[str, ...]
    of_title: Callable[[str | None], Facts]
    of_line: Callable[[str], Facts]
    below: Callable[[Facts, Facts], Facts]
    begins: str


_PLACES = _FactKind(
    tuple(LEVELS),
    parse_places,
    parse_places_alone,
    inherit_places,
    r"(?i)^\s*(?:PROP|PROV|KAB|KOTA|KEC|DISTRIK|DESA|KEL|NAGARI|GAMPONG)",
)
_REPORTS = _FactKind(
    ("periode_laporan", "id_pendamping", "nama_pendamping"),
    parse_report_title,
    parse_report_line,
    inherit_report,
    r"(?i)^\s*(?:ID|NO|KODE|NAMA|PERIODE|BULAN|LAPORAN|REKAP)",
)


def columns_from_titles(
    grid: Grid, unread: pl.DataFrame, missing: set[str], before: TitleFacts
) -> tuple[dict[str, pl.Expr], TitleFacts]:
    """Column → the value for each row, for columns that the table lacks; and the facts in force at its end.

    Args:
        grid: the table, or a piece of it.
        unread: its lines that are not rows, with their code.
        missing: columns of its kind that the table lacks.
        before: the facts in force at the end of the piece before.
    """
    kind = _REPORTS if "periode_laporan" in missing or "id_pendamping" in missing else _PLACES
    columns = [column for column in kind.columns if column in missing]
    if not columns:
        return {}, before
    title = {} if grid.title == before.title else {0: kind.of_title(grid.title)}
    facts_by_line = (
        title
        | {line: kind.of_title(text) for line, text in grid.titles_below}
        | _facts_between_rows(grid, unread, kind)
    )
    values = before.values
    starts, facts_below = [-1], [values]
    for line, facts in sorted(facts_by_line.items()):
        values = kind.below(values, facts)
        starts.append(line)
        facts_below.append(values)
    values_by_column = {column: [values.get(column) for values in facts_below] for column in columns}
    by_line = {
        column: _value_below(starts, of_column) for column, of_column in values_by_column.items() if any(of_column)
    }
    return by_line, replace(before, title=grid.title, values=values)


def _facts_between_rows(grid: Grid, unread: pl.DataFrame, kind: _FactKind) -> dict[int, Facts]:
    """First line number → facts of the lines between the rows; adjacent lines count as one title."""
    lines = [(line, " ".join(filter(None, texts))) for line, texts in grid.remarks]
    notes = grid.rows["baris"].is_in(unread.filter(rusak="BARIS_CATATAN")["baris"].implode())
    if notes.any():
        row_text = pl.concat_str(grid.rows.columns[1:], separator=" ", ignore_nulls=True).str.strip_chars()
        lines += grid.rows.filter(notes).select("baris", teks=row_text).iter_rows()
    facts_by_line: dict[int, Facts] = {}
    first = last = 0
    for line, text in sorted(lines):
        if re.match(kind.begins, text) and (facts := kind.of_line(text)):
            first = first if line == last + 1 else line
            facts_by_line[first] = {**facts_by_line.get(first, {}), **facts}
            last = line
    return facts_by_line


def _value_below(lines: list[int], values: list[str | None]) -> pl.Expr:
    starts, facts = pl.Series(lines), pl.Series(values, dtype=pl.String)
    return pl.col("baris").map_batches(
        lambda line: facts.gather(starts.search_sorted(line, side="right") - 1), return_dtype=pl.String
    )
