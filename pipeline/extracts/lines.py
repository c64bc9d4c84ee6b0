"""Which lines of a delimited text are provably regular, and their cells; for the others: `pipeline.extracts.careful`.

A regular line has exactly its cells, its quotes are proper, and no cell holds a line break. That is counted on the
bytes, so that all regular lines can go through Polars' parser at once, whose answer then needs no further doubt.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipeline.extracts.grid import cells, empty_rows

_NEWLINE, _QUOTE = ord("\n"), ord('"')
_Marks = NDArray[np.int64]


@dataclass(frozen=True)
class Lines:
    """The lines of a text, told apart; positions count from 0.

    Attributes:
        count: how many lines there are.
        places: positions of the regular lines.
        rows: their cells, those that are wanted.
        irregular: positions of the others.
        texts: their text.
        starts: where each line starts, and where the text ends; empty where all lines are regular.
    """

    count: int
    places: _Marks
    rows: pl.DataFrame
    irregular: _Marks
    texts: list[str]
    starts: _Marks


def tell_apart(text: bytes, delimiter: str, width: int, *, closing: bool, wanted: Sequence[int]) -> Lines:
    """Judge all lines of a text.

    Args:
        text: whole lines in UTF-8 with plain line ends.
        delimiter: one byte.
        width: cells that a line must have.
        closing: whether a delimiter must close the last cell too.
        wanted: positions of the cells that the rows are to have, ascending.
    """
    text = text.removesuffix(b"\n")
    whole = _Text(text, np.frombuffer(text, dtype=np.uint8), delimiter, width + closing, closing, wanted)
    return whole.all_regular() or whole.divided()


@dataclass(frozen=True)
class _Text:
    """A text and how its lines must look."""

    text: bytes
    letters: NDArray[np.uint8]
    delimiter: str
    cells: int
    closing: bool
    wanted: Sequence[int]

    def all_regular(self) -> Lines | None:
        """All lines at once, where no quote is in them and each has exactly its cells."""
        marks = np.flatnonzero(self.letters == ord(self.delimiter))
        ends = np.append(np.flatnonzero(self.letters == _NEWLINE), len(self.letters))
        count, each = len(ends), self.cells - 1
        if not each or b'"' in self.text or len(marks) != count * each:
            return None
        of_lines = marks.reshape(count, each)
        sound = (of_lines[1:, 0] > ends[:-1]).all() and (of_lines[:, -1] < ends).all()
        if not sound or (self.closing and (of_lines[:, -1] != ends - 1).any()):
            return None
        none = np.empty(0, dtype=np.int64)
        return Lines(count, np.arange(count), self._parsed(self.text), none, [], none)

    def divided(self) -> Lines:
        """Each line judged by itself."""
        starts, regular = self._regular()
        edges = np.flatnonzero(np.diff(regular, prepend=False, append=False))
        spans = zip(starts[edges[::2]].tolist(), (starts[edges[1::2]] - 1).tolist(), strict=True)
        rows = self._parsed(b"\n".join(self.text[start:end] for start, end in spans))
        others = np.flatnonzero(~regular)
        spans = zip(starts[others].tolist(), (starts[others + 1] - 1).tolist(), strict=True)
        texts = [self.text[start:end].decode(errors="replace") for start, end in spans]
        return Lines(len(regular), np.flatnonzero(regular), rows, others, texts, starts)

    def _regular(self) -> tuple[_Marks, NDArray[np.bool_]]:
        """Where lines start, and where the text ends; and which lines are regular.

        Line by line quotes open and close in turn; a delimiter between such a pair divides nothing.
        """
        letters, delimiter = self.letters, ord(self.delimiter)
        places = np.flatnonzero((letters == _NEWLINE) | (letters == _QUOTE) | (letters == delimiter))
        marks = letters[places]
        ends_at = np.append(np.flatnonzero(marks == _NEWLINE), len(marks))
        starts = np.concatenate(([0], places[ends_at[:-1]] + 1, [len(letters) + 1]))
        divides, sound = marks == delimiter, np.diff(starts) > 1
        of_quotes = np.flatnonzero(marks == _QUOTE)
        if len(of_quotes):
            quotes_until = _counted(marks == _QUOTE)
            closed = quotes_until[ends_at]
            before = np.concatenate(([0], closed[:-1])).astype(np.int32)
            sound &= (closed ^ before) & 1 == 0
            inside = (quotes_until[1:] ^ np.repeat(before, np.diff(ends_at, prepend=-1))[: len(marks)]) & 1 == 1
            divides &= ~inside
            quotes = places[of_quotes]
            misplaced = quotes[self._misplaced(quotes, inside[of_quotes])]
            sound[np.searchsorted(starts, misplaced, side="right") - 1] = False
        if self.closing:
            sound &= letters[starts[1:] - 2] == delimiter
        return starts, sound & (np.diff(_counted(divides)[ends_at], prepend=0) + 1 == self.cells)

    def _misplaced(self, quotes: _Marks, opens: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Whether a quote opens elsewhere than at the start of a cell, or closes elsewhere than at its end.

        Two quotes in a row inside a cell are one that is meant: the first closes and the second opens, side by side.
        """
        frame = np.array([_NEWLINE], dtype=np.uint8)
        framed = np.concatenate((frame, self.letters, frame))
        beside = framed[quotes + 2 * ~opens]
        pair = (np.diff(quotes) == 1) & ~opens[:-1] & opens[1:]
        doubled = np.concatenate((pair, [False])) | np.concatenate(([False], pair))
        return ~doubled & (beside != _NEWLINE) & (beside != ord(self.delimiter))

    def _parsed(self, body: bytes) -> pl.DataFrame:
        return parse(body, self.delimiter, self.cells, quote='"' if b'"' in body else None, wanted=self.wanted)


def _counted(flags: NDArray[np.bool_]) -> NDArray[np.int32]:
    """How many are true before each place, and before the end."""
    return np.concatenate((np.zeros(1, dtype=np.int32), np.cumsum(flags, dtype=np.int32)))


def parse(
    body: bytes, delimiter: str, width: int, quote: str | None, wanted: Sequence[int] | None = None
) -> pl.DataFrame:
    """Regular lines to cells, all at once; only to those wanted, where they are named."""
    if not body:
        return empty_rows(width).select(cells(width) if wanted is None else [f"c{cell}" for cell in wanted])
    return pl.read_csv(
        io.BytesIO(body),
        has_header=False,
        schema=dict.fromkeys(cells(width), pl.String()),
        columns=wanted,
        separator=delimiter,
        quote_char=quote,
    )
