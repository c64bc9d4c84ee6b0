"""Why steps of a run failed, as sentences an officer can act on that name no person.

Belongs here: what is told of an error. Does not: how a run ended (`assets.running`), what the terminal prints of it
(`pipeline.command`).
"""

import sqlite3
from collections.abc import Iterable

import dagster as dg
from dagster_shared.error import SerializableErrorInfo
from sqlalchemy.exc import DatabaseError, OperationalError

STOPPED = {KeyboardInterrupt.__name__, dg.DagsterExecutionInterruptedError.__name__}
"""Errors by which somebody stops a run."""
_UNPASSED = "DagsterAssetCheckFailedError"
_OURS = {"BrokenContractError", "UnreadableError", "BusyError"}
# What the system, SQLite, and Polars of the end of a Parquet file, say of a full disk.
_FULL = ("No space left on device", "Disk quota exceeded", "disk is full", "Invalid thrift: transport error")
DAMAGED = "parquet: File out of specification"
"""What Polars says of a Parquet file that is none; of files that officers hand in the reader tells it."""


def is_of_a_database_file(error: Exception) -> bool:
    """Whether SQLite or the system refused a file of the history; a wrong query of a program is another matter."""
    return type(error) in {DatabaseError, OperationalError, sqlite3.DatabaseError, sqlite3.OperationalError}


def failures(events: Iterable[dg.DagsterEvent]) -> list[tuple[str, SerializableErrorInfo | None]]:
    """The steps that failed, and the error each began with."""
    return [(event.step_key or "", root_of(event.step_failure_data.error)) for event in events if event.is_step_failure]


def root_of(error: SerializableErrorInfo | None) -> SerializableErrorInfo | None:
    """The error that this one began with."""
    while error is not None and error.cause is not None:
        error = error.cause
    return error


def reason(error: SerializableErrorInfo | None) -> str:
    """What officers are told of it."""
    if error is None:
        return ""
    if error.cls_name == _UNPASSED:
        # How many there are, and below it a line of each table and its checks.
        return f"pemeriksaan tidak lulus ({'; '.join(error.message.strip().splitlines()[1:])})"
    if error.cls_name in _OURS:
        # Dagster puts the class in front of the message.
        return error.message.strip().partition(": ")[2]
    return unforeseen(error.cls_name or "", error.message)


def unforeseen(kind: str, message: str) -> str:
    """What officers are told of an error that is none of our own: its words may name a person, so its kind must do.

    That the disk is full, or a file of ours damaged, is what they can mend.
    """
    if any(words in message for words in _FULL):
        return "ruang penyimpanan penuh"
    if DAMAGED in message:
        return "sebuah berkas Parquet buatan padan rusak; pulihkan folder data dari cadangan"
    return f"kesalahan yang tidak terduga ({kind}); sampaikan kepada pengelola padan"


def tell(context: dg.InitResourceContext) -> None:
    """Say at the end of a run's history in plain words why steps failed: Dagster shows traces of the program."""
    if context.instance is None or context.run is None:
        return
    entries = context.instance.all_logs(context.run.run_id, of_type=dg.DagsterEventType.STEP_FAILURE)
    failed = failures(entry.get_dagster_event() for entry in entries)
    told = [f"{step}: {reason(error)}" for step, error in failed if error is None or error.cls_name not in STOPPED]
    if told and context.log is not None:
        context.log.error("\n".join(["Proses gagal; tidak ada yang diterbitkan.", *told]))
