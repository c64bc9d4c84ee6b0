"""Who may read files and folders: everyone who can read the folder above, or the owner and group only.

Does not belong here: which files hold unmasked identifiers (`pipeline.warehouse.tree_swap`, `assets.running`).
"""

from __future__ import annotations

import stat
from pathlib import Path

_SEARCH_BITS = stat.S_IXGRP | stat.S_IXOTH
_READ_BITS = stat.S_IRGRP | stat.S_IROTH | _SEARCH_BITS


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
