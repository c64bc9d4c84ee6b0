"""`padan tarik`: withdraws a month that was published by mistake."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipeline.command.error_messages import describe_file_error
from pipeline.command.preconditions import FAILED, DataDir, existing_places, now_in_jakarta, refuse, require_month
from pipeline.places import Places


def tarik(
    periode: Annotated[str, typer.Argument(metavar="TTTT-BB", help="Bulan yang keliru.")],
    data_dir: DataDir = Path("data"),
) -> None:
    """Tarik terbitan satu bulan yang keliru; bulan lain, berkas di raw/, dan riwayatnya tetap."""
    require_month(periode)
    places = existing_places(data_dir)

    import duckdb
    from polars.exceptions import PolarsError
    from sqlalchemy.exc import OperationalError

    from pipeline.extracts.arrival import published_periodes
    from pipeline.warehouse.locks import BusyError

    newest = _newest_remaining(places, periode)
    try:
        _withdraw(places, periode, newest)
    except BusyError as error:
        typer.secho(str(error), fg="red", err=True)
        raise typer.Exit(FAILED) from error
    except (OSError, duckdb.Error, PolarsError, OperationalError) as error:
        typer.secho(f"Penarikan tidak selesai: {_describe_failure(error, places, periode, newest)}", fg="red", err=True)
        raise typer.Exit(FAILED) from error
    typer.echo(
        f"Terbitan periode {periode} ditarik. Yang kini terbit: {', '.join(sorted(published_periodes(places)))}; "
        f"laporan, keadaan pembayaran, dan rilis menurut {newest}.\n"
        f"Angka yang membandingkan {newest} dengan bulan sebelumnya dihitung lagi oleh padan run berikutnya. "
        f"Berkas di raw/, riwayat proses, rilis SEPAKAT yang sudah keluar, dan keputusan petugas tidak diubah."
    )


def _withdraw(places: Places, periode: str, newest: str) -> None:
    """Publish the periode `newest` as its run left it, without `periode`."""
    from assets.running import prepare_home, record_withdrawal
    from pipeline.warehouse.locks import RUNNING, hold_lock
    from pipeline.warehouse.publication import Publication
    from reports.report import COLUMNS_READ, render_report
    from schemas.catalogue import promised_tables

    # No run may change the stored frames of the remaining month meanwhile.
    with hold_lock(places, RUNNING):
        prepare_home(places)
        remaining = Publication(places, newest)
        models = {f"{table.schema}/{table.name}": table.model for table in promised_tables().values()}
        if not remaining.has_columns_of(models):
            refuse(
                f"Periode {newest}, yang akan menjadi terbitan terbaru, dihasilkan versi padan yang lain. Jalankan "
                f"dahulu padan run {places.option} --periode {newest}."
            )
        report = render_report(remaining.tables(COLUMNS_READ), remaining.frame("published/gerbang"), newest)
        remaining.publish(f"tanpa-{periode}", report, [periode])
        record_withdrawal(periode)


def _describe_failure(error: Exception, places: Places, periode: str, newest: str) -> str:
    """The cause of a failed withdrawal, and what is published now."""
    from assets.failures import unforeseen_sentence
    from pipeline.extracts.arrival import published_periodes

    if isinstance(error, OSError):
        cause = describe_file_error(error).removesuffix(".")
    else:
        cause = unforeseen_sentence(type(error).__name__, str(error), places)
    if periode in published_periodes(places):
        return f"{cause}. Terbitan yang ada tetap utuh; ulangi padan tarik."
    return (
        f"{cause}. Terbitan periode {periode} sudah ditarik, tetapi rilis SEPAKAT atau riwayatnya mungkin belum "
        f"mencatatnya: jalankan padan run {places.option} --periode {newest}."
    )


def _newest_remaining(places: Places, periode: str) -> str:
    """The newest published periode other than this one."""
    from pipeline.extracts.arrival import inspect_arrival, published_periodes
    from pipeline.warehouse.periodes import State, stored_state

    published = sorted(published_periodes(places))
    if periode not in published:
        refuse(f"Tidak ada terbitan periode {periode}. Yang terbit: {', '.join(published) or 'belum ada'}.")
    arrival = inspect_arrival(places.raw, now_in_jakarta().strftime("%Y-%m"))
    if arrival.is_dated and periode in arrival.snapshots:
        refuse(
            f"Di raw/dtks masih ada folder periode={periode}, yang akan terbit lagi. Ganti dahulu nama folder itu "
            "menjadi bulan yang benar, atau keluarkan dari raw/dtks."
        )
    command = f"padan run {places.option} --periode"
    newest = max((each for each in published if each != periode), default=None)
    if newest is None:
        refuse(f"Hanya periode {periode} yang terbit. Jalankan dahulu bulan yang benar: {command} TTTT-BB.")
    if stored_state(places, newest) is not State.DONE:
        refuse(
            f"Periode {newest}, yang akan menjadi terbitan terbaru, ditahan atau belum selesai diproses. "
            f"Jalankan dahulu {command} {newest}."
        )
    return newest
