"""One run's publication: its tables, database and report in one tree, and its SEPAKAT release.

Belongs here: which files go where and in what order. Does not: writing files or making a tree live (`store`,
`tree_swap`, `sepakat`), and whether a run may be published (`pipeline.quality.gates`).
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property, partial
from pathlib import Path

import polars as pl

from pipeline import reference
from pipeline.matching.outcome.review import RIVALS
from pipeline.places import Places
from pipeline.warehouse.locks import hold_lock
from pipeline.warehouse.periodes import (
    LEDGER,
    end_run,
    newest_intended_periode,
    replaces_current_state,
    superseded_periodes,
)
from pipeline.warehouse.renewal import renew_database, renew_workbooks
from pipeline.warehouse.sepakat.indicators import FAMILIES, PERSONS, REGISTERS, build_release
from pipeline.warehouse.sepakat.versions import commit_release, prepare_release, suppression_history
from pipeline.warehouse.store.permissions import make_shared_folder, share_like_parent
from pipeline.warehouse.tree_swap import activate_tree, create_tree
from pipeline.warehouse.workbooks.correction_forms import write_correction_forms
from pipeline.warehouse.workbooks.correction_lists import CorrectionTables, correction_lists
from pipeline.warehouse.workbooks.writing import Book, write_workbooks
from schemas.catalogue import promised_tables
from schemas.extracts import EXTRACTS
from schemas.keys import SOURCE_PLACE
from schemas.table import PromisedTable, Table, polars_schema

_CURRENT_STATE = "kini"
"""File name of tables that hold the current state only."""
_PAGE, _LISTS = "index.html", "perbaikan"
"""Names of the report, and of the folder of correction lists beside it."""
# Frames that runs of older versions did not store.
_ADDED_LATER = {"link/calon_lain": RIVALS}
# Frames of which the correction lists are made (`CorrectionTables`), besides the extracts.
_LISTED_TABLES = {
    "quarantine": "quality/karantina",
    "findings": "quality/temuan",
    "improper": "mart/bantuan_tidak_tepat",
    "proposed": "mart/usulan_dtks",
    "corrections": "cleansed/koreksi",
}
_PEOPLE = "cleansed/anggota"
_LIST_INPUTS = (*_LISTED_TABLES.values(), _PEOPLE, *(f"raw/{source}" for source in EXTRACTS))


def newest_listed_periode(places: Places) -> str | None:
    """The newest periode with stored correction lists, published or withheld; None before any run.

    A run withheld for its many refused rows needs correcting most of all.
    """
    stored = [{*places.periodes_stored(key)} for key in _LISTED_TABLES.values()]
    return newest_intended_periode(places, set.intersection(*stored))


class Publication:
    """The stored results of one run of one periode, to be published."""

    def __init__(self, places: Places, periode: str) -> None:
        self._places = places
        self._periode = periode

    @cached_property
    def superseded(self) -> list[str]:
        """The published periodes that this run replaces (`pipeline.warehouse.periodes.superseded_periodes`)."""
        return superseded_periodes(self._places, self._periode, self.frame(LEDGER))

    def frame(self, key: str, columns: Sequence[str] | None = None) -> pl.DataFrame:
        """The stored frame of an asset (`layer/name`), with all its columns or those given."""
        selected = None if columns is None else list(columns)
        return pl.read_parquet(self._places.stored(key, self._periode), columns=selected)

    def scan(self, key: str) -> pl.LazyFrame:
        """A scan of the stored frame; empty for a frame that older versions did not store."""
        stored = self._places.stored(key, self._periode)
        if key in _ADDED_LATER and not stored.exists():
            return pl.LazyFrame(schema=_ADDED_LATER[key])
        return pl.scan_parquet(stored)

    def has_columns_of(self, models: Mapping[str, type[Table]]) -> bool:
        """Whether stored frames have the columns that this version reads; those of an older version may not."""
        try:
            return all(self.scan(key).collect_schema() == polars_schema(model) for key, model in models.items())
        except FileNotFoundError:
            return False

    def tables(self, wanted: Mapping[str, Sequence[str] | None]) -> dict[str, pl.DataFrame]:
        """Promised tables of this run by full name, each with all columns (None) or some."""
        return {name: self.frame(name.replace(".", "/"), columns) for name, columns in wanted.items()}

    def publish(self, name: str, report: str, withdrawn: Sequence[str] = ()) -> dict[str, Path]:
        """Put everything into one tree and make it live; then commit the SEPAKAT release.

        A run over an older periode than the newest published one renews that periode's parts; the current-state tables,
        the report and the release stay those of the newest.

        Args:
            name: of the tree, unique per run.
            report: the HTML page.
            withdrawn: published periodes to remove; only their releases stay.

        Returns:
            Where the database (`gudang`), the report (`laporan`) and the release (`rilis_sepakat`) are.

        Raises:
            BusyError: another process is publishing.
        """
        places = self._places
        with hold_lock(places):
            renew_state = replaces_current_state(places, self._periode, withdrawn)
            tree = self._build_tree(f"{self._periode}-{name}", report, withdrawn, renew_state=renew_state)
            # Before the swap: if it fails, nothing has changed yet.
            make_shared_folder(places.release)
            versi = self._prepare_release() if renew_state else None
            activate_tree(places, tree)
            for periode in withdrawn:
                # Its stored frames would look like an unfinished run.
                for frame in places.store.rglob(f"{periode}.*"):
                    frame.unlink()
            shutil.rmtree(places.withheld, ignore_errors=True)
            if versi is not None:
                commit_release(places, self._periode, versi)
                for published in (versi, "latest.json"):
                    share_like_parent(places.release / published)
            end_run(places, self._periode)
        return {
            "gudang": places.database,
            "laporan": places.reports / _PAGE,
            "rilis_sepakat": places.release / "latest.json",
        }

    def _build_tree(self, name: str, report: str, withdrawn: Sequence[str], *, renew_state: bool) -> Path:
        """The tree to publish: tables, database, report and correction lists."""
        places = self._places
        tree = create_tree(places, name)
        files = {
            table.full_name: self._add_table(table, tree / "marts", renew_state=renew_state, withdrawn=withdrawn)
            for table in promised_tables().values()
        }
        self._add_report(tree / "reports" / _PAGE, report, renew=renew_state)
        with ThreadPoolExecutor(1) as pool:
            # In parallel with the database: each of the two leaves a core idle.
            lists = pool.submit(self._add_correction_lists, tree / "reports" / _LISTS, renew=renew_state)
            renew_database(places, tree / "warehouse" / places.database.name, files)
            lists.result()
        share_like_parent(tree, recursive=False)
        share_like_parent(tree / "reports")
        return tree

    def withhold(self, report: str) -> Path:
        """Write the report and lists of a withheld run beside the publication; returns the page."""
        shutil.rmtree(self._places.withheld, ignore_errors=True)
        self._places.withheld.mkdir(parents=True)
        page = self._places.withheld / _PAGE
        page.write_text(report, encoding="utf-8")
        self.write_correction_lists(self._places.withheld / _LISTS, show_identifiers=False)
        share_like_parent(self._places.withheld)
        end_run(self._places, self._periode)
        return page

    def write_correction_lists(self, folder: Path, *, show_identifiers: bool) -> list[Path]:
        """One workbook per kabupaten of what this run refused, found and proposes; returns the files."""
        folder.mkdir(parents=True, exist_ok=True)
        return write_workbooks(self._correction_lists(folder, show_identifiers=show_identifiers))

    def _correction_lists(self, folder: Path, *, show_identifiers: bool) -> list[Book]:
        people = self.frame(_PEOPLE, ("id_dtks", *SOURCE_PLACE.values()))
        places = people.rename({name: of for of, name in SOURCE_PLACE.items()})
        frames = {name: self.frame(key) for name, key in _LISTED_TABLES.items()}
        frames["corrections"] = frames["corrections"].join(places, on="id_dtks", how="left", maintain_order="left")
        tables = CorrectionTables(**frames, raw={source: self.scan(f"raw/{source}") for source in EXTRACTS})
        return correction_lists(tables, folder, reference.regions(), show_identifiers=show_identifiers)

    @property
    def has_forms(self) -> bool:
        """Whether correction forms can be made: the extracts have the columns of this version."""
        return self.has_columns_of({f"raw/{source}": model for source, model in EXTRACTS.items()})

    def write_correction_forms(self, folder: Path) -> list[Path]:
        """The rows this run refused, per source and kabupaten, to be corrected in place; returns the files."""
        raw = {source: self.frame(f"raw/{source}") for source in EXTRACTS}
        return write_correction_forms(folder, self.frame("quality/karantina"), raw, reference.regions())

    def _add_table(
        self, table: PromisedTable, marts: Path, *, renew_state: bool, withdrawn: Sequence[str]
    ) -> list[Path]:
        folder = marts / table.schema / table.name
        folder.mkdir(parents=True)
        part = f"{self._periode if table.by_periode else _CURRENT_STATE}.parquet"
        renew = table.by_periode or renew_state
        published = self._places.marts / table.schema / table.name
        for existing in sorted(published.glob("*.parquet")):
            if (existing.name != part or not renew) and existing.stem not in withdrawn:
                # Published files never change, so the new tree can hard-link them.
                os.link(existing, folder / existing.name)
        if renew:
            shutil.copyfile(self._places.stored(f"{table.schema}/{table.name}", self._periode), folder / part)
        return sorted(folder.glob("*.parquet"))

    def _add_report(self, page: Path, report: str, *, renew: bool) -> None:
        published = self._places.reports / page.name
        if renew or not published.exists():
            page.write_text(report, encoding="utf-8")
        else:
            shutil.copyfile(published, page)

    def _add_correction_lists(self, folder: Path, *, renew: bool) -> None:
        published = self._places.reports / folder.name
        if renew:
            sources = {key: self._places.stored(key, self._periode) for key in _LIST_INPUTS}
            books = partial(self._correction_lists, folder, show_identifiers=False)
            renew_workbooks(self._places, folder, sources, books)
        elif published.exists():
            shutil.copytree(published, folder)

    def _prepare_release(self) -> str:
        release = build_release(
            self.frame("cleansed/anggota", PERSONS),
            self.frame("cleansed/keluarga", FAMILIES),
            self.frame("mart/realisasi"),
            self.frame("mart/mutu_data", REGISTERS),
            reference.regions(),
            periode=self._periode,
            history=suppression_history(self._places),
        )
        fingerprints = self.frame("quality/rekonsiliasi").filter(pl.col("status_berkas") == "DIBACA")["sha256"]
        return prepare_release(self._places, self._periode, release, fingerprints)
