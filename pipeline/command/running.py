"""`padan run` and `padan ui`: the main job, and the server with its schedule and sensors."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from pipeline.command.preconditions import (
    FAILED,
    STOPPED,
    WITHHELD,
    DataDir,
    Periode,
    existing_places,
    has_files,
    refuse,
    resolve_periode,
)
from pipeline.command.steps import show_progress, step_label
from pipeline.memory import exclude_from_garbage_collection
from pipeline.places import Places

if TYPE_CHECKING:
    from assets.running import Outcome

_WORKSPACE = Path(__file__).resolve().parents[2] / "workspace.yaml"


def run(
    data_dir: DataDir = Path("data"),
    periode: Periode = None,
) -> None:
    """Jalankan proses utama: bersihkan, padankan, hitung, dan terbitkan isi folder raw/."""
    places = existing_places(data_dir)
    raise typer.Exit(run_pipeline(places, *resolve_periode(places, periode)))


def ui(
    data_dir: DataDir = Path("data"),
    port: Annotated[int, typer.Option("--port", metavar="N", min=1, max=65535, help="Nomor port.")] = 3000,
    host: Annotated[
        str, typer.Option("--host", metavar="ALAMAT", help="Alamat yang dilayani; 127.0.0.1 hanya komputer ini.")
    ] = "127.0.0.1",
) -> NoReturn:
    """Buka antarmuka Dagster beserta jadwal dan sensornya."""
    from assets.history import history_instance
    from assets.running import prepare_home
    from pipeline.definitions import DATA_DIR_VARIABLE

    places = existing_places(data_dir)
    if not _is_port_free(host, port):
        refuse(f"Port {port} di {host} tidak dapat dipakai, mungkin oleh program lain. Pilih yang lain: --port N.")
    # Check the history first: Dagster's server reports a damaged database with a traceback.
    with history_instance(str(prepare_home(places))) as history:
        history.get_runs(limit=1)
    typer.echo(f"Siap dalam sekitar satu menit di http://{host}:{port} (buka di peramban). Ctrl+C untuk berhenti.")
    environment = {**os.environ, DATA_DIR_VARIABLE: str(places.root), "PYTHONWARNINGS": "ignore"}
    arguments = ["-w", str(_WORKSPACE), "-h", host, "-p", str(port), "--log-level", "warning"]
    raise typer.Exit(_serve([sys.executable, "-m", "dagster", "dev", *arguments], environment))


def _serve(command: list[str], environment: dict[str, str]) -> int:
    """Run the server; returns its exit code, 0 if it was stopped by a signal to this process.

    The server gets its own session, because Ctrl+C would otherwise reach all its processes at once, while they must end
    one after the other. A run in progress is finished first, unless a second signal comes.
    """
    stopped = False
    server: subprocess.Popen[bytes] | None = None

    def stop(*_: object) -> None:
        nonlocal stopped
        if stopped:
            if server is not None:
                os.killpg(server.pid, signal.SIGTERM)
            return
        stopped = True
        typer.echo(
            "\nMenutup; proses yang sedang berjalan, bila ada, diselesaikan dahulu. Ctrl+C sekali lagi menghentikannya."
        )
        if server is not None:
            server.terminate()

    # Before the server starts: a signal in between would be lost or leave the server running alone.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    server = subprocess.Popen(command, env=environment, start_new_session=True)  # noqa: S603
    with server:
        if stopped:
            server.terminate()
        code = server.wait()
    return 0 if stopped else code


def _is_port_free(host: str, port: int) -> bool:
    """Whether a server can listen there; Dagster would report it late, in English, and continue without its page."""
    try:
        with socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET):
            return True
    except OSError:
        return False


def run_pipeline(places: Places, periode: str, reason: str | None = None) -> int:
    """Run the main job, print its outcome, return the exit code.

    Args:
        places: the data directory.
        periode: to run.
        reason: why the periode was chosen; becomes a tag of the run.

    Raises:
        KeyboardInterrupt: it was stopped before anything was published.
    """
    database = places.database.resolve()
    try:
        return _run_pipeline(places, periode, reason)
    except KeyboardInterrupt:
        if places.database.resolve() == database:
            raise
        message = (
            "Dihentikan atas permintaan Anda sesudah hasilnya terbit; rilis SEPAKAT mungkin belum. Ulangi padan run."
        )
        typer.secho(f"\n{message}", fg="red", err=True)
        return STOPPED


def _run_pipeline(places: Places, periode: str, reason: str | None) -> int:
    with exclude_from_garbage_collection():
        from dagster import build_reconstructable_job

        from assets.jobs import PERIODE_TAG
        from assets.running import HistoryError, prepare_home, run_main_job
        from pipeline.definitions import main_job_over
        from pipeline.extracts.arrival import published_periodes
        from pipeline.settings import load_limits
        from pipeline.warehouse.locks import RUNNING, BusyError, hold_lock
        from schemas.limits_file import SettingsError

    if not has_files(places.raw):
        refuse(
            f"Tidak ada berkas di {places.raw}. Simpan berkas di raw/dtks, raw/dukcapil, raw/pos, raw/alokasi, dan "
            "raw/pendamping; untuk mencoba dengan data rekaan: padan demo."
        )
    try:
        load_limits(places.root)
    except SettingsError as error:
        refuse(str(error))
    try:
        # Checked before Dagster plans the run: a refused run would be in the history with every table failed.
        with hold_lock(places, RUNNING):
            prepare_home(places)
    except BusyError as error:
        typer.secho(str(error), fg="red", err=True)
        return FAILED
    typer.echo(f"Periode {periode}, folder {places.root}")
    published_before = published_periodes(places)
    job = build_reconstructable_job(main_job_over.__module__, main_job_over.__name__, (str(places.root),))
    try:
        outcome = run_main_job(job, places, periode, show_progress, {PERIODE_TAG: reason} if reason else {})
    except HistoryError as error:
        typer.secho(f"{error} Terbitan yang utuh, bila ada, tetap berlaku; ulangi padan run.", fg="red", err=True)
        return FAILED
    if sys.stdout.isatty():
        typer.echo("\r\033[K", nl=False)
    if not outcome.success:
        return _print_failure(places, outcome)
    return _print_result(places, periode, reason, outcome, published_before)


def _print_failure(places: Places, outcome: Outcome) -> int:
    typer.secho(
        "Proses gagal; tidak ada yang diterbitkan. Terbitan sebelumnya, bila ada, tetap berlaku.", fg="red", err=True
    )
    for step, reason in outcome.failures:
        typer.echo(f"  {step_label(step)}: {reason}", err=True)
    typer.echo(f"Rinciannya ada di riwayat proses: padan ui {places.option}", err=True)
    return FAILED


def _print_result(
    places: Places, periode: str, reason: str | None, outcome: Outcome, published_before: list[str]
) -> int:
    from pipeline.warehouse.publication import Publication
    from reports.summary import COLUMNS_READ, render_places, render_summary

    publication = Publication(places, periode)
    tables, gates = publication.tables(COLUMNS_READ), publication.frame("published/gerbang")
    if outcome.kept:
        typer.echo(
            f"\n{outcome.kept} dari {outcome.steps} langkah tidak dikerjakan ulang, karena bahan dan hasilnya tidak "
            "berubah sejak proses sebelumnya."
        )
    typer.echo("\n" + render_summary(tables, gates) + "\n")
    if reason:
        # Repeated here, because the first message has scrolled away.
        typer.echo(f"Periode {periode}: {reason.removesuffix('.')}.\n")
    if not outcome.published:
        if tables["quality.rekonsiliasi"]["baris_masuk"].sum() == 0:
            refuse(f"Tidak ada berkas di {places.raw} yang dapat dibaca.")
        _print_withheld(places)
        return WITHHELD
    _print_replaced(places, periode, published_before)
    typer.echo(render_places(places, tables))
    if shutil.which("padan") is None:
        folder = Path(sys.executable).parent
        typer.echo(f'Supaya perintah padan dikenal di terminal ini, jalankan sekali: export PATH="{folder}:$PATH"')
    return 0


def _print_replaced(places: Places, periode: str, published_before: list[str]) -> None:
    """Print which published months a run withdrew, and what of a newer one it left."""
    from pipeline.extracts.arrival import published_periodes
    from pipeline.warehouse.periodes import published_periode

    newest = published_periode(places) or periode
    for withdrawn in sorted(set(published_before) - set(published_periodes(places))):
        typer.echo(
            f"Berkas DTKS-nya sama dengan yang terbit sebagai periode {withdrawn}. Terbitan {withdrawn} itu "
            "ditarik, karena tidak ada nama folder yang menyebut bulan itu.\n"
        )
    if periode < newest:
        typer.echo(
            f"Periode {periode} lebih lama daripada terbitan terbaru, {newest}: yang diperbarui hanya bagiannya "
            f"dalam tabel per periode.\nLaporan, daftar perbaikan, keadaan pembayaran, dan rilis tetap "
            f"yang {newest}.\n"
        )


def _print_withheld(places: Places) -> None:
    from reports.summary import GUIDE
    from schemas.limits_file import LIMITS, REFERENCE_LIMITS

    typer.secho("Hasil DITAHAN oleh gerbang mutu; terbitan sebelumnya, bila ada, tetap berlaku.", fg="red", err=True)
    typer.echo(f"Laporan      {places.withheld / 'index.html'}", err=True)
    typer.echo(f"Perbaikan    {places.withheld / 'perbaikan'}", err=True)
    typer.echo(
        f"Batas        bila angkanya memang benar, ubah batasnya di {places.root / LIMITS}; nama dan arti setiap batas "
        f"ada di {REFERENCE_LIMITS}",
        err=True,
    )
    typer.echo(f"Panduan      {GUIDE}", err=True)
