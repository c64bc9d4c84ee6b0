"""Runs the main job from the command: Dagster's home, the run in its history, and its progress.

Belongs here: what the command needs of Dagster. Does not: texts of the command (`pipeline.command`) or any step of the
job.
"""

import errno
import logging
import os
import socket
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, redirect_stderr
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO, cast

import dagster as dg
from dagster._core.definitions.reconstruct import ReconstructableJob
from dagster_shared.error import SerializableErrorInfo
from sqlalchemy.exc import DatabaseError

from assets.failures import history_sentence, is_history_file_error, is_stop, root_cause, sentence_for, step_failures
from assets.history import history_instance, refuse_unreadable_settings
from assets.partitions import PERIODE
from assets.store import KEPT_TAG
from pipeline.places import Places
from pipeline.warehouse.store.permissions import make_shared_folder, restrict_to_group

_TEMPLATE = Path(__file__).resolve().parents[1] / "pipeline" / "dagster.yaml"
STEP_LOGGER = "langkah"
_LOGGER = "padan.langkah"
_DAGSTER_FOLDERS = ("history", "logs", "schedules", "storage")
_UNWRITABLE_LOG = "Exception while writing logger call to event log"
_PROCESS_TAG = "padan/proses"
# Makes the UI show the run under the job of its code location.
_LOCATION_TAG = {".dagster/repository": "__repository__@padan"}


class HistoryError(Exception):
    """The run history cannot be written, so the run ends; the message is an Indonesian sentence."""


@dataclass(frozen=True)
class Outcome:
    """How a run ended.

    Attributes:
        success: whether every step ran and every blocking check passed.
        published: whether the result was published (only with success).
        failures: step and sentence of each failure; sentences name no person.
        kept: number of steps skipped because their results are up to date.
        steps: number of steps.
    """

    success: bool
    published: bool
    failures: list[tuple[str, str]]
    kept: int
    steps: int


def prepare_home(places: Places) -> Path:
    """Dagster's home of a data directory, created and configured by the first run; `DAGSTER_HOME` overrides it.

    Raises:
        SettingsError: its settings cannot be read.
    """
    home = Path(os.environ.get("DAGSTER_HOME") or places.home).resolve()
    make_shared_folder(home)
    if not os.access(home, os.W_OK):
        # Dagster's server would report it with a traceback.
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(home))
    # Dagster's run records name files, and after unforeseen failures perhaps persons.
    for confidential in (places.store, places.release_histories, *(home / name for name in _DAGSTER_FOLDERS)):
        restrict_to_group(confidential)
    settings = home / "dagster.yaml"
    # A full disk can leave the file empty; Dagster would then use its default settings.
    if not settings.exists() or not settings.stat().st_size:
        settings.write_bytes(_TEMPLATE.read_bytes())
    refuse_unreadable_settings(home)
    # Even if the settings say otherwise.
    os.environ |= {"DAGSTER_HOME": str(home), "DAGSTER_DISABLE_TELEMETRY": "yes"}
    return home


def run_main_job(
    job: ReconstructableJob,
    places: Places,
    periode: str,
    progress: Callable[[str, int, int], None],
    tags: Mapping[str, str],
) -> Outcome:
    """Run the main job for one periode in this process and record it in the run history.

    Args:
        job: the job over the data directory.
        places: that directory.
        periode: YYYY-MM.
        progress: called after each step with its key, its number and the number of steps.
        tags: of the run, in addition to those of every run.

    Raises:
        HistoryError: the history cannot be written, mostly because the disk is full or another process holds it.
        KeyboardInterrupt: the run was stopped.
    """
    steps, home = len(job.get_definition().all_node_defs), os.environ["DAGSTER_HOME"]
    try:
        terminal = cast("TextIO", _WithoutDagsterErrors(sys.stderr))
        with history_instance(home) as instance, _report_progress(progress, steps), redirect_stderr(terminal):
            close_killed_runs(instance)
            # `execute_in_process` would keep the frames of all steps in memory until the end.
            result = dg.execute_job(
                job,
                instance,
                run_config={"loggers": {STEP_LOGGER: {}}},
                tags={**PERIODE.get_tags_for_partition_key(periode), **process_tags(), **_LOCATION_TAG, **tags},
            )
    except DatabaseError as error:
        if not is_history_file_error(error):
            raise
        raise HistoryError(history_sentence(error, home)) from error
    return _outcome(result, places, steps)


def _outcome(result: dg.JobExecutionResult, places: Places, steps: int) -> Outcome:
    """How a run ended.

    Raises:
        KeyboardInterrupt: somebody stopped it.
    """
    causes = _failures(result)
    if any(is_stop(root) for _, root in causes):
        raise KeyboardInterrupt
    checks = result.get_asset_check_evaluations()
    gate = next((check for check in checks if check.check_name == "lolos_gerbang"), None)
    kept = {
        event.step_key
        for event in result.all_events
        if event.is_step_materialization and KEPT_TAG in event.step_materialization_data.materialization.metadata
    }
    published = result.success and gate is not None and gate.passed
    sentences = [(step, sentence_for(root, places)) for step, root in causes]
    return Outcome(result.success, published, sentences, len(kept), steps)


def _failures(result: dg.JobExecutionResult) -> list[tuple[str, SerializableErrorInfo | None]]:
    """The failed steps and why; if none, what failed before the first, such as another run in progress."""
    return step_failures(result.all_events) or [
        ("awal", root_cause(event.job_failure_data.error))
        for event in result.all_events
        if event.event_type is dg.DagsterEventType.RUN_FAILURE
    ]


def record_withdrawal(periode: str) -> None:
    """Record in Dagster's history that a periode was withdrawn; its runs stay there as they are."""
    with history_instance(os.environ["DAGSTER_HOME"]) as instance:
        instance.report_runless_asset_event(
            dg.AssetObservation(
                ["published", "gudang"], partition=periode, description=f"Terbitan periode {periode} ditarik."
            )
        )


@dg.logger({}, description="Hanya akhir setiap langkah; selengkapnya ada di riwayat proses.")
def step_logger(init_context: dg.InitLoggerContext) -> logging.Logger:
    """Replaces Dagster's console logger, whose debug lines would drown our output."""
    logger = logging.getLogger(_LOGGER)
    logger.setLevel(logging.DEBUG)
    logger.propagate = False
    return logger


class _StepEndHandler(logging.Handler):
    def __init__(self, progress: Callable[[str, int, int], None], steps: int) -> None:
        super().__init__(logging.DEBUG)
        self._progress = progress
        self._steps = steps
        self._ended = 0

    def emit(self, record: logging.LogRecord) -> None:
        event = getattr(record, "dagster_meta", {}).get("dagster_event")
        if event is not None and event.is_step_success:
            self._ended += 1
            self._progress(event.step_key, self._ended, self._steps)


class _WithoutDagsterErrors:
    """A terminal without Dagster's English messages about an unwritable history, which `HistoryError` reports."""

    def __init__(self, terminal: TextIO) -> None:
        self._terminal = terminal

    def write(self, text: str) -> int:
        """Write text that is no such message."""
        return len(text) if text.startswith(_UNWRITABLE_LOG) else self._terminal.write(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._terminal, name)


@contextmanager
def _report_progress(progress: Callable[[str, int, int], None], steps: int) -> Iterator[None]:
    handler = _StepEndHandler(progress, steps)
    logging.getLogger(_LOGGER).addHandler(handler)
    try:
        yield
    finally:
        logging.getLogger(_LOGGER).removeHandler(handler)


def process_tags() -> dict[str, str]:
    """Tags with the process of a run."""
    return {_PROCESS_TAG: f"{socket.gethostname()}:{os.getpid()}"}


def close_killed_runs(instance: dg.DagsterInstance) -> None:
    """Mark runs whose process was killed as failed, and free the concurrency slots they hold.

    Outside the UI no daemon does so, and a run would wait for its turn to publish forever.
    """
    running = dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.STARTING])
    for run in instance.get_runs(filters=running):
        host, _, process = run.tags.get(_PROCESS_TAG, "").rpartition(":")
        if host == socket.gethostname() and not _is_alive(int(process)):
            instance.report_run_failed(run, "Proses dihentikan sebelum selesai.")
    history = instance.event_log_storage
    for run_id in history.get_concurrency_run_ids():
        holder = instance.get_run_by_id(run_id)
        if holder is None or holder.is_finished:
            history.free_concurrency_slots_for_run(run_id)


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
