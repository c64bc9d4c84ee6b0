"""Reads delimited text into grids: encoding, delimiter, quoting, and the lines that are not rows.

Every physical line below the header becomes a row, part of a row or a refused line, unless it is blank. Cells keep
their text; only quoting is undone. A file is read in pieces, so that memory does not grow with it: Polars' CSV reader
parses the provably regular lines (`pipeline.extracts.text.lines`); the others are handled one by one
(`pipeline.extracts.text.irregular`). Does not belong here: the meaning of columns, and the analysis of a file's first
lines (`pipeline.extracts.text.head`).
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import IO

import numpy as np
import polars as pl

from pipeline.extracts.files.encoding import detect_utf_16, mac_roman_to_utf8, refuse_binary, to_utf8
from pipeline.extracts.files.unreadable import GIVE_DATA, UnreadableError
from pipeline.extracts.grids.grid import (
    BLANKS,
    LIKELY_IDENTITY_NUMBER,
    LONG_NUMBER,
    MAX_TITLE_CELLS,
    Grid,
    cell_columns,
    empty_rows,
    merge_in_order,
    refused_lines,
)
from pipeline.extracts.grids.heading import HEADER_SEARCH_ROWS
from pipeline.extracts.text.head import (
    Head,
    IsHeader,
    count_cells,
    first_lines,
    headers_by_delimiter,
    join_open_quote,
    may_begin_header,
    parse_line,
    sniff_head,
    two_line_headers,
)
from pipeline.extracts.text.irregular import parse_irregular
from pipeline.extracts.text.lines import Lines, parse_regular_lines
from schemas.rules import ABOVE_HEADER, CUT_SHORT, OVERWRITTEN

# Bytes of text processed at once: the setting that bounds memory.
PIECE_BYTES = 8 * 2**20
# Longer than any row: a file with such a line is no table, and parsing it would take many times its size.
_MAX_LINE_BYTES = 8 * 2**20
# So many filled lines below a header show whether they are its table; later ones may belong to another.
_LINES_BELOW = 3

# A disk sector of zero bytes, or some at the end of the file, replace lost text. The rest of its lines, perhaps the
# halves of two rows, is marked as lost, too.
_LOST = re.compile(rb"\x00{512,}|\x00{16,}\Z")
_LOST_LINE = "\x02"


@dataclass(frozen=True)
class _Piece:
    """A parsed piece: rows, refused lines, number of lines, text left for the next piece, and possible titles.

    If a table with other columns begins in it, `rest` begins with that table's header; `header_confirmed`: its rows
    were seen.
    """

    rows: pl.DataFrame
    refused: pl.DataFrame
    lines: int
    rest: bytes
    remarks: tuple[tuple[int, tuple[str, ...]], ...] = ()
    header_confirmed: bool = False


def read_delimited(stream: IO[bytes], is_header: IsHeader, piece_bytes: int = PIECE_BYTES) -> Iterator[Grid]:
    """Read delimited text piece by piece; every piece has the header of its table and the title of the file.

    Args:
        stream: the file's bytes.
        is_header: whether the cells of a line further down are the header of another table.
        piece_bytes: how much text is processed at once.

    Yields:
        At least one grid; rows and refused lines of each in the order of the file.

    Raises:
        UnreadableError: the file is not text, is empty, or has a line longer than any row.
    """
    texts = _decode_pieces(stream, piece_bytes)
    text, last = next(texts)
    head = sniff_head(text, is_header)
    number, text = head.next_line, text[head.offset :]
    notes = refused_lines(head.rows_above, ABOVE_HEADER)
    while True:
        piece = _parse_piece(text, number, head, is_header, last=last)
        refused = pl.concat([notes, piece.refused])
        yield Grid(head.cells, piece.rows, refused, head.title, head.lines, remarks=piece.remarks)
        number, notes = number + piece.lines, refused_lines()
        if piece.header_confirmed:
            head = replace(sniff_head(piece.rest, is_header), title=head.title)
            above = [number + line - 1 for line, *_ in first_lines(piece.rest[: head.offset])]
            notes = refused_lines(above, "BARIS_CATATAN")
            number, text = number + head.next_line - 1, piece.rest[head.offset :]
        elif last:
            return
        else:
            text, last = next(texts)
            text = piece.rest + text


def _decode_pieces(stream: IO[bytes], piece_bytes: int) -> Iterator[tuple[bytes, bool]]:
    """Pieces of whole lines in UTF-8 with plain line ends, each with whether it is the last."""
    piece = _read_lines(stream, piece_bytes)
    if codec := detect_utf_16(piece):
        stream = io.BytesIO((piece + stream.read()).decode(codec, errors="replace").encode())
        piece = _read_lines(stream, piece_bytes)
    decode = mac_roman_to_utf8 if b"\r" in piece and b"\n" not in piece else to_utf8
    # A zero byte in the first line shows a binary file; further down it is the trace of a failed copy.
    refuse_binary(piece[: piece.find(b"\n") + 1 or len(piece)])
    while True:
        following = _read_lines(stream, piece_bytes)
        text = piece if following else _without_end_mark(piece)
        yield decode(_normalise_line_ends(text)), not following
        if not following:
            return
        piece = following


def _read_lines(stream: IO[bytes], piece_bytes: int) -> bytes:
    piece = stream.read(piece_bytes)
    end = piece.rfind(b"\r", 0, -1) + 1
    if end and b"\n" not in piece:
        # Lines of the old Macintosh end with CR alone.
        stream.seek(end - len(piece), 1)
        return piece[:end]
    last = stream.readline(_MAX_LINE_BYTES)
    if len(last) == _MAX_LINE_BYTES and not last.endswith(b"\n"):
        message = f"Satu baris di berkas ini lebih panjang dari {_MAX_LINE_BYTES // 2**20} MB: bukan tabel; {GIVE_DATA}"
        raise UnreadableError(message)
    return piece + last


def _without_end_mark(data: bytes) -> bytes:
    # Old programs end a file with Ctrl-Z; others add a line end after it.
    if b"\x1a" not in data:
        return data
    bare = data.rstrip(b"\x1a\r\n")
    return bare if b"\x1a" in data[len(bare) :] else data


def _normalise_line_ends(data: bytes) -> bytes:
    data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if b"\r" in data else data
    if b"\x00" in data:
        data = _mark_lost_text(data).replace(b"\x00", b"")
    # Form feeds stand between printed pages.
    return data.replace(b"\x0c", b"") if b"\x0c" in data else data


def _mark_lost_text(data: bytes) -> bytes:
    kept, position = [], 0
    for lost in _LOST.finditer(data):
        if lost.start() >= position:
            kept += [data[position : data.rfind(b"\n", position, lost.start()) + 1 or position], _LOST_LINE.encode()]
            position = data.find(b"\n", lost.end())
            position = len(data) if position < 0 else position
    return b"".join([*kept, data[position:]])


def _parse_piece(text: bytes, number: int, head: Head, is_header: IsHeader, *, last: bool) -> _Piece:
    if not text:
        return _Piece(empty_rows(len(head.cells)), refused_lines(), 0, b"")
    delimiter, width = head.row_format.delimiter, head.row_format.width
    text, begun_header = (text, b"") if last else _split_begun_header(text, head.header_text.split("\n"))
    as_written = text
    if head.repair:
        text = head.repair(text)
    lines = parse_regular_lines(text, delimiter, width, trailing_delimiter=head.row_format.trailing_delimiter)
    numbers = pl.Series("baris", lines.regular + number, dtype=pl.Int64)
    rows = _without_blank_rows(pl.DataFrame([numbers, *(lines.rows[cell] for cell in cell_columns(width))]), delimiter)
    if not len(lines.irregular) and not head.rows_overflow:
        return _Piece(rows, refused_lines(), lines.count, begun_header)
    if table := _find_table_below(lines, text, head, is_header, last=last):
        position, confirmed = table
        start = sum(len(line) for line in as_written.splitlines(keepends=True)[:position])
        upper = _parse_piece(as_written[:start], number, head, is_header, last=True)
        return replace(upper, lines=position, rest=as_written[start:] + begun_header, header_confirmed=confirmed)
    piece = _add_irregular(rows, lines, text, number, head, last=last)
    return replace(piece, rest=piece.rest + begun_header)


def _add_irregular(rows: pl.DataFrame, lines: Lines, text: bytes, number: int, head: Head, *, last: bool) -> _Piece:
    """The piece with these regular rows and all that its irregular lines are: rows, refused lines, text left over."""
    delimiter, header = head.row_format.delimiter, head.header_text.split("\n")
    irregular = _irregular_lines(lines, number)
    lost = irregular.filter(pl.col("line") == _LOST_LINE)["baris"]
    # A header with more cells or lines than a row is irregular, so its repetitions are found here.
    repeated, continued = _repeated_header(irregular, header)
    irregular = irregular.filter(~pl.col("baris").is_in(pl.concat([repeated, continued, lost]).implode()))
    end = number + lines.count
    parsed = parse_irregular(irregular, head.row_format, end=end, last=last)
    line_count, rest = lines.count, b""
    if parsed.unclosed_from is not None:
        line_count = parsed.unclosed_from - number
        rest = text[lines.starts[line_count] :]
        rows = rows.filter(pl.col("baris") < parsed.unclosed_from)
        repeated, lost = (found.filter(found < parsed.unclosed_from) for found in (repeated, lost))
    # Rechunk once: otherwise every later step would have to align the chunks of all columns again.
    rows = merge_in_order(rows, parsed.rows).rechunk()
    refused = parsed.refused
    if head.rows_overflow:
        short = rows["baris"].to_list()
        refused = pl.concat([refused, refused_lines(short, "KOLOM_KURANG")])
        rows = rows.clear()
    if last and _ends_within_row(text, rows, delimiter):
        refused = _mark_cut_short(refused, rows.height, end - 1)
    remarks = tuple(_remarks(irregular.join(refused, on="baris", maintain_order="left"), delimiter))
    notes = refused_lines(repeated.to_list(), "BARIS_CATATAN")
    overwritten = refused_lines(lost.to_list(), OVERWRITTEN)
    refused = pl.concat([refused, notes, overwritten])
    return _Piece(rows, refused, line_count, rest, remarks)


def _irregular_lines(lines: Lines, number: int) -> pl.DataFrame:
    """The irregular lines in the form that `parse_irregular` takes."""
    return pl.DataFrame(
        {
            "baris": lines.irregular + number,
            "line": lines.irregular_texts,
            "regular_before": lines.irregular - np.arange(len(lines.irregular_texts)),
        },
        schema={"baris": pl.Int64, "line": pl.String, "regular_before": pl.Int64},
    )


def _mark_cut_short(refused: pl.DataFrame, rows: int, last_line: int) -> pl.DataFrame:
    """Refused lines; the last line of the file gets the code for "cut short" if it lacks cells."""
    short = refused["rusak"] == "KOLOM_KURANG"
    # If most lines lack cells, the last one is not cut short.
    if 2 * (short.sum() - 1) > rows:
        return refused
    cut_short = short & (refused["baris"] == last_line)
    return refused.with_columns(rusak=pl.when(cut_short).then(pl.lit(CUT_SHORT)).otherwise("rusak"))


def _find_table_below(
    lines: Lines, text: bytes, head: Head, is_header: IsHeader, *, last: bool
) -> tuple[int, bool] | None:
    """The position of a header of a table with other columns, and whether its rows were seen; None if there is none.

    Pages may repeat a header in part: it counts only if half the lines below have as many cells as it has.
    """
    for position, line in zip(lines.irregular.tolist(), lines.irregular_texts, strict=True):
        if re.search(LONG_NUMBER, line):
            continue
        joined, after, end = line, position + 1, int(lines.starts[position + 1])
        if line.count('"') % 2:
            joined, end = join_open_quote(text, int(lines.starts[position]), end, line)
            after += joined.count("\n")
        headers = headers_by_delimiter(joined, is_header) if joined != head.header_text else {}
        if not headers and joined == line != head.header_text:
            if after == lines.count and not last and may_begin_header(line):
                # The next piece may begin with the second row of this header.
                return position, False
            lower_end = int(lines.starts[min(position + 2, lines.count)])
            lower = text[end:lower_end].decode(errors="replace").rstrip("\n")
            in_two = two_line_headers(line, lower, is_header)
            # The table's own header, repeated on each page, does not begin a new table.
            headers = {sign: cells for sign, cells in in_two.items() if cells != head.cells[: len(cells)]}
            if headers:
                after, end = after + 1, lower_end
        delimiter = max(headers, key=lambda delimiter: len(headers[delimiter]), default="")
        following = text[end : lines.starts[min(after + HEADER_SEARCH_ROWS, lines.count)]] if delimiter else b""
        below = [row for row in following.decode(errors="replace").split("\n") if row.strip(BLANKS)][:_LINES_BELOW]
        # One cell more comes from a trailing delimiter.
        fitting = sum(count_cells(row, delimiter) - len(headers[delimiter]) in {0, 1} for row in below)
        confirmed = last or len(below) == _LINES_BELOW
        if delimiter and ((fitting and 2 * fitting >= len(below)) or not confirmed):
            return position, confirmed
    return None


def _remarks(refused: pl.DataFrame, delimiter: str) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Refused lines that may be a title (`Grid.remarks`): notes as one cell, others if they have as few cells."""
    short = pl.col("line").str.count_matches(delimiter, literal=True) < MAX_TITLE_CELLS
    candidates = refused.filter((pl.col("rusak") == "BARIS_CATATAN") | short)
    for number, line, code in candidates.select("baris", "line", "rusak").iter_rows():
        texts = [line] if code == "BARIS_CATATAN" else parse_line(line, delimiter)
        yield number, tuple(text for cell in texts if (text := cell.strip(BLANKS)))


def _ends_within_row(text: bytes, rows: pl.DataFrame, delimiter: str) -> bool:
    """Whether the text ends within a row, without a line end; a signature or printing date does not begin like one."""
    line = text.rpartition(b"\n")[2].decode(errors="replace")
    if not line:
        return False
    begin = _word_shape(parse_line(line, delimiter)[0])
    return bool(re.search(LIKELY_IDENTITY_NUMBER, line)) or (
        begin != "" and begin in map(_word_shape, rows["c0"].drop_nulls())
    )


def _word_shape(cell: str) -> str:
    """The look of a cell: words as they are; if it has digits, every run of letters and digits becomes a 9."""
    return re.sub(r"\w+", "9", cell.strip()) if re.search("[0-9]", cell) else cell.strip()


def _split_begun_header(text: bytes, header: list[str]) -> tuple[bytes, bytes]:
    """A piece without the beginning of a repeated header that continues in the next piece, and those lines."""
    for lines in range(1, len(header)):
        begun = "\n".join([*header[:lines], ""]).encode()
        if text.endswith(b"\n" + begun):
            return text[: -len(begun)], begun
    return text, b""


def _repeated_header(lines: pl.DataFrame, header: list[str]) -> tuple[pl.Series, pl.Series]:
    """Numbers of the lines that repeat the header (its first line, or a stray part), and of its continuation lines."""
    repeated = lines.filter(pl.col("line").is_in([part for part in header if part])).select("baris", "line")
    begins = repeated.filter(pl.col("line") == header[0])["baris"].to_list()
    parts = {first + step for first in begins for step in range(1, len(header))}
    is_part = pl.col("baris").is_in(list(parts)) & (pl.col("line") != header[0])
    return repeated.filter(~is_part)["baris"], repeated.filter(is_part)["baris"]


def _without_blank_rows(rows: pl.DataFrame, delimiter: str) -> pl.DataFrame:
    """Drop blank rows; examines all cells only if the first one begins with neither a letter nor a digit."""

    def blank(name: str) -> pl.Expr:
        return pl.col(name).is_null() | (pl.col(name).str.strip_chars(f'"{delimiter}{BLANKS}') == "")

    first = pl.col("c0")
    begun = ((first >= "0") & (first < ":")) | ((first >= "A") & (first < "{"))
    doubtful = rows.select(~begun.fill_null(value=False)).to_series().arg_true()
    if doubtful.is_empty():
        return rows
    empty = rows[doubtful].filter(pl.all_horizontal(blank(name) for name in rows.columns[1:]))
    return rows.filter(~pl.col("baris").is_in(empty["baris"].implode())) if empty.height else rows
