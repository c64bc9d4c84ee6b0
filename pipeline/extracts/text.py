"""Delimited text to rows: encoding, delimiter, quoting, and the lines that are no rows.

Every physical line of the file ends up as a row, as part of one, as a refused line, or is blank. Cells keep their text
as written; only the quoting is undone.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from pipeline.extracts.unreadable import UnreadableError

DELIMITERS = ("|", ";", ",", "\t")
HEADER_WITHIN = 10
_LONGEST_ROW_IN_LINES = 20


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
    data = data.removeprefix(b"\xef\xbb\xbf")
    if b"\x00" in data:
        message = "Berkas ini bukan teks."
        raise UnreadableError(message)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return "\n".join(_decode_line(line) for line in data.split(b"\n"))


def _decode_line(line: bytes) -> str:
    for encoding in ("utf-8", "cp1252"):
        try:
            return line.decode(encoding)
        except UnicodeDecodeError:
            continue
    return line.decode("latin-1")


def read_text(data: bytes, likeness: Callable[[list[str]], int]) -> Grid:
    """Read delimited text.

    Args:
        data: the file's bytes.
        likeness: how many cells of a line are known headers; the line and delimiter with most become the header.

    Raises:
        UnreadableError: no text, or nothing in it.
    """
    text = decode(data).replace("\r\n", "\n").replace("\r", "\n")
    lines = pl.DataFrame({"line": pl.Series([text]).str.split("\n").explode()}).with_row_index("baris", offset=1)
    lines = lines.with_columns(pl.col("baris").cast(pl.Int64))
    top = lines.filter(pl.col("line").str.strip_chars() != "").head(HEADER_WITHIN)
    if top.is_empty():
        message = "Berkas ini kosong."
        raise UnreadableError(message)
    head, delimiter = max(
        ((row, delimiter) for row in top.rows() for delimiter in DELIMITERS),
        key=lambda choice: (likeness(_parse_line(choice[0][1], choice[1])), -choice[0][0]),
    )
    header = _parse_line(head[1], delimiter)
    titles = [row[1].strip(f" {delimiter}") for row in top.rows() if row[0] < head[0]]
    rows, refused = _read_body(lines.filter(pl.col("baris") > head[0]), delimiter, len(header))
    return Grid(header, rows, refused, " / ".join(titles) or None)


def _parse_line(line: str, delimiter: str) -> list[str]:
    try:
        return [cell.strip() for cell in next(csv.reader([line], delimiter=delimiter), [])]
    except csv.Error:
        return line.split(delimiter)


def _read_body(lines: pl.DataFrame, delimiter: str, width: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    only_delimiters = pl.col("line").str.strip_chars(f'{delimiter} "\t\xa0') == ""
    lines = lines.filter(~only_delimiters)
    if lines.is_empty():
        return _empty(width), refusals([], [])
    plain_count = pl.col("line").str.count_matches(delimiter, literal=True).cast(pl.Int64) + 1
    unquoted = pl.col("line").str.replace_all(r'"(?:[^"]|"")*"', "", literal=False)
    lines = lines.with_columns(
        plain=plain_count,
        quoted=pl.col("line").str.contains('"', literal=True),
        proper=pl.col("line").str.contains(_proper_line(delimiter)),
    ).with_columns(
        fields=pl.when("quoted")
        .then(unquoted.str.count_matches(delimiter, literal=True).cast(pl.Int64) + 1)
        .otherwise("plain")
    )
    parsed_width = width + _closing_delimiter(lines, delimiter, width)
    as_csv = pl.col("quoted") & pl.col("proper") & (pl.col("fields") == parsed_width)
    as_plain = ~as_csv & (pl.col("plain") == parsed_width)
    way = pl.when(as_csv).then(1).when(as_plain).then(2).otherwise(0)
    lines = lines.with_columns(way=way)
    joined, swallowed = _join_broken_rows(lines, delimiter, parsed_width)
    lines = lines.filter(~pl.col("baris").is_in(swallowed))
    quoted = pl.concat([lines.filter(pl.col("way") == 1).select("baris", "line"), joined]).sort("baris")
    plain = lines.filter(pl.col("way") == 2)
    rows = pl.concat(
        [
            _parse(quoted, delimiter, parsed_width, quote='"'),
            _parse(plain, delimiter, parsed_width, quote=None),
        ]
    ).sort("baris")
    bad = lines.filter((pl.col("way") == 0) & ~pl.col("baris").is_in(joined["baris"].implode()))
    note = (pl.col("plain") == 1) & pl.col("line").str.contains(r"[A-Za-z]")
    code = (
        pl.when(note)
        .then(pl.lit("BARIS_CATATAN"))
        .when(pl.col("fields") > parsed_width)
        .then(pl.lit("KOLOM_LEBIH"))
        .otherwise(pl.lit("KOLOM_KURANG"))
    )
    return rows.select("baris", *cells(width)), bad.select("baris", rusak=code)


def _proper_line(delimiter: str) -> str:
    cell = rf'(?:"(?:[^"]|"")*"|[^"{re.escape(delimiter)}]*)'
    return rf"^{cell}(?:{re.escape(delimiter)}{cell})*$"


def _closing_delimiter(lines: pl.DataFrame, delimiter: str, width: int) -> int:
    # Some exports end every line, but not the header, with a delimiter.
    closed = lines.filter((pl.col("fields") == width + 1) & pl.col("line").str.ends_with(delimiter)).height
    return int(closed * 2 > lines.height)


def _join_broken_rows(lines: pl.DataFrame, delimiter: str, width: int) -> tuple[pl.DataFrame, list[int]]:
    """Rows whose quoted cell holds a line break: the open line and the few that complete it."""
    odd = lines.filter((pl.col("way") == 0) & (pl.col("line").str.count_matches('"', literal=True) % 2 == 1))
    if odd.is_empty():
        return pl.DataFrame(schema={"baris": pl.Int64, "line": pl.String}), []
    proper = re.compile(_proper_line(delimiter), re.DOTALL)
    rows = lines.select("baris", "line", "way").rows()
    place = {number: position for position, (number, _, _) in enumerate(rows)}
    joined: list[tuple[int, str]] = []
    swallowed: set[int] = set()
    for number in odd["baris"]:
        if number in swallowed:
            continue
        position = place[number]
        text = rows[position][1]
        for step in range(position + 1, min(position + _LONGEST_ROW_IN_LINES, len(rows))):
            if rows[step][2]:
                break
            text = f"{text}\n{rows[step][1]}"
            if proper.match(text) and len(_parse_row(text, delimiter)) == width:
                joined.append((number, text))
                swallowed.update(row[0] for row in rows[position + 1 : step + 1])
                break
    return pl.DataFrame(joined, schema={"baris": pl.Int64, "line": pl.String}, orient="row"), sorted(swallowed)


def _parse_row(text: str, delimiter: str) -> list[str]:
    return next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))


def _parse(lines: pl.DataFrame, delimiter: str, width: int, quote: str | None) -> pl.DataFrame:
    if lines.is_empty():
        return _empty(width)
    body = lines["line"].str.join("\n").item().encode()
    parsed = pl.read_csv(
        io.BytesIO(body),
        has_header=False,
        new_columns=cells(width),
        separator=delimiter,
        quote_char=quote,
        infer_schema=False,
    )
    if quote is None:
        # A quote mark inside such a line is literal; a pair around a whole cell is quoting after all.
        parsed = parsed.with_columns(pl.all().str.replace(r'^\s*"(.*)"\s*$', "${1}").str.replace_all('""', '"', literal=True))
    return parsed.insert_column(0, lines["baris"])


def _empty(width: int) -> pl.DataFrame:
    return pl.DataFrame(schema={"baris": pl.Int64, **dict.fromkeys(cells(width), pl.String)})
