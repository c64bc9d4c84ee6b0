"""How a file writes its rows (`RowFormat`), and the conversion to it of lines that other programs wrote differently.

Does not belong here: which of the converted lines are rows (`pipeline.extracts.text.irregular`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import polars as pl

DELIMITERS = ("|", ";", ",", "\t")


@dataclass(frozen=True)
class RowFormat:
    """How a file writes its rows.

    Attributes:
        delimiter: one byte.
        width: cells of a row.
        named_cells: cells up to the last one with a header; those after it are blank.
        trailing_delimiter: whether lines end with a delimiter after the last cell.
        ragged: whether the number of blank cells at the end varies from line to line.
    """

    delimiter: str
    width: int
    named_cells: int
    trailing_delimiter: bool = False
    ragged: bool = False


def convert_lines(lines: pl.DataFrame, row_format: RowFormat) -> pl.DataFrame:
    """Convert lines that other programs wrote differently to the file's own format.

    A cheap test decides which conversions run at all: converting no line takes as long as converting a thousand.
    """
    line = pl.col("line")
    in_quotes = line.str.starts_with('"') & line.str.ends_with('"')
    conversions = (
        (in_quotes, _without_outer_quotes),
        (in_quotes | ~line.str.contains(row_format.delimiter, literal=True), _with_own_delimiter),
        (line.str.contains(f'{row_format.delimiter} "', literal=True), _without_blank_before_quotes),
        (line.str.contains(r"\"", literal=True), _with_doubled_quotes),
    )
    for is_needed, converted in conversions:
        if lines.select(is_needed.any()).item():
            lines = lines.with_columns(converted(row_format))
    if row_format.trailing_delimiter:
        lines = lines.with_columns(_without_trailing_delimiter(row_format.delimiter, row_format.width))
    if row_format.ragged:
        lines = lines.with_columns(_with_blank_cells(row_format))
    return lines


def _without_outer_quotes(row_format: RowFormat) -> pl.Expr:
    """A line without the quotes that a program for another delimiter put around the whole of it."""
    line = pl.col("line")
    quoted = pl.when(line.str.starts_with('"') & line.str.ends_with('"')).then(line)
    inside = quoted.str.extract(r'^"((?:[^"]|"")*)"$').str.replace_all('""', '"', literal=True)
    readings = (inside, inside.str.strip_suffix(row_format.delimiter)) if row_format.trailing_delimiter else (inside,)
    widths = [row_format.named_cells, row_format.width]
    is_row = (cell_count(reading, row_format.delimiter).is_in(widths) for reading in readings)
    rows = (pl.when(fits).then(reading) for fits, reading in zip(is_row, readings, strict=True))
    return pl.coalesce(*rows, line).alias("line")


def _with_own_delimiter(row_format: RowFormat) -> pl.Expr:
    """A line with another delimiter, as when two exports are appended, converted to the file's own."""
    line, delimiter, width = pl.col("line"), row_format.delimiter, row_format.width
    bare = ~line.str.contains('"', literal=True)
    changed = line
    for other in (sign for sign in DELIMITERS if sign != delimiter):
        # A line that also has the file's own delimiter is damaged: its delimiter is unknown.
        divided = bare & (cell_count(line, other) == width) & (cell_count(line, delimiter) == 1)
        own = pl.concat_str(pl.lit('"'), line.str.replace_all(other, f'"{delimiter}"', literal=True), pl.lit('"'))
        # If all cells are quoted already, replacing the delimiter is enough.
        quoted = (
            line.str.starts_with('"')
            & line.str.ends_with('"')
            & (line.str.count_matches(f'"{other}"', literal=True) == width - 1)
        )
        sound = quoted & (line.str.count_matches('"', literal=True) == 2 * width)
        changed = (
            pl.when(divided)
            .then(own)
            .when(sound)
            .then(line.str.replace_all(f'"{other}"', f'"{delimiter}"', literal=True))
            .otherwise(changed)
        )
    return changed.alias("line")


def _without_blank_before_quotes(row_format: RowFormat) -> pl.Expr:
    """A line without the blanks before its otherwise proper quotes: `"1", "JL MAWAR, NO 2"`."""
    line, delimiter = pl.col("line"), row_format.delimiter
    tight = pl.when(line.str.contains(f'{delimiter} "', literal=True)).then(
        line.str.replace_all(rf'{re.escape(delimiter)} +"', f'{delimiter}"')
    )
    is_row = tight.str.contains(proper_line(delimiter)) & (cell_count(tight, delimiter) == row_format.width)
    return pl.when(is_row).then(tight).otherwise(line).alias("line")


def _with_doubled_quotes(row_format: RowFormat) -> pl.Expr:
    r"""A line with quotes escaped by backslashes, as databases write them (`"JL \"BARU\""`), as doubled quotes."""
    line, delimiter, width = pl.col("line"), row_format.delimiter, row_format.width
    escaped = pl.when(line.str.contains(r"\"", literal=True))
    doubled = escaped.then(line.str.replace_all(r"\"", '""', literal=True))
    proper = proper_line(delimiter)
    # If the line is already a row, the backslash is plain text.
    is_row = line.str.contains(proper) & (cell_count(line, delimiter) == width)
    becomes_row = doubled.str.contains(proper) & (cell_count(doubled, delimiter) == width)
    return pl.when(becomes_row & ~is_row).then(doubled).otherwise(line).alias("line")


def _without_trailing_delimiter(delimiter: str, width: int) -> pl.Expr:
    line = pl.col("line")
    # The cells of a line with a stray quote can only be counted leniently.
    odd = line.str.contains('"', literal=True) & (lenient_cell_count(delimiter) == width + 1)
    surplus = (cell_count(line, delimiter) == width + 1) | (odd & line.str.contains(lenient_line(delimiter)))
    return pl.when(surplus).then(line.str.strip_suffix(delimiter)).otherwise(line).alias("line")


def _with_blank_cells(row_format: RowFormat) -> pl.Expr:
    """A line with its blank cells at the end padded or cut to the width of a row, if it has all named cells."""
    line, mark = pl.col("line"), re.escape(row_format.delimiter)
    bare = line.str.replace(rf'(?:{mark}[ \xa0]*(?:" *")?[ \xa0]*)+$', "")
    cells_in, filled = cell_count(line, row_format.delimiter), cell_count(bare, row_format.delimiter)
    blanks = pl.lit(row_format.delimiter).repeat_by((row_format.width - filled).clip(0)).list.join("")
    complete = (cells_in >= row_format.named_cells) & (filled <= row_format.width) & (cells_in != row_format.width)
    return pl.when(complete).then(pl.concat_str(bare, blanks)).otherwise(line).alias("line")


def cell_count(line: pl.Expr, delimiter: str) -> pl.Expr:
    """How many cells a line has; delimiters between quotes do not count."""
    unquoted = pl.when(line.str.contains('"', literal=True)).then(line.str.replace_all(r'"(?:[^"]|"")*"', ""))
    return unquoted.otherwise(line).str.count_matches(delimiter, literal=True).cast(pl.Int64) + 1


def proper_line(delimiter: str) -> str:
    """A regular expression for a line whose quotes, if any, are all proper: `1,"JL MAWAR, NO 2",RT 1`."""
    cell = rf'(?:"(?:[^"]|"")*"|[^"{re.escape(delimiter)}]*)'
    return rf"^{cell}(?:{re.escape(delimiter)}{cell})*$"


def _lenient_cell(delimiter: str) -> str:
    """A regular expression for a cell that may have a stray quote inside: `SOKA"AN`, `"NO 2, RT 1"`, or blank."""
    mark = re.escape(delimiter)
    return rf'(?:"(?:[^"]|"")*"|[^"{mark}][^{mark}]*|)'


def lenient_line(delimiter: str) -> str:
    """A regular expression for a line of such cells."""
    cell = _lenient_cell(delimiter)
    return rf"^{cell}(?:{re.escape(delimiter)}{cell})*$"


def lenient_cells(delimiter: str) -> pl.Expr:
    """The cells of such a line, each with a delimiter before it."""
    # A leading delimiter makes the first cell look like all others.
    return (delimiter + pl.col("line")).str.extract_all(rf"{re.escape(delimiter)}{_lenient_cell(delimiter)}")


def lenient_cell_count(delimiter: str) -> pl.Expr:
    """How many such cells a line has."""
    return lenient_cells(delimiter).list.len().cast(pl.Int64)
