"""Finds, fingerprints and dates the files officers dropped, and decides which of them a run reads.

Files are opened only to hash their bytes; their contents belong to `pipeline.extracts.tables`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from pipeline.extracts.files.unreadable import NOT_OPENED
from pipeline.normalise.metadata.orders import stage_key_of_name
from pipeline.normalise.metadata.payment_status import file_status
from pipeline.normalise.values.dates import date_in_name
from pipeline.normalise.values.masking import masked_text
from schemas.extracts import EXTRACTS
from schemas.rules import CORRECTIONS, DATED_FOLDER, IN_DATED_FOLDER, UNDATED_CORRECTION

PERIODE = re.compile(r"^\d{4}-(0[1-9]|1[0-2])$")
_DATED_FOLDER = re.compile(DATED_FOLDER)
# A folder that, if it dates no file, seems meant to: `periode 2022-12`, `periode=2022-13`, `Desember 2022`.
_MISNAMED_FOLDER = r"(?i)/((?:[^/]*[^/\d])?(?:periode|20\d\d)[^/]*)/"
_FOLDERS_NAMED = 3
_OTHER_MONTH_NOTE = (
    " Sebanyak {} berkas perbaikan dibuat untuk bulan lain: barisnya hanya menggantikan baris yang sama dengan yang "
    "diperbaiki di bulan itu; yang lain tercatat sebagai PERBAIKAN_LAMA."
)
# Files that file managers and open Excel windows leave behind.
_SYSTEM_FILES = re.compile(r"^(\.|~\$|Thumbs\.db$|desktop\.ini$)", re.IGNORECASE)
# Lock files that Excel and LibreOffice keep beside an open file.
_LOCK_FILES = ("~${}", ".~lock.{}#")
# Sources whose files describe a month completely; files of other sources add up over the months.
_IS_SNAPSHOT = pl.col("sumber").is_in(["dtks", "dukcapil"])
# The fingerprint of a file that cannot be opened.
NO_FINGERPRINT = "0" * 64
_EMPTY_FINGERPRINT = hashlib.sha256().hexdigest()
_HAS_SOURCE = pl.col("sumber").is_in(list(EXTRACTS))

_OUTSIDE_NOTE = (
    "Di luar folder sumber sehingga tidak dibaca; pindahkan ke raw/dtks, raw/dukcapil, raw/pos, raw/alokasi, atau "
    "raw/pendamping."
)
# A name that is not valid UTF-8 is shown with its bytes escaped; such a file cannot be read.
_INVALID_NAME = r"\\udc[0-9a-f]{2}"
_INVALID_NAME_NOTE = "Namanya, atau nama foldernya, memuat huruf yang rusak; ganti namanya, lalu jalankan lagi."
# A folder with the name of a file, such as an archive that unpacked to nothing.
_NAMED_AS_FILE = re.compile(r"\.(csv|txt|psv|gz|zip|xlsx?|parquet|json)$", re.IGNORECASE)
# Temporary names that browsers, download managers, file managers and rsync give a file until it is complete.
_TEMPORARY_NAME = re.compile(
    r"\.(part|partial|crdownload|download|filepart|tmp)$|^\..+\.[A-Za-z0-9]{6}$", re.IGNORECASE
)
_UNFINISHED_NOTE = (
    "Namanya masih nama berkas yang belum selesai disalin; tunggu sampai selesai, atau ganti namanya bila sudah utuh, "
    "lalu jalankan lagi."
)
_FOLDER_NOTE = "Ini folder kosong yang bernama seperti berkas; salin berkas aslinya, atau hapus folder ini."
_OPEN_NOTE = (
    "Berkas ini tampaknya sedang terbuka di Excel atau LibreOffice; yang dibaca simpanan terakhirnya. Bila masih "
    "diubah, simpan dan tutup, lalu jalankan lagi."
)

LEDGER_SCHEMA = pl.Schema(
    [
        ("sumber", pl.String()),
        ("berkas", pl.String()),
        ("sha256", pl.String()),
        ("periode_berkas", pl.String()),
        ("status_berkas", pl.String()),
        ("catatan", pl.String()),
        ("diubah", pl.Datetime("us")),
    ]
)


@dataclass(frozen=True)
class RawFile:
    """A file handed in, and the facts its path states.

    Attributes:
        sumber: the source's folder; `lain` if the folder is not a source.
        berkas: path under `raw/` as shown to officers.
        path: the actual path.
        periode: of the innermost folder `periode=YYYY-MM`; None without one.
        terbuka: whether somebody has the file open.
    """

    sumber: str
    berkas: str
    path: Path
    periode: str | None
    terbuka: bool


def list_files(raw: Path) -> list[RawFile]:
    """Every file handed in under `raw`, sorted by path.

    Includes broken links and empty folders with the name of a file, so that they can be refused.
    """
    files, paths = [], set(raw.rglob("*"))
    for path in sorted(paths):
        parts = path.relative_to(raw).parts
        if any(_SYSTEM_FILES.match(part) for part in parts):
            continue
        if path.is_dir() and not (_NAMED_AS_FILE.search(path.name) and _is_empty(path)):
            continue
        dates = [match.group(1) for part in parts[:-1] if (match := _DATED_FOLDER.match(f"/{part}/"))]
        source = parts[0] if len(parts) > 1 and parts[0] in EXTRACTS else "lain"
        name = "/".join(parts)
        readable = name.encode("utf-8", "backslashreplace").decode()
        if readable != name:
            source = "lain"
        locked = any(path.with_name(lock.format(path.name)) in paths for lock in _LOCK_FILES)
        files.append(RawFile(source, readable, path, dates[-1] if dates else None, locked))
    return files


def newest_snapshot(files: list[RawFile], this_month: str) -> str | None:
    """The periode of the newest dated DTKS snapshot; None if no regular file is dated.

    Undated files beside dated ones (corrections, most likely) do not count. A month in the future (a slip) counts only
    if all dated snapshots are in the future.
    """
    months = {file.periode for file in files if file.sumber == "dtks" and file.periode and file.path.is_file()}
    return max({month for month in months if month <= this_month} or months, default=None)


def describe_misnamed_folders(files: pl.DataFrame) -> str:
    """The folders of undated files (`berkas`) that seem to name a month, as the end of a sentence; empty for none."""
    undated = files.filter(~IN_DATED_FOLDER, ~pl.col("berkas").str.contains(CORRECTIONS))["berkas"]
    folders = undated.str.extract(_MISNAMED_FOLDER).drop_nulls().unique().sort()
    more = ", dan lainnya," if folders.len() > _FOLDERS_NAMED else ""
    named = masked_text(", ".join(folders.head(_FOLDERS_NAMED)))
    return f". Nama folder {named}{more} tidak terbaca sebagai bulan" if named else ""


def describe_snapshot(files: pl.DataFrame) -> str:
    """Which DTKS snapshot a run reads and what dates it, as an Indonesian sentence.

    Args:
        files: the ledger (or `quality.rekonsiliasi`): sumber, berkas, status_berkas and periode_berkas.
    """
    read = files.filter(sumber="dtks", status_berkas="DIBACA")
    if read.is_empty():
        return "Tidak ada berkas DTKS yang dibaca."
    correction = pl.col("berkas").str.contains(CORRECTIONS)
    month = pl.col("periode_berkas")
    periode, dated, undated, others = read.select(
        # Corrections may have another month than the snapshot, so they date it only if there is nothing else.
        newest := pl.coalesce(month.filter(~correction).max(), month.max()),
        dated=IN_DATED_FOLDER.any(),
        undated=(~IN_DATED_FOLDER & ~correction).sum(),
        others=(UNDATED_CORRECTION & (month != newest)).sum(),
    ).row(0)
    other_months = _OTHER_MONTH_NOTE.format(others) if others else ""
    misnamed = describe_misnamed_folders(read)
    if dated and undated:
        return (
            f"Data DTKS yang dibaca: {periode}, menurut nama folder sebagian berkas. Sebanyak {undated} berkas lain "
            "tidak menyebut bulan dan ikut dianggap data bulan itu; bila datanya lebih lama, simpan di dalam folder "
            f"raw/dtks/periode=TTTT-BB bulannya, lalu jalankan lagi{misnamed}.{other_months}"
        )
    if dated:
        return f"Data DTKS yang dibaca: {periode}, menurut nama foldernya.{other_months}"
    return (
        f"Data DTKS yang dibaca dianggap data {periode}; foldernya tidak bernama periode=TTTT-BB. Bila bulannya lain, "
        f"simpan berkasnya di dalam folder raw/dtks/periode=TTTT-BB, lalu jalankan lagi{misnamed}.{other_months}"
    )


def build_ledger(raw: Path, periode: str, earlier: Path | None = None) -> pl.DataFrame:
    """The ledger of files for one periode, sorted by source and path, including files that cannot be opened.

    A file outside a dated folder belongs to `periode`. DTKS and Dukcapil are read from the newest snapshot not after
    `periode`; payments, allocations and reports are read up to and including it. Identical files are read once per
    source, under the name that states most about their rows. A correction outside a dated folder is read with every
    snapshot, and belongs to the one that is read (but see `with_corrected_months`).

    Args:
        raw: the folder officers drop files in.
        periode: YYYY-MM.
        earlier: Parquet file of an earlier ledger; files in it that were not touched since are not hashed again.

    Returns:
        One row per file (`LEDGER_SCHEMA`); `status_berkas` is DIBACA, KEMBAR, DILEWATI or DITOLAK (not in the folder of
        a source, or cannot be opened); `catatan` says why a file is not read, or that somebody has it open.
    """
    files = _file_facts(raw, periode, earlier)
    ledger = _with_status(files, periode).with_columns(catatan=_note())
    return ledger.select(pl.col(name).cast(dtype) for name, dtype in LEDGER_SCHEMA.items()).sort("sumber", "berkas")


def with_corrected_months(files: pl.DataFrame, corrected: Mapping[str, str]) -> pl.DataFrame:
    """The ledger of files with each published undated correction under the month it was made for.

    Args:
        files: `LEDGER_SCHEMA`.
        corrected: fingerprint of each published correction → its month (`arrival.months_of_corrections`).
    """
    correction = _IS_SNAPSHOT & UNDATED_CORRECTION & (pl.col("status_berkas") != "DILEWATI")
    month = pl.col("sha256").replace_strict(corrected, default=pl.col("periode_berkas"), return_dtype=pl.String)
    return files.with_columns(periode_berkas=pl.when(correction).then(month).otherwise("periode_berkas"))


def _file_facts(raw: Path, periode: str, earlier: Path | None) -> pl.DataFrame:
    """Facts of each file without reading it: columns of `LEDGER_SCHEMA`, whether it is a folder, unfinished or open."""
    known, written = ({}, 0) if earlier is None else (_known_fingerprints(earlier), earlier.stat().st_mtime_ns)
    rows = []
    for file in list_files(raw):
        modified = int(_modification_time(file.path) * 1e6)
        sha256 = known.get((file.berkas, modified))
        rows.append(
            {
                "sumber": file.sumber,
                "berkas": file.berkas,
                "sha256": sha256 if sha256 and _is_untouched(file.path, written) else fingerprint(file.path),
                "periode_berkas": file.periode or periode,
                "diubah": modified,
                "folder": file.path.is_dir(),
                "belum_selesai": is_unfinished(file.path.name),
                "terbuka": file.terbuka,
            }
        )
    ledger_columns = {name: LEDGER_SCHEMA[name] for name in LEDGER_SCHEMA if name not in {"status_berkas", "catatan"}}
    flags = dict.fromkeys(("folder", "belum_selesai", "terbuka"), pl.Boolean)
    return pl.DataFrame(rows, schema={**ledger_columns, **flags})


def _with_status(files: pl.DataFrame, periode: str) -> pl.DataFrame:
    """The files with their month and status; `terbaca` is the file that is read out of identical ones."""
    in_time = pl.col("periode_berkas") <= periode
    correction = _IS_SNAPSHOT & UNDATED_CORRECTION
    snapshot = pl.col("periode_berkas").filter(in_time, ~correction).max().over("sumber")
    # A correction is never earlier than the first snapshot it could correct.
    first = pl.col("periode_berkas").filter(~correction).min().over("sumber")
    is_current = (
        pl.when(_IS_SNAPSHOT)
        .then((correction & (snapshot.is_not_null() | first.is_null())) | (pl.col("periode_berkas") == snapshot))
        .otherwise(in_time)
    ).fill_null(value=False)
    corrected_month = pl.coalesce(snapshot, first, "periode_berkas")
    dated = files.with_columns(
        periode_berkas=pl.when(correction).then(corrected_month).otherwise("periode_berkas"),
        status_berkas=pl.when(~_HAS_SOURCE)
        .then(pl.lit("DITOLAK"))
        .when(~is_current)
        .then(pl.lit("DILEWATI"))
        .when((pl.col("sha256") == NO_FINGERPRINT) | pl.col("belum_selesai"))
        .then(pl.lit("DITOLAK"))
        .otherwise(pl.lit("DIBACA")),
    )
    # A copy of a correction in the folder of a month means that month.
    by_rank = pl.col("berkas").sort_by(correction, _missing_facts(pl.col("berkas")), "berkas")
    ranked = dated.with_columns(terbaca=by_rank.first().over("sumber", "sha256", "status_berkas"))
    # Empty files are not copies of each other: each is reported as empty.
    is_read, is_other = pl.col("status_berkas") == "DIBACA", pl.col("berkas") != pl.col("terbaca")
    is_copy = is_read & is_other & (pl.col("sha256") != _EMPTY_FINGERPRINT)
    return ranked.with_columns(status_berkas=pl.when(is_copy).then(pl.lit("KEMBAR")).otherwise("status_berkas"))


def _note() -> pl.Expr:
    """The note on a file of the ledger: why it is not read, or that somebody has it open."""
    status = pl.col("status_berkas")
    return (
        pl.when(status == "DIBACA")
        .then(pl.when("terbuka").then(pl.lit(_OPEN_NOTE)))
        .when(~_HAS_SOURCE & pl.col("berkas").str.contains(_INVALID_NAME))
        .then(pl.lit(_INVALID_NAME_NOTE))
        .when(~_HAS_SOURCE)
        .then(pl.lit(_OUTSIDE_NOTE))
        .when(status == "KEMBAR")
        .then(pl.format("Isinya sama persis dengan {}; tidak dihitung dua kali.", "terbaca"))
        .when(status == "DILEWATI")
        .then(pl.format("Data bulan {}; tidak dipakai untuk periode ini.", "periode_berkas"))
        .when("folder")
        .then(pl.lit(_FOLDER_NOTE))
        .when("belum_selesai")
        .then(pl.lit(_UNFINISHED_NOTE))
        .otherwise(pl.lit(NOT_OPENED))
    )


def _missing_facts(berkas: pl.Expr) -> pl.Expr:
    """How many of these facts about its rows a file's name does not state: day, state, programme, year and stage.

    A renamed copy (`Copy of danom.csv`) loses them: its rows would date from the day of copying, or not count as paid.
    """
    facts = (date_in_name(berkas), file_status(berkas), *stage_key_of_name("berkas").values())
    return pl.sum_horizontal(fact.is_null() for fact in facts)


def _known_fingerprints(ledger: Path) -> dict[tuple[str, int], str]:
    """Fingerprints of the files of a ledger that could be opened, by path and modification time."""
    opened = pl.read_parquet(ledger).filter(pl.col("sha256") != NO_FINGERPRINT)
    stamps = opened.select("berkas", pl.col("diubah").dt.timestamp("us"), "sha256").iter_rows()
    return {(name, stamp): sha256 for name, stamp, sha256 in stamps}


def _is_untouched(path: Path, since: int) -> bool:
    """Whether a file is untouched since then, by its ctime: copies may keep their mtime, but nobody sets the ctime."""
    return path.exists() and max(path.stat().st_ctime_ns, path.lstat().st_ctime_ns) < since


def unchanged_since(raw: Path, files: pl.DataFrame) -> bool:
    """Whether files still have the modification times recorded in the ledger."""
    stamps = files.select("berkas", pl.col("diubah").dt.timestamp("us")).iter_rows()
    return all((raw / name).is_file() and int(_modification_time(raw / name) * 1e6) == stamp for name, stamp in stamps)


def is_unfinished(name: str) -> bool:
    """Whether the name is a temporary one of a file that is still being copied or downloaded."""
    return _TEMPORARY_NAME.search(name) is not None


def fingerprint(path: Path) -> str:
    """The file's sha256; `NO_FINGERPRINT` where it cannot be opened."""
    if not path.is_file():
        # Opening a pipe would block for ever.
        return NO_FINGERPRINT
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError:
        return NO_FINGERPRINT


def _is_empty(folder: Path) -> bool:
    """Whether a folder is empty or cannot be listed."""
    try:
        return not any(folder.iterdir())
    except OSError:
        return True


def _modification_time(path: Path) -> float:
    return (path if path.exists() else path.parent).stat().st_mtime
