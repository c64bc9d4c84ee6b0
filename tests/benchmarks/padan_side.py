"""Our matching over the frames: all that `link` finds out, or persons only, which is all that the peer links.

One run per process: python -m tests.benchmarks.padan_side FOLDER all|persons. The model is trained in the run, as in
production, and the cut-off is the one the system chooses itself: automatic links count, links for a human do not.
"""

from __future__ import annotations

import sys
from pathlib import Path

import polars as pl

from pipeline.matching.link import link, link_persons
from tests.benchmarks.measuring import Finished, measured


def link_frames(folder: Path, way: str) -> Finished:
    """Link the frames of a folder: `all` there is to find out, or `persons` only."""
    people, registry = (pl.scan_parquet(folder / f"{name}.parquet") for name in ("people", "registry"))
    written = pl.read_parquet(folder / "truth.parquet", columns=["id_dtks", "nik_benar"])
    truth = written.rename({"nik_benar": "nik"})
    if way == "persons":
        persons = link_persons(people, registry, truth=truth)
        plan, links = persons.plan, persons.links()
    else:
        whole = link(people, registry, truth=truth)
        plan, links = whole.plan, whole.links
    automatic = links.filter(keputusan="OTOMATIS").select("id_dtks", "nik_dukcapil")
    return Finished(automatic, lambda wanted: _blocked(plan, links, wanted))


def _blocked(plan: pl.DataFrame, links: pl.DataFrame, truth: pl.DataFrame) -> tuple[int, float]:
    """Number of pairs compared, those that equal in everything included, and the share of true pairs among them."""
    exact = links.filter(pl.col("aturan").list.contains("PERSIS"))
    open_rows = truth.join(exact, on="id_dtks", how="anti").height
    whole = plan.filter(aturan="SEMUA").row(0, named=True)
    found = whole["recall"] * open_rows + truth.height - open_rows
    return whole["pasangan"] + exact.height, found / truth.height


if __name__ == "__main__":
    folder, chosen = Path(sys.argv[1]), sys.argv[2]
    measured(folder, lambda: link_frames(folder, chosen))
