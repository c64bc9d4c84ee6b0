"""Watches DTKS snapshots arrive in `raw/`: whether copying has finished, and which month the files belong to.

Belongs here: the state of the folder and what published runs read from it. Does not: when a run is started
(`assets.arrival`), and which files a run reads (`pipeline.extracts.files.ledger`).
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto
from pathlib import Path

import polars as pl

from pipeline.extracts.files.ledger import (
    NO_FINGERPRINT,
    describe_misnamed_folders,
    fingerprint,
    is_unfinished,
    list_files,
    newest_snapshot,
)
from pipeline.extracts.read import has_rows
from pipeline.normalise.metadata.reports import month_in_name
from pipeline.normalise.values.dates import to_month
from pipeline.normalise.values.masking import masked_text
from pipeline.places import Places
from schemas.rules import CORRECTIONS, IN_DATED_FOLDER, UNDATED_CORRECTION

_SOURCE = "dtks"
_RECONCILIATION = "quality/rekonsiliasi"
_IS_OPENED = (
    (pl.col("sumber") == _SOURCE)
    & pl.col("status_berkas").is_in(["DIBACA", "KEMBAR", "DITOLAK"])
    & (pl.col("sha256") != NO_FINGERPRINT)
)
_SNAPSHOT = pl.col("periode_berkas").filter(~UNDATED_CORRECTION, pl.col("status_berkas") == "DIBACA").max()
_IS_ORIGINAL = ~pl.col("berkas").str.contains(CORRECTIONS)
_WHY_DATED = "menurut folder periode={}"
_WHY_LATER = "menurut folder periode={}, yang lebih baru daripada data DTKS; data DTKS terbaru tetap dipakai"
_WHY_PUBLISHED = (
    "folder DTKS tidak bernama periode=TTTT-BB; isinya yang dapat dibaca, selain perbaikan, sudah terbit sebagai "
    "periode {}"
)
_WHY_ASSUMED = (
    "folder DTKS tidak bernama periode=TTTT-BB, jadi dianggap data bulan berjalan; bila bulannya lain, simpan di dalam "
    "folder raw/dtks/periode=TTTT-BB dan jalankan lagi; terbitan dengan bulan yang keliru lalu ditarik"
)
_MONTH_IN_NAMES = ". Nama {} berkas menyebut {month}: bila itu bulannya, jalankan padan run --periode {month}"
_MONTH_IN_DIGITS = r"(?:^|\D)(20\d\d)[-_.]?(0[1-9]|1[0-2])(?:\D|$)"


class UnreadableSnapshotError(Exception):
    """A file of a snapshot cannot be opened; the message is an Indonesian sentence."""


class _Share(Enum):
    """How many of a month's files lie in the folder; NONE also if the folder holds a file new to that month."""

    WHOLE = auto()
    PART = auto()
    NONE = auto()


@dataclass(frozen=True)
class Arrival:
    """The DTKS folder at one moment.

    Attributes:
        state: changes with every name, size and modification time in the folder.
        unfinished: names of files that are still being copied, judged by their names.
        last_modified: time of the last modification in seconds since the epoch; 0 if there is no file.
        snapshots: periode → its files, sorted by path, without broken links and pipes. Undated files belong to the
            newest dated snapshot.
        is_dated: whether a folder names a month; otherwise the only snapshot has the current month.
        is_published: whether the undated snapshot has the month it is already published under (`with_published_month`).
        periode: that of the newest snapshot.
        months: the months named by non-empty folders of any source.
        misnamed: which folders seem to name a month (`describe_misnamed_folders`).
    """

    state: str
    unfinished: list[str]
    last_modified: float
    snapshots: dict[str, list[Path]]
    is_dated: bool
    periode: str
    months: list[str]
    misnamed: str
    is_published: bool = False

    def explain(self, periode: str) -> str:
        """Why a snapshot has this periode, as an Indonesian sentence for officers."""
        if self.is_dated:
            return _WHY_DATED.format(periode)
        if self.is_published:
            return _WHY_PUBLISHED.format(periode) + self.misnamed
        return _WHY_ASSUMED + self.misnamed + _month_in_names(self.snapshots[periode], periode)


def _month_in_names(files: list[Path], assumed: str) -> str:
    """A sentence if the file names state one month and it is not the assumed one; else empty.

    The stated month is only reported, not used: a name may also state when the file was made.
    """
    names = pl.DataFrame({"nama": [file.stem for file in files]}, schema={"nama": pl.String})
    digits = pl.col("nama").str.extract_groups(_MONTH_IN_DIGITS).struct
    in_digits = digits.field("1") + "-" + digits.field("2")
    stated = (
        names.select(bulan=pl.coalesce(to_month(month_in_name(pl.col("nama"))), in_digits)).to_series().drop_nulls()
    )
    months = set(stated) - {assumed}
    return _MONTH_IN_NAMES.format(len(stated), month=months.pop()) if stated.n_unique() == len(months) == 1 else ""


def inspect_arrival(raw: Path, this_month: str) -> Arrival:
    """The DTKS folder as it is now; `this_month` is the periode of the files if none is dated."""
    paths = sorted(path for path in (raw / _SOURCE).rglob("*") if path.is_file())
    state = [(str(path.relative_to(raw)), stat.st_size, stat.st_mtime_ns) for path in paths for stat in [path.stat()]]
    # Leave out broken links and pipes, which never become readable; a run refuses them and reads the others.
    raw_files = [file for file in list_files(raw) if file.sumber != "lain" and file.path.is_file()]
    files = [file for file in raw_files if file.sumber == _SOURCE]
    newest = newest_snapshot(files, this_month) or this_month
    snapshots: dict[str, list[Path]] = {}
    for file in files:
        snapshots.setdefault(file.periode or newest, []).append(file.path)
    return Arrival(
        state=hashlib.sha256(repr(state).encode()).hexdigest(),
        unfinished=[path.name for path in paths if is_unfinished(path.name)],
        last_modified=max((modified for _, _, modified in state), default=0) / 1e9,
        snapshots=dict(sorted(snapshots.items())),
        is_dated=any(file.periode for file in files),
        periode=newest,
        months=sorted({file.periode for file in raw_files if file.periode}),
        misnamed=describe_misnamed_folders(
            pl.DataFrame({"berkas": [file.berkas for file in files]}, {"berkas": pl.String})
        ),
    )


def with_published_month(places: Places, arrival: Arrival) -> Arrival:
    """The arrival with its undated files assigned to the newest published month that was read from them.

    These changes do not make a new snapshot: an unreadable file that appears or disappears, a removed file (the rest
    still belongs to the same month), and a correction, in a folder of that name, that appears or disappears: it belongs
    to the month whose rows it corrects.

    Raises:
        UnreadableSnapshotError: a file cannot be opened, and the others do not make up a whole published month.
    """
    months = published_periodes(places)
    if arrival.is_dated or not arrival.snapshots or not months:
        return arrival
    (files,) = arrival.snapshots.values()
    folder = places.raw / _SOURCE
    originals = [file for file in files if not re.search(CORRECTIONS, file.relative_to(folder).as_posix())]
    fingerprints = {fingerprint(file): file for file in originals}
    periode = None
    for month in sorted(months, reverse=True):
        share = _share_present(places, month, fingerprints)
        if share is _Share.WHOLE:
            periode = month
            break
        if share is _Share.PART:
            periode = periode or month
    else:
        if NO_FINGERPRINT in fingerprints:
            raise UnreadableSnapshotError(_unreadable_sentence([fingerprints[NO_FINGERPRINT].name]))
    return replace(arrival, snapshots={periode: files}, periode=periode, is_published=True) if periode else arrival


def _release_inputs(places: Places, periode: str) -> set[str]:
    """Fingerprints of the input files of all releases of a month: a removed file may come back."""
    manifests = places.release.glob(f"{periode}-*/manifest.json")
    return {each for manifest in manifests for each in _manifest_inputs(manifest)}


def _manifest_inputs(manifest: Path) -> list[str]:
    """Fingerprints of the input files of a release; empty if its manifest is damaged."""
    try:
        return list(json.loads(manifest.read_text(encoding="utf-8"))["inputs"])
    except (ValueError, KeyError, TypeError):
        return []


def _share_present(places: Places, month: str, fingerprints: dict[str, Path]) -> _Share:
    """How many of the files that a month's runs read rows from are among these fingerprints.

    The runs are the published one and the last one, which a gate may have withheld. NONE if a file has rows and neither
    run nor any release of the month knows it.
    """
    share = _Share.NONE
    for ledger in (published_ledger(places, month), places.stored(_RECONCILIATION, month)):
        opened = _opened_files(ledger)
        read = {*_with_rows(opened)["sha256"]}
        present = read & fingerprints.keys()
        if not present:
            continue
        new = _new_with_rows(places, opened, fingerprints)
        if present == read and not new:
            return _Share.WHOLE
        if new <= _release_inputs(places, month):
            share = _Share.PART
    return share


def _new_with_rows(places: Places, opened: pl.DataFrame, fingerprints: dict[str, Path]) -> set[str]:
    """The fingerprints of files that a run did not open and that have readable rows."""
    known = {*opened["sha256"], NO_FINGERPRINT}
    unknown = {sha256: file for sha256, file in fingerprints.items() if sha256 not in known}
    return {sha256 for sha256, file in unknown.items() if has_rows(places.raw, file, _SOURCE)}


def snapshot_fingerprints(files: list[Path]) -> frozenset[str]:
    """Fingerprints (sha256) of a snapshot's files: the same files under other names are the same snapshot.

    Raises:
        UnreadableSnapshotError: a file cannot be opened.
    """
    fingerprints = {path: fingerprint(path) for path in files}
    unreadable = [path.name for path, sha256 in fingerprints.items() if sha256 == NO_FINGERPRINT]
    if unreadable:
        raise UnreadableSnapshotError(_unreadable_sentence(unreadable))
    return frozenset(fingerprints.values())


def _unreadable_sentence(names: list[str]) -> str:
    return f"Berkas DTKS tidak dapat dibuka: {masked_text(', '.join(names))}. Periksa izinnya, lalu tunggu sebentar."


def is_snapshot_published(places: Places, periode: str, fingerprints: frozenset[str], newest: str) -> bool:
    """Whether the periode is published and its last run opened exactly the files with these fingerprints."""
    return periode in published_periodes(places) and opened_fingerprints(places, periode, newest) == fingerprints


def published_periodes(places: Places) -> list[str]:
    """Every published periode, in no particular order."""
    return [file.stem for file in (places.marts / "cleansed" / "anggota").glob("*.parquet")]


def choose_periode(places: Places, this_month: str) -> tuple[str, str] | None:
    """The periode that a run over the files in `raw` is about, and why; None if there is no DTKS file.

    It is the month of the newest snapshot (`newest_snapshot`), or a later one, up to this month, of dated payments or
    other files, which a run for the snapshot's month would leave out. Undated files keep the periode they are published
    under, as long as they have not changed except for corrections.

    Raises:
        UnreadableSnapshotError: an undated file cannot be opened.
    """
    arrival = with_published_month(places, inspect_arrival(places.raw, this_month))
    if not arrival.snapshots:
        return None
    periode = arrival.periode
    why = arrival.explain(periode)
    later = max((month for month in arrival.months if periode < month <= this_month), default=None)
    return (periode, why) if later is None else (later, _WHY_LATER.format(later))


def opened_fingerprints(places: Places, periode: str, newest: str) -> frozenset[str]:
    """Fingerprints of the DTKS files that the last run of a periode opened; empty if it left no ledger.

    An undated correction is read with every snapshot but starts a run of the newest only (`inspect_arrival`).
    """
    files = _opened_files(places.stored("raw/berkas", periode))
    return frozenset(files.filter(~UNDATED_CORRECTION | pl.lit(periode == newest))["sha256"])


def is_assumed_month(places: Places, month: str, files: pl.DataFrame, periode: str) -> bool:
    """Whether a published month was only assumed and has the rows of this run's own DTKS files, all and no others.

    A month was not assumed if a folder dated any of its files or any counted for another month. Ignores corrections.

    Args:
        places: the data directory.
        month: the published month.
        files: the ledger of the run's files (`pipeline.extracts.files.ledger.build_ledger`).
        periode: the run's periode.
    """
    opened = _opened_files(published_ledger(places, month))
    read = _with_rows(opened)
    stated = read.filter(IN_DATED_FOLDER | (pl.col("periode_berkas") != month))
    own = files.filter(_IS_OPENED, _IS_ORIGINAL, pl.col("periode_berkas") == periode)
    fingerprints = {sha256: places.raw / name for sha256, name in own.select("sha256", "berkas").iter_rows()}
    if read.is_empty() or not stated.is_empty() or not {*read["sha256"]} <= fingerprints.keys():
        return False
    return not _new_with_rows(places, opened, fingerprints)


def months_of_corrections(places: Places, files: pl.DataFrame, withdrawn: Sequence[str] = ()) -> dict[str, str]:
    """Fingerprints of the undated corrections that published months read → month of the snapshot each was made for.

    If neither a month that stays published nor this run has that snapshot, it is the first snapshot that the correction
    was read with.

    Args:
        places: the data directory.
        files: the ledger of the files of this run.
        withdrawn: published months that this run withdraws; their ledgers are ignored.
    """
    read = _published_files(places).filter(~pl.col("periode").is_in(withdrawn))
    of_this_run = files.select("sumber", potret=_SNAPSHOT.over("sumber"))
    known = pl.concat([read.select("sumber", "potret"), of_this_run]).drop_nulls().unique()
    known = known.select("sumber", pl.col("potret").alias("periode_berkas"), ada=True)
    corrections = read.filter(UNDATED_CORRECTION, pl.col("status_berkas") != "DILEWATI").join(
        known, on=["sumber", "periode_berkas"], how="left"
    )
    made_for = pl.when("ada").then("periode_berkas").otherwise("potret")
    return dict(corrections.group_by("sha256").agg(made_for.min()).drop_nulls().iter_rows())


def periodes_of_snapshots(places: Places, source: str) -> dict[str, str]:
    """Month of each snapshot of a source that published months read → the first periode that read it.

    A run may be about a later month than its snapshot, and stores its results under its own.
    """
    read = _published_files(places).filter(sumber=source).drop_nulls("potret")
    return dict(read.group_by("potret").agg(pl.col("periode").min()).iter_rows())


def _published_files(places: Places) -> pl.DataFrame:
    """The files of all published months, and in `potret` the month of the snapshot read from the file's source."""
    columns = ("periode", "sumber", "berkas", "sha256", "status_berkas", "periode_berkas")
    ledgers = [published_ledger(places, month) for month in published_periodes(places)]
    files = [pl.read_parquet(ledger, columns=list(columns)) for ledger in ledgers if ledger.exists()]
    none = pl.DataFrame(schema=dict.fromkeys(columns, pl.String))
    return pl.concat([none, *files]).with_columns(potret=_SNAPSHOT.over("periode", "sumber"))


def published_ledger(places: Places, periode: str) -> Path:
    """Where `quality.rekonsiliasi` of a published periode lies."""
    return places.marts / _RECONCILIATION / f"{periode}.parquet"


def _opened_files(ledger: Path) -> pl.DataFrame:
    if not ledger.exists():
        return pl.DataFrame(
            schema={**dict.fromkeys(("berkas", "periode_berkas", "sha256"), pl.String), "baris_masuk": pl.Int64}
        )
    return pl.read_parquet(ledger).filter(_IS_OPENED)


def _with_rows(opened: pl.DataFrame) -> pl.DataFrame:
    return opened.filter(_IS_ORIGINAL, pl.col("baris_masuk") > 0)
