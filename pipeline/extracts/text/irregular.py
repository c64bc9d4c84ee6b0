"""Parses the irregular lines of a delimited text one by one: each is a row, a part of one, or refused.

Stray quotes count as text, a quoted cell may span several lines, and a line that still has too few or too many cells is
refused. Of the regular lines (`pipeline.extracts.text.lines`) only the positions matter here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum

import polars as pl

from pipeline.extracts.grids.grid import (
    BLANKS,
    CIVIL_SERVANT,
    LIKELY_IDENTITY_NUMBER,
    TOTAL,
    cell_columns,
    empty_rows,
    refused_lines,
)
from pipeline.extracts.text.lines import parse_csv
from pipeline.extracts.text.row_format import (
    DELIMITERS,
    RowFormat,
    cell_count,
    convert_lines,
    lenient_cell_count,
    lenient_cells,
    lenient_line,
    proper_line,
)

# A sentence may have enough commas for a row of fewer cells than this.
_MIN_CELLS_OF_WIDE_ROW = 8
_MAX_LINES_OF_ROW = 20
_FIRST_CELL = 3
# Words separated by comma and blank, without long (identifying) numbers: `Medan, 12 Januari 2022, Kepala Dinas`.
_SENTENCE = r"^(?:[^,;|\t0-9]|[0-9]{1,4}(?:[^0-9,;|\t]|$)|,(?: |$))*$"
# A rule drawn under a header or around a table: `----+----`.
_DRAWN = r"^[-=_+|: ]*[-=_]{3}[-=_+|: ]*$"
# Lines under a header or between pages: drawn rules, also with a page number (`----- 3`), and column numbers
# (`1|2|3`, `"(1)","(2)"`).
_RULED = r'^[-=_+|: ]{3,}(?:[0-9]{1,3}[-=_+|: ]*)?$|^(?:"?\(?[0-9]{1,3}\)?"?[|;,\t ]+)+"?\(?[0-9]{1,3}\)?"?[|;,\t ]*$'


class _Syntax(IntEnum):
    """How a line is parsed."""

    NO_ROW = 0
    """Not at all."""
    PROPER = 1
    """As proper CSV: `1,"JL MAWAR, NO 2"`."""
    LENIENT = 2
    """With a stray quote in an unquoted cell: `1,SOKA"AN,"NO 2, RT 1"`."""
    LITERAL = 3
    """Quotes are plain text, as the line has all its delimiters: `1,SOKA"AN,RT 1`."""


@dataclass(frozen=True)
class ParsedLines:
    """The result of parsing irregular lines.

    Attributes:
        rows: `baris` (of the first line) and cells.
        refused: `baris` and `rusak`.
        unclosed_from: the first line near the end whose open quote may be closed in the next piece; it and all lines
            after it are in neither frame. None if there is no such line or no next piece.
    """

    rows: pl.DataFrame
    refused: pl.DataFrame
    unclosed_from: int | None


def parse_irregular(lines: pl.DataFrame, row_format: RowFormat, *, end: int, last: bool) -> ParsedLines:
    """Parse or refuse the irregular lines of a piece of text.

    Args:
        lines: `baris`, `line` and `regular_before` (how many regular lines of the piece stand before it).
        row_format: how rows are written.
        end: number of the line after the piece.
        last: whether nothing comes after the piece.
    """
    delimiter, width = row_format.delimiter, row_format.width
    if lines.is_empty():
        return ParsedLines(empty_rows(width), refused_lines(), None)
    lines = lines.filter(pl.col("line").str.strip_chars(f'{delimiter}"{BLANKS}') != "")
    lines = _classify(convert_lines(lines, row_format), delimiter, width)
    joined, joined_lines, unclosed_from = _join_broken_rows(lines, _MultiLineRow(row_format), end)
    if last:
        unclosed_from = None
    if unclosed_from is not None:
        lines, joined = (frame.filter(pl.col("baris") < unclosed_from) for frame in (lines, joined))
    lines = lines.filter(~pl.col("baris").is_in(joined_lines))
    by_syntax = (
        (_parse_lines, lines.filter(pl.col("syntax") == _Syntax.PROPER)),
        (_parse_literally, lines.filter(pl.col("syntax") == _Syntax.LITERAL)),
        (_split_leniently, lines.filter(pl.col("syntax") == _Syntax.LENIENT)),
        (_split_leniently, joined),
    )
    # Usually all lines have one syntax: skip the others.
    rows = [
        empty_rows(width),
        *(parse_lines(of_syntax, delimiter, width) for parse_lines, of_syntax in by_syntax if of_syntax.height),
    ]
    no_rows = lines.filter(pl.col("syntax") == _Syntax.NO_ROW)
    return ParsedLines(
        pl.concat(rows).sort("baris"), no_rows.select("baris", rusak=_refusal_code(delimiter, width)), unclosed_from
    )


def _classify(lines: pl.DataFrame, delimiter: str, width: int) -> pl.DataFrame:
    """Add `plain` and `fields` (cells without and with quoting), `doubtful` (quotes are not proper) and `syntax`.

    Regular expressions run only over the lines that need them.
    """
    line = pl.col("line")
    lines = lines.with_columns(
        plain=line.str.count_matches(delimiter, literal=True).cast(pl.Int64) + 1,
        quotes=line.str.count_matches('"', literal=True).cast(pl.Int64),
    )
    bare = lines.filter(pl.col("quotes") == 0).with_columns(
        fields=pl.col("plain"),
        doubtful=pl.lit(value=False),
        syntax=pl.when(pl.col("plain") == width).then(_Syntax.PROPER).otherwise(_Syntax.NO_ROW),
    )
    quoted = lines.filter(pl.col("quotes") > 0)
    # Every cell quoted and no other quote: the usual case, tested without a regular expression.
    between = f'"{delimiter}"'
    all_quoted = (
        (pl.col("quotes") == 2 * width)
        & line.str.starts_with('"')
        & line.str.ends_with('"')
        & (line.str.count_matches(between, literal=True) == width - 1)
        & ~line.str.starts_with(between)
        & ~line.str.ends_with(between)
    )
    fits = pl.when(pl.col("fields") == width).then(_Syntax.PROPER).otherwise(_Syntax.NO_ROW)
    easy = quoted.filter(all_quoted).with_columns(fields=pl.lit(width, pl.Int64))
    hard = quoted.filter(~all_quoted).with_columns(fields=cell_count(line, delimiter))
    is_proper = hard.select(line.str.contains(proper_line(delimiter))).to_series()
    proper = pl.concat([easy, hard.filter(is_proper)]).with_columns(doubtful=pl.lit(value=False), syntax=fits)
    lenient = line.str.contains(lenient_line(delimiter)) & (lenient_cell_count(delimiter) == width)
    literal = pl.when(pl.col("plain") == width).then(_Syntax.LITERAL)
    improper = hard.filter(~is_proper).with_columns(
        doubtful=pl.lit(value=True), syntax=literal.when(lenient).then(_Syntax.LENIENT).otherwise(_Syntax.NO_ROW)
    )
    return pl.concat([bare, proper, improper], how="vertical_relaxed").sort("baris")


def _refusal_code(delimiter: str, width: int) -> pl.Expr:
    line = pl.col("line")
    bare = line.str.strip_chars(f'{delimiter}"{BLANKS}')
    # With many cells by another delimiter the line is a damaged row, not a sentence.
    cells_of_another = pl.any_horizontal(
        bare.str.count_matches(sign, literal=True) >= width // 2 for sign in DELIMITERS
    )
    # One filled cell without an identifying number, as the remainder of a row would begin with one.
    blank_beside = pl.col("plain") >= _FIRST_CELL
    alone = (pl.col("plain") == 1) | (blank_beside & ~bare.str.contains(delimiter, literal=True))
    alone &= ~bare.str.contains("[0-9]{6}")
    sentence = line.str.contains(_SENTENCE) & (pl.col("plain") <= width // 2)
    words = line.str.contains(r"[A-Za-z]") & ~line.str.contains(LIKELY_IDENTITY_NUMBER)
    words &= ~(cells_of_another & (width > _MIN_CELLS_OF_WIDE_ROW))
    filled = bare.str.count_matches(f"[^{re.escape(delimiter)}]+")
    total = bare.str.contains(TOTAL) & ~line.str.contains(LIKELY_IDENTITY_NUMBER) & (filled <= width // 2)
    ruled = line.str.contains(_RULED) & (pl.col("plain") <= width) & (width > _MIN_CELLS_OF_WIDE_ROW)
    ruled |= line.str.contains(_DRAWN)
    note = ((alone | sentence) & words) | total | ruled | bare.str.contains(CIVIL_SERVANT)
    return (
        pl.when(note)
        .then(pl.lit("BARIS_CATATAN"))
        .when(pl.col("fields") > width)
        .then(pl.lit("KOLOM_LEBIH"))
        .otherwise(pl.lit("KOLOM_KURANG"))
    )


def _join_broken_rows(lines: pl.DataFrame, row: _MultiLineRow, end: int) -> tuple[pl.DataFrame, list[int], int | None]:
    """Join rows with a line break in a quoted cell: the line that opens the quote and those up to its end.

    Returns:
        The joined rows (`baris` of their first line, `line`), the numbers of all lines in them, and the first line near
        the end whose quote may be closed in the next piece.
    """
    joined: list[tuple[int, str]] = []
    joined_lines: set[int] = set()
    unclosed_from: int | None = None
    candidates = lines.filter(pl.col("doubtful"))["baris"]
    if not candidates.is_empty():
        near = lines.filter(_within_reach(candidates))
        rows = near.select("baris", "line", "syntax", "doubtful", "regular_before").rows()
        positions = {number: position for position, (number, *_) in enumerate(rows)}
        for number in candidates:
            if number in joined_lines:
                continue
            reach = rows[positions[number] : positions[number] + _MAX_LINES_OF_ROW]
            found = row.complete(reach)
            if found is not None:
                text, steps = found
                joined.append((number, text))
                joined_lines.update(line[0] for line in reach[: steps + 1])
            elif unclosed_from is None and number > end - _MAX_LINES_OF_ROW:
                unclosed_from = number
    frame = pl.DataFrame(joined, schema={"baris": pl.Int64, "line": pl.String}, orient="row")
    return frame, sorted(joined_lines), unclosed_from


def _within_reach(candidates: pl.Series) -> pl.Expr:
    reach = pl.DataFrame({"from": candidates}).with_columns(to=pl.col("from") + _MAX_LINES_OF_ROW)
    numbers = reach.select(pl.int_ranges("from", "to").explode().unique()).to_series()
    return pl.col("baris").is_in(numbers.implode())


class _MultiLineRow:
    """Recognises a row over several lines: line breaks are allowed in quoted cells only."""

    def __init__(self, row_format: RowFormat) -> None:
        mark = re.escape(row_format.delimiter)
        cell = rf'(?:"(?:[^"]|"")*"|[^"{mark}\n][^{mark}\n]*|)'
        self._row = re.compile(rf"{cell}(?:{mark}{cell})*")
        self._cell = re.compile(rf"{mark}{cell}")
        self._format = row_format

    def complete(self, rows: list[tuple[int, str, int, bool, int]]) -> tuple[str, int] | None:
        """The text of the whole row and how many further lines it takes; None if its quote is never closed.

        A line with all its cells is continued only by lines that are not rows themselves. A line that lacks cells is
        also continued by rows with doubtful quotes, as the tail of a broken row may have all delimiters. A regular
        line never continues a row.
        """
        number, text, syntax, _, regular_before = rows[0]
        before = number
        for step, (following, line, line_syntax, doubtful, line_regular_before) in enumerate(rows[1:], 1):
            is_row = line_syntax != _Syntax.NO_ROW and (syntax != _Syntax.NO_ROW or not doubtful)
            if is_row or line_regular_before != regular_before or following - number >= _MAX_LINES_OF_ROW:
                return None
            # Restore the blank lines inside the cell, which were filtered out before.
            text += "\n" * (following - before) + line
            before = following
            row = text.removesuffix(self._format.delimiter) if self._format.trailing_delimiter else text
            if '"' in line and (self._is_row(row) or self._is_row(text)):
                return row if self._is_row(row) else text, step
        return None

    def _is_row(self, text: str) -> bool:
        cells = self._cell.findall(self._format.delimiter + text)
        return bool(self._row.fullmatch(text)) and len(cells) == self._format.width


def _parse_lines(lines: pl.DataFrame, delimiter: str, width: int, quote: str | None = '"') -> pl.DataFrame:
    parsed = parse_csv(lines["line"].str.join("\n").item().encode(), delimiter, width, quote)
    return parsed.insert_column(0, lines["baris"])


def _parse_literally(lines: pl.DataFrame, delimiter: str, width: int) -> pl.DataFrame:
    # Quotes in such a line are plain text, except for a pair around a whole cell.
    unquoted = (
        pl.col(*cell_columns(width)).str.replace(r'^\s*"(.*)"\s*$', "${1}").str.replace_all('""', '"', literal=True)
    )
    return _parse_lines(lines, delimiter, width, quote=None).with_columns(unquoted)


def _split_leniently(lines: pl.DataFrame, delimiter: str, width: int) -> pl.DataFrame:
    cell = pl.element().str.slice(1)
    unquoted = cell.str.replace(r'(?s)^"(.*)"$', "${1}").str.replace_all('""', '"', literal=True)
    values = lenient_cells(delimiter).list.eval(pl.when(cell.str.starts_with('"')).then(unquoted).otherwise(cell))
    return lines.select(
        "baris", *(values.list.get(position).alias(name) for position, name in enumerate(cell_columns(width)))
    )
