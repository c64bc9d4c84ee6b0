"""Minimal results of runs for tests about periodes: gate results and publications."""

from __future__ import annotations

import polars as pl

from pipeline.places import Places
from pipeline.warehouse.periodes import GATES
from pipeline.warehouse.store.parquet import write_parquet


def write_publications(places: Places, *periodes: str) -> None:
    """Publish some periodes, with a minimal `cleansed.anggota` each."""
    for periode in periodes:
        write_parquet(pl.DataFrame({"id_dtks": ["1"]}), places.marts / "cleansed" / "anggota" / f"{periode}.parquet")


def write_gate_results(places: Places, *periodes: str, passed: bool = True) -> None:
    """Write gate results for some periodes."""
    for periode in periodes:
        write_parquet(pl.DataFrame({"lulus": [True, passed]}), places.stored(GATES, periode))
