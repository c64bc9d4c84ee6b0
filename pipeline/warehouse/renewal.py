"""What of the last publication goes on into the next: tables of the database and workbooks that nothing changed.

Belongs here: telling which those are, and taking them over. Does not: how a database or a workbook is made (`database`,
`workbooks`), and whether what is published is whole (`unchanged` compares its bytes).
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from pipeline.places import Places
from pipeline.warehouse.store.database import build_database, refill_database
from pipeline.warehouse.store.unchanged import Made
from pipeline.warehouse.workbooks.writing import Book, write_workbooks

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
    # The copy is judged, not what was copied: somebody may be writing there.
    with suppress(OSError):
        shutil.copyfile(places.database, path)
    parts = {f"{name}/{file.name}": file for name, files in tables.items() for file in files}
    made = Made(places.trace("published/gudang", _STATE), {_DATABASE: path}, files=parts)
    differing = made.differing()
    if differing is None:
        path.unlink(missing_ok=True)
        build_database(path, tables)
    else:
        changed = {part.rpartition("/")[0] for part in differing}
        refill_database(path, {name: tables[name] for name in tables if name in changed})
    # Before it is published: a trace of what never was is about other bytes than those that are published.
    made.note()


def renew_workbooks(
    places: Places, folder: Path, sources: Mapping[str, Path], books: Callable[[], Sequence[Book]]
) -> None:
    """Write workbooks to `folder`; those that were published with the same content are taken over.

    Args:
        places: the data directory.
        folder: of the books, within the tree to be published, where none stands yet; made if missing.
        sources: of each file that the workbooks are made of a name and where it lies.
        books: gives the workbooks; not asked where the files are the same.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with suppress(OSError):
        for name, published in _workbooks(places.reports / folder.name).items():
            shutil.copyfile(published, folder / name)
    made = Made(places.trace("published/perbaikan", _STATE), _workbooks(folder), files=sources)
    differing = made.differing()
    if differing is not None and differing.isdisjoint(sources):
        return
    now = books()
    content = {book.path.name: book.fingerprint() for book in now}
    made = replace(made, facts=content)
    differing = made.differing()
    kept = set() if differing is None else content.keys() - differing
    for name in made.results.keys() - kept:
        (folder / name).unlink()
    write_workbooks([book for book in now if book.path.name not in kept])
    replace(made, results=_workbooks(folder)).note()


def _workbooks(folder: Path) -> dict[str, Path]:
    return {file.name: file for file in sorted(folder.glob("*.xlsx"))}
