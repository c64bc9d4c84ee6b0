"""What of the last publication goes on into the next: tables of the database and workbooks that nothing changed.

Belongs here: telling which those are, and taking them over. Does not: how a database or a workbook is made (`database`,
`workbooks`), and whether what is published is whole (`unchanged` compares its bytes).
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from pipeline.places import Places
from pipeline.warehouse.database import build_database, refill_database
from pipeline.warehouse.unchanged import Made
from pipeline.warehouse.workbooks import Book, write_workbooks

# Of all periodes there are one database and one set of workbooks.
_STATE = "kini"
_DATABASE = "gudang"


def renew_database(places: Places, path: Path, tables: Mapping[str, Sequence[Path]]) -> None:
    """Make the database at `path`, with the tables of the published one whose files are the same.

    Args:
        places: the data directory.
        path: where nothing stands yet.
        tables: full name → Parquet files of all its periodes (`database.build_database`).
    """
    parts = {f"{name}/{file.name}": file for name, files in tables.items() for file in files}
    made = Made(places.trace("published/gudang", _STATE), {_DATABASE: places.database}, files=parts)
    differing = made.differing()
    if differing is None:
        build_database(path, tables)
    else:
        shutil.copyfile(places.database, path)
        changed = {part.rpartition("/")[0] for part in differing}
        refill_database(path, {name: tables[name] for name in tables if name in changed})
    # Before it is published: a trace of what never was is about other bytes than those that are published.
    replace(made, results={_DATABASE: path}).note()


def renew_workbooks(places: Places, folder: Path, books: Sequence[Book]) -> None:
    """Write workbooks to `folder`; those that were published with the same content are taken over.

    Args:
        places: the data directory.
        folder: of the books, within the tree to be published; made if missing.
        books: the workbooks.
    """
    published = places.reports / folder.name
    content = {book.path.name: book.fingerprint() for book in books}
    made = Made(places.trace("published/perbaikan", _STATE), _workbooks(published), facts=content)
    differing = made.differing()
    kept = set() if differing is None else content.keys() - differing
    folder.mkdir(parents=True, exist_ok=True)
    for name in kept:
        shutil.copyfile(published / name, folder / name)
    write_workbooks([book for book in books if book.path.name not in kept])
    replace(made, results=_workbooks(folder)).note()


def _workbooks(folder: Path) -> dict[str, Path]:
    return {file.name: file for file in sorted(folder.glob("*.xlsx"))}
