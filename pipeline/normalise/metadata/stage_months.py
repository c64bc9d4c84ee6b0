"""Finds the stage by its months if its number is not stated: PKH, APRIL - JUNI 2022 is the second stage.

A single month counts only in a cell: in a title it may be the month of payment or of the list. Does not belong here:
stage numbers (`pipeline.normalise.metadata.stage_words`).
"""

from __future__ import annotations

import re
from functools import cache
from itertools import pairwise

import polars as pl

from pipeline import reference
from pipeline.normalise.metadata.stage_words import DATED_DAY, TO, year_of_cell
from pipeline.normalise.values.dates import MONTH_WORD, MONTHS
from pipeline.normalise.values.distinct import once_per_value
from pipeline.normalise.values.text import plain

_TO = rf"\s*(?:{TO}|[-–])\s*"
_FURTHER = rf"(?:(?:{_TO}|\s*[,/&+]\s*|\s*,?\s*\bDAN\b\s*){MONTH_WORD})"
_LABEL = r"(?:\b(?:BULAN|BLN|ALOKASI|PERIODE)\b\W*)"
_CELL = (
    rf"\W*(?:{_LABEL}|\b(?:TAHAP|THP)\b\W*)*({MONTH_WORD}{_FURTHER}*)(?:\W*(?:\b(?:TAHUN|THN|TH|TA)\b\W*)?20\d\d)?\W*"
)
_TITLE = rf"{_LABEL}+({MONTH_WORD}{_FURTHER}+)"


def fill_stage_from_months(stage: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """program, tahun and tahap; a null tahap becomes the stage that pays for exactly the months a row names, if any.

    Args:
        stage: program, tahun and tahap of each row.
        rows: tahap, bulan (where the source has it) and judul as delivered.
    """
    if not stage["tahap"].null_count():
        return stage
    year = stage["tahun"]
    cells = [pl.col(name) for name in ("tahap", "bulan") if name in rows.columns]
    # Months of another year name no stage of this one.
    from_cells = [pl.when(year_of_cell(cell).fill_null(year) == year).then(_months_of_cell(cell)) for cell in cells]
    month_range = rows.select(bulan=pl.coalesce(*from_cells, _months_of_title(pl.col("judul"))))
    months = stage.with_columns(month_range).join(
        _stages_by_months(), on=["program", "tahun", "bulan"], how="left", maintain_order="left"
    )
    return months.select("program", "tahun", pl.coalesce("tahap", "tahap_bulan"))


def months_in_title(title: str) -> str | None:
    """The months of a list in its title, as written; None if it names other months, too (except in dates).

    Also None if no stage pays for exactly these months: LAPORAN JANUARI - DESEMBER says nothing about the stage.
    """
    undated = re.sub(DATED_DAY, " ", title.upper())
    found = re.findall(_TITLE, undated)
    certain = len(found) == 1 and len(re.findall(MONTH_WORD, undated)) == len(re.findall(MONTH_WORD, found[0]))
    return found[0] if certain and _month_range(found[0]) in _stages_by_months()["bulan"].to_list() else None


@once_per_value(pl.String)
def _months_of_title(title: pl.Expr) -> pl.Expr:
    return title.map_elements(lambda text: _month_range(months_in_title(text)), return_dtype=pl.String)


@once_per_value(pl.String)
def _months_of_cell(value: pl.Expr) -> pl.Expr:
    def months(text: str) -> str | None:
        found = re.fullmatch(_CELL, text)
        return _month_range(found and found[1])

    return plain(value).str.to_uppercase().map_elements(months, return_dtype=pl.String)


def _month_range(words: str | None) -> str | None:
    """`APRIL S.D. JUNI` and `APRIL, MEI, JUNI` are 4-6, `APRIL` is 4; None if a list of months has gaps."""
    if not words:
        return None
    months = [MONTHS[word[:3]] for word in re.findall(MONTH_WORD, words)]
    in_a_row = all(later == month + 1 for month, later in pairwise(months))
    from_to = re.fullmatch(rf"{MONTH_WORD}{_TO}{MONTH_WORD}", words)
    return "-".join(str(month) for month in dict.fromkeys((months[0], months[-1]))) if in_a_row or from_to else None


@cache
def _stages_by_months() -> pl.DataFrame:
    stages = reference.program_stages().filter(pl.col("bulan").is_not_null())
    return stages.select(
        "program", pl.col("tahun").cast(pl.Int32), "bulan", tahap_bulan=pl.col("tahap").cast(pl.Int32)
    ).unique()
