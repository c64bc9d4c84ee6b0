"""Paths under a data directory: the only module that knows the folder names of the public contract."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Places:
    """The folders of one data directory.

    `warehouse`, `marts` and `reports` are links into one published tree (`home/published/current`), so that one rename
    publishes them all together; see `pipeline.warehouse.tree_swap`.
    """

    root: Path

    @property
    def option(self) -> str:
        """The command-line option for this data directory, quoted for a shell (folder names may contain blanks)."""
        return f"--data-dir {shlex.quote(str(self.root))}"

    @property
    def raw(self) -> Path:
        """The files that officers hand in: `raw/<sumber>/**`."""
        return self.root / "raw"

    @property
    def truth(self) -> Path:
        """The ground truth of generated extracts; read by `padan evaluate` only, never by a run."""
        return self.root / "truth"

    @property
    def home(self) -> Path:
        """Dagster's home: run history, configuration, the store and the published trees."""
        return self.root / "home"

    @property
    def store(self) -> Path:
        """Frames between steps, one Parquet file per asset and periode."""
        return self.home / "store"

    @property
    def published(self) -> Path:
        """Published trees, one folder each, and the link `current`."""
        return self.home / "published"

    @property
    def withheld(self) -> Path:
        """Report and lists of the last run, if a gate withheld it."""
        return self.home / "ditahan"

    @property
    def warehouse(self) -> Path:
        """Folder of the database."""
        return self.root / "warehouse"

    @property
    def database(self) -> Path:
        """The DuckDB file analysts open."""
        return self.warehouse / "padan.duckdb"

    @property
    def marts(self) -> Path:
        """The published tables as Parquet: `marts/<schema>/<table>/*.parquet`."""
        return self.root / "marts"

    @property
    def release(self) -> Path:
        """The SEPAKAT release: `release/sepakat/<versi>/` and `latest.json`."""
        return self.root / "release" / "sepakat"

    @property
    def release_histories(self) -> Path:
        """Suppression histories of the release's versions; confidential, hence not in the release folder."""
        return self.home / "rilis"

    def release_history(self, versi: str) -> Path:
        """Suppression history of one version of the release."""
        return self.release_histories / versi

    @property
    def decisions(self) -> Path:
        """Officers' decisions about doubtful pairs; the only data here that no run can recreate."""
        return self.root / "keputusan"

    @property
    def reports(self) -> Path:
        """The run's report."""
        return self.root / "reports"

    def stored(self, key: str, periode: str) -> Path:
        """Parquet file of the frame `key` (for example `staged/dtks`) of one periode."""
        return self.store / key / f"{periode}.parquet"

    def periodes_stored(self, key: str) -> dict[str, Path]:
        """The files of a frame by their periodes."""
        return {file.stem: file for file in (self.store / key).glob("*.parquet")}

    def trace(self, step: str, periode: str) -> Path:
        """Trace of a step's results for one periode (`pipeline.warehouse.store.traces`)."""
        return self.store / "jejak" / step / f"{periode}.json"
