"""What all tests share: silence from Dagster, the samples, and one generated data directory run by the real command."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SAMPLES = Path(os.environ.get("PADAN_SAMPLES", ROOT.parent / "shared" / "samples")) / "desember-2022"
PADAN = Path(sys.executable).with_name("padan")
SMALL_KELUARGA, SEED = 700, 7

logging.disable(logging.INFO)


def environment() -> dict[str, str]:
    """What the command finds set: as here, but for a Dagster of the caller's own."""
    return {name: value for name, value in os.environ.items() if name not in {"DAGSTER_HOME", "PADAN_DATA_DIR"}}


def padan(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run the real command in a process of its own, as an officer would."""
    return subprocess.run(
        [str(PADAN), *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
        env=environment(),
    )


@pytest.fixture(scope="session")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with generated raw extracts and their truth, not run yet; read only."""
    folder = tmp_path_factory.mktemp("generated")
    result = padan("generate", "--out", folder, "--keluarga", str(SMALL_KELUARGA), "--seed", str(SEED))
    assert result.returncode == 0, result.stderr
    return folder


@pytest.fixture(scope="session")
def finished(generated: Path) -> Path:
    """The generated data directory after one run of the main job; tests must not change it."""
    result = padan("run", "--data-dir", generated, "--periode", "2022-12")
    assert result.returncode == 0, result.stderr
    (generated / "keluaran.txt").write_text(result.stdout + result.stderr, encoding="utf-8")
    return generated


@pytest.fixture(scope="session")
def samples() -> Path:
    """The samples made by an independent hand; skips where they are absent."""
    if not SAMPLES.is_dir():
        pytest.skip("the samples are not beside this checkout")
    return SAMPLES
