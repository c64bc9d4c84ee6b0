"""Delimited text to rows: encoding, delimiter, quoting, and the lines that are no rows.

Every physical line below the header ends up as a row, as part of one, as a refused line, or is blank. Cells keep their
text as written; only the quoting is undone. A file is read in pieces, so that memory does not grow with it: lines that
are provably regular (`pipeline.extracts.lines`) go straight through Polars' parser, only the others are judged one by
one (`pipeline.extracts.careful`). What the columns mean is not known here.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from statistics import median
from typing import IO

import numpy as np
import polars as pl

from pipeline.extracts.careful import DELIMITERS, Manner, judge, proper_line
from pipeline.extracts.commas import amounts_in_quotes
from pipeline.extracts.encoding import refuse_binary, to_utf8, utf_16_of
from pipeline.extracts.grid import (
    BLANKS,
    SOMEBODY,
    TITLE_CELLS,
    WHOLE_NUMBER,
    Grid,
    cells,
    empty_rows,
    in_order,
    refusals,
)
from pipeline.extracts.heading import HEADER_WITHIN, find_heading, rows_above
from pipeline.extracts.lines import Lines, tell_apart
from pipeline.extracts.unreadable import EMPTY, UnreadableError
from schemas.rules import ABOVE_HEADER, CUT_SHORT

# Bytes of text that are worked on at once: the setting that bounds memory.
PIECE_BYTES = 8 * 2**20
_SAMPLE = 2**16
# Rows with a cell too much by a slip are not more than these, or than one in so many.
_SLIPS, _FEW_OF = 2, 20
# Every cell of the widest header may be wrapped over lines.
_LONGEST_HEADER_IN_LINES = 200
# Lines of rows, and how many cells each has.
_Sample = list[tuple[str, int]]
# Whether the cells of a line are the header of a table.
IsHeader = Callable[[list[str]], bool]
# Whoever stands in a row has a number; that of a column, in a header, is short.
_OF_ROW = "[0-9]{5}"
# So many filled lines below a header tell whether they are its table; what follows may be another's already.
_BELOW = 3


@dataclass(frozen=True)
class _Head:
    """What the first lines of a file tell: header cells, how rows are written, title, where the rows begin.

    `rows_above` are the numbers of lines above the header that are rows.
    Of a header of several lines `lines` are all, and `written` is the text of the last. Rows are parsed after
    `mending`; where most have a cell too many (`overfull`), one that has not lacks one.
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


@dataclass(frozen=True)
class _Piece:
    """A judged piece: its rows, refused lines, number of lines, text for the next piece, and what may be titles.

    Where a table of other columns begins below it, `rest` begins with that table's header, and `ended` is true.
    """

    rows: pl.DataFrame
    refused: pl.DataFrame
    lines: int
    rest: bytes
    remarks: tuple[tuple[int, tuple[str, ...]], ...] = ()
    ended: bool = False


def read_pieces(
    stream: IO[bytes],
    likeness: Callable[[list[str]], int],
    is_header: IsHeader,
    piece_bytes: int = PIECE_BYTES,
) -> Iterator[Grid]:
    """Read delimited text piece by piece; every piece has the header of its table and the title of the file.

    Args:
        stream: the file's bytes.
        likeness: how many cells of a line are known headers, by which header and delimiter are told.
        is_header: whether a line further down is the header of a table, which may have more columns or fewer.
        piece_bytes: how much is worked on at once.

    Yields:
        At least one grid; rows and refused lines of each in the order of the file.

    Raises:
        UnreadableError: no text, or nothing in it.
    """
    texts = _texts(stream, piece_bytes)
    text, last = next(texts)
    head = _head(text, likeness, is_header)
    number, text = head.next_line, text[head.offset :]
    notes = refusals(head.rows_above, [ABOVE_HEADER] * len(head.rows_above))
    while True:
        piece = _read_body(text, number, head, is_header, last=last)
        refused = pl.concat([notes, piece.refused])
        yield Grid(head.cells, piece.rows, refused, head.title, head.lines, remarks=piece.remarks)
        number, notes = number + piece.lines, refusals([], [])
        if piece.ended:
            head = replace(_head(piece.rest, likeness, is_header), title=head.title)
            above = [number + line - 1 for line, *_ in _top_lines(piece.rest[: head.offset])]
            notes = refusals(above, ["BARIS_CATATAN"] * len(above))
            number, text = number + head.next_line - 1, piece.rest[head.offset :]
        elif last:
            return
        else:
            text, last = next(texts)
            text = piece.rest + text


def _texts(stream: IO[bytes], piece_bytes: int) -> Iterator[tuple[bytes, bool]]:
    """Pieces of whole lines in UTF-8 with plain line ends, and whether each is the last."""
    piece = _lines(stream, piece_bytes)
    if codec := utf_16_of(piece):
        stream = io.BytesIO((piece + stream.read()).decode(codec, errors="replace").encode())
        piece = _lines(stream, piece_bytes)
    # Binary files show it in what would be their first line; further down a zero byte is the trace of a failed copy.
    refuse_binary(piece[: piece.find(b"\n") + 1 or len(piece)])
    while True:
        following = _lines(stream, piece_bytes)
        whole = piece if following else _without_end_mark(piece)
        yield to_utf8(_plain_line_ends(whole)), not following
        if not following:
            return
        piece = following


def _lines(stream: IO[bytes], piece_bytes: int) -> bytes:
    return stream.read(piece_bytes) + stream.readline()


def _without_end_mark(data: bytes) -> bytes:
    # Old programs end a file with Ctrl-Z, and others end that as a line.
    bare = data.rstrip(b"\x1a\r\n")
    return bare if b"\x1a" in data[len(bare) :] else data


def _plain_line_ends(data: bytes) -> bytes:
    # Zero bytes are traces of failed copies, form feeds stand between printed pages.
    for mark in (b"\x00", b"\x0c"):
        if mark in data:
            data = data.replace(mark, b"")
    return data.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if b"\r" in data else data


def _head(text: bytes, likeness: Callable[[list[str]], int], is_header: IsHeader) -> _Head:
    tops = _top_lines(text)
    if not tops:
        message = f"Berkas ini kosong; {EMPTY}"
        raise UnreadableError(message)
    below = [sum(other <= number + line.count("\n") for other, *_ in tops) for number, line, _ in tops]
    # A sign that stands in none of them divides nothing.
    signs = [sign for sign in DELIMITERS if any(sign in line for _, line, _ in tops)] or DELIMITERS[:1]
    found = {sign: find_heading([_header_line(line, sign) for _, line, _ in tops], likeness, below) for sign in signs}
    # Of two headers that above the first rows is the table's: the other, fuller maybe, is that of a table below.
    first = min((heading.last for heading in found.values() if is_header(heading.cells)), default=len(tops))
    places = range(first + 1, len(tops))
    row = next((place for place in places if re.search(WHOLE_NUMBER, tops[place][1])), len(tops))
    delimiter = max(found, key=lambda sign: (found[sign].first < row, likeness(found[sign].cells)))
    heading = found[delimiter]
    rows = rows_above([_header_line(line, delimiter) for _, line, _ in tops[: heading.first]])
    titles = [
        line.strip(f" {delimiter}") for place, (_, line, _) in enumerate(tops[: heading.first]) if place not in rows
    ]
    number, line, offset = tops[heading.last]
    following = number + 1 + line.count("\n")
    of_header = line.split("\n")
    body = _sample_lines(text[offset:], delimiter)
    end = next((place for place, row in enumerate(body) if _is_other_header(row, len(heading.cells), is_header)), None)
    lines = [_unwrapped(row) for row in body[:end] if row not in of_header]
    mending = amounts_in_quotes(lines, lambda row: _parse_line(row, ","), heading.cells) if delimiter == "," else None
    if mending:
        lines = [mending(row.encode()).decode() for row in lines]
    sample = [(row, _cells_in(row, delimiter)) for row in lines]
    header = _as_wide_as_rows(heading.cells, sample, delimiter)
    named = max((place for place, text in enumerate(header, 1) if text), default=0)
    closing = _closes_with_delimiter(sample, delimiter, len(header))
    ragged = _is_ragged(sample, delimiter, named, len(header) + closing)
    manner = Manner(delimiter, len(header), named, closing=closing, ragged=ragged)
    overfull = _is_overfull(sample, delimiter, len(header))
    title, above = " / ".join(titles) or None, [tops[place][0] for place in rows]
    return _Head(header, heading.lines, line, manner, title, above, following, offset, mending, overfull)


def _sample_lines(body: bytes, delimiter: str) -> list[str]:
    nothing = f'{delimiter}"{BLANKS}'
    return [line for line in body[:_SAMPLE].decode(errors="replace").split("\n") if line.strip(nothing)]


def _headers_in(line: str, is_header: IsHeader) -> dict[str, list[str]]:
    """The cells of a line that is a header of a table, by the signs that may divide it."""
    if re.search(_OF_ROW, line):
        return {}
    signs = [sign for sign in DELIMITERS if line.count(sign) >= TITLE_CELLS]
    return {sign: cells for sign in signs if is_header(cells := _header_line(line, sign))}


def _is_other_header(line: str, width: int, is_header: IsHeader) -> bool:
    """Whether a table of another width begins: how wide the one above is, its rows do not tell."""
    return any(len(cells) != width for cells in _headers_in(line, is_header).values())


def _is_overfull(sample: _Sample, delimiter: str, width: int) -> bool:
    """Whether most rows have something in more cells than there are."""
    wider = (_parse_line(line, delimiter) for line, cells_in in sample if cells_in > width)
    return 2 * sum(any(row[width:]) for row in wider) > len(sample)


def _as_wide_as_rows(header: list[str], sample: _Sample, delimiter: str) -> list[str]:
    """The header with as many nameless cells at its end as most rows have: spreadsheets keep columns that are empty."""
    widths = Counter(cells_in for _, cells_in in sample)
    usual, count = widths.most_common(1)[0] if sample else (len(header), 0)
    if count * 2 <= len(sample) or usual == len(header):
        return header
    if usual < len(header):
        return header if any(header[usual:]) else header[:usual]
    # One cell more is a delimiter that closes lines, which not every line need have.
    rows = (_parse_line(line, delimiter) for line, cells_in in sample if cells_in == usual)
    filled = sum(any(row[len(header) :]) for row in rows)
    return header if usual <= len(header) + 1 or filled * 2 >= count else header + [""] * (usual - len(header))


def _is_ragged(sample: _Sample, delimiter: str, named: int, usual: int) -> bool:
    """Whether another number of blank cells behind the table is the manner of a file, and no slip in a row.

    A delimiter within a cell makes a blank one too, where the last column is; what stands in the cells is odd then.
    """
    # Next to the usual number a delimiter may close a line or not.
    widths = {named, usual} if usual <= named + 1 else {usual}
    others = [_parse_line(line, delimiter) for line, cells_in in sample if cells_in not in widths]
    blank = [row for row in others if len(row) >= named and not any(row[named:])]
    if len(blank) <= _SLIPS or len(blank) * _FEW_OF <= len(sample):
        return False
    regular = [_parse_line(line, delimiter) for line, cells_in in sample if cells_in in widths]
    looks = [Counter(map(_looks, column)).most_common(1)[0][0] for column in zip(*regular, strict=False)][:named]

    def odd(rows: list[list[str]]) -> float:
        return median(sum(_looks(cell) != look for cell, look in zip(row, looks, strict=False)) for row in rows)

    return not regular or odd(blank) < odd(regular) + 1


def _looks(cell: str) -> str:
    """Whether a cell is blank, a number of some kind, or words."""
    return cell and ("A" if re.search(r"[A-Za-z]", cell) else "9")


def _top_lines(text: bytes) -> list[tuple[int, str, int]]:
    """The first filled lines: number, text (with the lines that complete an open quote), and where the next begins."""
    tops: list[tuple[int, str, int]] = []
    number, offset = 0, 0
    while offset < len(text) and len(tops) < HEADER_WITHIN:
        end = _line_end(text, offset)
        number += 1
        line = text[offset:end].decode(errors="replace").rstrip("\n")
        if line.strip(BLANKS):
            tops.append((number, *_with_open_quote(text, offset, end, line)))
        offset = end
    return tops


def _line_end(text: bytes, offset: int) -> int:
    return text.find(b"\n", offset) + 1 or len(text)


def _with_open_quote(text: bytes, offset: int, end: int, line: str) -> tuple[str, int]:
    """The line, with those that complete its open quote (a header cell may be broken over lines too), and the end."""
    first_end = end
    for _ in range(_LONGEST_HEADER_IN_LINES if line.count('"') % 2 else 0):
        end = _line_end(text, end)
        whole = text[offset:end].decode(errors="replace").rstrip("\n")
        if whole.count('"') % 2 == 0 and any(re.match(proper_line(delimiter), whole) for delimiter in DELIMITERS):
            return whole, end
    return line, first_end


def _header_line(line: str, delimiter: str) -> list[str]:
    return _parse_line(_unwrapped(line), delimiter)


def _unwrapped(line: str) -> str:
    # A program for another delimiter takes the whole line for one cell, and puts it in quotes.
    whole = '"' in line and re.fullmatch(r'\s*"((?:[^"]|"")*)"\s*', line)
    return whole.group(1).replace('""', '"') if whole else line


def _parse_line(line: str, delimiter: str) -> list[str]:
    return [" ".join(cell.split()) for cell in _split_line(line, delimiter)]


def _split_line(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader(io.StringIO(line, newline=""), delimiter=delimiter))
    except (csv.Error, StopIteration):
        return line.split(delimiter)


def _cells_in(line: str, delimiter: str) -> int:
    # Without quotes every delimiter divides; most lines of the sample need no parser.
    return len(_split_line(line, delimiter)) if '"' in line else line.count(delimiter) + 1


def _closes_with_delimiter(sample: _Sample, delimiter: str, width: int) -> bool:
    # Some exports end their lines, but not the header, with a delimiter.
    closed = sum(
        line.endswith(delimiter) and _cells_in(line.removesuffix(delimiter), delimiter) == width for line, _ in sample
    )
    return closed * 2 > len(sample)


def _read_body(text: bytes, number: int, head: _Head, is_header: IsHeader, *, last: bool) -> _Piece:
    if not text:
        return _Piece(empty_rows(len(head.cells)), refusals([], []), 0, b"")
    delimiter, width = head.manner.delimiter, head.manner.width
    header = head.written.split("\n")
    text, begun = (text, b"") if last else _without_begun_header(text, header)
    as_written = text
    if head.mending:
        text = head.mending(text)
    lines = tell_apart(text, delimiter, width, closing=head.manner.closing)
    numbers = pl.Series("baris", lines.places + number, dtype=pl.Int64)
    rows = _without_blank_rows(pl.DataFrame([numbers, *(lines.rows[cell] for cell in cells(width))]), delimiter)
    if not len(lines.irregular) and not head.overfull:
        return _Piece(rows, refusals([], []), lines.count, begun)
    if table := _table_below(lines, text, head.written, is_header, last=last):
        place, seen = table
        start = sum(len(line) for line in as_written.splitlines(keepends=True)[:place])
        upper = _read_body(as_written[:start], number, head, is_header, last=True)
        return replace(upper, lines=place, rest=as_written[start:] + begun, ended=seen)
    irregular = pl.DataFrame(
        {
            "baris": lines.irregular + number,
            "line": lines.texts,
            "regular_before": lines.irregular - np.arange(len(lines.texts)),
        },
        schema={"baris": pl.Int64, "line": pl.String, "regular_before": pl.Int64},
    )
    # A header that is wider than its table, or longer than a row, is none when it is repeated.
    again, within = _repeated_header(irregular, header)
    irregular = irregular.filter(~pl.col("baris").is_in(pl.concat([again, within]).implode()))
    end = number + lines.count
    judged = judge(irregular, head.manner, end=end, last=last)
    taken, rest = lines.count, begun
    if judged.open_from is not None:
        taken = judged.open_from - number
        rest = text[lines.starts[taken] :] + begun
        rows = rows.filter(pl.col("baris") < judged.open_from)
        again = again.filter(again < judged.open_from)
    rows = in_order(rows, judged.rows)
    bad = judged.refused
    if head.overfull:
        lacking = rows["baris"].to_list()
        bad = pl.concat([bad, refusals(lacking, ["KOLOM_KURANG"] * len(lacking))])
        rows = rows.clear()
    # Where most others are as short it is how they are written.
    others_short = (bad["rusak"] == "KOLOM_KURANG").sum() - 1
    if last and 2 * others_short <= rows.height and _ends_in_a_row(text, rows, delimiter):
        cut_short = (pl.col("rusak") == "KOLOM_KURANG") & (pl.col("baris") == end - 1)
        bad = bad.with_columns(rusak=pl.when(cut_short).then(pl.lit(CUT_SHORT)).otherwise("rusak"))
    remarks = tuple(_remarks(irregular.join(bad, on="baris", maintain_order="left"), delimiter))
    refused = pl.concat([bad, refusals(again.to_list(), ["BARIS_CATATAN"] * len(again))])
    return _Piece(rows, refused, taken, rest, remarks)


def _table_below(lines: Lines, text: bytes, header: str, is_header: IsHeader, *, last: bool) -> tuple[int, bool] | None:
    """The line that is the header of a table of other columns, and whether its rows were seen; None for none.

    A page may repeat a header in part: only where half the lines below have as many cells as the header is it one.
    """
    for place, line in zip(lines.irregular.tolist(), lines.texts, strict=True):
        whole, after, end = line, place + 1, int(lines.starts[place + 1])
        if line.count('"') % 2 and not re.search(_OF_ROW, line):
            whole, end = _with_open_quote(text, int(lines.starts[place]), end, line)
            after += whole.count("\n")
        headers = _headers_in(whole, is_header) if whole != header else {}
        sign = max(headers, key=lambda sign: len(headers[sign]), default="")
        following = text[end : lines.starts[min(after + HEADER_WITHIN, lines.count)]] if sign else b""
        below = [row for row in following.decode(errors="replace").split("\n") if row.strip(BLANKS)][:_BELOW]
        # A delimiter may close lines.
        alike = sum(_cells_in(row, sign) - len(headers[sign]) in {0, 1} for row in below)
        seen = last or len(below) == _BELOW
        if sign and ((alike and 2 * alike >= len(below)) or not seen):
            return place, seen
    return None


def _remarks(refused: pl.DataFrame, delimiter: str) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Refused lines that may be a title (`Grid.remarks`): notes whole, and what has as few cells as a title."""
    short = pl.col("line").str.count_matches(delimiter, literal=True) < TITLE_CELLS
    told = refused.filter((pl.col("rusak") == "BARIS_CATATAN") | short)
    for number, line, code in told.select("baris", "line", "rusak").iter_rows():
        cells_of = [line] if code == "BARIS_CATATAN" else _parse_line(line, delimiter)
        yield number, tuple(text for cell in cells_of if (text := cell.strip(BLANKS)))


def _ends_in_a_row(text: bytes, rows: pl.DataFrame, delimiter: str) -> bool:
    """Whether the text ends without a line end, in what begins as its rows do: no signature, no date of printing."""
    line = text.rpartition(b"\n")[2].decode(errors="replace")
    if not line:
        return False
    begin = _manner_of(_parse_line(line, delimiter)[0])
    return bool(re.search(SOMEBODY, line)) or (begin != "" and begin in map(_manner_of, rows["c0"].drop_nulls()))


def _manner_of(cell: str) -> str:
    """What a cell looks like: words as they are; where numbers are in it, only what stands between them and letters."""
    return re.sub(r"\w+", "9", cell.strip()) if re.search("[0-9]", cell) else cell.strip()


def _without_begun_header(text: bytes, header: list[str]) -> tuple[bytes, bytes]:
    """A piece without the first lines of a header at its end that goes on in the next piece, and those lines."""
    for lines in range(1, len(header)):
        begun = "\n".join([*header[:lines], ""]).encode()
        if text.endswith(b"\n" + begun):
            return text[: -len(begun)], begun
    return text, b""


def _repeated_header(lines: pl.DataFrame, header: list[str]) -> tuple[pl.Series, pl.Series]:
    """Numbers of the lines at which the header begins again, or that only look like a part of it; and of its others."""
    like = lines.filter(pl.col("line").is_in([part for part in header if part])).select("baris", "line")
    begins = like.filter(pl.col("line") == header[0])["baris"].to_list()
    parts = {first + step for first in begins for step in range(1, len(header))}
    is_part = pl.col("baris").is_in(list(parts)) & (pl.col("line") != header[0])
    return like.filter(~is_part)["baris"], like.filter(is_part)["baris"]


def _without_blank_rows(rows: pl.DataFrame, delimiter: str) -> pl.DataFrame:
    """Leaves out rows of blank cells; looks at all cells only where the first is blank."""

    def blank(name: str) -> pl.Expr:
        return pl.col(name).is_null() | (pl.col(name).str.strip_chars(f'"{delimiter}{BLANKS}') == "")

    doubtful = rows.select("baris", "c0").filter(blank("c0"))
    if doubtful.is_empty():
        return rows
    looked_at = rows.filter(pl.col("baris").is_in(doubtful["baris"].implode()))
    empty = looked_at.filter(pl.all_horizontal(blank(name) for name in rows.columns[1:]))
    return rows.filter(~pl.col("baris").is_in(empty["baris"].implode())) if empty.height else rows
