"""Correction forms for the kabupaten: the refused rows in the layout of their source, to be corrected in place.

A form put back into `raw/<sumber>/` is an extract like any other; its column `ASAL BARIS` names the refused row that
each of its rows replaces, even if rows were sorted or deleted meanwhile.
Does not belong here: the lists that say what is wrong (`pipeline.warehouse.workbooks.correction_lists`).
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from pipeline.normalise.metadata.orders import agreed_batches, nearest_stage, stated_stage
from pipeline.normalise.metadata.targets import stage_of_list
from pipeline.normalise.sources.month_first import (
    DATES,
    count_date_orders,
    find_month_first,
    is_sampled,
    rewrite_day_first,
)
from pipeline.normalise.sources.payments import sheets_with_status
from pipeline.normalise.staging import fill_status_of_list
from pipeline.normalise.values.identifiers import usable_number, written_number
from pipeline.warehouse.workbooks.writing import NO_KABUPATEN, Book, kabupaten_file_name, write_workbooks
from schemas.extracts import EXTRACTS, Extract, place_text
from schemas.keys import PLACE, STAGE
from schemas.rules import CUT_OFF, IN_HIDDEN_SHEET, REPETITIONS, RULES
from schemas.table import contract

ORIGIN, TITLE, REASON = "asal_baris", "judul_asal", "ALASAN DITOLAK"
_ID, _DUPLICATE_ID = "id_dtks", "ID_GANDA"
# If a file has more refused rows than this, the file itself must be corrected.
_MAX_RETYPED = 50
# Replaces the instruction of the list, which asks for the file to be corrected: a form is filled in instead.
_COPY_INSTRUCTION = pl.format(
    "{} Salin isinya ke baris ini dari baris {} di {}.",
    pl.col("rusak").replace_strict({code: RULES["Berkas", code].sentence for code in CUT_OFF}),
    "baris",
    "berkas",
)
_READER_COLUMNS = tuple(Extract.to_schema().columns)
_DEFAULT_WIDTH, _WIDTHS = 18, {REASON: 60}


def write_correction_forms(
    folder: Path, quarantine: pl.DataFrame, raw: dict[str, pl.DataFrame], regions: pl.DataFrame
) -> list[Path]:
    """Write `<sumber>/<kode_kab>_<NAMA>.xlsx` with the refused rows that can be corrected, identifiers in full.

    A truncated line has no cells; its row is empty, to be filled in from the file, and ignored until then. A row under
    another row's ID comes without an ID. Rows that only repeat an accepted one, notes, and rows already corrected are
    left out.

    Args:
        folder: of the forms; created if missing.
        quarantine: `quality.karantina`.
        raw: extracts by source, all columns.
        regions: kode, nama of every region.

    Returns:
        The files written, sorted.
    """
    reasons = _correctable_rows(quarantine)
    forms = []
    for source in sorted(name for name in raw if ORIGIN in raw[name].columns):
        headers = {REASON: REASON, **_form_headers(source)}
        rows = _form_rows(source, raw[source], reasons.filter(sumber=source).drop("sumber"))
        by_kabupaten = rows.with_columns(pl.col("kode_kab").fill_null(NO_KABUPATEN)).partition_by(
            "kode_kab", as_dict=True
        )
        for (code,), kabupaten_rows in by_kabupaten.items():
            (folder / source).mkdir(parents=True, exist_ok=True)
            file = folder / source / kabupaten_file_name(str(code), regions)
            forms.append(Book(file, {"Isian": (kabupaten_rows, headers)}, widths=_WIDTHS, default_width=_DEFAULT_WIDTH))
    return sorted(write_workbooks(forms))


def _correctable_rows(quarantine: pl.DataFrame) -> pl.DataFrame:
    """Rows of the quarantine that can be corrected, each once with all its reasons."""
    return (
        quarantine.with_columns(
            ulangan=pl.col("kode").is_in(REPETITIONS) & (pl.col("kode") != _DUPLICATE_ID),
            id_orang_lain=pl.col("kode") == _DUPLICATE_ID,
        )
        .group_by("sumber", *PLACE, "kode_kab")
        .agg(
            pl.col("keterangan").str.join(" ").alias(REASON),
            pl.col("ulangan", "id_orang_lain", "sudah_diperbaiki").any(),
        )
        .filter(~pl.col("ulangan") & ~pl.col("sudah_diperbaiki"))
    )


def _form_rows(source: str, extract: pl.DataFrame, reasons: pl.DataFrame) -> pl.DataFrame:
    """The refused rows of a source as its form has them."""
    readable = extract.filter(pl.col("rusak").is_null())
    cut_off = extract.filter(pl.col("rusak").is_in(CUT_OFF)).filter(pl.len().over("berkas") <= _MAX_RETYPED)
    refused = pl.concat([readable, cut_off]).join(reasons, on=PLACE, nulls_equal=True, maintain_order="left")
    # A form's row that was refused again still replaces the original row.
    refused = _without_borrowed_ids(refused, readable, source).with_columns(
        pl.coalesce(ORIGIN, place_text()).alias(ORIGIN),
        pl.coalesce(_COPY_INSTRUCTION, REASON).alias(REASON),
    )
    refused = _with_day_first(source, refused, readable)
    return _with_stage_and_title(source, refused, readable) if TITLE in refused.columns else refused


def _form_headers(source: str) -> dict[str, str]:
    """The columns of an extract with their first known header."""
    columns = contract(EXTRACTS[source]).columns
    return {name: column.metadata["headers"][0] for name, column in columns.items() if name not in _READER_COLUMNS}


def _without_borrowed_ids(refused: pl.DataFrame, readable: pl.DataFrame, source: str) -> pl.DataFrame:
    """Refused rows without those that only repeat an earlier row; those under another row's ID lose that ID."""
    borrowed = refused.filter("id_orang_lain")
    if borrowed.is_empty():
        return refused
    holders = readable.filter(pl.col(_ID).is_in(borrowed[_ID].implode()))
    delivered = [name for name in _form_headers(source) if name != ORIGIN]
    # The accepted row comes before the rows refused because of it; rows of hidden sheets come last.
    holders = holders.sort(IN_HIDDEN_SHEET.fill_null(value=False), maintain_order=True)
    copies = holders.filter(~pl.struct(delivered).is_first_distinct()).select(PLACE)
    copies = copies.join(borrowed, on=PLACE, how="semi", nulls_equal=True)
    kept = refused.join(copies, on=PLACE, how="anti", nulls_equal=True, maintain_order="left")
    return kept.with_columns(pl.when(~pl.col("id_orang_lain")).then(_ID).alias(_ID))


def _with_day_first(source: str, rows: pl.DataFrame, readable: pl.DataFrame) -> pl.DataFrame:
    """Rows with the day first in all dates, as forms require, also if their file has the month first."""
    sample = readable.filter(pl.col("berkas").is_in(rows["berkas"].implode()), is_sampled())
    if "nik" in sample.columns:
        sample = sample.with_columns(nik_tulis=written_number(pl.col("nik"))).with_columns(
            nik=usable_number("nik_tulis")
        )
    return rewrite_day_first(rows, find_month_first([count_date_orders(sample, *DATES[source])]))


def _with_stage_and_title(source: str, rows: pl.DataFrame, readable: pl.DataFrame) -> pl.DataFrame:
    """Orders or targets completed from their title, batch, sheet or file name, which a form does not have."""
    if source == "pos":
        rows = fill_status_of_list(rows, sheets_with_status(readable))
        stage = nearest_stage(rows, agreed_batches(stated_stage(readable).drop_nulls()))
    else:
        stage = stage_of_list(rows)
    return rows.with_columns(
        *(pl.coalesce(stage[name].cast(pl.String), rows[name]).alias(name) for name in STAGE),
        pl.coalesce(TITLE, "judul").alias(TITLE),
    )
