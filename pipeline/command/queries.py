"""`padan jelaskan` and `padan bayar`: queries on the results of a run; nothing is published."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipeline.command.preconditions import (
    DataDir,
    Periode,
    latest_publication,
    refuse,
    refuse_other_version,
    resolve_periode,
)


def jelaskan(
    id_dtks: Annotated[str, typer.Argument(metavar="ID_DTKS", help="ID DTKS baris yang ingin dijelaskan.")],
    data_dir: DataDir = Path("data"),
) -> None:
    """Jelaskan keputusan satu baris DTKS: fakta kedua sisi (disamarkan), bobot setiap fakta, keputusan petugas."""
    from pipeline.warehouse.publication import Publication
    from pipeline.warehouse.store.parts import newest_periode_with
    from pipeline.warehouse.workbooks.answer_weights import stored_weights
    from pipeline.warehouse.workbooks.answered_rows import without_reassigned_rows
    from pipeline.warehouse.workbooks.review_answers import stored_decisions
    from reports.row import FRAMES_READ, render_row, render_unknown_id
    from schemas.catalogue import promised_tables

    if not id_dtks.strip():
        refuse("ID_DTKS kosong; sebut ID DTKS barisnya.")
    places, periode = latest_publication(data_dir)
    publication = Publication(places, periode)
    stored = {key: publication.scan(key) for key in FRAMES_READ}
    decisions = without_reassigned_rows(stored_decisions(places), stored["cleansed/anggota"], places)
    try:
        explanation = render_row(id_dtks.strip(), stored, decisions, stored_weights(places), places.option)
        typer.echo(explanation, nl=False)
    except LookupError:
        last_published = newest_periode_with(places, promised_tables()["cleansed.anggota"], "id_dtks", id_dtks.strip())
        refuse(render_unknown_id(id_dtks, periode, stored["quality/karantina"], last_published))


def bayar(
    data_dir: DataDir = Path("data"),
    periode: Periode = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            metavar="FOLDER",
            help="Tulis juga realisasi tahap yang berubah ke folder ini (Parquet), harian sejak hari yang berubah.",
        ),
    ] = None,
) -> None:
    """Lihat realisasi menurut isi raw/pos dan raw/alokasi sekarang, tanpa memadankan; padan run yang menerbitkannya."""
    from pipeline.realisation.since_last_run import changes_since_last_run, has_readable_frames
    from pipeline.warehouse.publication import Publication
    from pipeline.warehouse.store.parquet import write_parquet
    from reports.summary import render_change, render_deliveries

    places, stored_periode = latest_publication(data_dir)
    publication = Publication(places, stored_periode)
    if not has_readable_frames(publication):
        refuse_other_version(places)
    preview = changes_since_last_run(places, stored_periode, publication, resolve_periode(places, periode)[0])
    if preview is None:
        typer.echo("Tidak ada berkas bayar atau alokasi baru, berubah, atau hilang sejak proses terakhir.")
        return
    for source, delivered in preview.delivered.items():
        typer.echo(
            render_deliveries(
                source,
                delivered.files,
                accepted=delivered.accepted,
                refused=delivered.refused,
                unread=delivered.unread,
                noted=delivered.noted,
            )
        )
    changed = preview.changed
    typer.echo(render_change(changed.stages, publication.frame("mart/realisasi"), changed.realisasi))
    if out is not None:
        for name in ("realisasi", "realisasi_harian"):
            write_parquet(getattr(changed, name), out / f"{name}.parquet")
        typer.echo(f"Realisasi tahap yang berubah: {out}")
