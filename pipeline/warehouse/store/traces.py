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

from pipeline.extracts.files.ledger import fingerprint
from pipeline.places import Places
from pipeline.reference import REFERENCE_DIR
from pipeline.warehouse.store.atomic import write_atomically

_REPOSITORY = Path(__file__).resolve().parents[3]
_PACKAGES = ("assets", "pipeline", "reports", "schemas")
_CODE = "cara"


@dataclass(frozen=True)
class Trace:
    """The results and inputs of a step.

    Attributes:
        path: of the file with their checksums.
        results: name → path of each result.
        files: name → path of each input file, None if it does not exist.
        facts: name → other inputs, as text.
    """

    path: Path
    results: Mapping[str, Path]
    files: Mapping[str, Path | None] = field(default_factory=dict)
    facts: Mapping[str, str] = field(default_factory=dict)

    @staticmethod
    def of_frames(
        places: Places,
        step: str,
        periode: str,
        keys: Sequence[str],
        *,
        files: Mapping[str, Path | None] = MappingProxyType({}),
        facts: Mapping[str, str] = MappingProxyType({}),
    ) -> Trace:
        """For a step whose results are stored frames of one periode, given by their keys (`layer/name`)."""
        stored = {key: places.stored(key, periode) for key in keys}
        return Trace(places.trace(step, periode), stored, files, facts)

    def is_current(self) -> bool:
        """Whether results and inputs are unchanged, byte for byte."""
        return self.changed_inputs() == set()

    def changed_inputs(self) -> set[str] | None:
        """Names of changed inputs; None if no result can be kept: no trace, or changed code or results."""
        try:
            recorded = json.loads(self.path.read_text(encoding="utf-8"))
            recorded_inputs, recorded_results = dict(recorded["dari"]), dict(recorded["hasil"])
        except (OSError, ValueError, TypeError, KeyError):
            return None
        inputs = self._input_checksums()
        if recorded_inputs.get(_CODE) != inputs[_CODE] or recorded_results != self._result_checksums():
            return None
        return {name for name in recorded_inputs.keys() | inputs if recorded_inputs.get(name) != inputs.get(name)}

    def write(self) -> None:
        """Write the trace of the current results."""
        content = json.dumps(
            {"dari": self._input_checksums(), "hasil": self._result_checksums()}, indent=1, sort_keys=True
        )
        write_atomically(self.path, lambda working: working.write_text(content, encoding="utf-8"))

    def _input_checksums(self) -> dict[str, str]:
        checksums = {name: "" if path is None else _checksum(path) for name, path in self.files.items()}
        return {_CODE: _code_checksum(), **checksums, **self.facts}

    def _result_checksums(self) -> dict[str, str]:
        return {name: _checksum(path) for name, path in self.results.items()}


def _checksum(path: Path) -> str:
    """The checksum of a file, cached while its inode, size and time stay the same; empty if it does not exist."""
    if not path.is_file():
        return ""
    status = path.stat()
    return _cached_checksum(path, status.st_ino, status.st_size, status.st_mtime_ns)


@cache
def _cached_checksum(path: Path, *_: int) -> str:
    return fingerprint(path)


@cache
def _code_checksum() -> str:
    """Checksum of what every result depends on: our code, the reference data, Python and its libraries."""
    own_files = sorted(
        path
        for folder in (*(_REPOSITORY / package for package in _PACKAGES), REFERENCE_DIR)
        for path in folder.rglob("*")
        if path.is_file() and path.parent.name != "__pycache__"
    )
    libraries = {info.name for folder in map(Path, sys.path) for info in folder.glob("*.dist-info")}
    lines = [
        sys.version,
        *sorted(libraries),
        *(f"{path.relative_to(_REPOSITORY)} {fingerprint(path)}" for path in own_files),
    ]
    return sha256("\n".join(lines).encode()).hexdigest()
