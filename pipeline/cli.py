"""The command `padan`: what officers and schedulers call.

Belongs here: arguments, exit codes and the texts of the terminal. Every subcommand calls one function of the packages
below; imports wait until a subcommand needs them, so that help and errors come at once.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn
from zoneinfo import ZoneInfo

import typer
from typer.exceptions import TyperException

from pipeline import usage
from pipeline.places import Places

if TYPE_CHECKING:
    from assets.running import Outcome

FAILED, UNUSABLE, WITHHELD = 1, 2, 3
_WORKSPACE = Path(__file__).resolve().parents[1] / "workspace.yaml"
_DEMO_PERIODE = "2022-12"
_DEMO_MARK = ".contoh"

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Memadankan DTKS, Dukcapil, dan PT Pos: dari berkas mentah sampai gudang data, rilis, dan laporan.",
)
DataDir = Annotated[Path, typer.Option("--data-dir", help="Folder data; berkas mentah ada di bawah raw/ di dalamnya.")]


@app.command()
def run(
    data_dir: DataDir = Path("data"),
    periode: Annotated[
        str | None, typer.Option("--periode", help="Bulan data, TTTT-BB; bila kosong, potret DTKS terbaru di raw/.")
    ] = None,
) -> None:
    """Jalankan proses utama: bersihkan, padankan, hitung, dan terbitkan isi folder raw/."""
    places = _existing(data_dir)
    outcome = _run(places, _chosen_periode(places, periode))
    raise typer.Exit(outcome)


@app.command()
def demo(
    keluarga: Annotated[int | None, typer.Option("--keluarga", min=50, help="Banyaknya keluarga yang dibuat.")] = None,
    seed: Annotated[int, typer.Option("--seed", help="Angka awal; angka yang sama memberi data yang sama.")] = 1,
    data_dir: DataDir = Path("data"),
) -> None:
    """Buat negara kecil rekaan di folder data, jalankan semuanya, dan tunjukkan hasilnya."""
    from pipeline.synthetic.generate import DEMO_KELUARGA, generate

    places = Places(data_dir.resolve())
    if _fingerprints(places.raw) != _demo_files(places.raw):
        _refuse(f"{places.raw} berisi berkas yang tidak dibuat oleh padan demo. Pilih folder lain dengan --data-dir.")
    for folder in (places.raw, places.truth):
        shutil.rmtree(folder, ignore_errors=True)
    typer.echo("Membuat data contoh (semua orang di dalamnya rekaan) ...")
    generate(places.root, keluarga or DEMO_KELUARGA, seed, periode=_DEMO_PERIODE)
    (places.raw / _DEMO_MARK).write_text(json.dumps(_fingerprints(places.raw)))
    raise typer.Exit(_run(places, _DEMO_PERIODE))


@app.command()
def generate(
    out: Annotated[Path, typer.Option("--out", help="Folder tujuan; raw/ dan truth/ dibuat di dalamnya.")],
    keluarga: Annotated[int, typer.Option("--keluarga", min=50, help="Banyaknya keluarga di daftar penduduk.")],
    seed: Annotated[int, typer.Option("--seed", help="Angka awal; angka yang sama memberi data yang sama.")],
    skala: Annotated[
        float, typer.Option("--skala", min=0, help="Kesalahan sekian kali lipat dari yang tercatat (1 = apa adanya).")
    ] = 1,
    jebakan: Annotated[
        bool, typer.Option("--jebakan", help="Tambahkan orang dan nomor yang mudah tertukar: kembar, senama, salinan.")
    ] = False,
) -> None:
    """Buat berkas mentah rekaan dalam tata letak yang sebenarnya, beserta kebenarannya."""
    from pipeline.synthetic.generate import generate as generate_extracts
    from pipeline.synthetic.rates import Rates

    places = Places(out.resolve())
    if _has_files(places.raw) or _has_files(places.truth):
        _refuse(f"{places.root} sudah berisi raw/ atau truth/. Pilih folder kosong.")
    generate_extracts(places.root, keluarga, seed, Rates().severe(skala, traps=jebakan))
    typer.echo(f"Selesai: {places.raw} dan {places.truth}")


@app.command()
def evaluate(
    data_dir: DataDir = Path("data"),
    json_file: Annotated[Path | None, typer.Option("--json", help="Tulis juga semua angka ke berkas JSON ini.")] = None,
) -> None:
    """Nilai hasil proses terakhir terhadap kebenaran di folder truth/; halamannya reports/evaluasi.html."""
    from pipeline.matching.waterfall import examples_of
    from pipeline.synthetic.score import ScoreError, score
    from pipeline.synthetic.score_text import render_text, to_json
    from pipeline.warehouse.publication import Publication
    from reports.evaluation import render_evaluation

    places = _existing(data_dir)
    try:
        scores = score(places)
    except ScoreError as error:
        _refuse(str(error))
    typer.echo(render_text(scores))
    stored = Publication(places, scores.periode).frame
    page = places.reports / "evaluasi.html"
    shown = examples_of(stored("link/anggota_dukcapil"), stored("link/bobot_fakta"))
    page.write_text(render_evaluation(scores, shown), encoding="utf-8")
    typer.echo(f"Halaman penilaian: {page}")
    if json_file is not None:
        json_file.write_text(to_json(scores), encoding="utf-8")


@app.command()
def bayar(
    data_dir: DataDir = Path("data"),
    out: Annotated[
        Path | None, typer.Option("--out", help="Tulis juga realisasi tahap yang berubah ke folder ini (Parquet).")
    ] = None,
) -> None:
    """Lihat realisasi dengan berkas bayar baru di raw/pos, tanpa memadankan ulang; padan run yang menerbitkannya."""
    from pipeline.extracts.files import find_files
    from pipeline.extracts.read import read_source
    from pipeline.normalise.staging import stage
    from pipeline.realisation.refresh import refresh
    from pipeline.reference import regions
    from pipeline.warehouse.parquet import write_parquet
    from pipeline.warehouse.publication import Publication
    from reports.summary import render_change
    from schemas.staged import PosStaged
    from schemas.table import split

    places, periode = _published(data_dir)
    stored = Publication(places, periode).frame
    ledger = stored("raw/berkas")
    files = find_files(places.raw, periode, ledger).filter(sumber="pos", status_berkas="DIBACA")
    new = files.join(ledger, on="sha256", how="anti", maintain_order="left")
    if new.is_empty():
        typer.echo("Tidak ada berkas bayar baru sejak proses terakhir.")
        return
    rows, refused = split(stage("pos", read_source(places.raw, new, "pos"), new, periode), PosStaged)
    orders, sums = (places.stored(f"mart/{name}", periode) for name in ("pembayaran", "rekap_bayar"))
    changed = refresh(orders, sums, stored("staged/alokasi"), regions(), rows)
    typer.echo(
        render_change(
            stored("mart/realisasi"),
            changed.realisasi,
            files=new.height,
            accepted=rows.height,
            refused=refused.height,
        )
    )
    if out is not None:
        for name in ("realisasi", "realisasi_harian"):
            write_parquet(getattr(changed, name), out / f"{name}.parquet")
        typer.echo(f"Realisasi tahap yang berubah: {out}")


@app.command()
def jelaskan(
    id_dtks: Annotated[str, typer.Argument(metavar="ID_DTKS", help="ID DTKS baris yang ingin dijelaskan.")],
    data_dir: DataDir = Path("data"),
) -> None:
    """Jelaskan keputusan satu baris DTKS: fakta kedua sisi (disamarkan), bobot setiap fakta, keputusan petugas."""
    from pipeline.warehouse.publication import Publication
    from pipeline.warehouse.review_sheets import kept_decisions
    from reports.row import READ, render_row, unfound

    places, periode = _published(data_dir)
    publication = Publication(places, periode)
    stored = {key: publication.scan(key) for key in READ}
    if publication.is_withheld():
        typer.echo(
            f"Menurut proses terakhir periode {periode}, yang DITAHAN gerbang mutu: terbitan yang berlaku bisa berbeda."
        )
    try:
        typer.echo(render_row(id_dtks.strip(), stored, kept_decisions(places)), nl=False)
    except LookupError:
        _refuse(unfound(id_dtks, periode, stored["quality/karantina"]))


# Files with whole identifiers are for whoever made them, until that person hands them on.
_OWNER_ONLY = 0o600

review = typer.Typer(no_args_is_help=True, help="Pasangan yang perlu diputuskan petugas: keluar dan kembali.")
app.add_typer(review, name="review")


@review.command("export")
def review_export(
    file: Annotated[Path, typer.Argument(metavar="BERKAS.xlsx", help="Buku kerja yang dibuat.")],
    data_dir: DataDir = Path("data"),
) -> None:
    """Tulis pasangan yang perlu ditinjau ke Excel; isi kolom KEPUTUSAN dengan SAMA, BEDA, atau TIDAK TAHU."""
    from pipeline.matching.review import pairs_to_review
    from pipeline.warehouse.publication import Publication
    from pipeline.warehouse.review_sheets import ReviewError, write_review_sheet

    places, periode = _published(data_dir)
    stored = Publication(places, periode).frame
    pairs = pairs_to_review(stored("link/anggota_dukcapil"), stored("cleansed/anggota"), stored("staged/dukcapil"))
    try:
        write_review_sheet(pairs, file, places)
    except ReviewError as error:
        _refuse(str(error))
    file.chmod(_OWNER_ONLY)
    typer.echo(
        f"{pairs.height} pasangan ditulis ke {file}; cara mengisinya ada di lembar Petunjuk.\n"
        f"Setelah diisi: padan review import {file} --data-dir {data_dir}"
    )


@review.command("import")
def review_import(
    file: Annotated[Path, typer.Argument(metavar="BERKAS.xlsx", help="Buku kerja yang sudah diisi.")],
    data_dir: DataDir = Path("data"),
) -> None:
    """Ambil keputusan petugas dari Excel; berlaku mulai proses berikutnya."""
    from pipeline.matching.review import ANSWERS
    from pipeline.warehouse.review_sheets import ReviewError, take_review_sheet

    try:
        taken = take_review_sheet(file, _existing(data_dir), datetime.now(ZoneInfo("Asia/Jakarta")).date())
    except ReviewError as error:
        _refuse(str(error))
    if taken.answers.height:
        counts = (f"{taken.answers.filter(jawaban=answer).height} {answer}" for answer in ANSWERS)
        typer.echo(f"{taken.answers.height} keputusan diambil ({', '.join(counts)}); {taken.blank} baris belum diisi.")
        typer.echo(f"Jalankan padan run --data-dir {data_dir} agar berlaku.")
    else:
        typer.echo(f"Tidak ada keputusan yang diambil; {taken.blank} baris belum diisi.")
    if taken.unsigned:
        lines = ", ".join(map(str, taken.unsigned))
        typer.echo(
            f"Diambil tanpa nama petugas: SAMA di baris {lines}. Bila namanya perlu tercatat, isi PETUGAS, simpan, "
            "lalu ambil lagi.",
            err=True,
        )
    if taken.problems:
        typer.echo(f"{len(taken.problems)} baris tidak dapat dipakai; betulkan, simpan, lalu ambil lagi:", err=True)
    for problem in taken.problems:
        typer.echo(f"  {problem}", err=True)


@app.command()
def perbaikan(
    out: Annotated[Path, typer.Option("--out", help="Folder tujuan buku kerja: baru atau kosong.")],
    data_dir: DataDir = Path("data"),
    lengkap: Annotated[
        bool, typer.Option("--lengkap", help="Tampilkan NIK, nomor KK, dan nama secara utuh; bawaannya disamarkan.")
    ] = False,
) -> None:
    """Buat daftar perbaikan per kabupaten (Excel) dari proses terakhir, juga yang ditahan: baris ditolak dan temuan."""
    from pipeline.warehouse.publication import Publication, listed_periode

    places = _existing(data_dir)
    periode = listed_periode(places)
    if periode is None:
        _refuse(f"Belum ada proses yang selesai di {places.root}. Jalankan dahulu padan run --data-dir {data_dir}.")
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        _refuse(
            f"{out} sudah berisi. Sebut folder baru atau folder kosong: isian dari proses lama tidak boleh tercampur "
            "dengan yang baru, dan yang sedang dibetulkan tidak boleh tertimpa."
        )
    publication = Publication(places, periode)
    files = publication.write_correction_lists(out, show_identifiers=lengkap)
    typer.echo(f"{len(files)} buku kerja di {out}")
    if lengkap:
        forms = publication.write_correction_forms(out / "isian")
        for written in (*files, *forms):
            written.chmod(_OWNER_ONLY)
        typer.echo(f"{len(forms)} lembar isian di {out / 'isian'}: betulkan di tempat, lalu simpan di raw/<sumber>/")


@app.command()
def ui(
    data_dir: DataDir = Path("data"),
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="Nomor port.")] = 3000,
    host: Annotated[str, typer.Option("--host", help="Alamat; bawaannya hanya komputer ini sendiri.")] = "127.0.0.1",
) -> NoReturn:
    """Buka antarmuka Dagster beserta jadwal dan sensornya."""
    from assets.running import prepare_home
    from pipeline.definitions import DATA_DIR_VARIABLE

    places = _existing(data_dir)
    prepare_home(places)
    typer.echo(f"Buka http://{host}:{port} di peramban. Tekan Ctrl+C untuk berhenti.")
    # One server process replaces this one, so that signals reach it.
    environment = {**os.environ, DATA_DIR_VARIABLE: str(places.root), "PYTHONWARNINGS": "ignore"}
    arguments = ["-w", str(_WORKSPACE), "-h", host, "-p", str(port), "--log-level", "warning"]
    os.execve(sys.executable, [sys.executable, "-m", "dagster", "dev", *arguments], environment)  # noqa: S606


def _run(places: Places, periode: str) -> int:
    """Run the main job, print how it went, return the exit code."""
    from assets.running import prepare_home, run_main_job
    from pipeline.definitions import build_defs
    from pipeline.settings import SettingsError, load_limits

    if not _has_files(places.raw):
        _refuse(
            f"Tidak ada berkas di {places.raw}. Simpan berkas di raw/dtks, raw/dukcapil, raw/pos, raw/alokasi, dan "
            "raw/pendamping; untuk mencoba dengan data rekaan: padan demo."
        )
    try:
        load_limits(places.root)
    except SettingsError as error:
        _refuse(str(error))
    prepare_home(places)
    typer.echo(f"Periode {periode}, folder {places.root}")
    outcome = run_main_job(build_defs(places.root), periode, _show_progress)
    if sys.stdout.isatty():
        typer.echo("\r\033[K", nl=False)
    if not outcome.success:
        return _tell_failure(places, outcome)
    return _tell_result(places, periode, outcome)


def _show_progress(step: str, number: int, steps: int) -> None:
    if sys.stdout.isatty():
        typer.echo(f"\r\033[K[{number}/{steps}] {step}", nl=False)
    else:
        typer.echo(f"[{number}/{steps}] {step}")


def _tell_failure(places: Places, outcome: Outcome) -> int:
    typer.secho(
        "Proses gagal; tidak ada yang diterbitkan. Terbitan sebelumnya, bila ada, tetap berlaku.", fg="red", err=True
    )
    for step, reason in outcome.failures:
        typer.echo(f"  {step}: {reason}", err=True)
    typer.echo(f"Rinciannya ada di riwayat proses: padan ui --data-dir {places.root}", err=True)
    return FAILED


def _tell_result(places: Places, periode: str, outcome: Outcome) -> int:
    from pipeline.warehouse.publication import Publication
    from reports.summary import render_places, render_summary

    publication = Publication(places, periode)
    tables, gates = publication.tables(), publication.frame("published/gerbang")
    typer.echo("\n" + render_summary(tables, gates) + "\n")
    if outcome.published:
        typer.echo(render_places(places, tables))
        return 0
    if tables["quality.rekonsiliasi"]["baris_masuk"].sum() == 0:
        _refuse(f"Tidak ada berkas di {places.raw} yang dapat dibaca.")
    typer.secho("Hasil DITAHAN oleh gerbang mutu; terbitan sebelumnya, bila ada, tetap berlaku.", fg="red", err=True)
    typer.echo(f"Laporan      {places.withheld / 'index.html'}", err=True)
    typer.echo(f"Perbaikan    {places.withheld / 'perbaikan'}", err=True)
    return WITHHELD


def _chosen_periode(places: Places, stated: str | None) -> str:
    from assets.partitions import PERIODE
    from pipeline.extracts.files import PERIODE as PATTERN
    from pipeline.extracts.files import newest_periode

    this_month = datetime.now(ZoneInfo("Asia/Jakarta")).strftime("%Y-%m")
    periode = stated or newest_periode(places.raw, this_month)
    if not re.match(PATTERN, periode):
        _refuse(f"Periode {periode} tidak sah; tulis sebagai TTTT-BB, misalnya 2022-12.")
    if not PERIODE.has_partition_key(periode):
        first = PERIODE.get_first_partition_key()
        _refuse(f"Periode {periode} di luar jangkauan; yang dapat diproses {first} sampai {this_month}.")
    return periode


def _existing(data_dir: Path) -> Places:
    if not data_dir.is_dir():
        _refuse(
            f"Folder {data_dir} tidak ada. Buat folder itu beserta raw/<sumber>/, atau sebut yang lain: --data-dir."
        )
    return Places(data_dir.resolve())


def _published(data_dir: Path) -> tuple[Places, str]:
    from pipeline.warehouse.publication import published_periode

    places = _existing(data_dir)
    periode = published_periode(places)
    if periode is None:
        _refuse(f"Belum ada hasil yang diterbitkan di {places.root}. Jalankan dahulu padan run --data-dir {data_dir}.")
    return places, periode


def _fingerprints(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != _DEMO_MARK)
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def _demo_files(raw: Path) -> dict[str, str]:
    """What the last demo put into `raw`: only that may be replaced."""
    try:
        return json.loads((raw / _DEMO_MARK).read_text())
    except (OSError, ValueError):
        return {}


def _has_files(folder: Path) -> bool:
    return folder.is_dir() and any(path.is_file() for path in folder.rglob("*") if not path.name.startswith("."))


def _refuse(message: str) -> NoReturn:
    typer.secho(message, fg="red", err=True)
    raise typer.Exit(UNUSABLE)


def main() -> None:
    """Entry of the command; what the file system refuses ends in a sentence as well."""
    from xlsxwriter.exceptions import FileCreateError

    try:
        sys.exit(app(standalone_mode=False) or 0)
    except TyperException as error:
        # Without any argument the help has been printed already.
        if message := usage.told(error.format_message()):
            context = getattr(error, "ctx", None)
            command = context.command_path if context else "padan"
            typer.secho(f"{message} Lihat caranya: {command} --help", fg="red", err=True)
        sys.exit(UNUSABLE)
    except (OSError, FileCreateError) as error:
        place = getattr(error, "filename", None) or ""
        typer.secho(f"Tidak dapat membaca atau menulis {place}: {usage.reason(error)}.", fg="red", err=True)
        sys.exit(UNUSABLE)
