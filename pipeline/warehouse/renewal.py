"""Reuses unchanged parts of the last publication: tables of the database, and workbooks.

Belongs here: finding the unchanged parts and copying them. Does not: making a database or a workbook
(`store.database`, `workbooks`), and whether the published files are intact (`store.traces` compares their bytes).
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from pipeline.places import Places
from pipeline.warehouse.store.database import build_database, refill_database
from pipeline.warehouse.store.traces import Trace
from pipeline.warehouse.workbooks.writing import Book, write_workbooks

# Trace name: there is one database and one set of workbooks for all periodes.
_CURRENT_STATE = "kini"
_DATABASE = "gudang"


def renew_database(places: Places, path: Path, tables: Mapping[str, Sequence[Path]]) -> None:
    """Make the database at `path`, reusing those tables of the published one whose Parquet files are unchanged.

    Args:
        places: the data directory.
        path: must not exist.
        tables: full name → Parquet files of all its periodes (`database.build_database`).
    """
    # The checksum is taken of the copy: somebody may be writing to the published file.
    with suppress(OSError):
        shutil.copyfile(places.database, path)
    parts = {f"{name}/{file.name}": file for name, files in tables.items() for file in files}
    trace = Trace(places.trace("published/gudang", _CURRENT_STATE), {_DATABASE: path}, files=parts)
    changed_inputs = trace.changed_inputs()
    if changed_inputs is None:
        path.unlink(missing_ok=True)
        build_database(path, tables)
    else:
        changed_tables = {part.rpartition("/")[0] for part in changed_inputs}
        refill_database(path, {name: tables[name] for name in tables if name in changed_tables})
    # Before publishing: if that fails, the trace does not fit the published bytes and is ignored.
    trace.write()


def renew_workbooks(
    places: Places, folder: Path, sources: Mapping[str, Path], make_books: Callable[[], Sequence[Book]]
) -> None:
    """Write workbooks to `folder`, reusing published ones with the same content.

    Args:
        places: the data directory.
        folder: for the workbooks, in the tree to be published; empty or missing.
        sources: name → path of each file that the workbooks are made of.
        make_books: makes the workbooks; not called if these files are unchanged.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with suppress(OSError):
        for name, published in _workbook_files(places.reports / folder.name).items():
            shutil.copyfile(published, folder / name)
    trace = Trace(places.trace("published/perbaikan", _CURRENT_STATE), _workbook_files(folder), files=sources)
    changed_inputs = trace.changed_inputs()
    if changed_inputs is not None and changed_inputs.isdisjoint(sources):
        return
    current = make_books()
    fingerprints = {book.path.name: book.fingerprint() for book in current}
    trace = replace(trace, facts=fingerprints)
    changed_inputs = trace.changed_inputs()
    kept = set() if changed_inputs is None else fingerprints.keys() - changed_inputs
    for name in trace.results.keys() - kept:
        (folder / name).unlink()
    write_workbooks([book for book in current if book.path.name not in kept])
    replace(trace, results=_workbook_files(folder)).write()


def _workbook_files(folder: Path) -> dict[str, Path]:
    return {file.name: file for file in sorted(folder.glob("*.xlsx"))}
