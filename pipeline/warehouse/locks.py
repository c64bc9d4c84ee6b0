"""The locks of a data directory: one for publishing, one for a whole run."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from pipeline.places import Places
from pipeline.warehouse.store.permissions import make_shared_folder

PUBLISHING, RUNNING = "padan.lock", "proses.lock"
"""Names of the locks: of a publication, and of a whole run (whose steps share one store)."""


class BusyError(Exception):
    """Another process holds the lock."""


@contextmanager
def hold_lock(places: Places, lock: str = PUBLISHING) -> Iterator[None]:
    """Hold a lock of the data directory: `PUBLISHING` for a publication, `RUNNING` for a whole run.

    The lock belongs to the process and is released with it, however it ends.

    Raises:
        BusyError: another process holds it.
    """
    make_shared_folder(places.home)
    with (places.home / lock).open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            message = f"Proses padan lain sedang berjalan di {places.root}. Tunggu sampai selesai, lalu ulangi."
            raise BusyError(message) from None
        yield
