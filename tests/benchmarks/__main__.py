"""`make bench`: every benchmark one after the other, after the machine and the versions.

Without arguments it takes minutes. The README states the arguments with which its figures were measured.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import Any

from tests.benchmarks import front, linking, realisation, whole_run
from tests.benchmarks.profiles import PROFILES

PARTS = ("linking", "febrl", "realisation", "front", "run")
_VERSIONS = ("polars", "duckdb", "rapidfuzz", "splink")


def main() -> None:
    """Run the chosen parts, print tables, and write bench.md and bench.json."""
    chosen = _arguments()
    machine = {
        "cores": os.cpu_count(),
        "platform": platform.platform(),
        "python": platform.python_version(),
        **{name: version(name) for name in _VERSIONS},
    }
    print(", ".join(f"{name} {value}" for name, value in machine.items()) + "\n", flush=True)
    found = []
    if "linking" in chosen.parts:
        found += linking.compare_sides(
            chosen.warga,
            chosen.profil,
            chosen.sides,
            chosen.runs,
            chosen.seed,
            at_once=chosen.sekaligus,
            kept=chosen.registers,
        )
    if "febrl" in chosen.parts:
        found += linking.compare_on_febrl(chosen.runs)
    if found:
        _write(chosen.out, machine, found)
    if "realisation" in chosen.parts:
        with tempfile.TemporaryDirectory(prefix="padan-bench-") as folder:
            rolled = realisation.table(realisation.compare(Path(folder), chosen.perintah, chosen.runs))
        chosen.out.mkdir(parents=True, exist_ok=True)
        (chosen.out / "realisation.md").write_text(rolled, encoding="utf-8")
        print(rolled, flush=True)
    if "front" in chosen.parts:
        front.main()
    if "run" in chosen.parts:
        whole_run.main(chosen.keluarga, chosen.seed)


def _write(out: Path, machine: dict[str, Any], found: list[dict[str, Any]]) -> None:
    out.mkdir(parents=True, exist_ok=True)
    (out / "bench.json").write_text(
        json.dumps({"machine": machine, "linking": found}, indent=1) + "\n", encoding="utf-8"
    )
    table = linking.table(found)
    (out / "bench.md").write_text(table, encoding="utf-8")
    print(table, flush=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench ARGS=…")
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=["linking", "febrl", "realisation"])
    parser.add_argument("--warga", nargs="+", type=int, default=[300_000], help="residents per register")
    parser.add_argument("--profil", nargs="+", choices=sorted(PROFILES), default=["clean", "hard"])
    parser.add_argument("--sides", nargs="+", choices=sorted(linking.SIDES), default=list(linking.SIDES))
    parser.add_argument("--sekaligus", nargs="+", type=int, default=[], help="padan again by so many pairs at once")
    parser.add_argument("--perintah", nargs="+", type=int, default=[1_000_000], help="payment orders")
    parser.add_argument("--keluarga", nargs="+", type=int, default=[30_000], help="families of a whole run")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--registers", type=Path, help="folder that keeps the generated registers for the next time")
    parser.add_argument("--out", type=Path, default=Path("data/bench"))
    return parser.parse_args()


if __name__ == "__main__":
    main()
