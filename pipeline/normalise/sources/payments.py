"""Surveys all orders and all targets: date of each file, programme and stage of batches, codes that lost a zero.

Does not belong here: the stage that a row, its title or its file states (`pipeline.normalise.metadata.orders`).
"""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from pipeline.normalise.metadata import orders
from pipeline.normalise.regions import LEVELS, stated_tuples
from pipeline.normalise.sources.deliveries import date_order_files, date_target_lists
from pipeline.normalise.sources.facts import Survey, resolve_regions
from pipeline.normalise.sources.month_first import (
    DATES,
    correct_days,
    count_date_orders,
    find_month_first,
    is_sampled,
    possible_decision,
)
from pipeline.normalise.sources.order_numbers import forms_with_foreign_order
from pipeline.normalise.sources.parts import ROW, Parts
from pipeline.normalise.values.dates import to_date
from pipeline.normalise.values.text import plain, plain_text
from schemas.extracts import list_text
from schemas.keys import PLACE, STAGE

# Codes of kabupaten with a dot: with the zero of a number below 10 (33.09), and with one digit after the dot (33.1).
_LED_BY_ZERO, _SHORT_CODE = r"^[0-9]{2}\.0[1-9]$", r"^[0-9]{2}\.[1-9]$"


def survey_orders(parts: Parts, files: pl.DataFrame) -> Survey:
    """The facts of all orders; `files` as in `pipeline.normalise.sources.survey.survey`."""
    dates = DATES["pos"]
    columns = ("berkas", "lembar", "judul", "batch", *STAGE, *dates, "status_bayar")

    def collect_facts(part: pl.DataFrame) -> tuple[pl.DataFrame, ...]:
        # There are few distinct titles, batches, days and statuses.
        distinct = part.select(columns).unique()
        ordered = count_date_orders(part.select(*PLACE, *dates).filter(is_sampled()), *dates)
        batches = orders.stated_stage(distinct).drop_nulls().unique()
        of_forms = part.filter(pl.col("asal_baris").is_not_null()).select(ROW)
        return _days(distinct, *dates), batches, stated_tuples(part), ordered, sheets_with_status(distinct), of_forms

    read = ("baris", "asal_baris", *columns, *LEVELS)
    days, batches, stated_regions, date_orders, with_status, forms = zip(*parts.map(collect_facts, *read), strict=True)
    month_first = find_month_first(date_orders)
    as_of = date_order_files(_newest_day(_corrected_days(days, month_first), files))
    agreed = orders.agreed_batches(pl.concat(batches))
    return Survey(
        repeated=forms_with_foreign_order(parts, pl.concat(forms)[ROW].sort(), as_of, agreed),
        stated=resolve_regions(stated_regions),
        as_of=as_of,
        batches=agreed,
        with_status=pl.concat(with_status).unique(),
        month_first=month_first,
    )


def sheets_with_status(rows: pl.DataFrame) -> pl.DataFrame:
    """`berkas` and `lembar` of the orders that state their payment status."""
    return rows.filter(plain(pl.col("status_bayar")).is_not_null()).select("berkas", "lembar").unique()


def survey_other_orders(rows: pl.DataFrame, files: pl.DataFrame) -> Survey:
    """The facts of orders by which one file can affect the rows of others: as_of, batches and repeated.

    Args:
        rows: readable, in the columns of the extract, with the day first in dates; duplicates are not needed, and
            regions may be missing.
        files: as in `pipeline.normalise.sources.survey.survey`.
    """
    as_of = date_order_files(_newest_day(_days(rows, *DATES["pos"]), files))
    batches = orders.agreed_batches(orders.stated_stage(rows).drop_nulls())
    forms = rows["asal_baris"].is_not_null().arg_true().cast(pl.Int64)
    return Survey(
        repeated=forms_with_foreign_order(Parts(rows.lazy()), forms.alias(ROW), as_of, batches),
        as_of=as_of,
        batches=batches,
    )


def survey_targets(parts: Parts, files: pl.DataFrame) -> Survey:
    """The facts of all targets; `files` as in `pipeline.normalise.sources.survey.survey`."""
    dates, stated = DATES["alokasi"], (*STAGE, "kode_wilayah")

    def collect_facts(part: pl.DataFrame) -> tuple[pl.DataFrame, ...]:
        codes = part.select("berkas", kode_tulis=plain_text(pl.col("kode_wilayah"))).drop_nulls().unique()
        digits = pl.col("kode_wilayah").str.replace_all(r"\D", "")
        targets = part.select("berkas", digits, **orders.stage_key_of_row()).unique()
        ordered = count_date_orders(part.select(*PLACE, *dates).filter(is_sampled()), *dates)
        # A form has rows of several lists, and says nothing about their other targets.
        own = part.filter(pl.col("asal_baris").is_null()).group_by(daftar=list_text())
        stating = own.agg(plain(pl.col(name)).is_not_null().any() for name in stated)
        return _days(part, "tgl_transfer"), codes, targets, ordered, stating

    read = (*PLACE, *dates, *stated, "asal_baris")
    days, codes, targets, date_orders, stating = zip(*parts.map(collect_facts, *read), strict=True)
    month_first = find_month_first(date_orders)
    as_of = date_target_lists(_newest_day(_corrected_days(days, month_first), files), pl.concat(targets).unique())
    return Survey(
        as_of=as_of,
        shortened=_restored_codes(pl.concat(codes).unique()),
        stating=pl.concat(stating).group_by("daftar").agg(pl.col(stated).any()),
        month_first=month_first,
    )


def _restored_codes(codes: pl.DataFrame) -> pl.DataFrame:
    """Codes that lost a zero as numbers, with the complete code: `33.1` is 33.10 in a file that writes 33.09.

    Such a file would write 33.01 in full. If it has a 33.10 as well, nothing is certain, and `33.1` stays.
    """
    code = pl.col("kode_tulis")
    of_file = codes.with_columns(utuh=code.str.contains(_LED_BY_ZERO).any().over("berkas"))
    short = of_file.filter("utuh", code.str.contains(_SHORT_CODE)).select(
        "berkas", "kode_tulis", lengkap=pl.concat_str(code, pl.lit("0"))
    )
    unclear = codes.select("berkas", lengkap="kode_tulis")
    known = short.join(unclear, on=["berkas", "lengkap"], how="anti")
    return known.select("berkas", "kode_tulis", kode_wilayah="lengkap")


def _days(rows: pl.DataFrame, *dates: str) -> pl.DataFrame:
    """The distinct days in date columns, read with the day first: `berkas`, `lembar`, `kolom`, `cara`, `hari`."""
    return pl.concat(
        rows.select(
            "berkas", "lembar", kolom=pl.lit(name), cara=possible_decision(name), hari=to_date(pl.col(name))
        ).unique()
        for name in dates
    )


def _corrected_days(days: Iterable[pl.DataFrame], month_first: pl.DataFrame) -> pl.DataFrame:
    """The days of all parts (`_days`), corrected in the columns that have the month first."""
    read = pl.concat(days).unique()
    for column in month_first["kolom"].unique(maintain_order=True):
        of_column = pl.col("kolom") == column
        read = pl.concat([read.filter(~of_column), correct_days(read.filter(of_column), month_first, column)])
    return read


def _newest_day(days: pl.DataFrame, files: pl.DataFrame) -> pl.DataFrame:
    """The newest day of every file: berkas, diubah, terbaru."""
    # A date after the file's last modification is a typing error that would make the file the newest for ever.
    past = pl.when(pl.col("hari") <= pl.col("diubah").dt.date()).then("hari")
    dated = days.join(files.select("berkas", "diubah"), on="berkas", how="left")
    return dated.group_by("berkas", "diubah").agg(terbaru=past.max())
