"""Matching compared with Splink on the same generated registers: time, memory, pairs and accuracy.

Every run is a process of its own and the sides alternate, so that other load on the machine affects all of them;
medians count. Belongs here: what is compared, and the table. Does not: a side (`padan_side`, `splink_side`).
"""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Iterable
from itertools import product
from pathlib import Path
from typing import Any

import polars as pl

from pipeline.warehouse.store.parquet import ROWS_PER_GROUP
from tests.benchmarks.febrl import write_febrl
from tests.benchmarks.frames import draw_frames
from tests.benchmarks.measuring import run_side

# Side → module and arguments after the folder.
SIDES: dict[str, tuple[str, ...]] = {
    "padan": ("padan_side", "all"),
    "padan persons": ("padan_side", "persons"),
    "splink light": ("splink_side", "light"),
    "splink standard": ("splink_side", "standard"),
}
_FEBRL: dict[str, tuple[str, ...]] = {"padan": ("febrl",), "splink": ("febrl_splink",)}
_MILLIONS = 100_000
_MEASURED = ("seconds", "cpu", "gib")
_HEAD = (
    "| registry × rows | data | side | s | CPU s | GiB | pairs | found | precision | recall | F1 | × s | × CPU |",
    "|---|---|---|---|---|---|---|---|---|---|---|---|---|",
)


def compare_sides(
    sizes: Iterable[int],
    profiles: Iterable[str],
    sides: Iterable[str],
    runs: int,
    seed: int,
    *,
    at_once: Iterable[int] = (),
    kept: Path | None = None,
) -> list[dict[str, Any]]:
    """Measure all sides on all generated registers.

    Args:
        sizes: residents.
        profiles: keys of `tests.benchmarks.profiles.PROFILES`.
        sides: keys of `SIDES`.
        runs: runs per side; the median of each figure counts.
        seed: of the registers.
        at_once: values of `pasangan_sekaligus` with which our matching is run in addition.
        kept: folder in which registers are cached; without one they are generated every time.

    Returns:
        One dictionary per register and side: warga, dtks, profil, sisi, the output of `measuring.measure`, and kali
        and kali_cpu: wall and processor time as multiples of our complete matching.
    """
    chosen = {side: SIDES[side] for side in sides}
    chosen |= {f"padan, {pairs:,} pairs at once": (*SIDES["padan"], str(pairs)) for pairs in at_once}
    results: list[dict[str, Any]] = []
    for size, profile in product(sizes, profiles):
        with tempfile.TemporaryDirectory() as temporary:
            folder = (kept or Path(temporary)) / f"{profile}-{size}-{seed}"
            if not (folder / "truth.parquet").exists():
                _write(folder, size, profile, seed)
            register = {"warga": _height(folder, "registry"), "dtks": _height(folder, "people"), "profil": profile}
            results += _alternate(str(folder), register, chosen, runs)
    return results


def compare_on_febrl(runs: int) -> list[dict[str, Any]]:
    """The same for Febrl 4, which has another schema."""
    with tempfile.TemporaryDirectory() as folder:
        write_febrl(Path(folder))
        return _alternate(folder, {"warga": 5_000, "dtks": 5_000, "profil": "Febrl 4"}, _FEBRL, runs)


def table(results: list[dict[str, Any]]) -> str:
    """The results as a Markdown table."""
    return "\n".join([*_HEAD, *(_row(result) for result in results)]) + "\n"


def _write(folder: Path, size: int, profile: str, seed: int) -> None:
    folder.mkdir(parents=True)
    for name, frame in vars(draw_frames(size, profile, seed)).items():
        frame.write_parquet(folder / f"{name}.parquet", compression="lz4", row_group_size=ROWS_PER_GROUP)


def _height(folder: Path, name: str) -> int:
    return pl.scan_parquet(folder / f"{name}.parquet").select(pl.len()).collect().item()


def _alternate(
    folder: str, register: dict[str, Any], sides: dict[str, tuple[str, ...]], runs: int
) -> list[dict[str, Any]]:
    """Figures of each side, medians over the runs."""
    taken: dict[str, list[dict[str, Any]]] = {side: [] for side in sides}
    for _ in range(runs):
        for side, (module, *arguments) in sides.items():
            taken[side].append(run_side(module, folder, *arguments))
    medians = {
        side: {**found[0], **{name: statistics.median(run[name] for run in found) for name in _MEASURED}}
        for side, found in taken.items()
    }
    ours = medians.get("padan", {})
    return [
        {
            **register,
            "sisi": side,
            **figures,
            **{key: ours and figures[name] / ours[name] for key, name in (("kali", "seconds"), ("kali_cpu", "cpu"))},
        }
        for side, figures in medians.items()
    ]


def _row(result: dict[str, Any]) -> str:
    cells = (
        f"{_size(result['warga'])} × {_size(result['dtks'])}",
        result["profil"],
        result["sisi"],
        f"{result['seconds']:.1f}",
        f"{result['cpu']:.1f}",
        f"{result['gib']:.2f}",
        f"{result['pairs']:,}",
        f"{result['blocked']:.4f}",
        *(f"{result[name]:.5f}" for name in ("precision", "recall", "f1")),
        *(f"{result[name]:.1f}" if result[name] else "" for name in ("kali", "kali_cpu")),
    )
    return f"| {' | '.join(cells)} |"


def _size(rows: int) -> str:
    return f"{rows / 1e6:.2f} M" if rows >= _MILLIONS else f"{rows:,}"
