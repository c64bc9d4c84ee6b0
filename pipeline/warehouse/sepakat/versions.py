"""Versions of the SEPAKAT release: their folders, manifests and change sets, and which one is the latest.

Belongs here: identifying versions and publishing them atomically. Does not: the content of a release (`indicators`).
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from pathlib import Path
from typing import Any

import polars as pl

from pipeline.places import Places
from pipeline.warehouse.sepakat.indicators import COUNTS, Release
from pipeline.warehouse.sepakat.suppression import SMALLEST_SHOWN, history_from_published
from pipeline.warehouse.store.atomic import remove_unfinished_writes, write_atomically
from pipeline.warehouse.store.database import duckdb_type
from pipeline.warehouse.store.parquet import read_if_intact, write_parquet
from schemas.release import CHANGES, COMPATIBILITY, RELEASE, SCHEMA_VERSION
from schemas.table import PromisedTable, enforce, polars_schema


def suppression_history(places: Places) -> dict[str, pl.DataFrame]:
    """The suppression history of the latest version, per table (`suppression.suppress`); empty before the first.

    It is stored in Dagster's home, where readers of the release cannot see it. If it is lost or damaged, it is
    reconstructed from the published tables as far as possible.
    """
    latest = _latest_version(places)
    stored = {} if latest is None else {name: _table_history(places, latest, name) for name in RELEASE}
    return {name: frame for name, frame in stored.items() if frame is not None}


def _table_history(places: Places, versi: str, name: str) -> pl.DataFrame | None:
    stored = read_if_intact(places.release_history(versi) / f"{name}.parquet")
    published = places.release / versi / f"{name}.parquet"
    if stored is None and published.exists():
        return history_from_published(pl.read_parquet(published), RELEASE[name].key, COUNTS[name])
    return stored


def prepare_release(places: Places, periode: str, release: Release, inputs: Iterable[str]) -> str:
    """Write the release as a version to a working folder, which `commit_release` publishes.

    The version's name depends on the content: the same tables give the same version, which is then not written again
    (its manifest keeps the checksums of the inputs it was first made from) unless a file of it is lost or damaged.

    `perubahan.parquet` in the folder lists the changes since `versi_sebelumnya` of the manifest. A reader that holds
    another version, for instance after data were withdrawn, must read the tables instead.

    Args:
        release: result of `build_release`.
        inputs: sha256 of every input file.

    Returns:
        The version, `<periode>-<10 hex digits>`.
    """
    places.release.mkdir(parents=True, exist_ok=True)
    remove_unfinished_writes(places.release)
    working = _working_folder(places, periode)
    files = {name: working / f"{name}.parquet" for name in RELEASE}
    for name, path in files.items():
        write_parquet(release.tables[name], path)
    content = "".join(f"{name} {_sha256(path)}\n" for name, path in sorted(files.items()))
    versi = f"{periode}-{hashlib.sha256(content.encode()).hexdigest()[:10]}"
    # Before the version becomes the latest: without its history the next one would be protected less well.
    for name, frame in release.history.items():
        write_parquet(frame, places.release_history(versi) / f"{name}.parquet")
    if _is_intact(places, versi):
        shutil.rmtree(working)
    else:
        latest = _latest_version(places)
        # Without a comparable version, every row is new.
        previous = latest if latest not in {None, versi} and _is_intact(places, str(latest)) else None
        write_parquet(_changes_since(places, previous, release.tables), working / f"{CHANGES.name}.parquet")
        names = {"periode": periode, "versi": versi, "versi_sebelumnya": previous}
        manifest = _manifest(working, names, inputs)
        (working / "manifest.json").write_text(_to_json(manifest), encoding="utf-8")
    return versi


def commit_release(places: Places, periode: str, versi: str) -> None:
    """Publish a prepared version and let `latest.json` name it; needs hardly any disk space.

    The version's folder appears by one rename, before `latest.json` is replaced; if killed in between, the old version
    stays the latest.
    """
    working, folder = _working_folder(places, periode), places.release / versi
    if working.exists():
        # An existing folder is damaged: an intact version is not written again.
        shutil.rmtree(folder, ignore_errors=True)
        working.rename(folder)
    _write_latest_file(places, periode, versi)


def _working_folder(places: Places, periode: str) -> Path:
    return places.release / f"{periode}.bangun"


def _changes_since(places: Places, previous_version: str | None, tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Rows that are new, changed or gone in each table since a version; without one, everything is new."""
    schema = polars_schema(CHANGES.model)
    changes = [pl.DataFrame(schema=schema)]
    for name, table in RELEASE.items():
        current = tables[name].drop("periode", strict=False)
        previous = (
            current.clear()
            if previous_version is None
            else pl.read_parquet(places.release / previous_version / f"{name}.parquet")
        )
        # A new column alone does not change a row.
        shared = [column for column in current.columns if column in previous.columns]
        both = current.with_columns(_now=True).join(
            previous.select(shared).with_columns(_old=True), on=table.key, how="full", coalesce=True, suffix="_before"
        )
        values = [column for column in shared if column not in table.key]
        unchanged = reduce(pl.Expr.and_, (pl.col(value).eq_missing(pl.col(f"{value}_before")) for value in values))
        change = (
            pl.when(pl.col("_old").is_null())
            .then(pl.lit("BARU"))
            .when(pl.col("_now").is_null())
            .then(pl.lit("HAPUS"))
            .when(~unchanged)
            .then(pl.lit("BERUBAH"))
        )
        rows = both.select(*table.key, tabel=pl.lit(name), perubahan=change).filter(pl.col("perubahan").is_not_null())
        changes.append(rows.select(_column_or_null(column, rows.columns).cast(schema[column]) for column in schema))
    return enforce(pl.concat(changes), CHANGES)


def _column_or_null(name: str, present: Sequence[str]) -> pl.Expr:
    return pl.col(name) if name in present else pl.lit(None).alias(name)


def _latest_version(places: Places) -> str | None:
    """The version that `latest.json` names or, if that is lost or damaged, the one made last.

    None before the first, and if its schema is incompatible with the current one (`COMPATIBILITY`).
    """
    latest = _read_manifest(_latest_file(places))
    if latest is None or not _exists(places, str(latest["versi"])):
        manifests = sorted(places.release.glob("*/manifest.json"), key=lambda file: file.stat().st_mtime_ns)
        valid = [
            manifest
            for file in manifests
            if (manifest := _read_manifest(file)) and manifest["versi"] == file.parent.name
        ]
        latest = valid[-1] if valid else None
    return (
        str(latest["versi"])
        if latest and _major_version(latest["schema_version"]) == _major_version(SCHEMA_VERSION)
        else None
    )


def _major_version(schema_version: str) -> str:
    """The major number of a schema version: names and meaning of columns."""
    return str(schema_version).partition(".")[0]


def _read_manifest(file: Path) -> dict[str, Any] | None:
    """The content of `latest.json` or a manifest; None if it is missing or damaged."""
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    return content if isinstance(content, dict) and {"versi", "schema_version"} <= content.keys() else None


def _exists(places: Places, versi: str) -> bool:
    return (places.release / versi).is_dir() or places.release_history(versi).is_dir()


def _is_intact(places: Places, versi: str) -> bool:
    """Whether a version is complete: files fit its manifest, and that fits `latest.json` if it names the version."""
    folder, latest = places.release / versi, _read_manifest(_latest_file(places))
    manifest = _read_manifest(folder / "manifest.json")
    if manifest is None:
        return False
    try:
        files = {folder / table["file"]: table["sha256"] for table in manifest["tables"].values()}
        if latest and latest["versi"] == versi:
            files[folder / "manifest.json"] = latest["sha256"]
    except (KeyError, TypeError, AttributeError):
        return False
    return all(file.is_file() and _sha256(file) == sha256 for file, sha256 in files.items())


def _latest_file(places: Places) -> Path:
    return places.release / "latest.json"


def _write_latest_file(places: Places, periode: str, versi: str) -> None:
    manifest = places.release / versi / "manifest.json"
    latest = {
        "versi": versi,
        "manifest": f"{versi}/manifest.json",
        "sha256": _sha256(manifest),
        "schema_version": SCHEMA_VERSION,
        "periode": periode,
    }
    write_atomically(_latest_file(places), lambda working: working.write_text(_to_json(latest), encoding="utf-8"))


def _manifest(folder: Path, names: Mapping[str, str | None], inputs: Iterable[str]) -> dict[str, Any]:
    """The manifest of a version whose tables are in `folder`; `names` are those of the version."""
    return {
        "schema_version": SCHEMA_VERSION,
        "aturan_kompatibilitas": COMPATIBILITY,
        **names,
        "batas_penyamaran": SMALLEST_SHOWN,
        "tables": {table.name: _manifest_entry(table, folder) for table in (*RELEASE.values(), CHANGES)},
        "inputs": sorted(set(inputs)),
    }


def _manifest_entry(table: PromisedTable, folder: Path) -> dict[str, Any]:
    """The manifest's entry for one table whose file is in `folder`."""
    path = folder / f"{table.name}.parquet"
    types = polars_schema(table.model)
    return {
        "file": path.name,
        "sha256": _sha256(path),
        "rows": pl.scan_parquet(path).select(pl.len()).collect().item(),
        "key": list(table.key),
        "description": table.description,
        "columns": [
            {"name": name, "type": duckdb_type(types[name]), "description": column.description}
            for name, column in table.columns.items()
        ],
    }


def _to_json(content: Mapping[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
