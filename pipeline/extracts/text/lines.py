"""Finds and parses the regular lines of a delimited text; for all others see `pipeline.extracts.text.irregular`.

A regular line has exactly the expected cells and proper quotes, and no cell has a line break. This is verified on the
bytes, so that Polars' CSV reader can parse all regular lines at once and its result needs no further check.
"""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipeline.extracts.grids.grid import cell_columns, empty_rows

_NEWLINE, _QUOTE = ord("\n"), ord('"')
_Positions = NDArray[np.int64]


@dataclass(frozen=True)
class Lines:
    """The regular and irregular lines of a text; positions count from 0.

    Attributes:
        count: number of lines.
        regular: positions of the regular lines.
        rows: cells of the regular lines.
        irregular: positions of the irregular lines.
        irregular_texts: text of the irregular lines.
        starts: byte offset of each line, and of the end of the text; empty if all lines are regular.
    """

    count: int
    regular: _Positions
    rows: pl.DataFrame
    irregular: _Positions
    irregular_texts: list[str]
    starts: _Positions


def parse_regular_lines(text: bytes, delimiter: str, width: int, *, trailing_delimiter: bool) -> Lines:
    """Separate the regular lines of a text from the irregular ones.

    Args:
        text: whole lines in UTF-8 with plain line ends.
        delimiter: one byte.
        width: cells that a line must have.
        trailing_delimiter: whether a delimiter must also follow the last cell.
    """
    # The last line end separates no lines. The text to parse keeps it, which saves a copy.
    ended = text.endswith(b"\n")
    letters = np.frombuffer(text, dtype=np.uint8)[: len(text) - ended]
    checked = _Text(text, letters, delimiter, width, trailing_delimiter)
    if b'"' not in text:
        return checked.parse_unquoted() or checked.parse_line_by_line()
    return checked.parse_fully_quoted() or checked.parse_line_by_line()


@dataclass(frozen=True)
class _Text:
    """A text and the required form of its lines; `letters` are its bytes without the last line end."""

    text: bytes
    letters: NDArray[np.uint8]
    delimiter: str
    width: int
    trailing_delimiter: bool

    @property
    def cells(self) -> int:
        return self.width + self.trailing_delimiter

    def parse_unquoted(self) -> Lines | None:
        """All lines at once, if there are no quotes and each line provably has exactly the expected cells.

        The parser refuses a line with too many cells, so if the total number of delimiters is right, no line has too
        few either.
        """
        count = np.count_nonzero(self.letters == _NEWLINE) + 1
        wanted = count * (self.cells - 1)
        if not wanted or np.count_nonzero(self.letters == ord(self.delimiter)) != wanted:
            return None
        try:
            rows = self._parse(self.text)
        except pl.exceptions.PolarsError:
            return None
        surplus = self.trailing_delimiter and rows[f"c{self.width}"].null_count() != rows.height
        if surplus or rows.height != count:
            return None
        return _all_regular(rows)

    def parse_fully_quoted(self) -> Lines | None:
        """All lines at once, if every cell is quoted and there is no other quote or line break.

        Then quotes come in pairs with one byte between them: the delimiter, or a line break after the last cell of a
        line.
        """
        quotes = np.flatnonzero(self.letters == _QUOTE)
        whole = 2 * self.width * (np.count_nonzero(self.letters == _NEWLINE) + 1)
        if self.trailing_delimiter or len(quotes) != whole or quotes[0] or quotes[-1] != len(self.letters) - 1:
            return None
        if (quotes[2::2] - quotes[1:-1:2] != 2).any():  # noqa: PLR2004 - one letter between them
            return None
        between = self.letters[quotes[1:-1:2] + 1]
        breaks = between[self.width - 1 :: self.width]
        divided = np.count_nonzero(between == ord(self.delimiter)) == between.size - breaks.size
        return _all_regular(self._parse(self.text)) if divided and (breaks == _NEWLINE).all() else None

    def parse_line_by_line(self) -> Lines:
        """Each line checked by itself."""
        starts, regular = self._find_regular()
        edges = np.flatnonzero(np.diff(regular, prepend=False, append=False))
        spans = zip(starts[edges[::2]].tolist(), (starts[edges[1::2]] - 1).tolist(), strict=True)
        rows = self._parse(b"\n".join(self.text[start:end] for start, end in spans))
        others = np.flatnonzero(~regular)
        spans = zip(starts[others].tolist(), (starts[others + 1] - 1).tolist(), strict=True)
        texts = [self.text[start:end].decode(errors="replace") for start, end in spans]
        return Lines(len(regular), np.flatnonzero(regular), rows, others, texts, starts)

    def _find_regular(self) -> tuple[_Positions, NDArray[np.bool_]]:
        """Offsets of the lines and of the end of the text; and which lines are regular.

        Within a line quotes open and close alternately; delimiters inside such a pair do not count.
        """
        letters, delimiter = self.letters, ord(self.delimiter)
        mark_positions = np.flatnonzero((letters == _NEWLINE) | (letters == _QUOTE) | (letters == delimiter))
        marks = letters[mark_positions]
        ends_at = np.append(np.flatnonzero(marks == _NEWLINE), len(marks))
        starts = np.concatenate(([0], mark_positions[ends_at[:-1]] + 1, [len(letters) + 1]))
        is_delimiter, is_sound = marks == delimiter, np.diff(starts) > 1
        of_quotes = np.flatnonzero(marks == _QUOTE)
        if len(of_quotes):
            quotes_until = _cumulative_count(marks == _QUOTE)
            closed = quotes_until[ends_at]
            before = np.concatenate(([0], closed[:-1])).astype(np.int32)
            is_sound &= (closed ^ before) & 1 == 0
            inside = (quotes_until[1:] ^ np.repeat(before, np.diff(ends_at, prepend=-1))[: len(marks)]) & 1 == 1
            is_delimiter &= ~inside
            quotes = mark_positions[of_quotes]
            misplaced = quotes[self._are_misplaced(quotes, inside[of_quotes])]
            is_sound[np.searchsorted(starts, misplaced, side="right") - 1] = False
        # A piece of one blank line has no bytes at all.
        if self.trailing_delimiter and len(letters):
            is_sound &= letters[starts[1:] - 2] == delimiter
        return starts, is_sound & (np.diff(_cumulative_count(is_delimiter)[ends_at], prepend=0) + 1 == self.cells)

    def _are_misplaced(self, quotes: _Positions, opens: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Which quotes open elsewhere than at the start of a cell, or close elsewhere than at its end.

        A doubled quote inside a cell stands for one literal quote; it shows as a close directly followed by an open.
        """
        places = quotes + np.where(opens, -1, 1)
        neighbours = self.letters.take(places, mode="clip")
        neighbours[(places < 0) | (places == len(self.letters))] = _NEWLINE
        pair = (np.diff(quotes) == 1) & ~opens[:-1] & opens[1:]
        doubled = np.concatenate((pair, [False])) | np.concatenate(([False], pair))
        return ~doubled & (neighbours != _NEWLINE) & (neighbours != ord(self.delimiter))

    def _parse(self, body: bytes) -> pl.DataFrame:
        return parse_csv(body, self.delimiter, self.cells, quote='"' if b'"' in body else None)


def _all_regular(rows: pl.DataFrame) -> Lines:
    none = np.empty(0, dtype=np.int64)
    return Lines(rows.height, np.arange(rows.height), rows, none, [], none)


def _cumulative_count(flags: NDArray[np.bool_]) -> NDArray[np.int32]:
    """How many flags are true before each position, and in all."""
    return np.concatenate((np.zeros(1, dtype=np.int32), np.cumsum(flags, dtype=np.int32)))


def parse_csv(body: bytes, delimiter: str, width: int, quote: str | None) -> pl.DataFrame:
    """Regular lines to cells, all at once."""
    if not body:
        return empty_rows(width).drop("baris")
    return pl.read_csv(
        io.BytesIO(body),
        has_header=False,
        schema=dict.fromkeys(cell_columns(width), pl.String()),
        separator=delimiter,
        quote_char=quote,
    )
