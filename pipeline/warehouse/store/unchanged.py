"""Whether what a step left before is what it would make again: it is then kept, and the step is not done.

Told by a trace: fingerprints of what it was made of and of its own bytes. All code, the reference and the libraries are
among the first, so that a change of any of them has everything made again. A trace is written last: what a killed step
leaves has none that is about it, and what was damaged since neither.

Belongs here: that comparison. Does not: what a step is made of and what it does (`assets`).
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType

from pipeline.extracts.files.found import fingerprint
from pipeline.places import Places
from pipeline.reference import REFERENCE_DIR
from pipeline.warehouse.store.whole import replace_whole

_HOUSE = Path(__file__).resolve().parents[3]
_PACKAGES = ("assets", "pipeline", "reports", "schemas")
_WAYS = "cara"


@dataclass(frozen=True)
class Made:
    """What a step makes, and of what.

    Attributes:
        trace: where their fingerprints are noted.
        results: what it leaves: of each file a name and where it lies.
        files: what it reads: of each file a name and where it lies, or None where there is none.
        facts: what it is told besides, as text.
    """

    trace: Path
    results: Mapping[str, Path]
    files: Mapping[str, Path | None] = field(default_factory=dict)
    facts: Mapping[str, str] = field(default_factory=dict)

    @staticmethod
    def frames(
        places: Places,
        step: str,
        periode: str,
        keys: Sequence[str],
        *,
        files: Mapping[str, Path | None] = MappingProxyType({}),
        facts: Mapping[str, str] = MappingProxyType({}),
    ) -> Made:
        """Stored frames of one periode, by their keys (`layer/name`)."""
        stored = {key: places.stored(key, periode) for key in keys}
        return Made(places.trace(step, periode), stored, files, facts)

    def stands(self) -> bool:
        """Whether what was left is what would be made again, byte by byte."""
        return self.differing() == set()

    def differing(self) -> set[str] | None:
        """Names of files and facts that are not what they were; None where nothing of what was left can be kept."""
        try:
            told = json.loads(self.trace.read_text(encoding="utf-8"))
            before, left = dict(told["dari"]), dict(told["hasil"])
        except (OSError, ValueError, TypeError, KeyError):
            return None
        now = self._sources()
        if before.get(_WAYS) != now[_WAYS] or left != self._results():
            return None
        return {name for name in before.keys() | now if before.get(name) != now.get(name)}

    def note(self) -> None:
        """Leave the trace of what was made just now."""
        told = json.dumps({"dari": self._sources(), "hasil": self._results()}, indent=1, sort_keys=True)
        replace_whole(self.trace, lambda working: working.write_text(told, encoding="utf-8"))

    def _sources(self) -> dict[str, str]:
        prints = {name: "" if path is None else _bytes_of(path) for name, path in self.files.items()}
        return {_WAYS: _ways(), **prints, **self.facts}

    def _results(self) -> dict[str, str]:
        return {name: _bytes_of(path) for name, path in self.results.items()}


def _bytes_of(path: Path) -> str:
    """The fingerprint of a file, read once while it stays the same; empty where there is none."""
    if not path.is_file():
        return ""
    about = path.stat()
    return _fingerprint(path, about.st_ino, about.st_size, about.st_mtime_ns)


@cache
def _fingerprint(path: Path, *_: int) -> str:
    return fingerprint(path)


@cache
def _ways() -> str:
    """What the results depend on besides what a step reads: our code, the reference, Python and its libraries."""
    ours = sorted(
        path
        for folder in (*(_HOUSE / package for package in _PACKAGES), REFERENCE_DIR)
        for path in folder.rglob("*")
        if path.is_file() and path.parent.name != "__pycache__"
    )
    libraries = {each.name for folder in map(Path, sys.path) for each in folder.glob("*.dist-info")}
    told = [sys.version, *sorted(libraries), *(f"{path.relative_to(_HOUSE)} {fingerprint(path)}" for path in ours)]
    return sha256("\n".join(told).encode()).hexdigest()
