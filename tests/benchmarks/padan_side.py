"""Our matching over the frames: everything `link` does (persons, households, duplicates, corrections, sentences).

One run per process: python -m tests.benchmarks.padan_side FOLDER. The model is trained in the run, as in production,
and the cut-off is the one the system chooses itself: automatic links count, links for a human do not.
"""

from __future__ import annotations

import sys
from pathlib import Path

import polars as pl

from pipeline.matching.link import Linkage, link
from tests.benchmarks.measuring import Finished, measured


def link_frames(folder: Path) -> Finished:
    """Link the frames of a folder."""
    people, registry = (pl.read_parquet(folder / f"{name}.parquet") for name in ("people", "registry"))
    truth = pl.read_parquet(folder / "truth.parquet", columns=["id_dtks", "nik_benar"])
    linkage = link(people, registry, truth=truth.rename({"nik_benar": "nik"}))
    links = linkage.links.filter(pl.col("keputusan") == "OTOMATIS").select("id_dtks", "nik_dukcapil")
    return Finished(links, lambda wanted: _blocked(linkage, wanted))


def _blocked(linkage: Linkage, truth: pl.DataFrame) -> tuple[int, float]:
    """Number of pairs compared, those that equal in everything included, and the share of true pairs among them."""
    exact = linkage.links.filter(pl.col("aturan").list.contains("PERSIS"))
    open_rows = truth.join(exact, on="id_dtks", how="anti").height
    plan = linkage.plan.filter(pl.col("aturan") == "SEMUA").row(0, named=True)
    found = plan["recall"] * open_rows + truth.height - open_rows
    return plan["pasangan"] + exact.height, found / truth.height


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    measured(folder, lambda: link_frames(folder))
