"""The swap that makes a whole run visible at once: database, Parquet tables and report in one published tree.

Every run builds its own tree, `home/published/<name>.bangun/{warehouse,marts,reports}`. Publishing renames it and
points the link `home/published/current` at it, so that all three change with that one rename. The public folders of
the data directory are links through `current` and never change again.

Whenever a process is killed, `current` names a complete tree: the old one or the new one. Readers with open files keep
reading the tree they opened; the last two trees are kept.

Belongs here: making trees live and deleting old ones. Does not: the content of trees, and the SEPAKAT release, which
has its own versions (`pipeline.warehouse.sepakat.versions`).
"""

from __future__ import annotations

import fcntl
import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from pipeline.places import Places

_PARTS = ("warehouse", "marts", "reports")
# Folders with unmasked identifiers; the report has none.
_CONFIDENTIAL = ("warehouse", "marts")
_SEARCH_BITS = stat.S_IXGRP | stat.S_IXOTH
_READ_BITS = stat.S_IRGRP | stat.S_IROTH | _SEARCH_BITS
_CURRENT = "current"
_WORKING_SUFFIX = ".bangun"
"""Ending of names that are still being built; whoever finds one while holding the lock may delete it."""
_BACKUP_SUFFIX = ".lama"


class BusyError(Exception):
    """Another process is publishing in this data directory."""


PUBLISHING, RUNNING = "padan.lock", "proses.lock"
"""Names of the locks: of a publication, and of a whole run (whose steps share one store)."""


@contextmanager
def hold_lock(places: Places, lock: str = PUBLISHING) -> Iterator[None]:
    """Hold a lock of the data directory: `PUBLISHING` from `create_tree` to `activate_tree`, `RUNNING` for a whole run.

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


def restrict_to_group(folder: Path) -> None:
    """Make a folder, if missing, and restrict it to its owner and group (through which an office admits analysts)."""
    folder.mkdir(parents=True, exist_ok=True)
    _set_mode(folder, stat.S_IMODE(folder.stat().st_mode) & ~stat.S_IRWXO)


def share_like_parent(path: Path, *, recursive: bool = True) -> None:
    """Make something readable to everyone who can read the folder it is in, whatever the umask; only for masked data.

    A nightly job with umask 077 would otherwise close the report that yesterday's left open. The folders above are not
    changed, so what an office has closed by hand stays closed.

    Args:
        path: a new folder or file.
        recursive: whether to include everything in it.
    """
    readers = stat.S_IMODE(path.parent.stat().st_mode) & _READ_BITS
    for entry in (path, *(path.rglob("*") if recursive else ())):
        mode = stat.S_IMODE(entry.stat().st_mode)
        _set_mode(entry, mode | (readers if entry.is_dir() else readers & ~_SEARCH_BITS))


def make_shared_folder(folder: Path) -> None:
    """Make a folder and its missing parents, as open as the folder that they are in."""
    if not folder.exists():
        make_shared_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        share_like_parent(folder, recursive=False)


def _set_mode(path: Path, mode: int) -> None:
    """Set a mode only if it differs: on a colleague's file even setting the same mode is refused."""
    if stat.S_IMODE(path.stat().st_mode) != mode:
        path.chmod(mode)


def create_tree(places: Places, name: str) -> Path:
    """Make an empty working tree for the run `name`, with the folders `warehouse`, `marts` and `reports`."""
    tree = places.published / f"{name}{_WORKING_SUFFIX}"
    if tree.exists():
        shutil.rmtree(tree)
    make_shared_folder(places.published)
    for part in _PARTS:
        (tree / part).mkdir(parents=True)
    for part in _CONFIDENTIAL:
        restrict_to_group(tree / part)
    return tree


def activate_tree(places: Places, tree: Path) -> Path:
    """Make a tree of `create_tree` live, keep the previous one, and delete all older and abandoned ones.

    A real folder in the place of a link is moved to `<name>.lama`, never deleted.

    Returns:
        The published tree under its final name: the working name without its suffix, numbered if that is taken.

    Raises:
        OSError: a step failed; the previous publication is still in place unless the swap itself was already done.
    """
    previous = _link_target(places.published / _CURRENT)
    final = _unused_path(tree.with_name(tree.name.removesuffix(_WORKING_SUFFIX)))
    tree.rename(final)
    _replace_link(places.published / _CURRENT, Path(final.name))
    for part in _PARTS:
        _link_through_current(places, part)
    _delete_old_trees(places, keep={final.name, previous})
    return final


def _link_target(link: Path) -> str | None:
    """Where a link points, as written; None if there is none."""
    return str(link.readlink()) if link.is_symlink() else None


def _unused_path(path: Path) -> Path:
    """`path`, or the first of `<path>-2`, `<path>-3`, … that does not exist."""
    candidates = (path if number == 1 else path.with_name(f"{path.name}-{number}") for number in count(1))
    return next(candidate for candidate in candidates if not os.path.lexists(candidate))


def _replace_link(link: Path, target: Path) -> None:
    """Atomically point `link` to `target`, whether or not it existed."""
    working = link.with_name(f"{link.name}{_WORKING_SUFFIX}")
    working.unlink(missing_ok=True)
    os.symlink(target, working)  # noqa: PTH211 - beside os.replace, the two calls that the swap is made of
    os.replace(working, link)  # noqa: PTH105


def _link_through_current(places: Places, part: str) -> None:
    """Make `<data-dir>/<part>` a link through `current`; done once, by the first run."""
    link = places.root / part
    target = places.published.relative_to(places.root) / _CURRENT / part
    if _link_target(link) == str(target):
        return
    if not os.path.lexists(link):
        _replace_link(link, target)
        return
    if link.is_dir() and not link.is_symlink() and not any(link.iterdir()):
        link.rmdir()
        _replace_link(link, target)
        return
    backup = _unused_path(link.with_name(f"{link.name}{_BACKUP_SUFFIX}"))
    link.rename(backup)
    try:
        _replace_link(link, target)
    except OSError:
        backup.rename(link)
        raise


def _delete_old_trees(places: Places, keep: set[str | None]) -> None:
    for path in places.published.iterdir():
        if path.is_dir() and not path.is_symlink() and path.name not in keep:
            # The data are published already; the next run tries again to delete what could not be deleted.
            shutil.rmtree(path, ignore_errors=True)
