"""Delimited text to rows: encoding, delimiter, quoting, and the lines that are no rows.

Every physical line below the header ends up as a row, as part of one, as a refused line, or is blank. Cells keep their
text as written; only the quoting is undone. A file is read in pieces, so that memory does not grow with it: a piece
that is provably regular goes straight through Polars' parser, any other is judged line by line.
What the columns mean is not known here.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO

import numpy as np
import polars as pl

from pipeline.extracts.unreadable import UnreadableError

DELIMITERS = ("|", ";", ",", "\t")
HEADER_WITHIN = 10
# Bytes of text that are worked on at once: the setting that bounds memory. Of 37 columns the process needs at most
# 0.22 GiB with pieces of 8 MiB, 0.45 GiB with these, 0.7 GiB with 64 MiB, however long the file is.
PIECE_BYTES = 32 * 2**20
_LONGEST_ROW_IN_LINES = 20
_BLANKS = " \t\xa0"
_BOM = b"\xef\xbb\xbf"
# How a line is parsed: not at all, as proper CSV, with an odd quote in a cell, or taking quotes as letters.
_NO_ROW, _PROPER, _LENIENT, _LITERAL = 0, 1, 2, 3


@dataclass(frozen=True)
class Grid:
    """A table as read: its header cells, its rows as text, and the lines that are no rows.

    Attributes:
        header: header cells as written.
        rows: `baris` (1-based line or sheet row) and one text column `c0`, `c1`, … per header cell.
        refused: `baris` and `rusak` (a rule code of `Berkas`).
        title: what stood above the header, joined by ' / '; None where nothing did.
    """

    header: list[str]
    rows: pl.DataFrame
    refused: pl.DataFrame
    title: str | None


@dataclass(frozen=True)
class _Head:
    """What the first lines of a file tell: header cells, delimiter, title, the line after the header and its offset."""

    cells: list[str]
    delimiter: str
    title: str | None
    next_line: int
    offset: int


@dataclass(frozen=True)
class _Piece:
    """A judged piece: its rows, its refused lines, how many lines it had, and the text kept for the next piece."""

    rows: pl.DataFrame
    refused: pl.DataFrame
    lines: int
    rest: bytes


def cells(width: int) -> list[str]:
    """Names of the cell columns of a grid."""
    return [f"c{position}" for position in range(width)]


def refusals(lines: list[int], codes: list[str]) -> pl.DataFrame:
    """Lines that are no rows, as a frame (`baris`, `rusak`)."""
    return pl.DataFrame({"baris": lines, "rusak": codes}, schema={"baris": pl.Int64, "rusak": pl.String})


def decode(data: bytes) -> str:
    """Bytes to text: UTF-16 and UTF-8 by their marks, else UTF-8, else line by line UTF-8 or cp1252 (files are mixed).

    Raises:
        UnreadableError: the bytes are no text.
    """
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return data.decode("utf-16", errors="replace")
    _refuse_binary(data)
    return _to_utf8(data).decode()


def _refuse_binary(data: bytes) -> None:
    if b"\x00" in data:
        message = "Berkas ini bukan teks."
        raise UnreadableError(message)


def _to_utf8(data: bytes) -> bytes:
    if data.isascii():
        return data
    data = data.replace(_BOM, b"")
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return b"\n".join(_decode_line(line).encode() for line in data.split(b"\n"))
    return data


def _decode_line(line: bytes) -> str:
    for encoding in ("utf-8", "cp1252"):
        try:
            return line.decode(encoding)
        except UnicodeDecodeError:
            continue
    return line.decode("latin-1")


def read_text(data: bytes, likeness: Callable[[list[str]], int]) -> Grid:
    """Read delimited text whole.

    Args:
        data: the file's bytes.
        likeness: how many cells of a line are known headers; the line and delimiter with most become the header.

    Raises:
        UnreadableError: no text, or nothing in it.
    """
    pieces = list(read_pieces(io.BytesIO(data), likeness))
    rows = pl.concat([piece.rows for piece in pieces])
    return Grid(pieces[0].header, rows, pl.concat([piece.refused for piece in pieces]), pieces[0].title)


def read_pieces(
    stream: IO[bytes], likeness: Callable[[list[str]], int], piece_bytes: int = PIECE_BYTES
) -> Iterator[Grid]:
    """Read delimited text piece by piece; every piece has the header and the title of the file.

    Args:
        stream: the file's bytes.
        likeness: as in `read_text`.
        piece_bytes: how much is worked on at once.

    Yields:
        At least one grid; rows and refused lines of each in the order of the file.

    Raises:
        UnreadableError: no text, or nothing in it.
    """
    texts = _texts(stream, piece_bytes)
    text, last = next(texts)
    head = _head(text, likeness)
    width = len(head.cells)
    closing = _closes_with_delimiter(text[head.offset :], head.delimiter, width)
    number, text = head.next_line, text[head.offset :]
    while True:
        piece = _read_body(text, number, head.delimiter, width, closing=closing, last=last)
        yield Grid(head.cells, piece.rows, piece.refused, head.title)
        if last:
            return
        number += piece.lines
        text, last = next(texts)
        text = piece.rest + text


def _texts(stream: IO[bytes], piece_bytes: int) -> Iterator[tuple[bytes, bool]]:
    """Pieces of whole lines in UTF-8 with plain line ends, and whether each is the last."""
    piece = _lines(stream, piece_bytes)
    if piece[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        stream = io.BytesIO((piece + stream.read()).decode("utf-16", errors="replace").encode())
        piece = _lines(stream, piece_bytes)
    # Binary files show it in what would be their first line; further down a zero byte is the trace of a failed copy.
    _refuse_binary(piece[: piece.find(b"\n") + 1 or len(piece)])
    while True:
        following = _lines(stream, piece_bytes)
        yield _to_utf8(_plain_line_ends(piece)), not following
        if not following:
            return
        piece = following


def _lines(stream: IO[bytes], piece_bytes: int) -> bytes:
    return stream.read(piece_bytes) + stream.readline()


def _plain_line_ends(data: bytes) -> bytes:
    if b"\x00" in data:
        data = data.replace(b"\x00", b"")
    return data.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if b"\r" in data else data


def _head(text: bytes, likeness: Callable[[list[str]], int]) -> _Head:
    tops = _top_lines(text)
    if not tops:
        message = "Berkas ini kosong."
        raise UnreadableError(message)
    (number, line, offset), delimiter = max(
        ((top, delimiter) for top in tops for delimiter in DELIMITERS),
        key=lambda choice: (likeness(_parse_line(choice[0][1], choice[1])), -choice[0][0]),
    )
    titles = [top[1].strip(f" {delimiter}") for top in tops if top[0] < number]
    header = _parse_line(line, delimiter)
    return _Head(header, delimiter, " / ".join(titles) or None, number + 1 + line.count("\n"), offset)


def _top_lines(text: bytes) -> list[tuple[int, str, int]]:
    """The first filled lines: number, text (with the lines that complete an open quote), and where the next begins."""
    tops: list[tuple[int, str, int]] = []
    number, offset = 0, 0
    while offset < len(text) and len(tops) < HEADER_WITHIN:
        end = _line_end(text, offset)
        number += 1
        line = text[offset:end].decode(errors="replace").rstrip("\n")
        if line.strip(_BLANKS):
            tops.append((number, *_with_open_quote(text, offset, end, line)))
        offset = end
    return tops


def _line_end(text: bytes, offset: int) -> int:
    return text.find(b"\n", offset) + 1 or len(text)


def _with_open_quote(text: bytes, offset: int, end: int, line: str) -> tuple[str, int]:
    """The line, with those that complete its open quote (a header cell may be broken over lines too), and the end."""
    first_end = end
    for _ in range(_LONGEST_ROW_IN_LINES if line.count('"') % 2 else 0):
        end = _line_end(text, end)
        whole = text[offset:end].decode(errors="replace").rstrip("\n")
        if any(re.match(_proper_line(delimiter), whole) for delimiter in DELIMITERS):
            return whole, end
    return line, first_end


def _parse_line(line: str, delimiter: str) -> list[str]:
    try:
        return [" ".join(cell.split()) for cell in next(csv.reader(io.StringIO(line, newline=""), delimiter=delimiter))]
    except (csv.Error, StopIteration):
        return [cell.strip() for cell in line.split(delimiter)]


def _closes_with_delimiter(body: bytes, delimiter: str, width: int) -> bool:
    # Some exports end their lines, but not the header, with a delimiter.
    lines = [
        line for line in body[: 2**20].decode(errors="replace").split("\n") if line.strip(f'{delimiter}"{_BLANKS}')
    ]
    closed = sum(
        line.endswith(delimiter) and len(_parse_line(line.removesuffix(delimiter), delimiter)) == width
        for line in lines
    )
    return closed * 2 > len(lines)


def _read_body(text: bytes, number: int, delimiter: str, width: int, *, closing: bool, last: bool) -> _Piece:
    rows = None
    if b'"' not in text:
        rows = _read_bare(text, delimiter, width, closing=closing)
    elif _is_quoted_throughout(text, delimiter, width):
        rows = _try_parse(text, delimiter, width, quote='"')
    if rows is not None:
        numbered = rows.select(_numbers(number), *cells(width))
        return _Piece(_without_blank_rows(numbered, delimiter), refusals([], []), rows.height, b"")
    return _read_lines(text, number, delimiter, width, closing=closing, last=last)


def _numbers(first: int) -> pl.Expr:
    return pl.int_range(first, first + pl.len(), dtype=pl.Int64).alias("baris")


def _try_parse(text: bytes, delimiter: str, width: int, quote: str | None) -> pl.DataFrame | None:
    """All lines at once; None where one has too many cells."""
    try:
        return _parse(text, delimiter, width, quote)
    except pl.exceptions.PolarsError:
        return None


def _read_bare(text: bytes, delimiter: str, width: int, *, closing: bool) -> pl.DataFrame | None:
    """All lines of a text without quotes at once; None where not every line has exactly its cells.

    The parser refuses a line with too many cells, so that as many delimiters as there must be means that none has too
    few either.
    """
    parsed = _try_parse(text, delimiter, width + closing, quote=None)
    if parsed is None or _count(text, delimiter) != parsed.height * (width + closing - 1):
        return None
    surplus = parsed.height - parsed[f"c{width}"].null_count() if closing else 0
    return None if surplus else parsed


def _count(text: bytes, letter: str) -> int:
    return int(np.count_nonzero(np.frombuffer(text, dtype=np.uint8) == ord(letter)))


def _is_quoted_throughout(text: bytes, delimiter: str, width: int) -> bool:
    """Whether every cell of every line is in quotes and no quote or line break is anywhere else.

    Then the quotes come in pairs, and from one pair to the next there is one letter: the delimiter, and after the last
    cell of a line the line break.
    """
    if not text.startswith(b'"'):
        return False
    letters = np.frombuffer(text.removesuffix(b"\n"), dtype=np.uint8)
    quotes = np.flatnonzero(letters == ord('"'))
    lines, odd_one = divmod(quotes.size, 2 * width)
    if odd_one or quotes[-1] != letters.size - 1 or (quotes[2::2] - quotes[1:-1:2] != 2).any():  # noqa: PLR2004
        return False
    between = letters[quotes[1:-1:2] + 1]
    breaks = between[width - 1 :: width]
    return bool(
        (breaks == ord("\n")).all()
        and np.count_nonzero(between == ord(delimiter)) == between.size - breaks.size
        and np.count_nonzero(letters == ord("\n")) == lines - 1
    )


def _without_blank_rows(rows: pl.DataFrame, delimiter: str) -> pl.DataFrame:
    """Leaves out rows of blank cells; looks at all cells only where the first is blank."""
    if not rows.width > 1:
        return rows

    def blank(name: str) -> pl.Expr:
        return pl.col(name).is_null() | (pl.col(name).str.strip_chars(f'"{delimiter}{_BLANKS}') == "")

    doubtful = rows.filter(blank("c0"))
    empty = doubtful.filter(pl.all_horizontal(blank(name) for name in rows.columns[1:]))
    return rows.filter(~pl.col("baris").is_in(empty["baris"].implode())) if empty.height else rows


def _read_lines(text: bytes, number: int, delimiter: str, width: int, *, closing: bool, last: bool) -> _Piece:
    lines = pl.read_lines(text) if text else pl.DataFrame(schema={"line": pl.String})
    count = lines.height
    lines = lines.select(_numbers(number), "line")
    lines = lines.filter(pl.col("line").str.strip_chars(f'{delimiter}"{_BLANKS}') != "")
    if closing:
        lines = lines.with_columns(_without_closing_delimiter(delimiter, width))
    lines = _judged(lines, delimiter, width)
    if not closing and lines.height == count and (lines["way"] == _PROPER).all():
        whole = _parse(text, delimiter, width, quote='"').insert_column(0, lines["baris"])
        return _Piece(whole, refusals([], []), count, b"")
    joined, swallowed, open_from = _join_broken_rows(lines, delimiter, width, number + count)
    if open_from is not None and not last:
        kept = b"\n".join(text.split(b"\n")[open_from - number :])
        lines = lines.filter(pl.col("baris") < open_from)
        joined = joined.filter(pl.col("baris") < open_from)
        count = open_from - number
    else:
        kept = b""
    lines = lines.filter(~pl.col("baris").is_in(swallowed))
    rows = [
        _parse_lines(lines.filter(pl.col("way") == _PROPER), delimiter, width, quote='"'),
        _parse_literally(lines.filter(pl.col("way") == _LITERAL), delimiter, width),
        _split_leniently(lines.filter(pl.col("way") == _LENIENT), delimiter, width),
        _split_leniently(joined, delimiter, width),
    ]
    bad = lines.filter(pl.col("way") == _NO_ROW)
    return _Piece(pl.concat(rows).sort("baris"), bad.select("baris", rusak=_why_no_row(width)), count, kept)


def _without_closing_delimiter(delimiter: str, width: int) -> pl.Expr:
    line = pl.col("line")
    surplus = _fields(line, delimiter) == width + 1
    return pl.when(surplus).then(line.str.strip_suffix(delimiter)).otherwise(line).alias("line")


def _fields(line: pl.Expr, delimiter: str) -> pl.Expr:
    unquoted = pl.when(line.str.contains('"', literal=True)).then(line.str.replace_all(r'"(?:[^"]|"")*"', ""))
    return unquoted.otherwise(line).str.count_matches(delimiter, literal=True).cast(pl.Int64) + 1


def _judged(lines: pl.DataFrame, delimiter: str, width: int) -> pl.DataFrame:
    """Adds `plain` and `fields` (cells without and with quoting), `doubtful` (its quotes are not proper) and `way`.

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
        way=pl.when(pl.col("plain") == width).then(_PROPER).otherwise(_NO_ROW),
    )
    quoted = lines.filter(pl.col("quotes") > 0)
    # Every cell in quotes of its own and no other quote: the usual case, told without a regular expression.
    between = f'"{delimiter}"'
    all_quoted = (
        (pl.col("quotes") == 2 * width)
        & line.str.starts_with('"')
        & line.str.ends_with('"')
        & (line.str.count_matches(between, literal=True) == width - 1)
        & ~line.str.starts_with(between)
        & ~line.str.ends_with(between)
    )
    fits = pl.when(pl.col("fields") == width).then(_PROPER).otherwise(_NO_ROW)
    easy = quoted.filter(all_quoted).with_columns(fields=pl.lit(width, pl.Int64))
    hard = quoted.filter(~all_quoted).with_columns(fields=_fields(line, delimiter))
    is_proper = hard.select(line.str.contains(_proper_line(delimiter))).to_series()
    proper = pl.concat([easy, hard.filter(is_proper)]).with_columns(doubtful=pl.lit(value=False), way=fits)
    lenient = line.str.contains(_lenient_line(delimiter)) & (_lenient_fields(delimiter) == width)
    literal = pl.when(pl.col("plain") == width).then(_LITERAL)
    improper = hard.filter(~is_proper).with_columns(
        doubtful=pl.lit(value=True), way=literal.when(lenient).then(_LENIENT).otherwise(_NO_ROW)
    )
    return pl.concat([bare, proper, improper], how="vertical_relaxed").sort("baris")


def _proper_line(delimiter: str) -> str:
    cell = rf'(?:"(?:[^"]|"")*"|[^"{re.escape(delimiter)}]*)'
    return rf"^{cell}(?:{re.escape(delimiter)}{cell})*$"


def _lenient_cell(delimiter: str) -> str:
    """A cell that may hold a quote which quotes nothing, such as Soka"an."""
    mark = re.escape(delimiter)
    return rf'(?:"(?:[^"]|"")*"|[^"{mark}][^{mark}]*|)'


def _lenient_line(delimiter: str) -> str:
    cell = _lenient_cell(delimiter)
    return rf"^{cell}(?:{re.escape(delimiter)}{cell})*$"


def _lenient_cells(delimiter: str) -> pl.Expr:
    # With a delimiter before it the first cell looks like all others.
    return (delimiter + pl.col("line")).str.extract_all(rf"{re.escape(delimiter)}{_lenient_cell(delimiter)}")


def _lenient_fields(delimiter: str) -> pl.Expr:
    return _lenient_cells(delimiter).list.len().cast(pl.Int64)


def _why_no_row(width: int) -> pl.Expr:
    note = (pl.col("plain") == 1) & pl.col("line").str.contains(r"[A-Za-z]")
    return (
        pl.when(note)
        .then(pl.lit("BARIS_CATATAN"))
        .when(pl.col("fields") > width)
        .then(pl.lit("KOLOM_LEBIH"))
        .otherwise(pl.lit("KOLOM_KURANG"))
    )


def _join_broken_rows(
    lines: pl.DataFrame, delimiter: str, width: int, end: int
) -> tuple[pl.DataFrame, list[int], int | None]:
    """Rows whose quoted cell holds a line break: the line that opens the quote and the few that complete it.

    Returns:
        The joined rows (`baris` of their first line, `line`), the numbers of all lines in them, and the first line near
        the end whose quote may be open: its completion may lie beyond.
    """
    joined: list[tuple[int, str]] = []
    swallowed: set[int] = set()
    open_from: int | None = None
    candidates = lines.filter(pl.col("doubtful"))["baris"]
    if not candidates.is_empty():
        row = _BrokenRow(delimiter, width)
        rows = lines.filter(_near(candidates)).select("baris", "line", "way", "doubtful").rows()
        place = {number: position for position, (number, *_) in enumerate(rows)}
        for number in candidates:
            if number in swallowed:
                continue
            reach = rows[place[number] : place[number] + _LONGEST_ROW_IN_LINES]
            found = row.completed(reach)
            if found is not None:
                text, steps = found
                joined.append((number, text))
                swallowed.update(line[0] for line in reach[: steps + 1])
            elif open_from is None and number > end - _LONGEST_ROW_IN_LINES:
                open_from = number
    frame = pl.DataFrame(joined, schema={"baris": pl.Int64, "line": pl.String}, orient="row")
    return frame, sorted(swallowed), open_from


def _near(candidates: pl.Series) -> pl.Expr:
    reach = pl.DataFrame({"from": candidates}).with_columns(to=pl.col("from") + _LONGEST_ROW_IN_LINES)
    numbers = reach.select(pl.int_ranges("from", "to").explode().unique()).to_series()
    return pl.col("baris").is_in(numbers.implode())


class _BrokenRow:
    """A row over several lines: a line break stands only in cells in quotes."""

    def __init__(self, delimiter: str, width: int) -> None:
        mark = re.escape(delimiter)
        cell = rf'(?:"(?:[^"]|"")*"|[^"{mark}\n][^{mark}\n]*|)'
        self._row = re.compile(rf"{cell}(?:{mark}{cell})*")
        self._cell = re.compile(rf"{mark}{cell}")
        self._delimiter = delimiter
        self._width = width

    def completed(self, rows: list[tuple[int, str, int, bool]]) -> tuple[str, int] | None:
        """The text of the whole row and how many further lines it takes; None where its quote is never closed.

        A line that has all its cells is completed only by lines that are no rows themselves; one that has not, by
        lines whose quotes are doubtful too, as the tail of a broken row may have all delimiters.
        """
        number, text, way, _ = rows[0]
        before = number
        for step, (following, line, its_way, doubtful) in enumerate(rows[1:], 1):
            is_row = its_way != _NO_ROW and (way != _NO_ROW or not doubtful)
            if is_row or following - number >= _LONGEST_ROW_IN_LINES:
                return None
            # Blank lines were left out; inside a cell they are kept.
            text += "\n" * (following - before) + line
            before = following
            if '"' in line and self._is_whole(text):
                return text, step
        return None

    def _is_whole(self, text: str) -> bool:
        return bool(self._row.fullmatch(text)) and len(self._cell.findall(self._delimiter + text)) == self._width


def _parse_lines(lines: pl.DataFrame, delimiter: str, width: int, quote: str | None) -> pl.DataFrame:
    if lines.is_empty():
        return _empty(width)
    parsed = _parse(lines["line"].str.join("\n").item().encode(), delimiter, width, quote)
    return parsed.insert_column(0, lines["baris"])


def _parse_literally(lines: pl.DataFrame, delimiter: str, width: int) -> pl.DataFrame:
    # A quote mark inside such a line is literal; a pair around a whole cell is quoting after all.
    unquoted = pl.col(*cells(width)).str.replace(r'^\s*"(.*)"\s*$', "${1}").str.replace_all('""', '"', literal=True)
    return _parse_lines(lines, delimiter, width, quote=None).with_columns(unquoted)


def _parse(body: bytes, delimiter: str, width: int, quote: str | None) -> pl.DataFrame:
    if not body:
        return _empty(width).drop("baris")
    return pl.read_csv(
        io.BytesIO(body),
        has_header=False,
        schema=dict.fromkeys(cells(width), pl.String()),
        separator=delimiter,
        quote_char=quote,
    )


def _split_leniently(lines: pl.DataFrame, delimiter: str, width: int) -> pl.DataFrame:
    if lines.is_empty():
        return _empty(width)
    cell = pl.element().str.slice(1)
    unquoted = cell.str.replace(r'(?s)^"(.*)"$', "${1}").str.replace_all('""', '"', literal=True)
    values = _lenient_cells(delimiter).list.eval(pl.when(cell.str.starts_with('"')).then(unquoted).otherwise(cell))
    return lines.select("baris", *(values.list.get(position).alias(name) for position, name in enumerate(cells(width))))


def _empty(width: int) -> pl.DataFrame:
    return pl.DataFrame(schema={"baris": pl.Int64, **dict.fromkeys(cells(width), pl.String)})
