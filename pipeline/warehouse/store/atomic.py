"""Atomic writing of files: to a working file first, then renamed over the old one.

Belongs here: that swap, and clearing working files of killed processes. Does not: the content of a file
(`pipeline.warehouse.store.parquet`), and the swap of a whole publication (`pipeline.warehouse.tree_swap`).
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

_ATTEMPTS = 3
_WORKING_SUFFIX = ".bangun"


def write_atomically(path: Path, write: Callable[[Path], object]) -> None:
    """Write a file and atomically replace `path` by it; missing folders are created.

    It is written in a working folder beside `path`, with a suffix that no other file of ours has.

    Raises:
        OSError: it cannot be written; `path` is then as it was.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    # In its own folder, whose removal is retried: Polars may open the file of a failed sink once more after reporting
    # the failure, even while the folder is being removed.
    folder = path.with_name(f".{path.name}.{os.getpid()}{_WORKING_SUFFIX}")
    folder.mkdir(exist_ok=True)
    try:
        write(folder / "isi")
        os.replace(folder / "isi", path)  # noqa: PTH105 - the one call that every swap goes through, see `activate_tree`
    finally:
        for _ in range(_ATTEMPTS):
            shutil.rmtree(folder, ignore_errors=True)


def remove_unfinished_writes(folder: Path) -> None:
    """Delete working files of killed processes anywhere below a folder; nobody else may be writing there."""
    for working in sorted(folder.rglob(f"*{_WORKING_SUFFIX}")):
        if working.is_dir():
            shutil.rmtree(working, ignore_errors=True)
        else:
            working.unlink(missing_ok=True)
