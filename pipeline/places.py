"""Where things lie under a data directory: the one place that knows the folder names of the public contract."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Places:
    """The folders of one data directory.

    `warehouse`, `marts` and `reports` are links into one published tree (`home/published/current`), so that one rename
    publishes them all together; see `pipeline.warehouse.publish`.
    """

    root: Path

    @property
    def option(self) -> str:
        """The option that names this data directory, as a shell takes it: officers' folders have blanks."""
        return f"--data-dir {shlex.quote(str(self.root))}"

    @property
    def raw(self) -> Path:
        """What officers drop: `raw/<sumber>/**`."""
        return self.root / "raw"

    @property
    def truth(self) -> Path:
        """Known truth beside generated extracts; read by `padan evaluate` only, never by a run."""
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
        """What versions of the release leave to know for the next one; confidential, hence not beside them."""
        return self.home / "rilis"

    def release_history(self, versi: str) -> Path:
        """What one version of the release leaves."""
        return self.release_histories / versi

    @property
    def decisions(self) -> Path:
        """What officers decided about doubtful pairs; the one thing here that no run can make again."""
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
        """What a step noted of what it left of one periode (`pipeline.warehouse.store.unchanged`)."""
        return self.store / "jejak" / step / f"{periode}.json"
