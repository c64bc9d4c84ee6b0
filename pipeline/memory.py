"""Tuning of memory allocators and of Python's garbage collector.

Belongs here: returning freed memory to the system, limiting what allocators retain, and excluding permanent objects
from garbage collection. Does not: how much memory a step may use. Without glibc the C library's settings are unchanged.
"""

from __future__ import annotations

import atexit
import ctypes
import gc
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager

# mallopt parameters of glibc's malloc.h: M_ARENA_MAX; M_TRIM_THRESHOLD; M_MMAP_THRESHOLD, at its largest value.
_MALLOC_SETTINGS = {-8: 1, -1: 64 << 20, -3: 32 << 20}
# The same for jemalloc, which Polars uses: cores per heap, and how long free memory is retained.
_CORES_PER_HEAP = 4
_POLARS, _POLARS_SETTINGS = "_RJEM_MALLOC_CONF", "narenas:{},dirty_decay_ms:1000,muzzy_decay_ms:0"


def share_one_heap() -> None:
    """Let threads share one heap (Polars': one per few cores); call before any thread is started and Polars is loaded.

    Otherwise each thread has its own heap, whose free memory no other can use: a tenth of all memory when a million
    residents are matched. Columns are large and few, so threads rarely wait for each other. Freed memory is retained
    for a while, because new columns need it soon, and getting new memory takes as long as filling it.
    """
    heaps = max((os.cpu_count() or 1) // _CORES_PER_HEAP, 1)
    os.environ.setdefault(_POLARS, _POLARS_SETTINGS.format(heaps))
    setting = _libc_function("mallopt")
    if setting is not None:
        for name, value in _MALLOC_SETTINGS.items():
            setting(name, value)


def release_free_memory() -> None:
    """Return freed memory that the C library retains; between two large steps it can be a third of all memory."""
    trim = _libc_function("malloc_trim")
    if trim is not None:
        trim(0)


@contextmanager
def exclude_from_garbage_collection() -> Iterator[None]:
    """Exclude objects created in this context, such as modules, from garbage collection.

    Python would otherwise scan all of them for cycles again and again: a tenth of the time of a run without changes.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        # Otherwise DuckDB reports leaked types at exit, in a hundred lines.
        atexit.register(gc.unfreeze)
        gc.enable()


def _libc_function(name: str) -> Callable[..., int] | None:
    # CDLL(None) is the running program; `find_library` would start another program.
    return getattr(ctypes.CDLL(None), name, None) if os.name == "posix" else None
