"""Determines the programme, year and stage of an order or target from its row, title, sheet, batch or file.

Does not belong here: parsing the words (`pipeline.normalise.told.stage_words`), the amount and payee of an order
(`pipeline.normalise.staging`), and which of several deliveries is the later one
(`pipeline.normalise.sources.deliveries`).
"""

from __future__ import annotations

import polars as pl

from pipeline.normalise.told.stage_months import with_months
from pipeline.normalise.told.stage_words import (
    bare_program,
    named_program,
    of_list,
    stage_beside,
    stage_in_name,
    stage_number,
    year_beside,
    year_in_name,
    year_of_cell,
    year_of_title,
)
from pipeline.normalise.values import codes
from pipeline.normalise.values.distinct import over_distinct_rows
from pipeline.normalise.values.text import plain_text
from schemas.keys import STAGE

_UNKNOWN_PROGRAM = "TIDAK DIKETAHUI"


def stated(rows: pl.DataFrame) -> pl.DataFrame:
    """The batch, program, tahun and tahap that rows and the titles above them state; else null."""
    return over_distinct_rows(rows.select("judul", "batch", *STAGE), _stated)


def _stated(rows: pl.DataFrame) -> pl.DataFrame:
    of_title = rows.select(**_of_title(pl.col("judul")))
    own = rows.select(STAGE).select(**of_row())
    return rows.select(
        plain_text(pl.col("batch")).str.to_uppercase(),
        *(pl.coalesce(own[name], of_title[name]).alias(name) for name in STAGE),
    )


def _of_title(title: pl.Expr) -> dict[str, pl.Expr]:
    return {
        "program": named_program(of_list(title)),
        "tahun": year_of_title(title),
        "tahap": stage_beside(title),
    }


def of_row() -> dict[str, pl.Expr]:
    """The programme, year (20…) and stage in the columns program, tahun and tahap; null where there is none.

    PKH TAHAP II 2022 counts as PKH only if the row's year and stage agree with it or are blank.
    """
    year, stage = year_of_cell(pl.col("tahun")), stage_number(pl.col("tahap"))
    name, its_year, its_stage = (part(pl.col("program")) for part in (bare_program, year_beside, stage_beside))
    agree = (
        its.is_null() | (own == its) | plain_text(pl.col(cell)).is_null()
        for cell, own, its in (("tahun", year, its_year), ("tahap", stage, its_stage))
    )
    same = pl.all_horizontal(name.is_not_null(), *agree).fill_null(value=False)
    return {
        "program": pl.when(same).then(name).otherwise(codes.to_program(pl.col("program"))),
        "tahun": pl.coalesce(year, pl.when(same).then(its_year)),
        "tahap": pl.coalesce(stage, pl.when(same).then(its_stage)),
    }


def of_name(column: str) -> dict[str, pl.Expr]:
    """The program, tahun and tahap in the name of a sheet or of a file with its folders; null where there is none."""
    name = pl.col(column)
    return {"program": named_program(name), "tahun": year_in_name(name), "tahap": stage_in_name(name)}


def agreed(batches: pl.DataFrame) -> pl.DataFrame:
    """The batches (`stated`, without nulls) whose rows all state the same programme, year and stage."""
    return batches.unique(maintain_order=True).filter(~pl.col("batch").is_duplicated())


def told(rows: pl.DataFrame, batches: pl.DataFrame) -> pl.DataFrame:
    """batch, program, tahun and tahap of every row, each from the nearest place that states it; else null.

    In order: the row itself, the title above its table, its sheet, its batch, its file.

    Args:
        rows: berkas, lembar, judul, batch, program, tahun, tahap as text.
        batches: `agreed`.
    """
    lists = rows.select("berkas", "lembar", "judul", "batch", *STAGE)
    return over_distinct_rows(lists, lambda distinct: _told(distinct, batches))


def _told(rows: pl.DataFrame, batches: pl.DataFrame) -> pl.DataFrame:
    of_sheet = rows.select(**of_name("lembar"))
    own = _stated(rows).with_columns(pl.col(name).fill_null(of_sheet[name]) for name in STAGE)
    of_batch = own.select("batch").join(batches, on="batch", how="left", maintain_order="left")
    # A row that states something else is not of this batch: lists of several programmes may use the same numbers.
    alike = pl.all_horizontal((own[name] == of_batch[name]).fill_null(value=True) for name in STAGE)
    of_batch = of_batch.select(pl.when(alike).then(name).alias(name) for name in STAGE)
    of_file = rows.select(**of_name("berkas"))
    # Last of all, a programme in the number of the letter or decree in the title.
    of_file = of_file.with_columns(pl.coalesce("program", rows.select(named_program(pl.col("judul"))).to_series()))
    return own.with_columns(pl.coalesce(own[name], of_batch[name], of_file[name]) for name in STAGE)


def resolved(rows: pl.DataFrame, batches: pl.DataFrame) -> pl.DataFrame:
    """`rows` with batch, program, tahun and tahap; the last three are never null, so that no order is lost.

    Args:
        rows: as for `told`, and bulan, berlaku_per.
        batches: `agreed`.
    """
    # If a year is stated but unreadable, the year of the file's date must not replace it.
    of_date = pl.when(plain_text(pl.col("tahun")).is_null()).then(pl.col("berlaku_per").dt.year()).otherwise(0)
    stage = told(rows, batches).with_columns(
        program=pl.col("program").fill_null(_UNKNOWN_PROGRAM),
        tahun=pl.coalesce("tahun", rows.select(of_date).to_series()),
    )
    return rows.with_columns(with_months(stage, rows).with_columns(pl.col("tahap").fill_null(0)))
