"""Automation: starts the main job for a new DTKS snapshot, and refreshes everything downstream of a table run by hand.

Belongs here: the sensors and the assets' automation condition. Does not: looking at the folder
(`pipeline.extracts.arrival`) or any step of the job.
"""

import hashlib
import json
import time
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import dagster as dg

from assets.jobs import PERIODE_TAG, WHOLE_RUN, main_job
from assets.partitions import PERIODE
from pipeline.extracts.arrival import (
    Arrival,
    inspect_arrival,
    is_snapshot_published,
    opened_fingerprints,
    snapshot_fingerprints,
    with_published_month,
)
from pipeline.normalise.values.masking import masked_text
from pipeline.places import Places
from pipeline.settings import load_limits

RESTING_SECONDS = 60
"""How long a folder must have been left alone before its files count as copied."""
_AT_WORK = [dg.DagsterRunStatus.QUEUED, dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED]

_condition = dg.AutomationCondition
# A table is refreshed after any of its inputs was refreshed by itself, also for past months. The main job refreshes
# everything, which `executed_with_root_target` does not detect for a run of a whole job, hence the tag.
FOLLOW = (
    _condition.any_deps_match(
        (
            _condition.newly_updated()
            & ~_condition.executed_with_root_target()
            & ~_condition.executed_with_tags(tag_values=WHOLE_RUN)
        )
        | _condition.will_be_requested()
    ).since_last_handled()
    & ~_condition.any_deps_missing()
    & ~_condition.any_deps_in_progress()
    & ~_condition.in_progress()
)

follow_sensor = dg.AutomationConditionSensorDefinition(
    "lanjutan_otomatis",
    target=dg.AssetSelection.groups("matched", "cleansed", "marts", "published"),
    minimum_interval_seconds=60,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Bila satu tabel dihitung ulang, semua yang bergantung padanya ikut dihitung ulang dan diterbitkan.",
)


def arrival_sensor(places: Places) -> dg.SensorDefinition:
    """The sensor that starts the main job once for every new complete DTKS snapshot in `raw/dtks`."""

    @dg.sensor(
        name="potret_dtks_baru",
        job=main_job,
        minimum_interval_seconds=30,
        # Active wherever `padan ui` runs; officers can switch it off there.
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Menjalankan proses utama sekali untuk setiap data DTKS baru yang sudah selesai disalin.",
    )
    def new_snapshot(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        seen = json.loads(context.cursor or "{}")
        arrival = inspect_arrival(places.raw, datetime.now(ZoneInfo("Asia/Jakarta")).strftime("%Y-%m"))
        if arrival.state == seen.get("selesai"):
            return _skip("Tidak ada data DTKS baru.", seen)
        waiting = _reason_to_wait(arrival, str(seen.get("terakhir")))
        if waiting:
            return _skip(waiting, seen | {"terakhir": arrival.state})
        if context.instance.get_runs_count(dg.RunsFilter(statuses=_AT_WORK)):
            return _skip("Proses lain sedang berjalan; diperiksa lagi sesudahnya.", seen)
        # Unreadable limits must fail the tick: otherwise the run would fail, and its snapshot count as seen.
        load_limits(places.root)
        arrival = with_published_month(places, arrival)
        snapshots, out_of_range = _unpublished_snapshots(places, arrival)
        counters = _run_counters(places, snapshots, seen.get("giliran", {}), arrival.periode)
        cursor = json.dumps({"terakhir": arrival.state, "selesai": arrival.state, "giliran": counters})
        if snapshots:
            for periode in snapshots:
                context.log.info(f"Periode {periode}: {arrival.explain(periode)}.")
            requests = [_run_request(arrival, periode, counters[periode]) for periode in snapshots]
            return dg.SensorResult(run_requests=requests, cursor=cursor)
        reason = (
            f"Periode di luar rentang yang dapat diproses: {', '.join(out_of_range)}."
            if out_of_range
            else "Semua data DTKS sudah diterbitkan."
        )
        return dg.SensorResult(skip_reason=reason, cursor=cursor)

    return new_snapshot


def _run_request(arrival: Arrival, periode: str, counter: list[Any]) -> dg.RunRequest:
    run_key = "-".join([periode, *map(str, counter)])
    return dg.RunRequest(run_key=run_key, partition_key=periode, tags={PERIODE_TAG: arrival.explain(periode)})


def _skip(reason: str, cursor: dict[str, Any]) -> dg.SensorResult:
    return dg.SensorResult(skip_reason=reason, cursor=json.dumps(cursor))


def _reason_to_wait(arrival: Arrival, state_before: str) -> str | None:
    """Why the folder cannot be read yet; None if its files are complete."""
    if not arrival.snapshots:
        return "Belum ada berkas di raw/dtks."
    if arrival.unfinished:
        return f"Masih disalin: {masked_text(', '.join(arrival.unfinished))}."
    # Ignore times in the future.
    fresh = 0 <= time.time() - arrival.last_modified < RESTING_SECONDS
    return (
        "Berkas DTKS baru berubah; ditunggu sampai selesai disalin." if fresh or arrival.state != state_before else None
    )


def _unpublished_snapshots(places: Places, arrival: Arrival) -> tuple[dict[str, frozenset[str]], list[str]]:
    """Checksums per snapshot that is not published in this state, and the periodes outside the allowed range."""
    out_of_range = [periode for periode in arrival.snapshots if not PERIODE.has_partition_key(periode)]
    fingerprints = {
        periode: snapshot_fingerprints(files)
        for periode, files in arrival.snapshots.items()
        if periode not in out_of_range
    }
    published = {
        periode
        for periode, snapshot in fingerprints.items()
        if is_snapshot_published(places, periode, snapshot, arrival.periode)
    }
    return {periode: snapshot for periode, snapshot in fingerprints.items() if periode not in published}, out_of_range


def _run_counters(
    places: Places, snapshots: dict[str, frozenset[str]], before: dict[str, Any], newest: str
) -> dict[str, Any]:
    """Per periode, the snapshot last requested and a counter; both form the run key, which Dagster never runs twice.

    The same files again, touched or renamed, are no new snapshot, unless others were run in between.
    """
    counters = dict(before)
    for periode, fingerprints in snapshots.items():
        last, number = before.get(periode, ["", 0])
        key = hashlib.sha256("".join(sorted(fingerprints)).encode()).hexdigest()[:16]
        other_was_run = opened_fingerprints(places, periode, newest) not in (frozenset(), fingerprints)
        counters[periode] = [key, number + 1 if key != last or other_was_run else number]
    return counters
