"""What became of the runs of each periode: begun, finished, withheld, published, withdrawn.

Belongs here: telling and noting that, from what lies in the store and the publication. Does not: making a publication
(`pipeline.warehouse.publication`).
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from enum import Enum, auto
from pathlib import Path

import polars as pl

from pipeline.extracts.arrival import is_assumed_of, published_periodes
from pipeline.places import Places
from pipeline.warehouse.store.whole import clear_killed_writes

LEDGER, GATES = "raw/berkas", "published/gerbang"
"""Keys of what a run stores first, and of what it stores last before it publishes."""


def published_periode(places: Places) -> str | None:
    """The newest published periode; None before the first publication."""
    return max(published_periodes(places), default=None)


def redated(places: Places, periode: str, files: pl.DataFrame) -> list[str]:
    """The later published periode that a run withdraws, as it reads its very DTKS snapshot as that of its own periode.

    A month assumed by mistake would stay the newest for good. None that a folder told, and none where several were
    published of that snapshot: whoever does that means them. A periode that is published already is only run again.

    Args:
        places: the data directory.
        periode: the run's.
        files: the ledger of its files, `raw/berkas`.
    """
    published = published_periodes(places)
    if periode in published:
        return []
    same = [month for month in published if is_assumed_of(places, month, files, periode)]
    return same if len(same) == 1 and same[0] > periode else []


def renews_state(places: Places, periode: str, withdrawn: Sequence[str]) -> bool:
    """Whether a run's current-state tables, report and release replace the published ones: no later periode stays."""
    return periode >= max(set(published_periodes(places)).difference(withdrawn), default=periode)


class State(Enum):
    """What became of the last run of a periode."""

    DONE = auto()
    WITHHELD = auto()
    """A gate held it back: what is stored is not what was published."""
    UNFINISHED = auto()
    """It failed, was killed or is still at work: what is stored is of two runs."""


def stored_state(places: Places, periode: str) -> State:
    """What became of the last run of a periode that was ever begun."""
    gates = places.stored(GATES, periode)
    if not gates.exists() or _at_work(places, periode).exists():
        return State.UNFINISHED
    if not pl.read_parquet(gates, columns=["lulus"])["lulus"].all():
        return State.WITHHELD
    return State.DONE if periode in published_periodes(places) else State.UNFINISHED


def newest_stored(places: Places) -> str | None:
    """The newest periode that a run was begun for and that is no slip; None before any."""
    return newest_meant(places, {*places.periodes_stored(LEDGER)})


def newest_meant(places: Places, stored: Set[str]) -> str | None:
    """The newest of periodes that runs left something of; None where there is none.

    One that is later than all published ones, and was run before the newest of these was run last, is passed over: a
    folder that named a month to come, since renamed, would be told of for good.
    """
    newest = published_periode(places)
    if newest is None:
        return max(stored, default=None)
    since = _last_sign(places, newest)
    meant = (periode for periode in stored if periode <= newest or _last_sign(places, periode) >= since)
    return max(meant, default=None)


def _last_sign(places: Places, periode: str) -> int:
    """When the last run of a periode was judged, or began where it was not; 0 where nothing tells."""
    signs = (places.stored(GATES, periode), _at_work(places, periode))
    return max((sign.stat().st_mtime_ns for sign in signs if sign.exists()), default=0)


def begin(places: Places, periode: str) -> None:
    """Let a run begin, which holds the data directory: what a killed one was writing goes, and its periode's verdict.

    Until its gates are judged, what is stored of the periode is of two runs; until it is published or withheld, it is
    not what is published.
    """
    clear_killed_writes(places.store)
    places.stored(GATES, periode).unlink(missing_ok=True)
    mark = _at_work(places, periode)
    mark.parent.mkdir(parents=True, exist_ok=True)
    mark.touch()


def end(places: Places, periode: str) -> None:
    """Note that the run of a periode came to its end: it is published or withheld."""
    _at_work(places, periode).unlink(missing_ok=True)


def _at_work(places: Places, periode: str) -> Path:
    """The file that is there from a run's begin to its end, and stays where it is killed."""
    return places.stored(GATES, periode).with_suffix(".berjalan")
