"""The state of each periode's last run: begun, finished, withheld, published, withdrawn.

Belongs here: reading and recording that state in the store and the publication. Does not: making a publication
(`pipeline.warehouse.publication`).
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from enum import Enum, auto
from pathlib import Path

import polars as pl

from pipeline.extracts.arrival import is_assumed_month, published_periodes
from pipeline.places import Places
from pipeline.warehouse.store.atomic import remove_unfinished_writes

LEDGER, GATES = "raw/berkas", "published/gerbang"
"""Keys of what a run stores first, and of what it stores last before it publishes."""


def published_periode(places: Places) -> str | None:
    """The newest published periode; None before the first publication."""
    return max(published_periodes(places), default=None)


def superseded_periodes(places: Places, periode: str, files: pl.DataFrame) -> list[str]:
    """The later published periode that a run replaces because it reads the same DTKS snapshot under its own periode.

    Otherwise a month assumed by mistake would stay the newest for good. None if a folder stated the published month, if
    several months were published of that snapshot (both are then intended), or if the run's periode is published.

    Args:
        places: the data directory.
        periode: the run's.
        files: the ledger of its files, `raw/berkas`.
    """
    published = published_periodes(places)
    if periode in published:
        return []
    same_snapshot = [month for month in published if is_assumed_month(places, month, files, periode)]
    return same_snapshot if len(same_snapshot) == 1 and same_snapshot[0] > periode else []


def replaces_current_state(places: Places, periode: str, withdrawn: Sequence[str]) -> bool:
    """Whether a run's current-state tables, report and release replace the published ones (no later periode stays)."""
    return periode >= max(set(published_periodes(places)).difference(withdrawn), default=periode)


class State(Enum):
    """State of the last run of a periode."""

    DONE = auto()
    WITHHELD = auto()
    """A gate withheld it: the store differs from the publication."""
    UNFINISHED = auto()
    """It failed, was killed or is still running: the store mixes two runs."""


def stored_state(places: Places, periode: str) -> State:
    """State of the last run of a periode for which at least one run was begun."""
    gates = places.stored(GATES, periode)
    if not gates.exists() or _running_marker(places, periode).exists():
        return State.UNFINISHED
    if not pl.read_parquet(gates, columns=["lulus"])["lulus"].all():
        return State.WITHHELD
    return State.DONE if periode in published_periodes(places) else State.UNFINISHED


def newest_stored_periode(places: Places) -> str | None:
    """The newest periode that a run was begun for, mistakes left out (`newest_intended_periode`); None before any."""
    return newest_intended_periode(places, {*places.periodes_stored(LEDGER)})


def newest_intended_periode(places: Places, stored: Set[str]) -> str | None:
    """The newest of the stored periodes, mistakes left out; None if there is none.

    A periode later than all published ones is a mistake if the newest published one was run after it: a folder named a
    future month and has since been renamed.
    """
    newest = published_periode(places)
    if newest is None:
        return max(stored, default=None)
    newest_activity = _last_activity_ns(places, newest)
    intended = (
        periode for periode in stored if periode <= newest or _last_activity_ns(places, periode) >= newest_activity
    )
    return max(intended, default=None)


def _last_activity_ns(places: Places, periode: str) -> int:
    """When (ns) the last run of a periode was judged or, if later, began; 0 if unknown."""
    markers = (places.stored(GATES, periode), _running_marker(places, periode))
    return max((marker.stat().st_mtime_ns for marker in markers if marker.exists()), default=0)


def begin_run(places: Places, periode: str) -> None:
    """Record the start of a run; delete the periode's last verdict and unfinished files of killed runs.

    The caller holds the data directory. Until the run's gates are judged, the store mixes two runs; until it is
    published or withheld, the store differs from the publication.
    """
    remove_unfinished_writes(places.store)
    places.stored(GATES, periode).unlink(missing_ok=True)
    marker = _running_marker(places, periode)
    marker.parent.mkdir(parents=True, exist_ok=True)
    marker.touch()


def end_run(places: Places, periode: str) -> None:
    """Record the end of a run: it is published or withheld."""
    _running_marker(places, periode).unlink(missing_ok=True)


def _running_marker(places: Places, periode: str) -> Path:
    """The marker file that exists from a run's start to its end, and stays if the run is killed."""
    return places.stored(GATES, periode).with_suffix(".berjalan")
