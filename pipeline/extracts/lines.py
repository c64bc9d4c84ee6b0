"""Which lines of a delimited text are provably regular, and their cells; for the others: `pipeline.extracts.careful`.

A regular line has exactly its cells, its quotes are proper, and no cell holds a line break. That is counted on the
bytes, so that all regular lines can go through Polars' parser at once, whose answer then needs no further doubt.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipeline.extracts.grid import cells, empty_rows

_NEWLINE, _QUOTE = ord("\n"), ord('"')
# Where no more lines than this hold a quote, they are set aside instead of being understood.
_FEW_QUOTED = 0.1
_Marks = NDArray[np.int64]


@dataclass(frozen=True)
class Lines:
    """The lines of a text, told apart; positions count from 0.

    Attributes:
        count: how many lines there are.
        places: positions of the regular lines.
        rows: their cells.
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


def tell_apart(text: bytes, delimiter: str, width: int, *, closing: bool) -> Lines:
    """Judge all lines of a text.

    Args:
        text: whole lines in UTF-8 with plain line ends.
        delimiter: one byte.
        width: cells that a line must have.
        closing: whether a delimiter must close the last cell too.
    """
    text = text.removesuffix(b"\n")
    whole = _Text(text, np.frombuffer(text, dtype=np.uint8), delimiter, width, closing)
    told = whole.all_regular() or whole.all_but_quoted()
    if told is not None:
        return told
    regular = whole.regular()
    return whole.divided(regular, whole.parse(whole.joined(regular)))


@dataclass(frozen=True)
class _Text:
    """A text and how its lines must look."""

    text: bytes
    letters: NDArray[np.uint8]
    delimiter: str
    width: int
    closing: bool

    @cached_property
    def count(self) -> int:
        return self.text.count(b"\n") + 1

    @cached_property
    def starts(self) -> _Marks:
        return np.concatenate(([0], np.flatnonzero(self.letters == _NEWLINE) + 1, [len(self.text) + 1]))

    @cached_property
    def quotes(self) -> _Marks:
        return np.flatnonzero(self.letters == _QUOTE) if b'"' in self.text else np.empty(0, dtype=np.int64)

    @property
    def cells(self) -> int:
        return self.width + self.closing

    def all_regular(self) -> Lines | None:
        """All lines at once, where it is plain that each is regular."""
        if not len(self.quotes):
            rows = self._proven(self.text, self.count)
        elif not self.closing and self._is_quoted_throughout():
            rows = self.parse(self.text)
        else:
            rows = None
        if rows is None:
            return None
        none = np.empty(0, dtype=np.int64)
        return Lines(self.count, np.arange(self.count), rows, none, [], none)

    def all_but_quoted(self) -> Lines | None:
        """All lines but the few that hold a quote, where it is plain that each of them is regular."""
        regular = np.ones(self.count, dtype=np.bool_)
        regular[np.searchsorted(self.starts, self.quotes, side="right") - 1] = False
        others = int(np.count_nonzero(regular))
        if others == self.count or others < (1 - _FEW_QUOTED) * self.count:
            return None
        rows = self._proven(self.joined(regular), others)
        return None if rows is None else self.divided(regular, rows)

    def _proven(self, bare: bytes, lines: int) -> pl.DataFrame | None:
        """Cells of lines without quotes; None where not every line has exactly its cells.

        The parser refuses a line with too many cells, so that as many delimiters as there must be means that none has
        too few either.
        """
        wanted = lines * (self.cells - 1)
        if not wanted or np.count_nonzero(np.frombuffer(bare, dtype=np.uint8) == ord(self.delimiter)) != wanted:
            return None
        try:
            rows = self.parse(bare)
        except pl.exceptions.PolarsError:
            return None
        surplus = self.closing and rows[f"c{self.width}"].null_count() != rows.height
        return None if surplus or rows.height != lines else rows

    def _is_quoted_throughout(self) -> bool:
        """Whether every cell of every line is in quotes and no quote or line break is anywhere else.

        Then the quotes come in pairs, and from one pair to the next there is one letter: the delimiter, and after the
        last cell of a line the line break.
        """
        quotes = self.quotes
        if len(quotes) != 2 * self.width * self.count or quotes[0] or quotes[-1] != len(self.letters) - 1:
            return False
        if (quotes[2::2] - quotes[1:-1:2] != 2).any():  # noqa: PLR2004 - one letter between them
            return False
        between = self.letters[quotes[1:-1:2] + 1]
        breaks = between[self.width - 1 :: self.width]
        divided = np.count_nonzero(between == ord(self.delimiter)) == between.size - breaks.size
        return bool(divided and (breaks == _NEWLINE).all())

    def regular(self) -> NDArray[np.bool_]:
        """Which lines are regular, each judged by itself."""
        quotes, ends = self.quotes, self.starts[1:] - 1
        marks = np.flatnonzero(self.letters == ord(self.delimiter))
        fields = np.diff(np.searchsorted(marks, ends), prepend=0) + 1
        sound = np.diff(self.starts) > 1
        if len(quotes):
            # Line by line quotes open and close in turn; delimiters between such a pair divide nothing.
            first = np.concatenate(([0], np.searchsorted(quotes, ends)))
            line = np.searchsorted(ends, quotes)
            opens = (np.arange(len(quotes)) - first[line]) % 2 == 0
            even = np.diff(first) % 2 == 0
            misplaced = line[self._misplaced(opens)]
            sound &= even & (np.bincount(misplaced, minlength=self.count) == 0)
            left, right = (quotes[even[line] & side] for side in (opens, ~opens))
            hidden = np.searchsorted(marks, right) - np.searchsorted(marks, left)
            lines = line[even[line] & opens]
            fields = fields - np.bincount(lines, weights=hidden, minlength=self.count).astype(np.int64)
        if self.closing:
            sound &= self.letters[ends - 1] == ord(self.delimiter)
        return sound & (fields == self.cells)

    def _misplaced(self, opens: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Whether a quote opens elsewhere than at the start of a cell, or closes elsewhere than at its end.

        Two quotes in a row inside a cell are one that is meant: the first closes and the second opens, side by side.
        """
        quotes = self.quotes
        frame = np.array([_NEWLINE], dtype=np.uint8)
        framed = np.concatenate((frame, self.letters, frame))
        beside = np.where(opens, framed[quotes], framed[quotes + 2])
        pair = (np.diff(quotes) == 1) & ~opens[:-1] & opens[1:]
        doubled = np.concatenate((pair, [False])) | np.concatenate(([False], pair))
        return ~doubled & (beside != _NEWLINE) & (beside != ord(self.delimiter))

    def joined(self, wanted: NDArray[np.bool_]) -> bytes:
        """The text of some lines."""
        edges = np.flatnonzero(np.diff(wanted, prepend=False, append=False))
        spans = zip(self.starts[edges[::2]].tolist(), (self.starts[edges[1::2]] - 1).tolist(), strict=True)
        return b"\n".join(self.text[start:end] for start, end in spans)

    def parse(self, body: bytes) -> pl.DataFrame:
        """Regular lines to cells."""
        return parse(body, self.delimiter, self.cells, quote='"' if b'"' in body else None)

    def divided(self, regular: NDArray[np.bool_], rows: pl.DataFrame) -> Lines:
        """The answer: these lines are regular, and these are their cells."""
        others = np.flatnonzero(~regular)
        spans = zip(self.starts[others].tolist(), (self.starts[others + 1] - 1).tolist(), strict=True)
        texts = [self.text[start:end].decode(errors="replace") for start, end in spans]
        return Lines(self.count, np.flatnonzero(regular), rows, others, texts, self.starts)


def parse(body: bytes, delimiter: str, width: int, quote: str | None) -> pl.DataFrame:
    """Regular lines to cells, all at once."""
    if not body:
        return empty_rows(width).drop("baris")
    return pl.read_csv(
        io.BytesIO(body),
        has_header=False,
        schema=dict.fromkeys(cells(width), pl.String()),
        separator=delimiter,
        quote_char=quote,
    )
