"""What runs leave, as little of it as tells their periodes apart: verdicts of gates, and publications."""

from __future__ import annotations

import polars as pl

from pipeline.places import Places
from pipeline.warehouse.periodes import GATES
from pipeline.warehouse.store.parquet import write_parquet


def publish(places: Places, *periodes: str) -> None:
    """Let there be a publication of some periodes: people of them."""
    for periode in periodes:
        write_parquet(pl.DataFrame({"id_dtks": ["1"]}), places.marts / "cleansed" / "anggota" / f"{periode}.parquet")


def judge(places: Places, *periodes: str, passed: bool = True) -> None:
    """Let the gates of some periodes have been judged."""
    for periode in periodes:
        write_parquet(pl.DataFrame({"lulus": [True, passed]}), places.stored(GATES, periode))
