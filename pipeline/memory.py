"""Memory that is free and still held for later use.

Belongs here: giving it back to the system, and keeping the C library from holding much of it. Does not: how much a step
may hold, which each step knows of itself. Nothing happens where the C library has no such calls (they are glibc's).
"""

from __future__ import annotations

import ctypes
import ctypes.util
from collections.abc import Callable

# From glibc's malloc.h.
_M_ARENA_MAX = -8


def share_one_heap() -> None:
    """Let all threads allocate from one heap of the C library; only before the first one is started.

    Each keeps a heap of its own otherwise, and what one has freed no other can use: a tenth of all memory when a
    million residents are matched. NumPy's arrays are large and few, so threads don't wait for each other.
    """
    limit = _of_c_library("mallopt")
    if limit is not None:
        limit(_M_ARENA_MAX, 1)


def give_back() -> None:
    """Return what the C library keeps of freed arrays, which between two large steps can be a third of all memory."""
    trim = _of_c_library("malloc_trim")
    if trim is not None:
        trim(0)


def _of_c_library(name: str) -> Callable[..., int] | None:
    return getattr(ctypes.CDLL(ctypes.util.find_library("c")), name, None)
