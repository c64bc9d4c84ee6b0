"""`padan demo`, `generate` and `evaluate`: generated extracts, and the accuracy of a run on them."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from typing import Annotated

import typer

from pipeline.command.preconditions import DataDir, existing_places, has_files, note_evaluated_tables, places_of, refuse
from pipeline.command.running import run_pipeline
from pipeline.synthetic import DEMO_KELUARGA, LEAST_KELUARGA

_DEMO_PERIODE = "2022-12"
_DEMO_MANIFEST = ".contoh"
# Largest --skala: at a hundred times the documented errors nothing is left to damage.
_MAX_SKALA = 100
_KELUARGA_HELP = f"Banyaknya keluarga, paling sedikit {LEAST_KELUARGA}."


def demo(
    keluarga: Annotated[
        int, typer.Option("--keluarga", metavar="N", min=LEAST_KELUARGA, help=_KELUARGA_HELP)
    ] = DEMO_KELUARGA,
    seed: Annotated[
        int, typer.Option("--seed", metavar="N", min=0, help="Angka awal; angka yang sama memberi data yang sama.")
    ] = 1,
    data_dir: DataDir = Path("data"),
) -> None:
    """Buat data contoh rekaan di folder data, jalankan semuanya, dan tunjukkan hasilnya."""
    from pipeline.synthetic.generate import generate

    places = places_of(data_dir)
    if _fingerprints(places.raw) != _demo_files(places.raw):
        refuse(f"{places.raw} berisi berkas yang tidak dibuat oleh padan demo. Pilih folder lain dengan --data-dir.")
    for folder in (places.raw, places.truth):
        shutil.rmtree(folder, ignore_errors=True)
    typer.echo("Membuat data contoh (semua orang di dalamnya rekaan) ...")
    generate(places.root, keluarga, seed, periode=_DEMO_PERIODE)
    (places.raw / _DEMO_MANIFEST).write_text(json.dumps(_fingerprints(places.raw)))
    raise typer.Exit(run_pipeline(places, _DEMO_PERIODE))


def generate(
    out: Annotated[
        Path, typer.Option("--out", metavar="FOLDER", help="Folder tujuan; raw/ dan truth/ dibuat di dalamnya.")
    ],
    keluarga: Annotated[int, typer.Option("--keluarga", metavar="N", min=LEAST_KELUARGA, help=_KELUARGA_HELP)],
    seed: Annotated[
        int, typer.Option("--seed", metavar="N", min=0, help="Angka awal; angka yang sama memberi data yang sama.")
    ],
    skala: Annotated[
        float,
        typer.Option(
            "--skala",
            metavar="X",
            min=0,
            max=_MAX_SKALA,
            help="Kesalahan sekian kali lipat dari yang tercatat (1 = apa adanya).",
        ),
    ] = 1,
    jebakan: Annotated[
        bool, typer.Option("--jebakan", help="Tambahkan orang dan nomor yang mudah tertukar: kembar, senama, salinan.")
    ] = False,
) -> None:
    """Buat berkas mentah rekaan dalam tata letak yang sebenarnya, beserta kunci jawabannya."""
    from pipeline.synthetic.generate import generate as generate_extracts
    from pipeline.synthetic.rates import Rates

    places = places_of(out)
    if has_files(places.raw) or has_files(places.truth):
        refuse(f"{places.root} sudah berisi raw/ atau truth/. Pilih folder kosong.")
    generate_extracts(places.root, keluarga, seed, Rates().scaled(skala, traps=jebakan))
    typer.echo(f"Selesai: {places.raw} dan {places.truth}")


def evaluate(
    data_dir: DataDir = Path("data"),
    json_file: Annotated[
        Path | None, typer.Option("--json", metavar="BERKAS", help="Tulis juga semua angka ke berkas JSON ini.")
    ] = None,
) -> None:
    """Nilai hasil terbitan terbaru terhadap kunci jawaban di folder truth/; halamannya reports/evaluasi.html."""
    from pipeline.matching.outcome.waterfall import choose_examples
    from pipeline.synthetic.score.evaluate import ScoreError, score
    from pipeline.warehouse.publication import Publication
    from reports.evaluation import render_evaluation
    from reports.scores import render_text, to_json

    places = existing_places(data_dir)
    try:
        scores = score(places)
    except ScoreError as error:
        refuse(str(error))
    note_evaluated_tables(places, scores.periode)
    typer.echo(render_text(scores))
    frame = Publication(places, scores.periode).frame
    page = places.reports / "evaluasi.html"
    examples = choose_examples(frame("link/anggota_dukcapil"), frame("link/bobot_fakta"))
    page.write_text(render_evaluation(scores, examples), encoding="utf-8")
    typer.echo(f"Halaman penilaian: {page}")
    if json_file is not None:
        json_file.write_text(to_json(scores), encoding="utf-8")


def _fingerprints(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != _DEMO_MANIFEST)
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def _demo_files(raw: Path) -> dict[str, str]:
    """The files that the last demo put into `raw`; only these may be replaced."""
    try:
        return json.loads((raw / _DEMO_MANIFEST).read_text())
    except (OSError, ValueError):
        return {}
