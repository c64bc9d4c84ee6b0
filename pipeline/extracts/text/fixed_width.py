"""Reads text with fixed-width columns padded with blanks: a table, or a printed family book.

Column limits come from a ruled line under the header, or from gaps of two blanks or more in the header and all rows; if
neither shows them, nothing is read. Does not belong here: delimited text (`pipeline.extracts.text.rows`), and the
structure of a book (`pipeline.extracts.workbooks.family_book`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import IO

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipeline.extracts.files.encoding import decode_without_zeros
from pipeline.extracts.grids.grid import (
    LIKELY_IDENTITY_NUMBER,
    LONG_NUMBER,
    MAX_TITLE_CELLS,
    Grid,
    empty_rows,
    pad_rows,
    refused_lines,
)
from pipeline.extracts.grids.heading import (
    HEADER_SEARCH_ROWS,
    MAX_HEADER_ROWS,
    Heading,
    count_known_headers,
    find_heading,
)
from pipeline.extracts.text.head import IsHeader
from pipeline.extracts.workbooks.family_book import parse_family_book
from schemas.extracts import JOINED, fold_header, known_headers
from schemas.rules import ABOVE_HEADER

# The first page shows whether a file has such columns; no printer writes wider lines.
_SAMPLE, _MAX_LINE = 2**16, 4_096
# A single blank separates words of one column, even if all rows have it, as in the name of their kecamatan.
_MIN_GAP = 2
# Numbers with fewer digits may be a time or the number of a decree.
_MIN_DIGITS_OF_PERSON = 10
_RULED = re.compile("[-=_+][-=_+ |]+")
_NUMBERS = re.compile(rf"{LONG_NUMBER}[0-9]*")


@dataclass(frozen=True)
class _Columns:
    """The columns of a table: where each begins, the gaps between them, the header and its lines."""

    starts: list[int]
    gaps: list[tuple[int, int]]
    heading: Heading
    lines: tuple[int, ...]

    def fits(self, line: str) -> bool:
        """Whether a line is blank in all gaps, so that no word spans two columns."""
        return not any(line[start:end].strip() for start, end in self.gaps)

    def split(self, line: str) -> list[str]:
        """The cells of a line."""
        return _split(line, self.starts)


def read_fixed_width(stream: IO[bytes], is_header: IsHeader) -> Grid | None:
    """The table of a text with fixed-width columns; None if the beginning of the text shows no such columns.

    Args:
        stream: the file's bytes.
        is_header: whether the cells of a line are the header of a table.
    """
    lines = _read_lines(stream, is_header)
    columns = _find_columns(lines, is_header) if lines else None
    return _parse_table(lines, columns) if columns else None


def read_printed_book(stream: IO[bytes]) -> Grid | None:
    """The members of a family book that was printed to a file; None as in `read_fixed_width`."""
    lines = _read_lines(stream, _is_member_header)
    columns = _find_columns(lines, _is_member_header) if lines else None
    return _parse_book(lines, columns) if columns else None


def _is_member_header(header: list[str]) -> bool:
    return count_known_headers(header) > MAX_TITLE_CELLS


def _read_lines(stream: IO[bytes], is_header: IsHeader) -> list[str]:
    """All lines of the text; empty if its beginning shows no columns."""
    begin = stream.read(_SAMPLE)
    if not _find_columns(_split_lines(begin), is_header):
        return []
    return _split_lines(begin + stream.read())


def _split_lines(data: bytes) -> list[str]:
    # Form feeds stand between printed pages.
    text = decode_without_zeros(data).replace("\x0c", "").replace("\xa0", " ")
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return lines if all(len(line) < _MAX_LINE and "\t" not in line for line in lines) else []


def _find_columns(lines: list[str], is_header: IsHeader) -> _Columns | None:
    """The columns under the lines above the rows that have the most known headers."""
    numbers = _find_rows(lines)
    if not numbers:
        return None
    rows = [lines[number] for number in numbers]
    above = [number for number in range(numbers[0]) if lines[number].strip()]
    ruled = [number for number in above if _RULED.fullmatch(lines[number].strip())]
    rule = next((lines[number] for number in reversed(ruled) if len(lines[number].split()) >= MAX_TITLE_CELLS), None)
    worded = [number for number in above if number not in ruled][-HEADER_SEARCH_ROWS:]
    windows = [
        worded[first:end]
        for first in range(len(worded))
        for end in range(first + 1, min(first + MAX_HEADER_ROWS, len(worded)) + 1)
    ]
    spans = [found.span() for found in re.finditer(r"\S+", rule)] if rule else None
    filled = _filled(rows)
    found = [
        columns
        for window in windows
        if (columns := _columns_under(window, lines, spans or _spans(filled, [lines[line] for line in window])))
        and is_header(columns.heading.cells)
    ]
    return max(
        found, key=lambda columns: (count_known_headers(columns.heading.cells), -len(columns.lines)), default=None
    )


def _find_rows(lines: list[str]) -> list[int]:
    """Indices of the rows: lines with a long number at the most common position, aligned left or right."""
    places = [
        {edge for found in _NUMBERS.finditer(line) for edge in (("begin", found.start()), ("end", found.end()))}
        for line in lines
    ]
    usual = [edge for edge, _ in Counter(edge for edges in places for edge in edges).most_common(1)]
    return [number for number, edges in enumerate(places) if not edges.isdisjoint(usual)]


def _columns_under(window: list[int], lines: list[str], spans: list[tuple[int, int]]) -> _Columns | None:
    """The columns with these spans, if the lines of the window form one header together."""
    if len(spans) < MAX_TITLE_CELLS:
        return None
    begin = [0, *(start for start, _ in spans[1:])]
    gaps = [(end, start) for (_, end), (start, _) in pairwise(spans)]
    heading = find_heading([_split(lines[number], begin) for number in window])
    covers_window = heading.first == 0 and heading.last == len(window) - 1
    return _Columns(begin, gaps, heading, tuple(window)) if covers_window else None


def _split(line: str, begin: list[int]) -> list[str]:
    return [" ".join(line[start:end].split()) for start, end in pairwise([*begin, None])]


def _filled(lines: Sequence[str]) -> NDArray[np.bool_]:
    """Which positions are not blank in at least one of the lines."""
    filled = np.zeros(_MAX_LINE, dtype=np.bool_)
    for line in lines:
        filled[: len(line)] |= np.frombuffer(line.encode("utf-32-le"), dtype=np.uint32) != ord(" ")
    return filled


def _runs(filled: NDArray[np.bool_]) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(filled, prepend=False, append=False)).tolist()
    return list(zip(edges[::2], edges[1::2], strict=True))


def _spans(rows: NDArray[np.bool_], header: list[str]) -> list[tuple[int, int]]:
    """The columns: spans between wide gaps that are blank in the header and in all rows.

    Empty if a single blank may separate columns, too. A span without a header belongs to the one before.
    """
    found: list[list[tuple[int, int]]] = []
    for start, end in _runs(rows | _filled(header)):
        tight = found and start - found[-1][-1][1] < _MIN_GAP
        if found and (tight or not any(line[start:end].strip() for line in header)):
            found[-1].append((start, end))
        else:
            found.append([(start, end)])
    words = [[" ".join(line[start:end].strip() for line in header).strip() for start, end in span] for span in found]
    doubtful = any(_may_be_several_headers(each) for each in words if len(each) > 1)
    return [] if doubtful else [(span[0][0], span[-1][1]) for span in found]


def _may_be_several_headers(words: list[str]) -> bool:
    """Whether words separated by single blanks may be several headers rather than one known header."""
    joined = fold_header(" ".join(words))
    return any(count_known_headers([word]) for word in words) and (joined in JOINED or joined not in known_headers())


def _parse_table(lines: list[str], columns: _Columns) -> Grid:
    first, last = columns.lines[0], columns.lines[-1]
    width = len(columns.heading.cells)
    above = [line for line in lines[:first] if line.strip() and not _is_ruled(line)]
    titles = [" ".join(line.split()) for line in above if not re.search(LIKELY_IDENTITY_NUMBER, line)]
    # If the line end of the header was lost, the first row stands in its line.
    in_header = [number for number, line in enumerate(lines[: last + 1], 1) if re.search(LIKELY_IDENTITY_NUMBER, line)]
    rows: list[tuple[int, *tuple[str | None, ...]]] = []
    remarks: list[tuple[int, tuple[str, ...]]] = []
    broken: list[int] = []
    for number, line in enumerate(lines[last + 1 :], last + 2):
        if not line.strip():
            continue
        if columns.fits(line) and not _is_ruled(line):
            rows.append((number, *(text or None for text in columns.split(line))))
        elif _may_be_row(line):
            broken.append(number)
        else:
            remarks.append((number, (" ".join(line.split()),)))
    notes = [number for number, _ in remarks]
    codes = [ABOVE_HEADER] * len(in_header) + ["KOLOM_KURANG"] * len(broken) + ["BARIS_CATATAN"] * len(notes)
    return Grid(
        columns.heading.cells,
        pl.DataFrame(rows, schema=empty_rows(width).schema, orient="row"),
        refused_lines([*in_header, *broken, *notes], codes).sort("baris"),
        " / ".join(titles) or None,
        columns.heading.lines,
        remarks=tuple(remarks),
    )


def _may_be_row(line: str) -> bool:
    """Whether a line has a person's number, whole or in part, or the numbers of a target, and is not a signature."""
    numbers = [] if re.search(r"(?i)\bNIP\b", line) else _NUMBERS.findall(line)
    return len(numbers) > 1 or any(len(number) >= _MIN_DIGITS_OF_PERSON for number in numbers)


def _is_ruled(line: str) -> bool:
    return _RULED.fullmatch(line.strip()) is not None


def _parse_book(lines: list[str], columns: _Columns) -> Grid | None:
    printed = [(number, line) for number, line in enumerate(lines, 1) if line.strip() and not _is_ruled(line)]
    rows = [
        (number, columns.split(line) if columns.fits(line) else re.split(" {2,}", line.strip()))
        for number, line in printed
    ]
    return parse_family_book(pad_rows(rows))
