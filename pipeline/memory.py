"""Memory that is free and still held for later use.

Belongs here: giving it back to the system. Does not: how much a step may hold, which each step knows of itself.
"""

from __future__ import annotations

import ctypes
import ctypes.util


def give_back() -> None:
    """Return what the C library keeps of freed arrays, which between two large steps can be a third of all memory.

    Nothing happens where the C library has no such call (it is one of glibc's).
    """
    trim = getattr(ctypes.CDLL(ctypes.util.find_library("c")), "malloc_trim", None)
    if trim is not None:
        trim(0)
