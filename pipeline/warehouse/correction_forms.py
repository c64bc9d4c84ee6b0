"""Forms for the kabupaten: the rows that were refused, in the layout of their source, to be corrected in place.

A form that is dropped into `raw/<sumber>/` again is an extract like any other; what it says in `ASAL BARIS` tells which
refused row each of its rows takes the place of, however the rows were sorted or thinned out meanwhile.
Does not belong here: the lists that tell what is wrong (`pipeline.warehouse.correction_lists`).
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import xlsxwriter

from schemas.extracts import EXTRACTS, Extract, place_of
from schemas.rules import REPETITIONS
from schemas.table import contract

ORIGIN, REASON = "asal_baris", "ALASAN DITOLAK"
_PLACE = ("berkas", "lembar", "baris")
_OF_EXTRACT = tuple(Extract.to_schema().columns)
_WIDTH, _WIDE = 18, 60
# As in the lists: the same content, the same bytes.
_MADE = datetime(2000, 1, 1, tzinfo=UTC)


def write_correction_forms(
    folder: Path, quarantine: pl.DataFrame, raw: dict[str, pl.DataFrame], regions: pl.DataFrame
) -> list[Path]:
    """Write `<sumber>/<kode_kab>_<NAMA>.xlsx` with the refused rows that can be corrected, identifiers in full.

    Left out are lines that were no rows (they have no cells), rows that only repeat an accepted one, and rows that were
    corrected already.

    Args:
        folder: where to; made if missing.
        quarantine: `quality.karantina`.
        raw: extracts by source, all columns.
        regions: kode, nama of every region.

    Returns:
        The files written, sorted.
    """
    reasons = (
        quarantine.with_columns(ulangan=pl.col("kode").is_in(REPETITIONS))
        .group_by("sumber", *_PLACE, "kode_kab")
        .agg(pl.col("keterangan").str.join(" ").alias(REASON), pl.col("ulangan", "sudah_diperbaiki").any())
        .filter(~pl.col("ulangan") & ~pl.col("sudah_diperbaiki"))
    )
    names = dict(regions.filter(pl.col("kode").str.len_chars() == 4).select("kode", "nama").iter_rows())  # noqa: PLR2004
    written = []
    for source in sorted(name for name in raw if ORIGIN in raw[name].columns):
        readable = raw[source].filter(pl.col("rusak").is_null())
        refused = readable.with_columns(place_of().alias(ORIGIN)).join(
            reasons.filter(pl.col("sumber") == source).drop("sumber"),
            on=_PLACE,
            nulls_equal=True,
            maintain_order="left",
        )
        for (code,), rows in (
            refused.with_columns(pl.col("kode_kab").fill_null("0000")).partition_by("kode_kab", as_dict=True).items()
        ):
            (folder / source).mkdir(parents=True, exist_ok=True)
            name = f"{code}_{names.get(str(code), 'TANPA KABUPATEN').replace(' ', '_')}.xlsx"
            written.append(_write(folder / source / name, rows, _headers(source)))
    return sorted(written)


def _headers(source: str) -> dict[str, str]:
    """The columns of an extract, each under the header by which it is known first."""
    columns = contract(EXTRACTS[source]).columns
    return {name: column.metadata["headers"][0] for name, column in columns.items() if name not in _OF_EXTRACT}


def _write(path: Path, rows: pl.DataFrame, headers: dict[str, str]) -> Path:
    with xlsxwriter.Workbook(path, {"strings_to_numbers": False, "strings_to_formulas": False}) as workbook:
        workbook.set_properties({"created": _MADE})
        head = workbook.add_format({"bold": True, "bg_color": "#DDE6F0", "text_wrap": True})
        text = workbook.add_format({"num_format": "@"})
        sheet = workbook.add_worksheet("Isian")
        sheet.freeze_panes(1, 0)
        for position, (name, title) in enumerate([(REASON, REASON), *headers.items()]):
            sheet.write(0, position, title, head)
            # The whole column is text, so that what is typed into it stays as typed.
            sheet.set_column(position, position, _WIDE if name == REASON else _WIDTH, text)
            sheet.write_column(1, position, rows[name].fill_null("").to_list(), text)
    return path
