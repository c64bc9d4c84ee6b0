"""`padan jelaskan` and `padan bayar`: looks at what a run left; nothing is published."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipeline.command.asked import DataDir, published, refuse


def jelaskan(
    id_dtks: Annotated[str, typer.Argument(metavar="ID_DTKS", help="ID DTKS baris yang ingin dijelaskan.")],
    data_dir: DataDir = Path("data"),
) -> None:
    """Jelaskan keputusan satu baris DTKS: fakta kedua sisi (disamarkan), bobot setiap fakta, keputusan petugas."""
    from pipeline.warehouse.publication import Publication
    from pipeline.warehouse.review_answers import kept_decisions
    from pipeline.warehouse.weighings import kept_weighings
    from reports.row import READ, render_row, unfound

    if not id_dtks.strip():
        refuse("ID_DTKS kosong; sebut ID DTKS barisnya.")
    places, periode = published(data_dir)
    publication = Publication(places, periode)
    stored = {key: publication.scan(key) for key in READ}
    try:
        told = render_row(id_dtks.strip(), stored, kept_decisions(places), kept_weighings(places), places.option)
        typer.echo(told, nl=False)
    except LookupError:
        refuse(unfound(id_dtks, periode, stored["quality/karantina"]))


def bayar(
    data_dir: DataDir = Path("data"),
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", metavar="FOLDER", help="Tulis juga realisasi tahap yang berubah ke folder ini (Parquet)."
        ),
    ] = None,
) -> None:
    """Lihat realisasi menurut isi raw/pos sekarang, tanpa memadankan ulang; padan run yang menerbitkannya."""
    import polars as pl

    from pipeline.extracts.files.found import find_files
    from pipeline.extracts.read import read_source, refused_whole
    from pipeline.realisation.redelivery import redelivered, unread
    from pipeline.realisation.refresh import refresh
    from pipeline.reference import regions
    from pipeline.warehouse.parquet import write_parquet
    from pipeline.warehouse.periodes import LEDGER
    from pipeline.warehouse.publication import Publication
    from reports.summary import render_change, render_deliveries
    from schemas.marts.alokasi import Alokasi
    from schemas.staged import PosStaged
    from schemas.table import polars_schema, split

    places, periode = published(data_dir)
    stored = Publication(places, periode)
    asked = {"staged/pos": PosStaged, "mart/alokasi": Alokasi}
    if any(stored.scan(key).collect_schema() != polars_schema(model) for key, model in asked.items()):
        refuse(f"Proses terakhir dijalankan dengan versi padan yang lain. Jalankan dahulu padan run {places.option}.")
    ledger = stored.frame(LEDGER)
    files = find_files(places.raw, periode, places.stored(LEDGER, periode)).filter(sumber="pos")
    before, now = (each.filter(sumber="pos", status_berkas="DIBACA") for each in (ledger, files))
    closed = files.filter(status_berkas="DITOLAK").join(ledger, on=["berkas", "sha256"], how="anti")
    if closed.is_empty() and now.equals(before):
        typer.echo("Tidak ada berkas bayar baru, berubah, atau hilang sejak proses terakhir.")
        return
    new = unread(before, now)
    extract = read_source(places.raw, new, "pos")
    left_out, delivered = redelivered(stored.scan("raw/pos"), before, now, extract, periode)
    rows, refused = split(delivered, PosStaged)
    told, sums = (places.stored(key, periode) for key in ("staged/pos", "mart/rekap_bayar"))
    changed = refresh(told, sums, stored.frame("mart/alokasi"), regions(), left_out=left_out, rows=rows)
    known, there = set(before["berkas"]), set(now["berkas"])
    torn = extract.filter(pl.col("rusak").is_not_null(), pl.col("baris") > 0)
    own = pl.col("berkas").is_in(new["berkas"].implode())
    typer.echo(
        render_deliveries(
            {
                "baru": len({*new["berkas"], *closed["berkas"]} - known),
                "berubah": len(known & there & set(left_out)),
                "tidak dibaca lagi": len(known - there),
            },
            accepted=rows.filter(own).height,
            refused=torn.height + refused.filter(own).height,
            unread=pl.concat([closed.select("berkas", "catatan"), refused_whole(extract)]),
        )
    )
    if not changed.stages.is_empty():
        typer.echo(render_change(changed.stages, stored.frame("mart/realisasi"), changed.realisasi))
    if out is not None:
        for name in ("realisasi", "realisasi_harian"):
            write_parquet(getattr(changed, name), out / f"{name}.parquet")
        typer.echo(f"Realisasi tahap yang berubah: {out}")
