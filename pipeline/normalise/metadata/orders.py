"""Determines the programme, year and stage of an order or target from its row, title, sheet, batch or file.

Does not belong here: parsing the words (`pipeline.normalise.metadata.stage_words`), the amount and payee of an order
(`pipeline.normalise.staging`), and which of several deliveries is the later one
(`pipeline.normalise.sources.deliveries`).
"""

from __future__ import annotations

import polars as pl

from pipeline.normalise.metadata.stage_months import fill_stage_from_months
from pipeline.normalise.metadata.stage_words import (
    program_in_cell,
    program_in_words,
    stage_in_name,
    stage_in_words,
    stage_number,
    strip_document_numbers,
    year_in_name,
    year_of_cell,
    year_of_title,
    year_with_program,
)
from pipeline.normalise.values import codes
from pipeline.normalise.values.distinct import map_distinct_rows
from pipeline.normalise.values.text import plain_text
from schemas.keys import STAGE

_UNKNOWN_PROGRAM = "TIDAK DIKETAHUI"


def stated_stage(rows: pl.DataFrame) -> pl.DataFrame:
    """The batch, program, tahun and tahap that rows and the titles above them state; else null."""
    return map_distinct_rows(rows.select("judul", "batch", *STAGE), _stated_stage)


def _stated_stage(rows: pl.DataFrame) -> pl.DataFrame:
    from_title = rows.select(**_stage_key_of_title(pl.col("judul")))
    own = rows.select(STAGE).select(**stage_key_of_row())
    return rows.select(
        plain_text(pl.col("batch")).str.to_uppercase(),
        *(pl.coalesce(own[name], from_title[name]).alias(name) for name in STAGE),
    )


def _stage_key_of_title(title: pl.Expr) -> dict[str, pl.Expr]:
    return {
        "program": program_in_words(strip_document_numbers(title)),
        "tahun": year_of_title(title),
        "tahap": stage_in_words(title),
    }


def stage_key_of_row() -> dict[str, pl.Expr]:
    """The programme, year (20…) and stage (`STAGE`) in the columns program, tahun and tahap; null where there is none.

    PKH TAHAP II 2022 counts as PKH only if the row's year and stage agree with it or are blank.
    """
    year, stage = year_of_cell(pl.col("tahun")), stage_number(pl.col("tahap"))
    name, year_of_program, stage_of_program = (
        part(pl.col("program")) for part in (program_in_cell, year_with_program, stage_in_words)
    )
    agree = (
        other.is_null() | (own == other) | plain_text(pl.col(cell)).is_null()
        for cell, own, other in (("tahun", year, year_of_program), ("tahap", stage, stage_of_program))
    )
    agrees = pl.all_horizontal(name.is_not_null(), *agree).fill_null(value=False)
    return {
        "program": pl.when(agrees).then(name).otherwise(codes.to_program(pl.col("program"))),
        "tahun": pl.coalesce(year, pl.when(agrees).then(year_of_program)),
        "tahap": pl.coalesce(stage, pl.when(agrees).then(stage_of_program)),
    }


def stage_key_of_name(column: str) -> dict[str, pl.Expr]:
    """The program, tahun and tahap in the name of a sheet or of a file with its folders; null where there is none."""
    name = pl.col(column)
    return {"program": program_in_words(name), "tahun": year_in_name(name), "tahap": stage_in_name(name)}


def agreed_batches(batches: pl.DataFrame) -> pl.DataFrame:
    """The batches (`stated_stage`, without nulls) whose rows all state the same programme, year and stage."""
    return batches.unique(maintain_order=True).filter(~pl.col("batch").is_duplicated())


def nearest_stage(rows: pl.DataFrame, batches: pl.DataFrame) -> pl.DataFrame:
    """batch, program, tahun and tahap of every row, each from the nearest place that states it; else null.

    In order: the row itself, the title above its table, its sheet, its batch, its file.

    Args:
        rows: berkas, lembar, judul, batch, program, tahun, tahap as text.
        batches: `agreed_batches`.
    """
    lists = rows.select("berkas", "lembar", "judul", "batch", *STAGE)
    return map_distinct_rows(lists, lambda distinct: _nearest_stage(distinct, batches))


def _nearest_stage(rows: pl.DataFrame, batches: pl.DataFrame) -> pl.DataFrame:
    from_sheet = rows.select(**stage_key_of_name("lembar"))
    own = _stated_stage(rows).with_columns(pl.col(name).fill_null(from_sheet[name]) for name in STAGE)
    from_batch = own.select("batch").join(batches, on="batch", how="left", maintain_order="left")
    # A row that states something else is not of this batch: lists of several programmes may use the same numbers.
    is_of_batch = pl.all_horizontal((own[name] == from_batch[name]).fill_null(value=True) for name in STAGE)
    from_batch = from_batch.select(pl.when(is_of_batch).then(name).alias(name) for name in STAGE)
    from_file = rows.select(**stage_key_of_name("berkas"))
    # Last of all, a programme in the number of the letter or decree in the title.
    from_file = from_file.with_columns(
        pl.coalesce("program", rows.select(program_in_words(pl.col("judul"))).to_series())
    )
    return own.with_columns(pl.coalesce(own[name], from_batch[name], from_file[name]) for name in STAGE)


def fill_stage(rows: pl.DataFrame, batches: pl.DataFrame) -> pl.DataFrame:
    """`rows` with batch, program, tahun and tahap; the last three are never null, so that no order is lost.

    Args:
        rows: as for `nearest_stage`, and bulan, berlaku_per.
        batches: `agreed_batches`.
    """
    # If a year is stated but unreadable, the year of the file's date must not replace it.
    of_date = pl.when(plain_text(pl.col("tahun")).is_null()).then(pl.col("berlaku_per").dt.year()).otherwise(0)
    stage = nearest_stage(rows, batches).with_columns(
        program=pl.col("program").fill_null(_UNKNOWN_PROGRAM),
        tahun=pl.coalesce("tahun", rows.select(of_date).to_series()),
    )
    return rows.with_columns(fill_stage_from_months(stage, rows).with_columns(pl.col("tahap").fill_null(0)))
