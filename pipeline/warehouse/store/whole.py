"""Files that appear whole or not at all: written aside, then renamed over what was there.

Belongs here: that swap, and what it leaves where it is killed. Does not: what is in a file
(`pipeline.warehouse.store.parquet`), and the swap of a whole publication (`pipeline.warehouse.publish`).
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

_TRIES = 3
_WORKING = ".bangun"


def replace_whole(path: Path, write: Callable[[Path], object]) -> None:
    """Let a file be written, and then stand at `path` in place of the one before; missing folders are made.

    It is written in a folder beside `path`, under a name that ends as no file of ours does.

    Raises:
        OSError: it cannot be written; `path` is then as it was.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    # In a folder of its own: Polars may open the file of a sink that has failed only after it told of the failure, in
    # the middle of the folder's removal even, but once.
    folder = path.with_name(f".{path.name}.{os.getpid()}{_WORKING}")
    folder.mkdir(exist_ok=True)
    try:
        write(folder / "isi")
        os.replace(folder / "isi", path)  # noqa: PTH105 - the one call that every swap goes through, see `publish`
    finally:
        for _ in range(_TRIES):
            shutil.rmtree(folder, ignore_errors=True)


def clear_killed_writes(folder: Path) -> None:
    """Delete what killed processes were writing anywhere below a folder that nobody else writes to now."""
    for working in sorted(folder.rglob(f"*{_WORKING}")):
        if working.is_dir():
            shutil.rmtree(working, ignore_errors=True)
        else:
            working.unlink(missing_ok=True)
