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
    """Lihat realisasi dengan berkas bayar baru di raw/pos, tanpa memadankan ulang; padan run yang menerbitkannya."""
    import polars as pl

    from pipeline.extracts.files import find_files
    from pipeline.extracts.read import read_source, refused_whole
    from pipeline.normalise.staging import stage
    from pipeline.realisation.refresh import refresh
    from pipeline.reference import regions
    from pipeline.warehouse.parquet import write_parquet
    from pipeline.warehouse.publication import Publication
    from reports.summary import render_change
    from schemas.staged import PosStaged
    from schemas.table import split

    places, periode = published(data_dir)
    stored = Publication(places, periode).frame
    ledger = stored("raw/berkas")
    files = find_files(places.raw, periode, ledger).filter(sumber="pos")
    new = files.filter(status_berkas="DIBACA").join(ledger, on="sha256", how="anti", maintain_order="left")
    closed = files.filter(status_berkas="DITOLAK").join(ledger, on=["berkas", "sha256"], how="anti")
    if new.is_empty() and closed.is_empty():
        typer.echo("Tidak ada berkas bayar baru sejak proses terakhir.")
        return
    extract = read_source(places.raw, new, "pos")
    torn = extract.filter(pl.col("rusak").is_not_null(), pl.col("baris") > 0)
    rows, refused = split(stage("pos", extract, new, periode), PosStaged)
    orders, sums = (places.stored(f"mart/{name}", periode) for name in ("pembayaran", "rekap_bayar"))
    changed = refresh(orders, sums, stored("staged/alokasi"), regions(), rows)
    typer.echo(
        render_change(
            stored("mart/realisasi"),
            changed.realisasi,
            files=new.height + closed.height,
            accepted=rows.height,
            refused=torn.height + refused.height,
            unread=pl.concat([closed.select("berkas", "catatan"), refused_whole(extract)]),
        )
    )
    if out is not None:
        for name in ("realisasi", "realisasi_harian"):
            write_parquet(getattr(changed, name), out / f"{name}.parquet")
        typer.echo(f"Realisasi tahap yang berubah: {out}")
