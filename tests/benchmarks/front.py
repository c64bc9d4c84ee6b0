"""Reading, normalising and validating a register, compared with Polars parsing the same files to text columns.

First time: both sides read the same generated SIAK and DTKS text files alternately, each in its own process that has
loaded its modules and reference tables before the clock starts. Then memory: as the assets do it, from raw files to
Parquet on disk, for a register that grows tenfold.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from tests.benchmarks.measuring import peak_memory

# Gives a register of about 750,000 residents and 390,000 DTKS rows in text files.
KELUARGA = 280_000
RUNS = 3
MILLION_ROWS = (1, 3, 10)
SOURCES = ("dukcapil", "dtks")
# The numbers of rows in the promise, by which the two sources are weighted together.
PROMISED_ROWS = {"dukcapil": 1_000_000, "dtks": 350_000}
PERIODE = "2022-12"
_DIGITS = 16


def main() -> None:
    """Print both tables."""
    with tempfile.TemporaryDirectory() as folder:
        from pipeline.synthetic.generate import generate

        generate(Path(folder), KELUARGA, 1)
        compare_time(folder)
        compare_memory(folder)


def compare_time(folder: str) -> None:
    """Median seconds of both sides, per source and for both together, weighted as promised."""
    print(f"{'source':<10}{'rows':>12}{'polars s':>10}{'padan s':>10}{'ratio':>8}{'cpu ratio':>11}")
    total = {(side, what): 0.0 for side in ("polars", "padan") for what in ("seconds", "cpu")}
    for source in SOURCES:
        runs = [{side: _measure(side, source, folder) for side in ("polars", "padan")} for _ in range(RUNS)]
        rows = runs[0]["padan"]["rows"]
        took = {(side, what): statistics.median(run[side][what] for run in runs) for side, what in total}
        total = {key: seconds + took[key] * PROMISED_ROWS[source] / rows for key, seconds in total.items()}
        _show(source, rows, took)
    _show("promised", sum(PROMISED_ROWS.values()), total)


def _show(source: str, rows: int, took: dict[tuple[str, str], float]) -> None:
    polars, padan = took["polars", "seconds"], took["padan", "seconds"]
    cpu = took["padan", "cpu"] / took["polars", "cpu"]
    print(f"{source:<10}{rows:>12}{polars:>10.2f}{padan:>10.2f}{padan / polars:>8.2f}{cpu:>11.2f}", flush=True)


def compare_memory(folder: str) -> None:
    """Peak memory and seconds of one run over ever longer registers."""
    print(f"\n{'source':<10}{'rows':>12}{'seconds':>10}{'peak GiB':>10}")
    for source in SOURCES:
        files = _text_files(Path(folder) / "raw", source)
        rows = sum(path.read_bytes().count(b"\n") for path in files)
        for millions in MILLION_ROWS:
            with tempfile.TemporaryDirectory() as grown:
                for path in files:
                    _grow(path, Path(grown) / path.relative_to(folder), -(-millions * 10**6 // rows))
                found = _measure("stored", source, grown)
            print(f"{source:<10}{found['rows']:>12,}{found['seconds']:>10.1f}{found['gib']:>10.2f}", flush=True)


def _grow(path: Path, target: Path, times: int) -> None:
    """Write a file with all rows repeated several times, each time with new NIKs, KK numbers and IDs."""
    header, _, rows = path.read_bytes().partition(b"\n")
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("wb") as stream:
        stream.write(header + b"\n")
        for copy in range(times):
            stream.write(_other_numbers(rows.removesuffix(b"\n") + b"\n", copy))


def _other_numbers(text: bytes, copy: int) -> bytes:
    """Add `copy` × 100 to the last four digits of all 16-digit numbers; serials of one day rarely reach 100."""
    letters = np.frombuffer(text, dtype=np.uint8).copy()
    edges = np.flatnonzero(np.diff((letters >= ord("0")) & (letters <= ord("9")), prepend=False, append=False))
    hundreds = edges[::2][edges[1::2] - edges[::2] == _DIGITS] + _DIGITS - 4
    tens, ones = letters[hundreds] - ord("0"), letters[hundreds + 1] - ord("0")
    shifted = (10 * tens.astype(np.int64) + ones + copy) % 100
    letters[hundreds], letters[hundreds + 1] = ord("0") + shifted // 10, ord("0") + shifted % 10
    return letters.tobytes()


def _measure(side: str, source: str, folder: str) -> dict[str, Any]:
    """Rows, wall and processor seconds and peak GiB of one side in a fresh process."""
    command = [sys.executable, "-m", "tests.benchmarks.front", side, source, folder]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    rows, seconds, cpu, gib = done.stdout.split()
    return {"rows": int(rows), "seconds": float(seconds), "cpu": float(cpu), "gib": float(gib)}


def _text_files(raw: Path, source: str) -> list[Path]:
    return sorted(path for path in (raw / source).rglob("*") if path.suffix in {".csv", ".txt", ".psv"})


def _polars(raw: Path, source: str) -> Callable[[], int]:
    import polars as pl

    def work() -> int:
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

    return work


def _padan(raw: Path, source: str) -> Callable[[], int]:
    """Our side, in memory and piece by piece like Polars' side; counted pieces are freed."""
    from pipeline.extracts.read import read_source
    from pipeline.normalise.sources.parts import Parts
    from pipeline.normalise.staging import stage_parts
    from schemas.staged import STAGED
    from schemas.table import split

    files = _ledger(raw, source)
    _load_reference(source)

    def work() -> int:
        rows = read_source(raw, files, source)
        judged = (split(part, STAGED[source]) for part in stage_parts(source, Parts(rows.lazy()), files, PERIODE))
        return sum(good.height + bad.height for good, bad in judged)

    return work


def _stored(raw: Path, source: str) -> Callable[[], int]:
    """As the assets do it: the raw frame to disk, and from there part by part to the accepted one."""
    import polars as pl

    from pipeline.extracts.read import iter_source
    from pipeline.normalise.sources.parts import Parts
    from pipeline.normalise.staging import stage_parts
    from pipeline.warehouse.store.parquet import write_parquet_pieces
    from schemas.extracts import EXTRACTS
    from schemas.staged import STAGED
    from schemas.table import polars_schema, split

    files, extract, accepted = _ledger(raw, source), raw / "extract.parquet", raw / "accepted.parquet"
    _load_reference(source)

    def work() -> int:
        write_parquet_pieces(iter_source(raw, files, source), polars_schema(EXTRACTS[source]), extract)
        parts = stage_parts(source, Parts(pl.scan_parquet(extract)), files, PERIODE)
        write_parquet_pieces(
            (split(part, STAGED[source])[0] for part in parts), polars_schema(STAGED[source]), accepted
        )
        return int(pl.scan_parquet(accepted).select(pl.len()).collect().item())

    return work


def _load_reference(source: str) -> None:
    """Load what a run loads once in any case: the regions, the headers, and pandera's checks."""
    import polars as pl

    from pipeline.normalise.staging import stage
    from schemas.extracts import EXTRACTS, known_headers
    from schemas.staged import STAGED
    from schemas.table import polars_schema, split

    schema = polars_schema(EXTRACTS[source])
    known_headers()
    # The first refused row loads pandera; this one is refused for its name.
    row = {name: "x" if dtype == pl.String else 1 for name, dtype in schema.items()} | {"rusak": None, "nama": None}
    none: dict[str, Any] = {"berkas": pl.String, "diubah": pl.Datetime("us"), "periode_berkas": pl.String}
    split(stage(source, pl.DataFrame([row], schema=schema), pl.DataFrame(schema=none), PERIODE), STAGED[source])


def _ledger(raw: Path, source: str) -> Any:
    import polars as pl

    from pipeline.extracts.files.ledger import build_ledger

    names = [str(path.relative_to(raw)) for path in _text_files(raw, source)]
    return build_ledger(raw, PERIODE).filter(pl.col("berkas").is_in(names))


if __name__ == "__main__":
    side, source, folder = sys.argv[1:]
    work = {"polars": _polars, "padan": _padan, "stored": _stored}[side](Path(folder) / "raw", source)
    cpu, clock = time.process_time(), time.perf_counter()
    count = work()
    print(count, time.perf_counter() - clock, time.process_time() - cpu, peak_memory())
