"""Our matching of the frames: everything that `link` returns, or persons only, which is all that Splink links.

One run per process: python -m tests.benchmarks.padan_side FOLDER all|persons [PAIRS], where PAIRS is
`pasangan_sekaligus` of `ambang.toml`. As in production, the model is trained in the run and decides by itself:
automatic links count, links for a human do not.
"""

from __future__ import annotations

# First, as in a run: before NumPy starts a thread (`pipeline.memory`).
import pipeline  # noqa: F401

# isort: split
import sys
from itertools import chain
from pathlib import Path

import polars as pl

from pipeline.matching.link import link, link_persons
from pipeline.settings import default_limits
from tests.benchmarks.measuring import Finished, measure


def link_frames(folder: Path, way: str, at_once: int) -> Finished:
    """Link the frames of a folder: `all` results, made part by part as in a run, or `persons` only."""
    people, registry = (pl.scan_parquet(folder / f"{name}.parquet") for name in ("people", "registry"))
    if way == "all":
        persons = link(people, registry, at_once=at_once).persons
        for _ in chain(persons.facts(), persons.corrections()):
            pass
    else:
        persons = link_persons(people, registry, at_once=at_once)
    judged = ("id_dtks", "nik_dukcapil", "keputusan", "aturan")
    links = pl.concat(some.select(judged) for some in persons.links())
    automatic = links.filter(keputusan="OTOMATIS").select("id_dtks", "nik_dukcapil")

    def pairs(wanted: pl.DataFrame) -> tuple[int, float]:
        # Matched once more, with the truth, which a run does not have; not part of the measurement.
        written = pl.read_parquet(folder / "truth.parquet", columns=["id_dtks", "nik_benar"])
        plan = link_persons(people, registry, truth=written.rename({"nik_benar": "nik"})).plan
        return _blocked(plan, links, wanted)

    return Finished(automatic, pairs)


def _blocked(plan: pl.DataFrame, links: pl.DataFrame, truth: pl.DataFrame) -> tuple[int, float]:
    """Number of pairs compared, settled rows included, and the share of true pairs among them."""
    exact = links.filter(pl.col("aturan").list.contains("PERSIS"))
    open_rows = truth.join(exact, on="id_dtks", how="anti").height
    whole = plan.filter(aturan="SEMUA").row(0, named=True)
    found = whole["recall"] * open_rows + truth.height - open_rows
    return whole["pasangan"] + exact.height, found / truth.height


if __name__ == "__main__":
    folder, chosen = Path(sys.argv[1]), sys.argv[2]
    together = int(sys.argv[3]) if len(sys.argv) > 3 else default_limits().memori.pasangan_sekaligus
    measure(folder, lambda: link_frames(folder, chosen, together))
