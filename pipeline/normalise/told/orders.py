"""Which programme, year and stage an order or target is for: as its row, title, sheet, batch or file says.

Does not belong here: what words tell of them (`pipeline.normalise.told.stage_words`), what the order pays and to whom
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
from pipeline.normalise.values.text import plain_text
from schemas.keys import STAGE

_UNKNOWN_PROGRAM = "TIDAK DIKETAHUI"


def stated(rows: pl.DataFrame) -> pl.DataFrame:
    """What rows and the lines above their table state: batch, program, tahun, tahap; null where they do not."""
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
    """The programme, year (20…) and stage that the columns program, tahun and tahap tell; null where they do not.

    PKH TAHAP II 2022 is PKH where the row's own year and stage are those, or their cells are empty.
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
    """What the name of a file, with its folders, or of a sheet tells: program, tahun, tahap; null where it does not."""
    name = pl.col(column)
    return {"program": named_program(name), "tahun": year_in_name(name), "tahap": stage_in_name(name)}


def agreed(batches: pl.DataFrame) -> pl.DataFrame:
    """The batches (`stated`, without nulls) whose rows all state the same programme, year and stage."""
    return batches.unique(maintain_order=True).filter(~pl.col("batch").is_duplicated())


def told(rows: pl.DataFrame, batches: pl.DataFrame) -> pl.DataFrame:
    """batch, program, tahun and tahap of every row, each from the nearest that tells it; null where nothing does.

    The nearest is the row itself, then the title above its table, its sheet, its batch, and last its file.

    Args:
        rows: berkas, lembar, judul, batch, program, tahun, tahap as text.
        batches: `agreed`.
    """
    of_sheet = rows.select(**of_name("lembar"))
    own = stated(rows).with_columns(pl.col(name).fill_null(of_sheet[name]) for name in STAGE)
    of_batch = own.select("batch").join(batches, on="batch", how="left", maintain_order="left")
    # What states something else is no part of what the batch is for: lists of several programmes may number alike.
    alike = pl.all_horizontal((own[name] == of_batch[name]).fill_null(value=True) for name in STAGE)
    of_batch = of_batch.select(pl.when(alike).then(name).alias(name) for name in STAGE)
    of_file = rows.select(**of_name("berkas"))
    # Last of all, that of the paper.
    of_file = of_file.with_columns(pl.coalesce("program", rows.select(named_program(pl.col("judul"))).to_series()))
    return own.with_columns(pl.coalesce(own[name], of_batch[name], of_file[name]) for name in STAGE)


def resolved(rows: pl.DataFrame, batches: pl.DataFrame) -> pl.DataFrame:
    """`rows` with batch, program, tahun and tahap, none of the last three null: an order is never lost for them.

    Args:
        rows: as for `told`, and bulan, berlaku_per.
        batches: `agreed`.
    """
    # A year that is stated but cannot be read is not that of the file.
    of_date = pl.when(plain_text(pl.col("tahun")).is_null()).then(pl.col("berlaku_per").dt.year()).otherwise(0)
    stage = told(rows, batches).with_columns(
        program=pl.col("program").fill_null(_UNKNOWN_PROGRAM),
        tahun=pl.coalesce("tahun", rows.select(of_date).to_series()),
    )
    return rows.with_columns(with_months(stage, rows).with_columns(pl.col("tahap").fill_null(0)))
