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
from pipeline.extracts.text.careful import DELIMITERS, Manner, proper_line
from pipeline.extracts.text.commas import amounts_in_quotes
from schemas.extracts import folder_of, recognise_in

_SAMPLE = 2**16
# Slips make at most so many rows irregular, or one in so many.
_SLIPS, _FEW_OF = 2, 20
# Longer numbers identify a person, not a row.
_LONGEST_ROW_NUMBER = 9
# Every cell of the widest header may contain line breaks.
_LONGEST_HEADER_IN_LINES = 200
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
    `written` the text of its last line. `mending`, if any, is applied to the text before parsing. `overfull`: most rows
    have a cell too many, so that a row of the header's width lacks one.
    """

    cells: list[str]
    lines: tuple[list[str], ...]
    written: str
    manner: Manner
    title: str | None
    rows_above: list[int]
    next_line: int
    offset: int
    mending: Callable[[bytes], bytes] | None
    overfull: bool


def header_of(source: str) -> IsHeader:
    """A predicate for header cells of the files in a source's folder."""

    def is_header(cells: list[str]) -> bool:
        found = recognise_in(cells, source)
        return found is not None and folder_of(found[0]) == source

    return is_header


def read_head(text: bytes, is_header: IsHeader) -> Head:
    """Analyse the first lines of a text.

    Args:
        text: whole lines in UTF-8 with plain line ends.
        is_header: whether the cells of a line are the header of a table.

    Raises:
        UnreadableError: the text is empty, or the commas of its amounts cannot be told from delimiters.
    """
    tops = top_lines(text)
    if not tops:
        message = f"Berkas ini kosong; {EMPTY}"
        raise UnreadableError(message)
    signs, delimiter, heading = _find_header(tops, is_header)
    if not has_known_headers(heading):
        tops = top_lines(text, LETTERHEAD_SEARCH_ROWS)
        signs, delimiter, heading = _find_header(tops, is_header)
    above = [_most_cells(line, delimiter, signs) for _, line, _ in tops[: heading.first]]
    rows = data_rows_above(above, heading.cells)
    titles = [
        line.strip(f" {delimiter}") for place, (_, line, _) in enumerate(tops[: heading.first]) if place not in rows
    ]
    number, line, offset = tops[heading.last]
    lines = _rows_below(text[offset:], line, delimiter, len(heading.cells), is_header)
    mending = amounts_in_quotes(lines, lambda row: parse_line(row, ","), heading.cells) if delimiter == "," else None
    if mending:
        lines = [mending(row.encode()).decode() for row in lines]
    sample = [(row, cells_in(row, delimiter)) for row in lines]
    header = _as_wide_as_rows(heading.cells, sample, delimiter, is_header)
    if any(map(is_identity_number, heading.cells)) or any(heading.cells[len(header) :]):
        # The line end after the header was lost: the header line also holds a row, or the rest of one.
        rows.append(heading.last)
    return Head(
        header,
        heading.lines,
        line,
        _manner(sample, delimiter, header),
        title=" / ".join(titles) or None,
        rows_above=[tops[place][0] for place in rows],
        next_line=number + 1 + line.count("\n"),
        offset=offset,
        mending=mending,
        overfull=_is_overfull(sample, delimiter, len(header)),
    )


def _find_header(tops: list[tuple[int, str, int]], is_header: IsHeader) -> tuple[Sequence[str], str, Heading]:
    """The possible delimiters in the first lines (`top_lines`), the header's delimiter, and the header."""
    signs = [sign for sign in DELIMITERS if any(sign in line for _, line, _ in tops)] or DELIMITERS[:1]
    below = [sum(other <= number + line.count("\n") for other, *_ in tops) for number, line, _ in tops]
    found = {sign: find_heading([_header_line(line, sign) for _, line, _ in tops], below) for sign in signs}
    # Of two headers the one above the first data row counts: a fuller one below it belongs to another table.
    first = min((heading.last for heading in found.values() if is_header(heading.cells)), default=len(tops))
    places = range(first + 1, len(tops))
    row = next((place for place in places if re.search(IDENTITY_NUMBER, tops[place][1])), len(tops))
    delimiter = max(found, key=lambda sign: (found[sign].first < row, count_known_headers(found[sign].cells)))
    return signs, delimiter, found[delimiter]


def _rows_below(body: bytes, header: str, delimiter: str, width: int, is_header: IsHeader) -> list[str]:
    """The first lines below the header, without repeated headers, up to the header of another table."""
    lines = _sample_lines(body, delimiter)
    pairs = enumerate(zip_longest(lines, lines[1:], fillvalue=""))
    end = next((place for place, two in pairs if _is_other_header(*two, width, is_header)), None)
    of_header = header.split("\n")
    return [_unwrapped(row) for row in lines[:end] if row not in of_header]


def _manner(sample: _Sample, delimiter: str, header: list[str]) -> Manner:
    width = len(header)
    named = max((place for place, text in enumerate(header, 1) if text), default=0)
    closing = _closes_with_delimiter(sample, delimiter, width)
    ragged = _is_ragged(sample, delimiter, named, width + closing)
    return Manner(delimiter, width, named, closing=closing, ragged=ragged)


def _most_cells(line: str, delimiter: str, signs: Sequence[str]) -> list[str]:
    """The cells of a line above a header, by the delimiter that gives most; commas of sentences (`, `) do not count."""
    bare = re.sub("[,;] ", " ", line)
    return max((_header_line(line if sign == delimiter else bare, sign) for sign in signs), key=len)


def _sample_lines(body: bytes, delimiter: str) -> list[str]:
    nothing = f'{delimiter}"{BLANKS}'
    return [line for line in body[:_SAMPLE].decode(errors="replace").split("\n") if line.strip(nothing)]


def headers_in(line: str, is_header: IsHeader) -> dict[str, list[str]]:
    """Delimiter → cells, for every delimiter by which a line is the header of a table."""
    if re.search(LONG_NUMBER, line):
        return {}
    signs = [sign for sign in DELIMITERS if line.count(sign) >= MAX_TITLE_CELLS]
    return {sign: cells for sign in signs if is_header(cells := _header_line(line, sign))}


def may_begin_header(line: str) -> bool:
    """Whether a line has a known header, so that it may form a header with the line below."""
    return any(
        count_known_headers(_header_line(line, sign)) for sign in DELIMITERS if line.count(sign) >= MAX_TITLE_CELLS
    )


def headers_in_two(line: str, below: str, is_header: IsHeader) -> dict[str, list[str]]:
    """Like `headers_in`, for two lines that form a header only together."""
    if re.search(LONG_NUMBER, line + below) or not may_begin_header(line):
        return {}
    signs = [sign for sign in DELIMITERS if MAX_TITLE_CELLS <= line.count(sign) == below.count(sign)]
    found = {sign: find_heading([_header_line(row, sign) for row in (line, below)]) for sign in signs}
    return {sign: two.cells for sign, two in found.items() if two.lines and is_header(two.cells)}


def _is_other_header(line: str, below: str, width: int, is_header: IsHeader) -> bool:
    """Whether a line begins the header of a table of another width."""
    # Most lines are rows, recognised at once by a long number.
    if re.search(LONG_NUMBER, line):
        return False
    found = headers_in(line, is_header) or headers_in_two(line, below, is_header)
    return any(len(cells) != width for cells in found.values())


def _is_overfull(sample: _Sample, delimiter: str, width: int) -> bool:
    """Whether most rows have filled cells beyond the header's width."""
    wider = (parse_line(line, delimiter) for line, cells_in in sample if cells_in > width)
    return 2 * sum(any(row[width:]) for row in wider) > len(sample)


def _as_wide_as_rows(header: list[str], sample: _Sample, delimiter: str, is_header: IsHeader) -> list[str]:
    """The header widened with nameless cells to the width of most rows, as spreadsheets also export empty columns.

    If its line end was lost, the row that follows in the same line is cut off.
    """
    widths = Counter(cells_in for _, cells_in in sample)
    usual, count = widths.most_common(1)[0] if sample else (len(header), 0)
    if count * 2 <= len(sample) or usual == len(header):
        return header
    if usual < len(header):
        beyond = header[usual:]
        # Some values, such as a family relation, are also known headers, hence the tolerance.
        as_long = (
            len(beyond) >= usual - 1 and count_known_headers(beyond) < MAX_TITLE_CELLS and is_header(header[:usual])
        )
        a_row = as_long or any(map(is_identity_number, beyond))
        return header[:usual] if a_row or not any(beyond) else header
    # One extra cell comes from a closing delimiter, which not every line need have.
    rows = [parse_line(line, delimiter) for line, cells_in in sample if cells_in == usual]
    if usual == len(header) + 1 and _are_numbered(rows, header[0]):
        return ["", *header]
    filled = sum(any(row[len(header) :]) for row in rows)
    return header if usual <= len(header) + 1 or filled * 2 >= count else header + [""] * (usual - len(header))


def _are_numbered(rows: list[list[str]], first: str) -> bool:
    """Whether rows begin with a running number without a header cell, as R writes tables."""
    whole = [row for row in rows if row[-1]]
    numbers = [int(row[0]) for row in whole if row[0].isdecimal() and len(row[0]) < _LONGEST_ROW_NUMBER]
    running = len(numbers) == len(whole) > 1 and all(below > above for above, below in pairwise(numbers))
    return running and numbers[0] == 1 and count_known_headers([first]) > 0


def _is_ragged(sample: _Sample, delimiter: str, named: int, usual: int) -> bool:
    """Whether a varying number of blank cells at the end is usual in the file rather than a slip in some rows.

    A delimiter inside a cell also adds a cell, but then the values no longer look like those of their columns.
    """
    # A closing delimiter may be missing, so the header's width counts as usual, too.
    widths = {named, usual} if usual <= named + 1 else {usual}
    others = [parse_line(line, delimiter) for line, cells_in in sample if cells_in not in widths]
    blank = [row for row in others if len(row) >= named and not any(row[named:])]
    if len(blank) <= _SLIPS or len(blank) * _FEW_OF <= len(sample):
        return False
    regular = [parse_line(line, delimiter) for line, cells_in in sample if cells_in in widths]
    looks = [Counter(map(_looks, column)).most_common(1)[0][0] for column in zip(*regular, strict=False)][:named]

    def odd(rows: list[list[str]]) -> float:
        return median(sum(_looks(cell) != look for cell, look in zip(row, looks, strict=False)) for row in rows)

    return not regular or odd(blank) < odd(regular) + 1


def _looks(cell: str) -> str:
    """The look of a cell: '' for blank, 'A' if it has letters, else '9'."""
    return cell and ("A" if re.search(r"[A-Za-z]", cell) else "9")


def top_lines(text: bytes, most: int = HEADER_SEARCH_ROWS) -> list[tuple[int, str, int]]:
    """The first filled lines: number, text (joined up to the end of an open quote), and offset of the next line."""
    tops: list[tuple[int, str, int]] = []
    number, offset = 0, 0
    while offset < len(text) and len(tops) < most:
        end = _line_end(text, offset)
        number += 1
        line = text[offset:end].decode(errors="replace").rstrip("\n")
        if line.strip(BLANKS):
            tops.append((number, *with_open_quote(text, offset, end, line)))
        offset = end
    return tops


def _line_end(text: bytes, offset: int) -> int:
    return text.find(b"\n", offset) + 1 or len(text)


def with_open_quote(text: bytes, offset: int, end: int, line: str) -> tuple[str, int]:
    """The line joined with those up to the end of its open quote (header cells may have line breaks), and its end."""
    first_end = end
    for _ in range(_LONGEST_HEADER_IN_LINES if line.count('"') % 2 else 0):
        end = _line_end(text, end)
        whole = text[offset:end].decode(errors="replace").rstrip("\n")
        if whole.count('"') % 2 == 0 and _PROPER.match(whole):
            return whole, end
    return line, first_end


def _header_line(line: str, delimiter: str) -> list[str]:
    return parse_line(_unwrapped(line), delimiter)


def _unwrapped(line: str) -> str:
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


def cells_in(line: str, delimiter: str) -> int:
    """How many cells a line has."""
    # Lines without quotes need no parser.
    return len(_split_line(line, delimiter)) if '"' in line else line.count(delimiter) + 1


def _closes_with_delimiter(sample: _Sample, delimiter: str, width: int) -> bool:
    # Some exports end their lines, but not the header, with a delimiter.
    closed = sum(
        line.endswith(delimiter) and cells_in(line.removesuffix(delimiter), delimiter) == width for line, _ in sample
    )
    return closed * 2 > len(sample)
