"""Dates deliveries: the moment whose state a file describes (`berlaku_per`), and which revision it is.

Does not belong here: choosing between two rows by these dates (`pipeline.realisation`), and the programme and stage
that files state (`pipeline.normalise.metadata.orders`).
"""

from __future__ import annotations

import polars as pl

from pipeline.normalise.metadata.stage_words import MONTH
from pipeline.normalise.values.dates import MONTHS, date_in_name
from pipeline.normalise.values.distinct import once_per_value
from schemas.extracts import origin_file
from schemas.keys import STAGE
from schemas.rules import HIDDEN_SHEET

# Not a revision: SEBELUM REVISI is the state before one, DRAFT FINAL is none yet.
_NOT_REVISED = r"(?:^|[^A-Z])(?:SEBELUM|PRA|BELUM|BUKAN|TANPA|DRAFT?)[ _.-]*(?:REVISI|REV|PERUBAHAN|PERBAIKAN|FINAL)"
_REVISED = "(?:REVISI|REV|PERUBAHAN|PERBAIKAN|PEMBETULAN|KOREKSI|RALAT|FINAL)"
# REV10, REV02, FINAL REVISI 2; longer numbers after it may be a year.
_REVISION = rf"(?:^|[^A-Z])(?:{_REVISED}[ _.-]+)*{_REVISED}(?:[ _.-]*(?:KE[ _-]*)?0?([1-9][0-9]?)(?:[^0-9]|$)|[^A-Z]|$)"
# A day or month in a name, not a revision number: REVISI 12 SEPTEMBER, REVISI 09-2022.
_DAY_IN_NAME = (
    rf"([^A-Z0-9])([0-9]{{1,2}}[ _./-]+(?:{MONTH}[A-Z]*|[0-9]{{1,2}}[ _./-]+20[0-9]{{2}})|0[1-9][ _./-]+20[0-9]{{2}})"
)
# The day in the name of a sheet: 30 Nov, 1-12-2022, TGL 9; it seldom has a year.
_DAY_OF_SHEET = (
    rf"(?:^|[^0-9])([0-9]{{1,2}})[ _./-]*({'|'.join(MONTHS)})[A-Z]*(?:[ _./-]*(?:20)?([0-9]{{2}}))?(?:[^0-9]|$)"
)
_DIGITS_OF_SHEET = r"(?:^|[^0-9])([0-9]{1,2})[ _./-]([0-9]{1,2})[ _./-](?:20)?([0-9]{2})(?:[^0-9]|$)"
_BARE_DAY_OF_SHEET = r"^(?:(?:TGL|TANGGAL|HARI(?: KE)?)\W*)?([0-9]{1,2})$"
# Upper bounds for the days of a month and of a year, to number days in order.
_DAYS, _YEAR = 32, 32 * 13


def date_files(newest: pl.DataFrame) -> pl.DataFrame:
    """The moment whose state each file describes: `berkas` and `berlaku_per`.

    It is the date in the file's name, else the newest date in its rows, else the file's modification time.

    Args:
        newest: `berkas`, `diubah` and `terbaru`, the newest date in its rows.
    """
    of_rows = pl.col("terbaru").cast(pl.Datetime("us"))
    return newest.select("berkas", berlaku_per=pl.coalesce(date_in_name(pl.col("berkas")), of_rows, "diubah"))


def date_order_files(newest: pl.DataFrame) -> pl.DataFrame:
    """Like `date_files` for files of orders; a revision is later than the file it revises.

    A revision without a date in its name revises the undated files whose whole path differs only in the words of the
    revision. Of two revisions with the same date the one with the higher number is later.

    Args:
        newest: as for `date_files`.
    """
    dated = date_files(newest).with_columns(revisi=revision_number(pl.col("berkas")))
    undated = dated.filter(date_in_name(pl.col("berkas")).is_null()).with_columns(nama=_unrevised(pl.col("berkas")))
    revised = undated.filter(pl.col("revisi") > 0).select("berkas", "nama")
    last = undated.group_by("nama").agg(pl.col("berlaku_per").max())
    of_name = revised.join(last, on="nama").select("berkas", "berlaku_per")
    # More than sheets of one workbook may differ by (`date_sheets`).
    later = pl.duration(milliseconds=100 * pl.col("revisi"))
    return dated.update(of_name, on="berkas").select("berkas", berlaku_per=pl.col("berlaku_per") + later)


def date_target_lists(newest: pl.DataFrame, targets: pl.DataFrame) -> pl.DataFrame:
    """Like `date_files` for lists of targets; a revision is not older than the lists it revises.

    A revision without a date in its name revises every undated list with a target in common, whatever that list's other
    dates: those in its rows are days of transfer, and the file's own is often the day it was copied.

    Args:
        newest: as for `date_files`.
        targets: berkas, kode_wilayah, program, tahun, tahap.
    """
    key = [*STAGE, "kode_wilayah"]
    dated = date_files(newest)
    undated = dated.filter(date_in_name(pl.col("berkas")).is_null())
    revisions = undated.filter(revision_number(pl.col("berkas")) > 0)
    last = targets.join(undated, on="berkas").group_by(key).agg(pl.col("berlaku_per").max())
    revised = targets.join(revisions, on="berkas", how="semi").join(last, on=key)
    return dated.update(revised.group_by("berkas").agg(pl.col("berlaku_per").max()), on="berkas")


@once_per_value(pl.Int32)
def revision_number(name: pl.Expr) -> pl.Expr:
    """The revision number of a file or sheet by its name: `alokasi revisi.csv` 1, `rev2` 2; 0 for none."""
    words = name.str.to_uppercase().str.replace_all(_DAY_IN_NAME, "${1} ")
    number = pl.element().str.extract(_REVISION).cast(pl.Int32).fill_null(1).max()
    numbers = words.str.extract_all(_REVISION).list.eval(number).list.first()
    return pl.when(~words.str.contains(_NOT_REVISED)).then(numbers).fill_null(0)


def _unrevised(name: pl.Expr) -> pl.Expr:
    """The letters and digits of a file's name, without its extension and the words of a revision."""
    bare = name.str.to_uppercase().str.replace(r"(?:\.[A-Z]+[0-9]?){1,2}$", "")
    of_days = bare.str.replace_all(_DAY_IN_NAME, "${1}TGL${2}")
    return of_days.str.replace_all(_REVISION, " ").str.replace_all("[^A-Z0-9]", "")


def date_rows(rows: pl.DataFrame, files: pl.DataFrame) -> pl.DataFrame:
    """`rows` with the `berlaku_per` of their file, or, for rows of a correction form, of the file they were refused in.

    Args:
        rows: berkas and, where the source has forms, asal_baris.
        files: `date_files`.
    """
    dated = rows.join(files, on="berkas", how="left", maintain_order="left")
    if "asal_baris" not in rows.columns:
        return dated
    origin = dated.select(berkas=origin_file())
    # A form describes the state when its rows were delivered, not when it came back.
    of_origin = origin.join(files, on="berkas", how="left", maintain_order="left")
    in_name = origin.select(_stated_in_name(pl.col("berkas"))).to_series()
    return dated.with_columns(berlaku_per=pl.coalesce(of_origin["berlaku_per"], in_name, "berlaku_per"))


def date_sheets(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows of orders (`date_rows`); `berlaku_per` is slightly later for sheets named after later days (1 Des, 30 Nov).

    Hidden sheets and sheets with other names come first.
    """
    if rows.select(pl.col("lembar", "asal_baris").is_null().all()).row(0) == (True, True):
        # Most orders come as text, which has no sheets.
        return rows
    of_origin = pl.col("asal_baris").str.extract(r"#([^#]*)#\d+$")
    day = _day_of_sheet(pl.coalesce(of_origin, "lembar"))
    return rows.with_columns(pl.col("berlaku_per") + pl.duration(microseconds=day.fill_null(0)))


@once_per_value(pl.Int64)
def _day_of_sheet(sheet: pl.Expr) -> pl.Expr:
    """A number that grows with the day in the name of a sheet; null if it has none."""
    name = sheet.str.split("/").list.last().str.to_uppercase()
    worded, digits = (name.str.extract_groups(form) for form in (_DAY_OF_SHEET, _DIGITS_OF_SHEET))
    month = worded.struct.field("2").replace_strict(MONTHS, default=None, return_dtype=pl.Int64)
    days = (
        groups.struct.field("3").cast(pl.Int64, strict=False).fill_null(0) * _YEAR
        + number * _DAYS
        + groups.struct.field("1").cast(pl.Int64, strict=False)
        for groups, number in ((worded, month), (digits, digits.struct.field("2").cast(pl.Int64, strict=False)))
    )
    # A text file saved by a spreadsheet program gives the sheet its file name: danom_t1_20220915.
    whole = date_in_name(sheet).dt
    of_file = whole.year() % 100 * _YEAR + whole.month().cast(pl.Int64) * _DAYS + whole.day()
    number = pl.coalesce(of_file, *days, name.str.extract(_BARE_DAY_OF_SHEET).cast(pl.Int64, strict=False))
    return pl.when(~sheet.str.contains(HIDDEN_SHEET, literal=True)).then(number)


@once_per_value(pl.Datetime)
def _stated_in_name(berkas: pl.Expr) -> pl.Expr:
    return date_in_name(berkas)
