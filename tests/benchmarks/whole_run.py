"""Time and memory of whole runs of the command, from raw files to publication, for countries of growing size.

The next runs, with one more payment file and with nothing new, are measured as well.

Belongs here: generating countries and running the command on them. Does not: any single step (`front`, `linking`,
`realisation`).
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

import polars as pl

_PADAN = str(Path(sys.executable).with_name("padan"))
_COUNTED = ("dtks", "dukcapil", "pos")


def main(families: Iterable[int], seed: int) -> None:
    """Print one line per run, for each number of families."""
    print(f"{'families':>10}{'dtks':>12}{'dukcapil':>12}{'pos':>12}{'s':>8}{'CPU s':>8}{'GiB':>7}  run")
    for count in families:
        with tempfile.TemporaryDirectory(prefix="padan-bench-") as folder:
            _measure(Path(folder) / "data", count, seed)


def _measure(folder: Path, families: int, seed: int) -> None:
    # Generated in a separate process: this one's memory would count as the run's.
    drawn = ["generate", "--out", str(folder), "--keluarga", str(families), "--seed", str(seed)]
    subprocess.run([_PADAN, *drawn], check=True, stdout=subprocess.DEVNULL)
    last = max(file for file in (folder / "raw" / "pos").rglob("*") if file.is_file())
    late = last.rename(folder.with_name(last.name))
    _run(folder, families, "first")
    late.rename(last)
    _run(folder, families, f"one payment file more ({last.stat().st_size / 1e6:.1f} MB)")
    _run(folder, families, "nothing new")


def _run(folder: Path, families: int, which: str) -> None:
    clock = time.perf_counter()
    command = [_PADAN, "run", "--data-dir", str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - clock
    if status != 0:
        raise subprocess.CalledProcessError(os.waitstatus_to_exitcode(status), command)
    rows = pl.read_parquet(folder / "marts" / "quality" / "rekonsiliasi" / "*.parquet")
    read = dict(rows.group_by("sumber").agg(pl.col("baris_masuk").sum()).iter_rows())
    counts = "".join(f"{read[source]:>12,}" for source in _COUNTED)
    used_up = f"{seconds:>8.0f}{used.ru_utime + used.ru_stime:>8.0f}{used.ru_maxrss / 2**20:>7.2f}"
    print(f"{families:>10,}{counts}{used_up}  {which}", flush=True)
