"""Checks what subcommands share before they begin: the data directory, the periode, and its state.

Belongs here: those checks and the messages with which subcommands refuse or warn.
"""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from typing import Annotated, NoReturn
from zoneinfo import ZoneInfo

import typer

from pipeline.places import Places

FAILED, UNUSABLE, WITHHELD, STOPPED = 1, 2, 3, 130
"""Exit codes besides 0."""

DataDir = Annotated[
    Path,
    typer.Option("--data-dir", metavar="FOLDER", help="Folder data; berkas mentah ada di bawah raw/ di dalamnya."),
]
Periode = Annotated[
    str | None,
    typer.Option(
        "--periode",
        metavar="TTTT-BB",
        help="Bulan data; bila tidak disebut, menurut nama folder, terbitan yang isinya sama, atau bulan ini.",
    ),
]


def refuse(message: str) -> NoReturn:
    """Exit (code 2) with a sentence about unusable input."""
    typer.secho(message, fg="red", err=True)
    raise typer.Exit(UNUSABLE)


def refuse_other_version(places: Places) -> NoReturn:
    """Exit because the last run was by another version, whose stored frames have other columns."""
    refuse(f"Proses terakhir dijalankan dengan versi padan yang lain. Jalankan dahulu padan run {places.option}.")


# Dagster (settings), Polars and DuckDB (tables) treat paths as glob patterns: with these characters in a folder name
# they find nothing or other files, and Dagster falls back to default settings with telemetry.
_GLOB_CHARACTERS = "*?["


def places_of(data_dir: Path) -> Places:
    """The paths of a data directory, which may not exist yet; refuses a file, and names with glob characters."""
    if data_dir.is_file():
        refuse(f"{data_dir} adalah berkas, bukan folder. Sebut folder data, tempat raw/ berada: --data-dir FOLDER.")
    places = Places(data_dir.resolve())
    if found := [character for character in _GLOB_CHARACTERS if character in str(places.root)]:
        refuse(
            f"Nama folder data atau folder di atasnya memuat tanda {' '.join(found)}, sehingga isinya tidak dapat "
            f"ditemukan: {places.root}. Ganti nama folder itu tanpa tanda * ? [ ], atau sebut folder lain."
        )
    return places


def existing_places(data_dir: Path) -> Places:
    """The paths of an existing data directory; refuses others."""
    places = places_of(data_dir)
    if not data_dir.is_dir():
        refuse(
            f"Folder {places.root} tidak ada. Buat folder itu beserta raw/<sumber>/, atau sebut yang lain: --data-dir."
        )
    if places.root.name == places.raw.name and not places.raw.is_dir():
        parent = Places(places.root.parent)
        refuse(f"{places.root} adalah folder raw/ itu sendiri. Sebut folder tempatnya berada: {parent.option}")
    return places


def has_files(folder: Path) -> bool:
    """Whether a folder contains a file that is not hidden, at any depth."""
    return folder.is_dir() and any(path.is_file() for path in folder.rglob("*") if not path.name.startswith("."))


def now_in_jakarta() -> datetime:
    """The current time in Jakarta."""
    return datetime.now(ZoneInfo("Asia/Jakarta"))


def resolve_periode(places: Places, stated: str | None) -> tuple[str, str | None]:
    """The periode of a run: the one stated, else the one of the files in `raw`; prints a periode it chose, and why.

    Returns:
        The periode, and why it was chosen; None if it was stated or there is no DTKS file.

    Raises:
        typer.Exit: the periode cannot be processed, or cannot be determined because a file cannot be opened.
    """
    from assets.partitions import PERIODE
    from pipeline.extracts.arrival import UnreadableSnapshotError, choose_periode

    this_month = now_in_jakarta().strftime("%Y-%m")
    periode, why = stated or this_month, None
    if stated is None:
        try:
            periode, why = choose_periode(places, this_month) or (this_month, None)
        except UnreadableSnapshotError as error:
            # Otherwise data published already could be published under a second month.
            refuse(
                f"{error} Periodenya tidak diketahui, karena isinya mungkin sama dengan yang sudah terbit: betulkan "
                "izinnya, keluarkan berkas itu dari raw/dtks, atau sebut bulannya dengan --periode TTTT-BB."
            )
    require_month(periode)
    if not PERIODE.has_partition_key(periode):
        first = PERIODE.get_first_partition_key()
        clock = (
            f" Tanggal komputer ini {now_in_jakarta():%d-%m-%Y}; betulkan bila keliru." if periode > this_month else ""
        )
        # `first` is None if the clock was set back before the first month.
        span = f"; pilih bulan dari {first} sampai {this_month}" if first else ""
        refuse(f"Periode {periode} tidak dapat diproses{span}.{clock}")
    if why:
        typer.echo(f"Periode {periode}: {why.removesuffix('.')}.")
    return periode, why


def require_month(periode: str) -> None:
    """Exit if a periode is not of the form YYYY-MM."""
    from pipeline.extracts.files.ledger import PERIODE

    if not re.match(PERIODE, periode):
        refuse(f"Periode {periode} tidak sah; tulis sebagai TTTT-BB, misalnya 2022-12.")


def latest_publication(data_dir: Path) -> tuple[Places, str]:
    """The paths and the newest published periode; warns if the store differs from the publication."""
    from pipeline.warehouse.periodes import newest_stored_periode, published_periode

    places = existing_places(data_dir)
    periode = published_periode(places)
    if periode is None:
        advice = _advice_before_publication(places, newest_stored_periode(places))
        refuse(f"Belum ada hasil yang diterbitkan di {places.root}. {advice}")
    warn_if_unpublished(places, periode)
    _warn_if_newer_run(places, periode)
    return places, periode


def _advice_before_publication(places: Places, begun: str | None) -> str:
    """What to do before anything is published; `begun` is the newest periode for which a run was begun."""
    from pipeline.warehouse.periodes import State, stored_state

    command = f"padan run {places.option}"
    if begun is None:
        return f"Jalankan dahulu {command}."
    state = f"Proses periode {begun} {_why_unpublished(places, begun)}"
    if stored_state(places, begun) is State.WITHHELD:
        page = places.withheld / "index.html"
        return (
            f"{state}: sebabnya ada di {page}. Betulkan berkas atau batasnya, lalu ulangi {command} --periode {begun}."
        )
    return f"{state}."


def note_evaluated_tables(places: Places, periode: str) -> None:
    """Say that the published tables of a periode are evaluated, if the last run stored others."""
    if reason := _why_unpublished(places, periode):
        typer.echo(
            f"Yang dinilai: tabel periode {periode} yang TERBIT (marts/), bukan proses terakhir periode itu, yang "
            f"{reason}. Dari proses terakhir hanya data Dukcapil, biaya aturan pencarian, dan contoh bobot."
        )
    _warn_if_newer_run(places, periode)


def _warn_if_newer_run(places: Places, periode: str) -> None:
    """Say if a periode later than the published one was run but not published."""
    from pipeline.warehouse.periodes import newest_stored_periode

    newest = newest_stored_periode(places)
    if newest is not None and newest > periode:
        typer.echo(
            f"Menurut terbitan periode {periode}; proses periode {newest}, yang lebih baru, "
            f"{_why_unpublished(places, newest)}.",
            err=True,
        )


def warn_if_unpublished(places: Places, periode: str) -> None:
    """Say if the stored frames of a periode are not what was published."""
    from pipeline.warehouse.periodes import published_periode

    if reason := _why_unpublished(places, periode):
        other = "terbitan yang berlaku bisa berbeda" if published_periode(places) else "belum ada terbitan"
        typer.echo(f"Menurut proses terakhir periode {periode}, yang {reason}; {other}.", err=True)


def _why_unpublished(places: Places, periode: str) -> str | None:
    """Why the stored frames of a periode are not published, in words; None if they are."""
    from pipeline.warehouse.periodes import State, stored_state

    return {
        State.WITHHELD: "DITAHAN oleh gerbang mutu",
        State.UNFINISHED: "belum selesai atau terhenti (ulangi padan run)",
        State.DONE: None,
    }[stored_state(places, periode)]
