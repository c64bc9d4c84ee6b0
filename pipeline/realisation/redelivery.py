"""Finds the deliveries of payment orders that change when files are added, replaced or removed.

A row depends on its own file only, with three exceptions: rows of other files may state what its batch is for, and a
row of a correction form has the date of the file it was refused from and is refused if another file delivers its number
for somebody else. Belongs here: finding the files concerned, at a cost proportional to the change. Does not: the
resulting orders (`refresh`), or reading files.
"""

from __future__ import annotations

import polars as pl

from pipeline.normalise.metadata import orders
from pipeline.normalise.sources.month_first import (
    DATES,
    count_date_orders,
    find_month_first,
    is_sampled,
    rewrite_day_first,
)
from pipeline.normalise.sources.order_numbers import numbers_in_forms, rows_with_numbers
from pipeline.normalise.sources.payments import survey_other_orders
from pipeline.normalise.staging import stage
from schemas.extracts import origin_file
from schemas.keys import PLACE, STAGE

# Columns needed of all rows of other files; they have few distinct rows.
_DATES = DATES["pos"]
_FACT_COLUMNS = ("berkas", "asal_baris", "judul", "batch", *STAGE, *_DATES)


def changed_deliveries(
    raw: pl.LazyFrame, before: pl.DataFrame, now: pl.DataFrame, extract: pl.DataFrame, periode: str
) -> tuple[pl.Series, pl.DataFrame]:
    """The files whose rows of the last run no longer count, and the rows that replace them.

    Args:
        raw: the extract of that run (`schemas.extracts.payments.Pos`).
        before: the ledger of the payment files that it read (`berkas`, `sha256`, `diubah`, `periode_berkas`).
        now: the ledger of the payment files to be read now.
        extract: the rows of those that `files_to_read` returns.
        periode: of the run.

    Returns:
        Names of files, and rows in the columns of `PosStaged`, not yet held to the contract.
    """
    kept = before.join(now, on=["berkas", "sha256"], how="semi")["berkas"]
    delivered_before, delivered_now = (rows.filter(pl.col("rusak").is_null()) for rows in (raw, extract.lazy()))
    numbers = pl.concat([numbers_in_forms(delivered_before), numbers_in_forms(delivered_now)])
    rows_before = _facts_for_others(delivered_before, numbers)
    rows_kept = rows_before.filter(_in_files(kept))
    rows_now = pl.concat([rows_kept, _facts_for_others(delivered_now, numbers)])
    facts_before, facts_now = survey_other_orders(rows_before, before), survey_other_orders(rows_now, now)
    files = _rows_of_only_one(facts_before.as_of, facts_now.as_of)["berkas"].implode()
    batches = _rows_of_only_one(facts_before.batches, facts_now.batches)["batch"].implode()
    refused_before = rows_before.select(PLACE)[facts_before.repeated]
    refused_now = rows_now.select(PLACE)[facts_now.repeated]
    is_affected = pl.any_horizontal(
        pl.col("berkas").is_in(files),
        origin_file().is_in(files),
        orders.stated_stage(rows_kept)["batch"].is_in(batches),
        pl.col("berkas").is_in(_rows_of_only_one(refused_before, refused_now)["berkas"].implode()),
    )
    files_again = rows_kept.filter(is_affected)["berkas"].unique()
    delivered = raw.filter(_in_files(files_again)).collect()
    rows = pl.concat([rows_kept.filter(~_in_files(files_again)), delivered, extract])
    staged = stage("pos", rows, now, periode).filter(_in_files(pl.concat([files_again, extract["berkas"].unique()])))
    return pl.concat([before.filter(~_in_files(kept))["berkas"], files_again]), staged


def files_to_read(before: pl.DataFrame, now: pl.DataFrame) -> pl.DataFrame:
    """The files that the last run did not read with this content; arguments as for `changed_deliveries`."""
    return now.join(before, on=["berkas", "sha256"], how="anti", maintain_order="left")


def _facts_for_others(readable: pl.LazyFrame, numbers: pl.Series) -> pl.DataFrame:
    """What readable orders can mean for other files, in the columns of the extract; the others are null.

    These are the distinct `_FACT_COLUMNS`, dates with the day first, and the rows with one of these numbers.
    """
    columns = readable.collect_schema()
    dated = readable.select(*PLACE, *_DATES).filter(is_sampled()).collect()
    month_first = find_month_first([count_date_orders(dated, *_DATES)])
    distinct = readable.select("lembar", *_FACT_COLUMNS).unique().collect()
    facts = [rewrite_day_first(distinct, month_first).select(_FACT_COLUMNS).unique()]
    if not numbers.is_empty():
        facts.append(rows_with_numbers(readable, numbers))
    return pl.concat([pl.DataFrame(schema=columns), *facts], how="diagonal")


def _in_files(files: pl.Series) -> pl.Expr:
    return pl.col("berkas").is_in(files.implode())


def _rows_of_only_one(first: pl.DataFrame, second: pl.DataFrame) -> pl.DataFrame:
    """The rows that only one of two frames has."""
    columns = first.columns
    return pl.concat(
        left.join(right, on=columns, how="anti", nulls_equal=True) for left, right in ((first, second), (second, first))
    )
