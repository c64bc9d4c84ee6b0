"""Reads SQL dumps into one grid per table: INSERT statements of any database and COPY blocks of PostgreSQL.

Values keep their text, without quotes. Rows are numbered by their position in the table, because one line may hold
many. Does not belong here: which tables are data of the source (`pipeline.extracts.tables`).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import IO

import polars as pl

from pipeline.extracts.files.encoding import decode, detect_utf_16
from pipeline.extracts.files.unreadable import GIVE_DATA, UnreadableError
from pipeline.extracts.grids.grid import Grid, cell_columns, refused_lines
from schemas.rules import CUT_SHORT

# The first bytes show whether a text is a dump; other texts are not read whole to find out.
_SAMPLE = 2**20
_STATEMENT = re.compile(r"(?im)^[ \t]*(?:(?:INSERT|REPLACE)\s|CREATE\s+TABLE\b|COPY\s)")
# How the first statement or comment of a dump begins.
_DUMP_START = re.compile(
    r"(?i)\s*(?:--|/\*|#|SET\b|USE\b|GO\b|BEGIN\b|START\b|LOCK\b|DROP\b|CREATE\b|DELETE\b|TRUNCATE\b|REM\b|INSERT\b|REPLACE\b|COPY\b)"
)
# Blanks and comments between rows.
_COMMENTS = r"\s*+(?:--[^\n]*+\n\s*+)*+"
_NAME = r'(?:`[^`\n]+`|"[^"\n]+"|\[[^\]\n]+\]|[\w$]++)'
_COLUMNS = rf"\(\s*+({_NAME}(?:\s*+,\s*+{_NAME})*+)\s*+\)"
_TABLE = rf"({_NAME}(?:\s*+\.\s*+{_NAME})*+)"
# One line may hold several statements. The last alternative is an INSERT whose values are not read.
_INSERT_START = r"(?:^|(?<=;))[ \t]*+(?:INSERT|REPLACE)\b"
_INSERT = re.compile(
    rf"(?im){_INSERT_START}(?:\s++(?:IGNORE|DELAYED|LOW_PRIORITY|OR\s++\w+))*+(?:\s++INTO)?+\s++{_TABLE}\s*+(?:{_COLUMNS}\s*+)?+"
    rf"(?:OVERRIDING\s++\w+\s++VALUE\s++)?+VALUES\s*+(?={_COMMENTS}\()"
    rf"|^COPY\s++{_TABLE}\s*+{_COLUMNS}\s++FROM\s++stdin\b[^\n]*\n"
    rf"|{_INSERT_START}[^\n;()]*?\bINTO\s++{_TABLE}"
)
_MAX_COLUMNS = 2_000
_CREATE = re.compile(
    rf"(?im)^[ \t]*CREATE\s+TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?{_TABLE}\s*\([ \t]*\n"
    rf"((?:(?!CREATE\b)[^\n]*\n){{0,{_MAX_COLUMNS}}}?)[ \t]*\)"
)
_COLUMN = re.compile(rf"(?i)^\s*(?!(?:PRIMARY|UNIQUE|FOREIGN|CONSTRAINT|KEY|INDEX|FULLTEXT|CHECK)\b)({_NAME})\s+\w")
# A backtick alone is no sign of MySQL: a person's name may have one.
_MYSQL = re.compile(r"(?im)^(?:--|/\*|#).*(?:mysql|mariadb|phpmyadmin)|\bENGINE ?=|\b(?:INTO|TABLE) `")
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "0": "", "b": "", "Z": "", "f": "", "v": ""}
# The latest end of a row that cannot be parsed.
_NEXT_ROW = re.compile(r"\)\s*+([,;])[ \t]*+(?=\(|\n|$)")


@dataclass
class _Table:
    """The rows found so far for one table name and header; tables of the same name share `numbers`."""

    header: list[str]
    numbers: Iterator[int]
    rows: list[tuple[int, *tuple[str | None, ...]]] = field(default_factory=list)
    refused: dict[int, str] = field(default_factory=dict)

    def add(self, values: list[str | None]) -> None:
        number = next(self.numbers)
        # Without column names the rows are kept under blank headers: they may hold people.
        self.header = self.header or [""] * len(values)
        if len(values) == len(self.header):
            self.rows.append((number, *values))
        else:
            self.refused[number] = "KOLOM_KURANG" if len(values) < len(self.header) else "KOLOM_LEBIH"

    def refuse(self, code: str) -> None:
        self.refused[next(self.numbers)] = code


def read_sql_dump(stream: IO[bytes]) -> list[tuple[str, Grid]]:
    """The tables of a dump by name, without tables that have no INSERT or COPY; empty if the text is no dump.

    Args:
        stream: the file's bytes.

    Raises:
        UnreadableError: the bytes are not text, or no table has column names.
    """
    begin = stream.read(_SAMPLE)
    start = begin.decode(detect_utf_16(begin) or "utf-8", errors="replace").lstrip("\ufeff")
    if not (_DUMP_START.match(start) and _STATEMENT.search(start)):
        return []
    return _tables(decode(begin + stream.read()).replace("\r\n", "\n"))


def _tables(text: str) -> list[tuple[str, Grid]]:
    values = _ValueParser(escaped=_MYSQL.search(text) is not None)
    created_headers = {_table_name(found[1]): _created_columns(found[2]) for found in _CREATE.finditer(text)}
    tables: dict[tuple[str, tuple[str, ...]], _Table] = {}
    numbers: defaultdict[str, Iterator[int]] = defaultdict(lambda: count(1))
    unread: list[str] = []
    position = 0
    while found := _INSERT.search(text, position):
        if found[5]:
            unread.append(_table_name(found[5]))
            position = found.end()
            continue
        name = _table_name(found[1] or found[3])
        column_list = found[2] or found[4]
        header = (
            [_strip_quotes(column) for column in re.findall(_NAME, column_list)]
            if column_list
            else created_headers.get(name, [])
        )
        table = tables.setdefault((name, tuple(header)), _Table(header, numbers[name]))
        position = (
            _parse_copy(text, found.end(), table) if found[3] else _parse_insert(text, found.end(), table, values)
        )
    last_of_name = {name: table for (name, _), table in tables.items()}
    for name in unread:
        if name in last_of_name:
            last_of_name[name].refuse("KOLOM_KURANG")
    if tables and not any(any(table.header) for table in tables.values()):
        message = f"Salinan basis data ini tidak menyebut nama kolomnya; sertakan CREATE TABLE-nya, atau {GIVE_DATA}"
        raise UnreadableError(message)
    return [(name, _to_grid(table)) for (name, _), table in tables.items()]


def _parse_insert(text: str, position: int, table: _Table, values: _ValueParser) -> int:
    """Add the rows of one INSERT to the table; return the position after it."""
    while True:
        if row := values.row.match(text, position):
            table.add(values.values_in(row[1]))
            position = row.end()
            if row[2] != ",":
                return position
        elif found := _NEXT_ROW.search(text, position):
            table.refuse("KOLOM_KURANG")
            position = found.end()
            if found[1] != ",":
                return position
        else:
            table.refuse(CUT_SHORT)
            return len(text)


def _parse_copy(text: str, position: int, table: _Table) -> int:
    """Add the lines of one COPY block to the table; return the position after it."""
    end = text.find("\n\\.", position - 1)
    for line in filter(None, text[position : end if end >= 0 else len(text)].split("\n")):
        table.add([None if cell == r"\N" else _unescape(cell) for cell in line.split("\t")])
    if end >= 0:
        return end + 3
    # The end mark of the block is missing: the dump was cut off within the last line or after it.
    last = max(table.refused, default=0)
    if last > max((number for number, *_ in table.rows[-1:]), default=0):
        table.refused[last] = CUT_SHORT
    else:
        table.refuse(CUT_SHORT)
    return len(text)


class _ValueParser:
    """Patterns of the values in a row's parentheses; `escaped`: a backslash escapes, as in dumps of MySQL only."""

    def __init__(self, *, escaped: bool) -> None:
        self._escaped = escaped
        single, double = (rf"{quote}(?:[^{quote}\\]|\\.|{quote * 2})*+{quote}" for quote in "'\"")
        self._text = rf"(?:{single}|{double})" if escaped else r"(?:'(?:[^']|'')*+'|\"(?:[^\"]|\"\")*+\")"
        bare = r"[^()'\"\\]"
        within = rf"{bare}*+(?:{self._text}{bare}*+)*+"
        # TO_DATE('…', '…'), CAST(N'…' AS Date), NOW()
        value = rf"(?:\w*+{self._text}|\w++\({within}\)|(?![,\s]){bare}(?:(?!,){bare})*+)"
        self._value = re.compile(value, re.DOTALL)
        self.row = re.compile(rf"{_COMMENTS}\(\s*+({value}\s*+(?:,\s*+{value}\s*+)*+)\)\s*+([,;]?)", re.DOTALL)

    def values_in(self, row: str) -> list[str | None]:
        """The values in the parentheses of a row."""
        return [self._parse_value(written) for written in self._value.findall(row)]

    def _parse_value(self, written: str) -> str | None:
        """A value without its quotes; None for NULL."""
        quoted = re.search(self._text, written, re.DOTALL)
        if quoted is None:
            return None if written.strip().upper() == "NULL" else written.strip()
        quote = quoted[0][0]
        inner = quoted[0][1:-1].replace(quote * 2, quote)
        return _unescape(inner) if self._escaped else inner


def _unescape(text: str) -> str:
    return re.sub(r"\\(.)", lambda found: _ESCAPES.get(found[1], found[1]), text, flags=re.DOTALL)


def _created_columns(body: str) -> list[str]:
    return [_strip_quotes(found[1]) for line in body.split("\n") if (found := _COLUMN.match(line))]


def _table_name(table: str) -> str:
    """The name of a table without its database or schema."""
    return _strip_quotes(re.findall(_NAME, table)[-1])


def _strip_quotes(name: str) -> str:
    return name.strip('`"[]')


def _to_grid(table: _Table) -> Grid:
    schema = {"baris": pl.Int64, **dict.fromkeys(cell_columns(len(table.header)), pl.String)}
    rows = pl.DataFrame(table.rows, schema=schema, orient="row")
    return Grid(table.header, rows, refused_lines(list(table.refused), list(table.refused.values())), None)
