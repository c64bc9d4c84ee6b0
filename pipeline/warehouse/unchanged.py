"""Whether what a step left before is what it would make again: it is then kept, and the step is not done.

Told by a trace beside the frames: fingerprints of what they were made of and of their own bytes. All code, the
reference and the libraries are among the first, so that a change of any of them has everything made again. A trace is
written last: what a killed step leaves has none that is about it, and what was damaged since neither.

Belongs here: that comparison. Does not: what a step is made of and what it does (`assets`).
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from pathlib import Path

from pipeline.extracts.files import fingerprint
from pipeline.places import Places
from pipeline.reference import REFERENCE_DIR

_HOUSE = Path(__file__).resolve().parents[2]
_PACKAGES = ("assets", "pipeline", "reports", "schemas")


@dataclass(frozen=True)
class Made:
    """What a step makes of one periode.

    Attributes:
        places: the data directory.
        step: its name.
        periode: YYYY-MM.
        results: keys of the stored frames that it leaves, `layer/name`.
        files: what it reads: of each file a name and where it lies, or None where there is none.
        facts: what it is told besides, as text.
    """

    places: Places
    step: str
    periode: str
    results: Sequence[str]
    files: Mapping[str, Path | None] = field(default_factory=dict)
    facts: Mapping[str, str] = field(default_factory=dict)

    def stands(self) -> bool:
        """Whether what is stored is what would be made again, byte by byte."""
        try:
            told = json.loads(self._trace.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return False
        return bool(told == {"dari": self._sources(), "hasil": self._results()})

    def note(self) -> None:
        """Leave the trace of what was made just now."""
        told = json.dumps({"dari": self._sources(), "hasil": self._results()}, indent=1, sort_keys=True)
        self._trace.parent.mkdir(parents=True, exist_ok=True)
        working = self._trace.with_suffix(".bangun")
        working.write_text(told, encoding="utf-8")
        os.replace(working, self._trace)  # noqa: PTH105 - the one call that every swap goes through, see `publish`

    @property
    def _trace(self) -> Path:
        return self.places.trace(self.step, self.periode)

    def _sources(self) -> dict[str, str]:
        prints = {name: "" if path is None else _bytes_of(path) for name, path in self.files.items()}
        return {"cara": _ways(), **prints, **self.facts}

    def _results(self) -> dict[str, str]:
        return {key: _bytes_of(self.places.stored(key, self.periode)) for key in self.results}


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
