"""Measures one matching in its own process: wall time, processor time, peak memory, and accuracy.

Belongs here: measuring and scoring, the same for every side. Does not: any matching. A side's module calls `measure`
as its main program; comparisons start it through `run_side`.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from pipeline.synthetic.score.figures import with_ratios
from pipeline.synthetic.score.links import judge


@dataclass(frozen=True)
class Finished:
    """The result of a side when its clock stops.

    Attributes:
        links: id_dtks, nik_dukcapil and, if a threshold is still to be chosen, bobot.
        pairs: returns the number of pairs compared and the share of true pairs among them; called after the clock.
    """

    links: pl.DataFrame
    pairs: Callable[[pl.DataFrame], tuple[int, float]]


def measure(folder: Path, side: Callable[[], Finished]) -> None:
    """Run a side and print one line of JSON.

    Its fields: seconds (wall time), cpu (seconds), gib (peak), pairs (compared), blocked (share of true pairs among
    them), n (rows judged), precision, recall, f1.
    """
    cpu, clock = time.process_time(), time.perf_counter()
    finished = side()
    result: dict[str, Any] = {"seconds": time.perf_counter() - clock, "cpu": time.process_time() - cpu}
    result["gib"] = peak_memory()
    truth = pl.read_parquet(folder / "truth.parquet").filter(~pl.col("ambigu"), pl.col("harap") == "TERIMA")
    result["pairs"], result["blocked"] = finished.pairs(truth.select("id_dtks", "nik_benar").drop_nulls())
    print(json.dumps({**result, **quality(truth, finished.links)}))


def run_side(module: str, *arguments: str) -> dict[str, Any]:
    """Start a side in a fresh process and return what `measure` prints there.

    Raises:
        subprocess.CalledProcessError: the side failed; its output is on the terminal.
    """
    command = [sys.executable, "-W", "ignore", "-m", f"tests.benchmarks.{module}", *arguments]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def quality(truth: pl.DataFrame, links: pl.DataFrame) -> dict[str, float]:
    """Precision, recall and F1; if the links have weights, at the threshold with the best F1."""
    judged = judge(truth, links)
    if "bobot" not in links.columns:
        counts = judged.select(pl.col("tp", "fp", "fn").sum())
        return {"n": truth.height, **with_ratios(counts).select("precision", "recall", "f1").row(0, named=True)}
    weighed = judged.join(links.select("id_dtks", "bobot"), on="id_dtks").sort("bobot", descending=True)
    present = truth["nik_benar"].is_not_null().sum()
    taken = weighed.select("bobot", tp=pl.col("tp").cum_sum(), fp=pl.col("fp").cum_sum())
    # Links of equal weight are accepted together.
    taken = taken.unique("bobot", keep="last", maintain_order=True).with_columns(fn=present - pl.col("tp"))
    best = with_ratios(taken).sort("f1", descending=True).row(0, named=True)
    return {"n": truth.height, **{name: best[name] for name in ("precision", "recall", "f1", "bobot")}}


def peak_memory() -> float:
    """Peak GiB of this process. `getrusage` would count the process it was forked from as well."""
    status = Path("/proc/self/status").read_text()
    found = re.search(r"VmHWM:\s+(\d+)", status)
    return int(found[1]) / 2**20 if found else float("nan")
