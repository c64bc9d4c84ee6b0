"""Reading, normalising and validating a register, next to what Polars needs to parse the same files to text columns.

Both sides read the same generated SIAK and DTKS text files, each in a process of its own so that peak memory is its
own; the median of three runs counts.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.benchmarks.measuring import peak_memory

KELUARGA = 280_000
RUNS = 3


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        from pipeline.synthetic.generate import generate

        started = time.perf_counter()
        generate(Path(folder), KELUARGA, 1)
        print(f"generated {KELUARGA:,} families in {time.perf_counter() - started:.1f} s\n")
        print(f"{'source':<10}{'rows':>12}{'polars s':>10}{'padan s':>10}{'ratio':>8}{'polars GiB':>12}{'GiB':>8}")
        for source in ("dukcapil", "dtks"):
            sides = {side: [_measure(side, source, folder) for _ in range(RUNS)] for side in ("polars", "padan")}
            seconds = {side: statistics.median(run[1] for run in runs) for side, runs in sides.items()}
            memory = {side: statistics.median(run[2] for run in runs) for side, runs in sides.items()}
            print(
                f"{source:<10}{sides['padan'][0][0]:>12,}{seconds['polars']:>10.2f}{seconds['padan']:>10.2f}"
                f"{seconds['padan'] / seconds['polars']:>8.2f}{memory['polars']:>12.2f}{memory['padan']:>8.2f}"
            )


def _measure(side: str, source: str, folder: str) -> tuple[int, float, float]:
    """Rows, seconds and peak GiB of one side in a fresh process."""
    result = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.front", side, source, folder],
        capture_output=True,
        text=True,
        check=True,
    )
    rows, seconds, memory = result.stdout.split()
    return int(rows), float(seconds), float(memory)


def _text_files(raw: Path, source: str) -> list[Path]:
    return sorted(path for path in (raw / source).rglob("*") if path.suffix in {".csv", ".txt", ".psv"})


def _polars(raw: Path, source: str) -> int:
    import polars as pl

    rows = 0
    for path in _text_files(raw, source):
        with path.open("rb") as stream:
            head = stream.readline()
        separator = max("|;,\t", key=lambda sign: head.count(sign.encode()))
        # Unquoted on purpose: the stray quotes of real files make Polars refuse them.
        rows += pl.read_csv(
            path,
            separator=separator,
            quote_char=None,
            infer_schema=False,
            encoding="utf8-lossy",
            truncate_ragged_lines=True,
        ).height
    return rows


def _padan(raw: Path, source: str) -> int:
    import polars as pl

    from pipeline.extracts.files import find_files
    from pipeline.extracts.read import read_source
    from pipeline.normalise.staging import stage
    from schemas.staged import STAGED
    from schemas.table import split

    names = {str(path.relative_to(raw)) for path in _text_files(raw, source)}
    files = find_files(raw, "2022-12").filter(pl.col("berkas").is_in(sorted(names)))
    rows = read_source(raw, files, source)
    good, bad = split(stage(source, rows.filter(pl.col("rusak").is_null()), files, "2022-12"), STAGED[source])
    return good.height + bad.height


if __name__ == "__main__":
    side, source, folder = sys.argv[1:]
    started = time.perf_counter()
    count = {"polars": _polars, "padan": _padan}[side](Path(folder) / "raw", source)
    seconds = time.perf_counter() - started
    print(count, seconds, peak_memory())
