"""Rows under or between the data that are none: totals, signatures, the header again, numbers of columns."""

from __future__ import annotations

import polars as pl

from pipeline.extracts.grid import BLANKS, Grid, cells, is_filled, refusals
from schemas.extracts import REQUIRED, Delivered

_NOTE_CELLS = 2
_COLUMN_NUMBER = r"^(\(?-?\d{1,3}\)?|KOLOM)$"
_LONGEST_COLUMN_NUMBER = 8
_SHORTEST_ESSENTIAL = 3
_TOTAL = r"(?i)^\s*(jumlah|total|sub ?total|grand total|catatan|sumber)\b"


def find_notes(grid: Grid, columns: dict[str, Delivered], kind: str) -> pl.DataFrame:
    """Rows under or between the data that are none: a total, a signature, the header again, numbers of columns.

    A row with all it must have is none of these, unless it repeats the header or numbers the columns; only the others
    are looked at cell by cell.
    """
    essential = [
        columns[name].cells[0] for alternatives in REQUIRED[kind] for name in _delivered(alternatives, columns)[:1]
    ]
    candidates = grid.rows.filter(_may_be_note(grid.header, essential))
    if candidates.is_empty():
        return refusals([], [])
    return _look_closely(candidates, grid.header, essential)


def _delivered(alternatives: tuple[tuple[str, ...], ...], columns: dict[str, Delivered]) -> list[str]:
    return [name for alternative in alternatives for name in alternative if name in columns]


def _may_be_note(header: list[str], essential: list[int]) -> pl.Expr:
    """Whether a row may lack something essential, repeat the header or number the columns; cheap, never too strict."""

    def may_be_blank(text: pl.Expr) -> pl.Expr:
        return (text.str.len_bytes() < _SHORTEST_ESSENTIAL) | pl.any_horizontal(
            text.str.starts_with(blank) for blank in BLANKS
        )

    first = pl.col(f"c{essential[0]}")
    doubtful = (
        pl.any_horizontal(may_be_blank(pl.col(f"c{cell}")) for cell in essential)
        | first.str.starts_with(header[essential[0]])
        | (first.str.len_bytes() <= _LONGEST_COLUMN_NUMBER)
    )
    return doubtful.fill_null(value=True)


def _look_closely(rows: pl.DataFrame, header: list[str], essential: list[int]) -> pl.DataFrame:
    names = cells(len(header))
    few, half = min(_NOTE_CELLS, len(names) // 3), len(names) // 2
    filled = pl.sum_horizontal(is_filled(pl.col(names)).cast(pl.Int32))
    first = pl.col(f"c{essential[0]}").str.strip_chars(BLANKS).fill_null("")
    headed = (first == header[essential[0]].strip()) | (first.str.len_bytes() <= _LONGEST_COLUMN_NUMBER)
    # Its number and one more thing it must have, such as an amount, make a row that is worth a finding.
    numbers = [pl.col(f"c{cell}").str.contains(r"\d").fill_null(value=False) for cell in essential]
    some_row = numbers[0] & pl.any_horizontal(numbers[1:] or [pl.lit(value=False)])
    rows = rows.with_columns(terisi=filled, satu_baris=some_row).filter((pl.col("terisi") <= half) | headed)
    if rows.is_empty():
        return refusals([], [])
    text = pl.col("isi").str.strip_chars(BLANKS).fill_null("")
    told = (
        rows.unpivot(names, index=["baris", "terisi", "satu_baris"], variable_name="sel", value_name="isi")
        .with_columns(text.alias("isi"), judul=pl.col("sel").replace_strict(names, header, return_dtype=pl.String))
        .group_by("baris", "terisi", "satu_baris", maintain_order=True)
        .agg(
            jumlah=pl.col("isi").filter(pl.col("isi") != "").first().str.contains(_TOTAL).fill_null(value=False),
            ulang=(pl.col("isi").str.replace_all(r"\s+", " ") == pl.col("judul")).all(),
            nomor=((pl.col("isi") == "") | pl.col("isi").str.contains(_COLUMN_NUMBER)).all(),
        )
    )
    is_note = (
        ((pl.col("terisi") <= few) & ~pl.col("satu_baris"))
        | (pl.col("jumlah") & (pl.col("terisi") <= half))
        | pl.col("ulang")
        | pl.col("nomor")
    )
    return told.filter(is_note).select("baris", rusak=pl.lit("BARIS_CATATAN"))
