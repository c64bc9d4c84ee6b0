"""`padan tarik`: withdraws a month that was published by mistake."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipeline.command.asked import FAILED, DataDir, existing, refuse, refuse_no_month, today
from pipeline.command.usage import refused
from pipeline.places import Places


def tarik(
    periode: Annotated[str, typer.Argument(metavar="TTTT-BB", help="Bulan yang keliru.")],
    data_dir: DataDir = Path("data"),
) -> None:
    """Tarik terbitan satu bulan yang keliru; bulan lain, berkas di raw/, dan riwayatnya tetap."""
    refuse_no_month(periode)
    places = existing(data_dir)

    import duckdb
    from polars.exceptions import PolarsError
    from sqlalchemy.exc import OperationalError

    from assets.failures import unforeseen
    from assets.running import note_withdrawal, prepare_home
    from pipeline.extracts.arrival import published_periodes
    from pipeline.warehouse.publication import Publication
    from pipeline.warehouse.publish import RUNNING, BusyError, hold_lock
    from reports.report import READ, render_report
    from schemas.catalogue import promised_tables

    newest, tables = _newest_left(places, periode), promised_tables().values()
    try:
        # No run may change the stored frames of the remaining month meanwhile.
        with hold_lock(places, RUNNING):
            prepare_home(places)
            left = Publication(places, newest)
            if not left.has_columns_of({f"{table.schema}/{table.name}": table.model for table in tables}):
                refuse(
                    f"Periode {newest}, yang akan menjadi terbitan terbaru, dihasilkan versi padan yang lain. Jalankan "
                    f"dahulu padan run {places.option} --periode {newest}."
                )
            report = render_report(left.tables(READ), left.frame("published/gerbang"), newest)
            left.publish(f"tanpa-{periode}", report, [periode])
            note_withdrawal(periode)
    except BusyError as error:
        typer.secho(str(error), fg="red", err=True)
        raise typer.Exit(FAILED) from error
    except (OSError, duckdb.Error, PolarsError, OperationalError) as error:
        if periode in published_periodes(places):
            left_as = "Terbitan yang ada tetap utuh; ulangi padan tarik."
        else:
            left_as = (
                f"Terbitan periode {periode} sudah ditarik, tetapi rilis SEPAKAT atau riwayatnya mungkin belum "
                f"mencatatnya: jalankan padan run {places.option} --periode {newest}."
            )
        by_system = isinstance(error, OSError)
        reason = refused(error).removesuffix(".") if by_system else unforeseen(type(error).__name__, str(error), places)
        typer.secho(f"Penarikan tidak selesai: {reason}. {left_as}", fg="red", err=True)
        raise typer.Exit(FAILED) from error
    typer.echo(
        f"Terbitan periode {periode} ditarik. Yang kini terbit: {', '.join(sorted(published_periodes(places)))}; "
        f"laporan, keadaan pembayaran, dan rilis menurut {newest}.\n"
        f"Angka yang membandingkan {newest} dengan bulan sebelumnya dihitung lagi oleh padan run berikutnya. "
        f"Berkas di raw/, riwayat proses, rilis SEPAKAT yang sudah keluar, dan keputusan petugas tidak diubah."
    )


def _newest_left(places: Places, periode: str) -> str:
    """The newest published periode other than this one."""
    from pipeline.extracts.arrival import inspect_arrival, published_periodes
    from pipeline.warehouse.periodes import State, stored_state

    published = sorted(published_periodes(places))
    if periode not in published:
        refuse(f"Tidak ada terbitan periode {periode}. Yang terbit: {', '.join(published) or 'belum ada'}.")
    arrival = inspect_arrival(places.raw, today().strftime("%Y-%m"))
    if arrival.is_dated and periode in arrival.snapshots:
        refuse(
            f"Di raw/dtks masih ada folder periode={periode}, yang akan terbit lagi. Ganti dahulu nama folder itu "
            "menjadi bulan yang benar, atau keluarkan dari raw/dtks."
        )
    again = f"padan run {places.option} --periode"
    newest = max((each for each in published if each != periode), default=None)
    if newest is None:
        refuse(f"Hanya periode {periode} yang terbit. Jalankan dahulu bulan yang benar: {again} TTTT-BB.")
    if stored_state(places, newest) is not State.DONE:
        refuse(
            f"Periode {newest}, yang akan menjadi terbitan terbaru, ditahan atau belum selesai diproses. "
            f"Jalankan dahulu {again} {newest}."
        )
    return newest
