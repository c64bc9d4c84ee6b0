"""The officers' review workbook: pairs out, answers back in, kept for all later runs.

Answers are files of their own under `<data-dir>/keputusan/`, named by the fingerprint of the workbook they came from
and numbered in the order of import: importing one twice changes nothing, and nothing is ever overwritten.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from pathlib import Path

import fastexcel
import polars as pl
import xlsxwriter

from pipeline.matching.review import ANSWERS, DECISIONS
from pipeline.normalise.text import plain
from pipeline.places import Places
from pipeline.warehouse.parquet import write_parquet

_SHEET = "Tinjau"
_ANSWER, _OFFICER, _NOTE = "KEPUTUSAN", "PETUGAS", "CATATAN"
_MADE = datetime(2000, 1, 1, tzinfo=UTC)


class ReviewError(Exception):
    """The workbook cannot be taken; the message is an Indonesian sentence for the officer."""


def write_review_sheet(pairs: pl.DataFrame, path: Path) -> None:
    """Write the pairs with three empty columns for the answer; identifiers stay text, answers come from a list."""
    columns = [*pairs.columns, _ANSWER, _OFFICER, _NOTE]
    with xlsxwriter.Workbook(path, {"strings_to_numbers": False, "strings_to_formulas": False}) as workbook:
        workbook.set_properties({"created": _MADE})
        head = workbook.add_format({"bold": True, "bg_color": "#DDE6F0", "text_wrap": True})
        text = workbook.add_format({"num_format": "@", "valign": "top", "text_wrap": True})
        sheet = workbook.add_worksheet(_SHEET)
        sheet.freeze_panes(1, 3)
        sheet.write_row(0, 0, columns, head)
        sheet.set_column(0, len(columns) - 1, 20, text)
        for position, name in enumerate(pairs.columns):
            sheet.write_column(1, position, pairs[name].cast(pl.String).fill_null("").to_list(), text)
        answer = columns.index(_ANSWER)
        sheet.data_validation(1, answer, max(pairs.height, 1), answer, {"validate": "list", "source": list(ANSWERS)})


def take_review_sheet(path: Path, places: Places) -> tuple[int, list[str]]:
    """Keep the answers of a filled-in workbook.

    Returns:
        How many answers were taken, and a sentence for each row that was not (by its row number, naming nobody).

    Raises:
        ReviewError: not a review workbook.
    """
    rows = _read(path)
    answer = plain(pl.col(_ANSWER)).str.to_uppercase().str.replace_all(r"\s+", " ")
    judged = rows.with_columns(
        jawaban=answer,
        petugas=plain(pl.col(_OFFICER)),
        catatan=plain(pl.col(_NOTE)),
        id_dtks=plain(pl.col("id_dtks")),
        nik_dukcapil=plain(pl.col("nik_dukcapil")),
    ).filter(pl.col("jawaban").is_not_null())
    usable = pl.col("jawaban").is_in(ANSWERS) & pl.col("id_dtks").is_not_null() & pl.col("nik_dukcapil").is_not_null()
    problems = [
        f"Baris {number}: keputusan harus {', '.join(ANSWERS)} dan penandanya tidak boleh kosong."
        for number in judged.filter(~usable)["baris"]
    ]
    answers = judged.filter(usable).with_columns(diambil=pl.lit(None, pl.Date)).select(DECISIONS.names())
    if answers.height:
        fingerprint = hashlib.sha256(path.read_bytes()).hexdigest()
        if not list(places.decisions.glob(f"*_{fingerprint[:16]}.parquet")):
            number = len(list(places.decisions.glob("*.parquet"))) + 1
            write_parquet(answers, places.decisions / f"{number:06d}_{fingerprint[:16]}.parquet")
    return answers.height, problems


def kept_decisions(places: Places) -> pl.DataFrame:
    """All answers ever taken, oldest first."""
    files = sorted(places.decisions.glob("*.parquet"))
    return pl.concat([pl.read_parquet(file) for file in files]) if files else pl.DataFrame(schema=DECISIONS)


def _read(path: Path) -> pl.DataFrame:
    needed = {"id_dtks", "nik_dukcapil", _ANSWER, _OFFICER, _NOTE}
    try:
        rows = fastexcel.read_excel(path.read_bytes()).load_sheet(_SHEET, dtypes="string").to_polars()
    except (OSError, fastexcel.FastExcelError) as error:
        message = f"{path.name} bukan lembar tinjauan yang dapat dibaca (lembar kerja {_SHEET})."
        raise ReviewError(message) from error
    if not needed <= set(rows.columns):
        message = (
            f"{path.name} bukan lembar tinjauan: kolom yang kurang {', '.join(sorted(needed - set(rows.columns)))}."
        )
        raise ReviewError(message)
    return rows.with_row_index("baris", offset=2)
