"""Analyses the first lines of a delimited text: delimiter, header, title, how rows are written and where they begin.

Belongs here: this analysis and splitting single lines for it. Does not: reading the rows
(`pipeline.extracts.text.rows`), and choosing the header among lines (`pipeline.extracts.grids.heading`).
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise, zip_longest
from statistics import median

from pipeline.extracts.files.unreadable import EMPTY, UnreadableError
from pipeline.extracts.grids.grid import BLANKS, IDENTITY_NUMBER, LONG_NUMBER, MAX_TITLE_CELLS
from pipeline.extracts.grids.heading import (
    HEADER_SEARCH_ROWS,
    LETTERHEAD_SEARCH_ROWS,
    Heading,
    count_known_headers,
    data_rows_above,
    find_heading,
    has_known_headers,
    is_identity_number,
)
from pipeline.extracts.text.commas import amount_quoter
from pipeline.extracts.text.row_format import DELIMITERS, RowFormat, proper_line
from schemas.extracts import folder_of, recognise_in_folder

_SAMPLE = 2**16
# Slips make at most so many rows irregular, or one in so many.
_MAX_SLIPS, _SLIP_IN_ROWS = 2, 20
# Longer numbers identify a person, not a row.
_MAX_ROW_NUMBER_DIGITS = 9
# Every cell of the widest header may contain line breaks.
_MAX_HEADER_LINES = 200
# A line with proper quotes for any delimiter.
_PROPER = re.compile("|".join(map(proper_line, DELIMITERS)))
# Lines of rows, and how many cells each has.
_Sample = list[tuple[str, int]]
# Whether the cells of a line are the header of a table.
IsHeader = Callable[[list[str]], bool]


@dataclass(frozen=True)
class Head:
    """The result of the analysis: header cells, how rows are written, title, where the rows begin.

    `rows_above` are the numbers of data lines above the header. `lines` are the rows of a header of several rows,
    `header_text` the text of its last line. `repair`, if any, is applied to the text before parsing. `rows_overflow`:
    most rows have a cell too many, so that a row of the header's width lacks one.
    """

    cells: list[str]
    lines: tuple[list[str], ...]
    header_text: str
    row_format: RowFormat
    title: str | None
    rows_above: list[int]
    next_line: int
    offset: int
    repair: Callable[[bytes], bytes] | None
    rows_overflow: bool


def header_predicate(source: str) -> IsHeader:
    """A predicate for header cells of the files in a source's folder."""

    def is_header(cells: list[str]) -> bool:
        found = recognise_in_folder(cells, source)
        return found is not None and folder_of(found[0]) == source

    return is_header


def sniff_head(text: bytes, is_header: IsHeader) -> Head:
    """Analyse the first lines of a text.

    Args:
        text: whole lines in UTF-8 with plain line ends.
        is_header: whether the cells of a line are the header of a table.

    Raises:
        UnreadableError: the text is empty, or the commas of its amounts cannot be told from delimiters.
    """
    first = first_lines(text)
    if not first:
        message = f"Berkas ini kosong; {EMPTY}"
        raise UnreadableError(message)
    delimiters, delimiter, heading = _find_header(first, is_header)
    if not has_known_headers(heading):
        first = first_lines(text, LETTERHEAD_SEARCH_ROWS)
        delimiters, delimiter, heading = _find_header(first, is_header)
    above = [_split_line_above(line, delimiter, delimiters) for _, line, _ in first[: heading.first]]
    rows = data_rows_above(above, heading.cells)
    titles = [
        line.strip(f" {delimiter}")
        for position, (_, line, _) in enumerate(first[: heading.first])
        if position not in rows
    ]
    number, line, offset = first[heading.last]
    lines = _sample_rows(text[offset:], line, delimiter, len(heading.cells), is_header)
    repair = amount_quoter(lines, lambda row: parse_line(row, ","), heading.cells) if delimiter == "," else None
    if repair:
        lines = [repair(row.encode()).decode() for row in lines]
    sample = [(row, count_cells(row, delimiter)) for row in lines]
    header = _fit_to_rows(heading.cells, sample, delimiter, is_header)
    if any(map(is_identity_number, heading.cells)) or any(heading.cells[len(header) :]):
        # The line end after the header was lost: the header line also holds a row, or the rest of one.
        rows.append(heading.last)
    return Head(
        header,
        heading.lines,
        line,
        _sniff_row_format(sample, delimiter, header),
        title=" / ".join(titles) or None,
        rows_above=[first[position][0] for position in rows],
        next_line=number + 1 + line.count("\n"),
        offset=offset,
        repair=repair,
        rows_overflow=_do_rows_overflow(sample, delimiter, len(header)),
    )


def _find_header(lines: list[tuple[int, str, int]], is_header: IsHeader) -> tuple[Sequence[str], str, Heading]:
    """The possible delimiters in the first lines (`first_lines`), the header's delimiter, and the header."""
    delimiters = [
        candidate for candidate in DELIMITERS if any(candidate in line for _, line, _ in lines)
    ] or DELIMITERS[:1]
    below = [sum(other <= number + line.count("\n") for other, *_ in lines) for number, line, _ in lines]
    found = {
        candidate: find_heading([_parse_header_line(line, candidate) for _, line, _ in lines], below)
        for candidate in delimiters
    }
    # Of two headers the one above the first data row counts: a fuller one below it belongs to another table.
    header_end = min((heading.last for heading in found.values() if is_header(heading.cells)), default=len(lines))
    places = range(header_end + 1, len(lines))
    row = next((position for position in places if re.search(IDENTITY_NUMBER, lines[position][1])), len(lines))
    delimiter = max(
        found, key=lambda candidate: (found[candidate].first < row, count_known_headers(found[candidate].cells))
    )
    return delimiters, delimiter, found[delimiter]


def _sample_rows(body: bytes, header: str, delimiter: str, width: int, is_header: IsHeader) -> list[str]:
    """The first lines below the header, without repeated headers, up to the header of another table."""
    lines = _sample_lines(body, delimiter)
    pairs = enumerate(zip_longest(lines, lines[1:], fillvalue=""))
    end = next((position for position, two in pairs if _is_other_header(*two, width, is_header)), None)
    of_header = header.split("\n")
    return [_without_outer_quotes(row) for row in lines[:end] if row not in of_header]


def _sniff_row_format(sample: _Sample, delimiter: str, header: list[str]) -> RowFormat:
    width = len(header)
    named = max((position for position, text in enumerate(header, 1) if text), default=0)
    trailing_delimiter = _has_trailing_delimiter(sample, delimiter, width)
    ragged = _is_ragged(sample, delimiter, named, width + trailing_delimiter)
    return RowFormat(delimiter, width, named, trailing_delimiter=trailing_delimiter, ragged=ragged)


def _split_line_above(line: str, delimiter: str, delimiters: Sequence[str]) -> list[str]:
    """The cells of a line above a header, by the delimiter that gives most; commas of sentences (`, `) do not count."""
    bare = re.sub("[,;] ", " ", line)
    return max((_parse_header_line(line if other == delimiter else bare, other) for other in delimiters), key=len)


def _sample_lines(body: bytes, delimiter: str) -> list[str]:
    nothing = f'{delimiter}"{BLANKS}'
    return [line for line in body[:_SAMPLE].decode(errors="replace").split("\n") if line.strip(nothing)]


def headers_by_delimiter(line: str, is_header: IsHeader) -> dict[str, list[str]]:
    """Delimiter → cells, for every delimiter by which a line is the header of a table."""
    if re.search(LONG_NUMBER, line):
        return {}
    delimiters = [delimiter for delimiter in DELIMITERS if line.count(delimiter) >= MAX_TITLE_CELLS]
    return {delimiter: cells for delimiter in delimiters if is_header(cells := _parse_header_line(line, delimiter))}


def may_begin_header(line: str) -> bool:
    """Whether a line has a known header, so that it may form a header with the line below."""
    return any(
        count_known_headers(_parse_header_line(line, delimiter))
        for delimiter in DELIMITERS
        if line.count(delimiter) >= MAX_TITLE_CELLS
    )


def two_line_headers(line: str, below: str, is_header: IsHeader) -> dict[str, list[str]]:
    """Like `headers_by_delimiter`, for two lines that form a header only together."""
    if re.search(LONG_NUMBER, line + below) or not may_begin_header(line):
        return {}
    delimiters = [
        delimiter for delimiter in DELIMITERS if MAX_TITLE_CELLS <= line.count(delimiter) == below.count(delimiter)
    ]
    found = {
        delimiter: find_heading([_parse_header_line(row, delimiter) for row in (line, below)])
        for delimiter in delimiters
    }
    return {delimiter: two.cells for delimiter, two in found.items() if two.lines and is_header(two.cells)}


def _is_other_header(line: str, below: str, width: int, is_header: IsHeader) -> bool:
    """Whether a line begins the header of a table of another width."""
    # Most lines are rows, recognised at once by a long number.
    if re.search(LONG_NUMBER, line):
        return False
    found = headers_by_delimiter(line, is_header) or two_line_headers(line, below, is_header)
    return any(len(cells) != width for cells in found.values())


def _do_rows_overflow(sample: _Sample, delimiter: str, width: int) -> bool:
    """Whether most rows have filled cells beyond the header's width."""
    wider = (parse_line(line, delimiter) for line, count in sample if count > width)
    return 2 * sum(any(row[width:]) for row in wider) > len(sample)


def _fit_to_rows(header: list[str], sample: _Sample, delimiter: str, is_header: IsHeader) -> list[str]:
    """The header widened with nameless cells to the width of most rows, as spreadsheets also export empty columns.

    If its line end was lost, the row that follows in the same line is cut off.
    """
    widths = Counter(count for _, count in sample)
    usual, rows_of_usual = widths.most_common(1)[0] if sample else (len(header), 0)
    if rows_of_usual * 2 <= len(sample) or usual == len(header):
        return header
    if usual < len(header):
        beyond = header[usual:]
        # Some values, such as a family relation, are also known headers, hence the tolerance.
        as_long = (
            len(beyond) >= usual - 1 and count_known_headers(beyond) < MAX_TITLE_CELLS and is_header(header[:usual])
        )
        a_row = as_long or any(map(is_identity_number, beyond))
        return header[:usual] if a_row or not any(beyond) else header
    # One extra cell comes from a trailing delimiter, which not every line need have.
    rows = [parse_line(line, delimiter) for line, count in sample if count == usual]
    if usual == len(header) + 1 and _have_row_numbers(rows, header[0]):
        return ["", *header]
    filled = sum(any(row[len(header) :]) for row in rows)
    return header if usual <= len(header) + 1 or filled * 2 >= rows_of_usual else header + [""] * (usual - len(header))


def _have_row_numbers(rows: list[list[str]], first: str) -> bool:
    """Whether rows begin with a running number without a header cell, as R writes tables."""
    whole = [row for row in rows if row[-1]]
    numbers = [int(row[0]) for row in whole if row[0].isdecimal() and len(row[0]) < _MAX_ROW_NUMBER_DIGITS]
    running = len(numbers) == len(whole) > 1 and all(below > above for above, below in pairwise(numbers))
    return running and numbers[0] == 1 and count_known_headers([first]) > 0


def _is_ragged(sample: _Sample, delimiter: str, named: int, usual: int) -> bool:
    """Whether a varying number of blank cells at the end is usual in the file rather than a slip in some rows.

    A delimiter inside a cell also adds a cell, but then the values no longer look like those of their columns.
    """
    # A trailing delimiter may be missing, so the header's width counts as usual, too.
    widths = {named, usual} if usual <= named + 1 else {usual}
    others = [parse_line(line, delimiter) for line, count in sample if count not in widths]
    blank = [row for row in others if len(row) >= named and not any(row[named:])]
    if len(blank) <= _MAX_SLIPS or len(blank) * _SLIP_IN_ROWS <= len(sample):
        return False
    regular = [parse_line(line, delimiter) for line, count in sample if count in widths]
    shapes = [Counter(map(_shape_of, column)).most_common(1)[0][0] for column in zip(*regular, strict=False)][:named]

    def odd_cells(rows: list[list[str]]) -> float:
        return median(sum(_shape_of(cell) != shape for cell, shape in zip(row, shapes, strict=False)) for row in rows)

    return not regular or odd_cells(blank) < odd_cells(regular) + 1


def _shape_of(cell: str) -> str:
    """The look of a cell: '' for blank, 'A' if it has letters, else '9'."""
    return cell and ("A" if re.search(r"[A-Za-z]", cell) else "9")


def first_lines(text: bytes, most: int = HEADER_SEARCH_ROWS) -> list[tuple[int, str, int]]:
    """The first filled lines: number, text (joined up to the end of an open quote), and offset of the next line."""
    tops: list[tuple[int, str, int]] = []
    number, offset = 0, 0
    while offset < len(text) and len(tops) < most:
        end = _line_end(text, offset)
        number += 1
        line = text[offset:end].decode(errors="replace").rstrip("\n")
        if line.strip(BLANKS):
            tops.append((number, *join_open_quote(text, offset, end, line)))
        offset = end
    return tops


def _line_end(text: bytes, offset: int) -> int:
    return text.find(b"\n", offset) + 1 or len(text)


def join_open_quote(text: bytes, offset: int, end: int, line: str) -> tuple[str, int]:
    """The line joined with those up to the end of its open quote (header cells may have line breaks), and its end."""
    first_end = end
    for _ in range(_MAX_HEADER_LINES if line.count('"') % 2 else 0):
        end = _line_end(text, end)
        whole = text[offset:end].decode(errors="replace").rstrip("\n")
        if whole.count('"') % 2 == 0 and _PROPER.match(whole):
            return whole, end
    return line, first_end


def _parse_header_line(line: str, delimiter: str) -> list[str]:
    return parse_line(_without_outer_quotes(line), delimiter)


def _without_outer_quotes(line: str) -> str:
    # A program for another delimiter quotes the whole line as one cell.
    whole = '"' in line and re.fullmatch(r'\s*"((?:[^"]|"")*)"\s*', line)
    return whole.group(1).replace('""', '"') if whole else line


def parse_line(line: str, delimiter: str) -> list[str]:
    """The cells of a line, with blanks collapsed."""
    return [" ".join(cell.split()) for cell in _split_line(line, delimiter)]


def _split_line(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader(io.StringIO(line, newline=""), delimiter=delimiter))
    except (csv.Error, StopIteration):
        return line.split(delimiter)


def count_cells(line: str, delimiter: str) -> int:
    """How many cells a line has."""
    # Lines without quotes need no parser.
    return len(_split_line(line, delimiter)) if '"' in line else line.count(delimiter) + 1


def _has_trailing_delimiter(sample: _Sample, delimiter: str, width: int) -> bool:
    # Some exports end their lines, but not the header, with a delimiter.
    closed = sum(
        line.endswith(delimiter) and count_cells(line.removesuffix(delimiter), delimiter) == width for line, _ in sample
    )
    return closed * 2 > len(sample)
