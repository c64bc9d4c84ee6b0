"""Explains why steps of a run failed, in sentences for officers that name no person.

Belongs here: the sentence for an error. Does not: how a run ended (`assets.running`), terminal output
(`pipeline.command`).
"""

import re
import sqlite3
from collections.abc import Iterable

import dagster as dg
from dagster_shared.error import SerializableErrorInfo
from sqlalchemy.exc import DatabaseError, OperationalError

from pipeline.places import Places
from pipeline.warehouse.store.parquet import damaged_files

_STOPPED = {KeyboardInterrupt.__name__, dg.DagsterExecutionInterruptedError.__name__}
# DuckDB's message for a stop during a query.
_INTERRUPTED = "Query interrupted"
_CHECK_FAILED = "DagsterAssetCheckFailedError"
_OUR_ERRORS = {"BrokenContractError", "UnreadableError", "BusyError", "SettingsError"}
# Messages for a full disk: of the system, SQLite, and Polars at the end of a Parquet file.
_DISK_FULL = ("No space left on device", "Disk quota exceeded", "disk is full", "Invalid thrift: transport error")
# SQLite's messages for a damaged file or a file of another format.
_CORRUPT_DATABASE = ("malformed", "is not a database")
# Messages of Polars and DuckDB for a truncated, empty or damaged Parquet file of ours; files that officers hand in are
# checked by the reader.
_DAMAGED_PARQUET = (
    "parquet: File out of specification",
    "parquet error: ",
    "stored in ARROW:schema",
    "No magic bytes found",
    "too small to be a Parquet file",
    "Failed to read file",
    "TProtocolException",
    "Out of buffer",
    "Could not read enough bytes",
)


def is_history_file_error(error: Exception) -> bool:
    """Whether SQLite or the system refused a file of the history; false for a programming error in a query."""
    return type(error) in {DatabaseError, OperationalError, sqlite3.DatabaseError, sqlite3.OperationalError}


def history_sentence(error: Exception, home: str) -> str:
    """Sentence on why the run history in Dagster's home cannot be read or written, and what to do."""
    if is_disk_full(str(error)):
        return f"Riwayat proses di {home} tidak dapat ditulis karena ruang penyimpanan penuh; hapus yang tidak perlu."
    if any(words in str(error) for words in _CORRUPT_DATABASE):
        return (
            f"Riwayat proses di {home} rusak. Pindahkan folder history dan schedules dari sana ke tempat lain: "
            "yang baru dibuat sendiri, dan terbitan, rilis, serta keputusan petugas tidak berubah."
        )
    return (
        f"Riwayat proses di {home} tidak dapat dibaca atau ditulis. Periksa apakah ruang penyimpanan penuh, nama "
        "foldernya terlalu panjang, proses lain sedang memakainya, atau berkasnya rusak."
    )


def is_disk_full(message: str) -> bool:
    """Whether an error means that the disk is full; Polars reports that like a damaged file."""
    return any(words in message for words in _DISK_FULL)


def is_damaged_file(message: str) -> bool:
    """Whether an error means that a Parquet file of ours is damaged."""
    return any(words in message for words in _DAMAGED_PARQUET) and not is_disk_full(message)


def is_stop(error: SerializableErrorInfo | None) -> bool:
    """Whether a step failed because somebody stopped the run."""
    return error is not None and (error.cls_name in _STOPPED or _INTERRUPTED in error.message)


def step_failures(events: Iterable[dg.DagsterEvent]) -> list[tuple[str, SerializableErrorInfo | None]]:
    """The failed steps and the root cause of each."""
    return [
        (event.step_key or "", root_cause(event.step_failure_data.error)) for event in events if event.is_step_failure
    ]


def root_cause(error: SerializableErrorInfo | None) -> SerializableErrorInfo | None:
    """The root cause of an error, or the first of our own errors, which already names its cause."""
    while error is not None and error.cause is not None and error.cls_name not in _OUR_ERRORS:
        error = error.cause
    return error


def sentence_for(error: SerializableErrorInfo | None, places: Places) -> str:
    """The sentence for an error."""
    if error is None:
        return ""
    if error.cls_name == _CHECK_FAILED:
        # The first line is the number of checks, the others one table and its checks each.
        return f"pemeriksaan tidak lulus ({'; '.join(error.message.strip().splitlines()[1:])})"
    if error.cls_name in _OUR_ERRORS:
        # Dagster puts the class name in front of the message.
        return error.message.strip().partition(": ")[2]
    return unforeseen_sentence(error.cls_name or "", error.message, places)


def unforeseen_sentence(kind: str, message: str, places: Places) -> str:
    """The sentence for an error that is not ours: its message may name a person, so only its class is shown.

    Errors that officers can fix are recognised: a full disk, a single table of a month that was never run, and a
    damaged file of ours.
    """
    if is_disk_full(message):
        return "ruang penyimpanan penuh"
    if (periode := _missing_periode(message, places)) is not None:
        again = f"padan run {places.option} --periode {periode}"
        return f"hasil periode {periode} yang diperlukan belum ada; jalankan dahulu {again}"
    if is_damaged_file(message):
        return _damage_sentence(places)
    return f"kesalahan yang tidak terduga ({kind}); sampaikan kepada pengelola padan"


def _missing_periode(message: str, places: Places) -> str | None:
    """The periode of a missing stored frame that an error names, else None.

    Polars shows only the end of a long path.
    """
    found = re.search(r"([a-z]+/[a-z_]+)/([0-9]{4}-[0-9]{2})\.parquet", message)
    return found[2] if found and not places.stored(*found.groups()).exists() else None


def _damage_sentence(places: Places) -> str:
    """Which files are damaged, and what to do: deleted results are remade by a run, officers' decisions are not."""
    released, decided = damaged_files(places.release), damaged_files(places.decisions)
    by_runs = [*damaged_files(places.store), *damaged_files(places.published), *released]
    files = ", ".join(str(file.relative_to(places.root)) for file in (*by_runs, *decided))
    sentence = f"berkas Parquet buatan padan rusak{f' ({files})' if files else ''}; pulihkan dari cadangan"
    if decided or not by_runs:
        return sentence
    sentence += ", atau hapus berkas itu lalu jalankan lagi padan run untuk bulan pada namanya"
    if not released:
        return sentence
    return (
        f"{sentence}; bila berkas rilis dihapus, angka kecil yang disamarkan rilis berikutnya mungkin dapat dihitung "
        "oleh pembaca yang masih menyimpan rilis itu"
    )


def log_failures(context: dg.InitResourceContext, places: Places) -> None:
    """Log at the end of a run in plain words why steps failed; Dagster itself shows only tracebacks."""
    if context.instance is None or context.run is None:
        return
    entries = context.instance.all_logs(context.run.run_id, of_type=dg.DagsterEventType.STEP_FAILURE)
    failed = step_failures(entry.get_dagster_event() for entry in entries)
    sentences = [f"{step}: {sentence_for(error, places)}" for step, error in failed if not is_stop(error)]
    if sentences and context.log is not None:
        context.log.error("\n".join(["Proses gagal; tidak ada yang diterbitkan.", *sentences]))
