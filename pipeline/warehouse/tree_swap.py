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

import os
import shutil
from itertools import count
from pathlib import Path

from pipeline.places import Places
from pipeline.warehouse.store.permissions import make_shared_folder, restrict_to_group

_PARTS = ("warehouse", "marts", "reports")
# Folders with unmasked identifiers; the report has none.
_CONFIDENTIAL = ("warehouse", "marts")
_CURRENT = "current"
_WORKING_SUFFIX = ".bangun"
"""Ending of names that are still being built; whoever finds one while holding the lock may delete it."""
_BACKUP_SUFFIX = ".lama"


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
