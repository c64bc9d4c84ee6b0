"""Reads saved answers of the Dukcapil web service (JSON documents one after the other) into a grid.

Numbers are never parsed: they keep the digits that were sent. The meaning of an answer does not belong here.
"""

from __future__ import annotations

import json
import re
from typing import Any

import polars as pl

from pipeline.extracts.files.encoding import decode
from pipeline.extracts.files.unreadable import SEND_AGAIN, UnreadableError
from pipeline.extracts.grids.grid import Grid, cell_columns, refused_lines
from pipeline.extracts.grids.heading import count_known_headers
from schemas.extracts import LAYOUTS, fold_header

_ELEMENTS_KEY = "content"
_ANSWER_KEY = "RESPON"
# Keys that only an element has, not the document around elements.
_ELEMENT_KEYS = {"NIK", _ANSWER_KEY}
_DECODER = json.JSONDecoder(parse_int=str, parse_float=str)
_FILLED, _NEXT_LINE = re.compile(r"[^\s,]"), re.compile(r"^[^\r\n]", re.MULTILINE)
_BEGINNING = re.compile(r"\[|\{\s*[\"}]")
# A failing decoder counts all lines above in what it was given, so it gets only so many characters at first.
_WINDOW = 4096
# A word that ends with the window (`-Infinity`, `\u0041`) fails at its beginning.
_LONGEST_WORD = 16


def read_service_answers(data: bytes) -> Grid:
    """Read the elements of all answers; `baris` is an element's place in the file, counted from 1.

    Args:
        data: the file's bytes: documents one after the other; a document is an element, an object whose `content` or
            only value is a list of elements, or a list of either.

    Returns:
        One row per element. Anything else, such as a truncated line, is refused.

    Raises:
        UnreadableError: the file has no readable element.
    """
    elements = [element for document in _documents(decode(data)) for element in _elements(document)]
    people = [(number, element) for number, element in enumerate(elements, 1) if isinstance(element, dict)]
    if not people:
        message = f"Berkas JSON ini rusak atau terpotong; {SEND_AGAIN}"
        raise UnreadableError(message)
    names = dict.fromkeys(name for _, element in people for name in element)
    if any(fold_header(name) == _ANSWER_KEY for name in names):
        # If no query found anybody, no element has the columns of a resident.
        names |= dict.fromkeys(LAYOUTS["dukcapil_web"].headers)
    rows = [(number, *(_text(element.get(name)) for name in names)) for number, element in people]
    schema = {"baris": pl.Int64, **dict.fromkeys(cell_columns(len(names)), pl.String)}
    unreadable = [number for number, element in enumerate(elements, 1) if not isinstance(element, dict)]
    refused = refused_lines(unreadable, "KOLOM_KURANG")
    return Grid(list(names), pl.DataFrame(rows, schema=schema, orient="row"), refused, None)


def _documents(text: str) -> list[Any]:
    """The documents one after the other; None for every line on which none begins or that is broken."""
    documents: list[Any] = []
    start = _FILLED.search(text)
    while start:
        document, end = _document_at(text, start.start())
        documents.append(document)
        # Parts of a broken document, which are indented, are no documents.
        start = (_NEXT_LINE if document is None else _FILLED).search(text, end)
    return documents


def _document_at(text: str, place: int) -> tuple[Any, int]:
    """The object or list that begins there, None for neither, and a place behind its beginning or end."""
    size = _WINDOW if _BEGINNING.match(text, place) else 0
    while size:
        try:
            document, end = _DECODER.raw_decode(text[place : place + size])
        except RecursionError:
            break
        except json.JSONDecodeError as error:
            is_cut_by_window = error.msg.startswith("Unterminated") or error.pos + _LONGEST_WORD > size
            size = size * 4 if is_cut_by_window and place + size < len(text) else 0
        else:
            return document, place + end
    return None, place + 1


def _elements(document: Any) -> list[Any]:
    content = _payload(document)
    if (table := _elements_of_table(content)) is not None:
        return table
    if not isinstance(content, list):
        return [content]
    return [element for item in content for element in (_elements(item) if _is_answer(item) else [item])]


def _elements_of_table(content: Any) -> list[Any] | None:
    """The elements of a table as data frames write it to JSON: by column, by key, or as rows below a header.

    None if `content` is not such a table; None in the place of an item that is not a row of it.
    """
    names: list[Any] = []
    rows: list[Any] = []
    match content:
        case {"columns": [*names], "data": [*rows]} | [[*names], *rows]:
            pass
        case dict() if len(content) > 1 and all(isinstance(column, dict | list) for column in content.values()):
            row_groups = [column for column in content.values() if isinstance(column, dict)]
            if row_groups and count_known_headers(list(row_groups[0])) > count_known_headers(list(content)):
                return list(content.values())
            if count_known_headers(list(content)) > 1:
                names, rows = list(content), _rows_of(list(content.values()))
    if not names or not all(isinstance(name, str) for name in names):
        return None
    fits_row = (isinstance(row, list) and len(row) == len(names) for row in rows)
    return [dict(zip(names, row, strict=True)) if fits else None for fits, row in zip(fits_row, rows, strict=True)]


def _rows_of(columns: list[Any]) -> list[Any]:
    """The rows of columns given as lists or by row key; a single None if the columns cannot be aligned."""
    if all(isinstance(column, dict) for column in columns):
        keys = dict.fromkeys(key for column in columns for key in column)
        return [[column.get(key) for column in columns] for key in keys]
    if all(isinstance(column, list) for column in columns) and len(set(map(len, columns))) == 1:
        return [list(row) for row in zip(*columns, strict=True)]
    return [None]


def _is_answer(item: Any) -> bool:
    """Whether an item of a list is a whole answer, with a list of elements inside."""
    return isinstance(item, dict) and isinstance(_payload(item), list)


def _payload(document: Any) -> Any:
    """The payload of an answer: its `content`, or the only list or object in a document that is no element."""
    while isinstance(document, dict):
        inner = [value for value in document.values() if value and isinstance(value, list | dict)]
        if _ELEMENTS_KEY in document:
            inner = [document[_ELEMENTS_KEY]]
        elif len(inner) != 1 or not _ELEMENT_KEYS.isdisjoint(map(fold_header, document)):
            break
        document = inner[0]
    return document


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)
