"""Memory that is free and still held for later use, and memory that is never free.

Belongs here: giving it back to the system, keeping the C library from holding much of it, and Python from looking
through what stays. Does not: how much a step may hold, which each step knows of itself. Where the C library has no such
calls (they are glibc's) it is left as it is.
"""

from __future__ import annotations

import atexit
import ctypes
import gc
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager

# From glibc's malloc.h: how many heaps there may be, how much may stay free at the end of one, and from which size on
# memory is asked of the system, which is the largest it allows.
_SETTINGS = {-8: 1, -1: 64 << 20, -3: 32 << 20}
# The same for jemalloc, from which Polars allocates: a heap per so many cores, and for how long what is free is kept.
_CORES_A_HEAP = 4
_POLARS, _POLARS_SETTINGS = "_RJEM_MALLOC_CONF", "narenas:{},dirty_decay_ms:1000,muzzy_decay_ms:0"


def share_one_heap() -> None:
    """Let threads allocate from one heap (Polars' from one per few cores), before any is started and Polars is loaded.

    Each keeps a heap of its own otherwise, and what one has freed no other can use: a tenth of all memory when a
    million residents are matched. Columns are large and few, so threads don't wait for each other. What is freed is
    kept for a while, for columns follow each other, and new memory costs the system as much time as filling it.
    """
    heaps = max((os.cpu_count() or 1) // _CORES_A_HEAP, 1)
    os.environ.setdefault(_POLARS, _POLARS_SETTINGS.format(heaps))
    setting = _of_c_library("mallopt")
    if setting is not None:
        for name, value in _SETTINGS.items():
            setting(name, value)


def give_back() -> None:
    """Return what the C library keeps of freed arrays, which between two large steps can be a third of all memory."""
    trim = _of_c_library("malloc_trim")
    if trim is not None:
        trim(0)


@contextmanager
def kept_for_good() -> Iterator[None]:
    """Take what is made meanwhile, such as modules, for what stays to the end of the process.

    Python looks through all of it for cycles again and again otherwise: a tenth of the time of a run without news.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        # Else DuckDB says at the end that its types were left, in a hundred lines.
        atexit.register(gc.unfreeze)
        gc.enable()


def _of_c_library(name: str) -> Callable[..., int] | None:
    # What the running program has loaded already; to look for the library's file starts another program.
    return getattr(ctypes.CDLL(None), name, None) if os.name == "posix" else None
