"""Decides whether a step's stored results are up to date, so that the step can be skipped.

A trace file holds the checksums of a step's inputs and of its results. All code, the reference data and the libraries
count as inputs, so that a change of any of them recomputes everything. The trace is written last, so results of a
killed step, or results damaged later, do not fit it.

Belongs here: that comparison. Does not: the inputs and the work of a step (`assets`).
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
    """The results and inputs of a step.

    Attributes:
        trace: file with their checksums.
        results: name → path of each result.
        files: name → path of each input file, None if it does not exist.
        facts: name → other inputs, as text.
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
        """For a step whose results are stored frames of one periode, given by their keys (`layer/name`)."""
        stored = {key: places.stored(key, periode) for key in keys}
        return Made(places.trace(step, periode), stored, files, facts)

    def stands(self) -> bool:
        """Whether results and inputs are unchanged, byte for byte."""
        return self.differing() == set()

    def differing(self) -> set[str] | None:
        """Names of changed inputs; None if no result can be kept: no trace, or changed code or results."""
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
        """Write the trace of the current results."""
        told = json.dumps({"dari": self._sources(), "hasil": self._results()}, indent=1, sort_keys=True)
        replace_whole(self.trace, lambda working: working.write_text(told, encoding="utf-8"))

    def _sources(self) -> dict[str, str]:
        prints = {name: "" if path is None else _bytes_of(path) for name, path in self.files.items()}
        return {_WAYS: _ways(), **prints, **self.facts}

    def _results(self) -> dict[str, str]:
        return {name: _bytes_of(path) for name, path in self.results.items()}


def _bytes_of(path: Path) -> str:
    """The checksum of a file, cached while its inode, size and time stay the same; empty if it does not exist."""
    if not path.is_file():
        return ""
    about = path.stat()
    return _fingerprint(path, about.st_ino, about.st_size, about.st_mtime_ns)


@cache
def _fingerprint(path: Path, *_: int) -> str:
    return fingerprint(path)


@cache
def _ways() -> str:
    """Checksum of what every result depends on: our code, the reference data, Python and its libraries."""
    ours = sorted(
        path
        for folder in (*(_HOUSE / package for package in _PACKAGES), REFERENCE_DIR)
        for path in folder.rglob("*")
        if path.is_file() and path.parent.name != "__pycache__"
    )
    libraries = {each.name for folder in map(Path, sys.path) for each in folder.glob("*.dist-info")}
    told = [sys.version, *sorted(libraries), *(f"{path.relative_to(_HOUSE)} {fingerprint(path)}" for path in ours)]
    return sha256("\n".join(told).encode()).hexdigest()
