"""XML as databases and programs write it, an element per row, to grids: a table for each kind of element.

What a row tells stands in its attributes or in the elements within it, which are named by their tag or by an attribute
`name`. A row is numbered by its place in its table. Does not belong here: pages and workbooks in XML, whose rows have
cells (`pipeline.extracts.workbooks.workbook`), and which tables are data (`pipeline.extracts.tables`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

import polars as pl

from pipeline.extracts.files.encoding import decode
from pipeline.extracts.files.unreadable import GIVE_DATA, SEND_AGAIN, UnreadableError
from pipeline.extracts.grids.grid import BLANKS, Grid, cells, refusals

_CELLS = re.compile(r"(?i)<(?:\w+:)?(?:t[dh]|table-cell|cell)[\s>/]")
_DECLARED = re.compile(r"^\s*<\?xml[^>]*\?>")
# Written by hand, or by a program that does not know better.
_BARE_AMPERSAND = re.compile(r"&(?!#?\w{1,31};)")
_NAME = "name"
# What has fewer facts is what all is wrapped in; more than Excel has columns are no row's.
_FEWEST, _MOST = 2, 16_384
# Where each row tells other facts than the rest they are no rows of one table, and would fill a memory as one.
_SPARSEST = 100
# Nobody's row is in so many others.
_DEEPEST = 100


@dataclass
class _Element:
    """An element that is open: its tag, what its own `name` says, what is told in it, and whether elements are."""

    tag: str
    called: str | None
    facts: dict[str, list[str]]
    text: str = ""
    parent: bool = False


@dataclass
class _Tables:
    """What was read so far: the open elements, and the rows by the tags they are in."""

    open: list[_Element] = field(default_factory=list)
    rows: dict[tuple[str, ...], list[dict[str, list[str]]]] = field(default_factory=dict)

    def begin(self, tag: str, attributes: dict[str, str]) -> None:
        if len(self.open) >= _DEEPEST:
            raise expat.ExpatError
        if self.open:
            self.open[-1].parent = True
        # With a prefix stands what is said of the XML, not of somebody.
        own = {name: value for name, value in attributes.items() if ":" not in name and not name.startswith("xmlns")}
        called = next((value for name, value in own.items() if name.lower() == _NAME), None)
        told = {name: [value] for name, value in own.items()}
        self.open.append(_Element(tag.rpartition(":")[2], called, told))

    def hold(self, text: str) -> None:
        self.open[-1].text += text

    def end(self, _: str) -> None:
        place = tuple(element.called or element.tag for element in self.open)
        element = self.open.pop()
        text = element.text.strip(BLANKS)
        if self.open and not element.parent and (text or element.facts.keys() <= {_NAME}):
            self.open[-1].facts.setdefault(place[-1], []).append(text)
        elif element.facts:
            self.rows.setdefault(place, []).append(element.facts)


def read_elements(data: bytes) -> list[tuple[str, Grid]]:
    """The tables of an XML file by name; none where it is a page or a workbook, whose rows have cells.

    Args:
        data: the file's bytes.

    Raises:
        UnreadableError: it is no XML, is damaged, or no row is in it.
    """
    text = decode(data)
    if _CELLS.search(text):
        return []
    tables = _Tables()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = tables.begin, tables.end
    parser.CharacterDataHandler, parser.EntityDeclHandler = tables.hold, _refuse
    try:
        parser.Parse(_BARE_AMPERSAND.sub("&amp;", _DECLARED.sub("", text)), True)
    except expat.ExpatError as error:
        message = f"Halaman atau berkas XML ini rusak atau terpotong; {SEND_AGAIN}"
        raise UnreadableError(message) from error
    grids = list(_grids(tables.rows))
    if not grids:
        message = f"Halaman atau berkas XML ini tidak memuat tabel; {GIVE_DATA}"
        raise UnreadableError(message)
    return grids


def _refuse(*_: object) -> None:
    """Nobody's data has entities of its own; some are made to fill a memory."""
    raise expat.ExpatError


def _grids(tables: dict[tuple[str, ...], list[dict[str, list[str]]]]) -> Iterator[tuple[str, Grid]]:
    for place, found in tables.items():
        names = list(dict.fromkeys(name for row in found for name in row))
        if _FEWEST <= len(names) <= min(_MOST, _SPARSEST * sum(map(len, found)) // len(found)):
            # Of two facts of one name nobody knows which is the row's.
            columns = [[" / ".join(filter(None, row.get(name, []))) or None for row in found] for name in names]
            schema = dict.fromkeys(cells(len(names)), pl.String)
            rows = pl.DataFrame(dict(zip(schema, columns, strict=True)), schema=schema)
            numbered = rows.select(pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias("baris"), pl.all())
            yield place[-1], Grid(names, numbered, refusals([], []), None)
