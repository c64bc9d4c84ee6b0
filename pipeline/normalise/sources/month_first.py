"""Finds date columns with the month first, as Excel writes them with the regional settings of the United States.

A single date such as 03/04/1990 is ambiguous, but a column is not: if it has the month first, six of ten dates are
impossible with the day first. When such a computer opens dates with the day first, it swaps day and month of those that
are valid with the month first (cells with days up to 12) and leaves the others as text (days after 12).
Belongs here: this decision and rewriting the texts. Does not: parsing a date (`pipeline.normalise.values.dates`).
"""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl
from polars import selectors

from schemas.rules import WOMEN_DAY

DATES = {
    "dtks": ("tanggal_lahir", "tanggal_verifikasi"),
    "dukcapil": ("tanggal_lahir", "tgl_ubah"),
    "pos": ("tgl_bayar", "tgl_retur"),
    "alokasi": ("tgl_transfer", "target_selesai"),
}
"""The columns of dates of each source."""
# A decision applies to a sheet or archive member: each comes from one computer, a whole file perhaps from several.
_TABLE = ("berkas", "lembar")
# Rows that are sampled: all up to the first number, then every n-th, which counts n times.
_SAMPLE_ALL_UP_TO, _SAMPLE_EVERY = 500, 16
_TWO_NUMBERS = r"^\W*([0-9]{1,2})[-/.]([0-9]{1,2})[-/.][0-9]"
# A date cell of a spreadsheet.
_CELL = r"^[0-9]{4}-([0-9]{2})-([0-9]{2})(?: 00:00:00)?$"
# How a text is rewritten for each of the two decisions (`cara`).
_MONTH_FIRST, _SWAPPED_CELLS = "BULAN_DAHULU", "SEL_TERTUKAR"
_REWRITES = {
    _MONTH_FIRST: (r"^(\W*)([0-9]{1,2})([-/.])([0-9]{1,2})([-/.][0-9])", "${1}${4}${3}${2}${5}"),
    _SWAPPED_CELLS: (r"^([0-9]{4}-)([0-9]{2})-(0[1-9]|1[0-2])", "${1}${3}-${2}"),
}
_MONTHS, _BIRTH = 12, "tanggal_lahir"
# So many dates must show it, and at most one in so many the opposite: every file has slips.
_MIN_DATES, _ONE_SLIP_IN = 3, 10
# So many dates of each kind without any of the other are hardly a coincidence, except for dates of one stage: they lie
# close together, and a list of one week may follow another's.
_MIN_SWAPPED = 5


def is_sampled() -> pl.Expr:
    """Whether a row is in the sample for `count_date_orders`; independent of how the rows are divided into parts."""
    return (pl.col("baris") <= _SAMPLE_ALL_UP_TO) | (pl.col("baris") % _SAMPLE_EVERY == 0)


def count_date_orders(rows: pl.DataFrame, *columns: str) -> pl.DataFrame:
    """Per table and date column, the counts from which `find_month_first` decides.

    A date shows its order if the other reading is not a valid date (12/31/1990); a date of birth also if only one
    reading agrees with the date in the NIK beside it.

    Args:
        rows: those of `is_sampled`: `berkas`, `lembar`, `baris`, the columns, and for birth dates `nik` (usable).
        columns: dates as written.

    Returns:
        One row per `berkas`, `lembar` and `kolom`; tables without such dates are omitted.

        - `bulan`, `tanggal`: dates that show the month, or the day, first; `dilihat`: sampled rows behind `bulan`.
        - `sel_awal`, `sel_akhir`: date cells of a spreadsheet with a day up to 12, and after 12; `sel_nik`: those that
          agree with the date in the NIK unchanged.
        - `teks_awal`, `teks_akhir`: texts, read with the day first, with a day up to 12, and after 12.
        - `bulan_sel`, `hari_sel`: the distinct months and days of `sel_awal`; `bulan_teks`: the months of
          `teks_akhir`; `satu_awal`, `dua_awal`: the first and second numbers of `teks_awal`.
    """
    dates = pl.concat(_matched_dates(rows.lazy(), column) for column in columns)
    month_first, early = _shows_order(month="satu", day="dua"), pl.col("hari_sel") <= _MONTHS
    both = (pl.col("satu") <= _MONTHS) & (pl.col("dua") <= _MONTHS)
    as_in_nik = (pl.col("bulan_sel") == pl.col("bulan_nik")) & (pl.col("hari_sel") == pl.col("hari_nik"))
    return (
        _date_numbers(dates)
        .group_by(*_TABLE, "kolom")
        .agg(
            bulan=pl.col("bobot").filter(month_first).sum(),
            tanggal=pl.col("bobot").filter(_shows_order(month="dua", day="satu")).sum(),
            dilihat=month_first.sum(),
            sel_awal=early.sum(),
            sel_akhir=(~early).sum(),
            sel_nik=(as_in_nik & (pl.col("bulan_sel") != pl.col("hari_sel"))).sum(),
            teks_awal=both.sum(),
            teks_akhir=(pl.col("satu") > _MONTHS).sum(),
            bulan_sel=pl.col("bulan_sel").filter(early).unique(),
            hari_sel=pl.col("hari_sel").filter(early).unique(),
            bulan_teks=pl.col("dua").filter(pl.col("satu") > _MONTHS).unique(),
            satu_awal=pl.col("satu").filter(both).unique(),
            dua_awal=pl.col("dua").filter(both).unique(),
        )
        .collect()
    )


def _matched_dates(rows: pl.LazyFrame, column: str) -> pl.LazyFrame:
    """The first two numbers of each date of a column, and for dates of birth the date in the NIK."""
    weight = pl.when(pl.col("baris") <= _SAMPLE_ALL_UP_TO).then(1).otherwise(_SAMPLE_EVERY)
    number = pl.col("nik") if column == _BIRTH else pl.lit(None, pl.String)
    return rows.select(
        *_TABLE,
        kolom=pl.lit(column),
        bobot=weight,
        angka=pl.col(column).str.extract_groups(_TWO_NUMBERS),
        sel=pl.col(column).str.extract_groups(_CELL),
        nik=number,
    )


def _date_numbers(dates: pl.LazyFrame) -> pl.LazyFrame:
    """The numbers of each date (`_matched_dates`), and day and month of the NIK; texts that are no date are dropped."""
    is_date = pl.col("angka").struct[0].is_not_null() | pl.col("sel").struct[0].is_not_null()
    first, second = (pl.col("angka").struct[index].cast(pl.Int32) for index in (0, 1))
    day, month = (pl.col("nik").str.slice(index, 2).cast(pl.Int32, strict=False) for index in (6, 8))
    return dates.filter(is_date).select(
        *_TABLE,
        "kolom",
        "bobot",
        satu=first,
        dua=second,
        hari_nik=day % WOMEN_DAY,
        bulan_nik=month,
        bulan_sel=pl.col("sel").struct[0].cast(pl.Int32),
        hari_sel=pl.col("sel").struct[1].cast(pl.Int32),
    )


def _shows_order(*, month: str, day: str) -> pl.Expr:
    """Whether a date shows that its number `month` is the month and `day` the day."""
    is_month, is_other = pl.col(month) <= _MONTHS, pl.col(day) <= _MONTHS
    as_in_nik = (pl.col(month) == pl.col("bulan_nik")) & (pl.col(day) == pl.col("hari_nik"))
    return is_month & (~is_other | (as_in_nik & (pl.col(month) != pl.col(day))))


def find_month_first(counts: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """The tables and columns with the month first, in texts or in swapped cells: `berkas`, `lembar`, `kolom`, `cara`.

    Args:
        counts: `count_date_orders`, part by part.
    """
    added = (selectors.numeric().sum(), selectors.list().explode().drop_nulls().unique())
    of_column = pl.concat(counts).group_by(*_TABLE, "kolom").agg(*added)
    decision = (
        pl.when(_are_texts_month_first())
        .then(pl.lit(_MONTH_FIRST))
        .when(_are_cells_swapped())
        .then(pl.lit(_SWAPPED_CELLS))
    )
    return of_column.select(*_TABLE, "kolom", cara=decision).drop_nulls("cara")


def _are_texts_month_first() -> pl.Expr:
    """Whether the texts of a column have the month first: nearly all unambiguous ones show it, and they are no slips.

    Days of one stage lie close together: if most texts are ambiguous and their first numbers vary more, these are the
    days. Dates of transfers are excepted, as they fall on the first of many months.
    """
    # A single sampled row may be a slip, however many rows it counts for.
    is_shown = (pl.col("dilihat") >= _MIN_DATES) & _nearly_only("bulan", "tanggal")
    slips = (pl.col("dilihat") < pl.col("teks_awal")) & _varies_more("satu_awal", "dua_awal")
    return is_shown & (_of_transfers() | ~slips)


def _are_cells_swapped() -> pl.Expr:
    """Whether day and month were swapped in the cells of a workbook column: cells up to day 12, texts after it only.

    Birth dates must also disagree with the NIK. Swapped days of one stage fall in many months, all on days that equal
    the months of the texts or the next; unswapped transfers on the first of many months look the same.
    """
    opposites = (("sel_awal", "sel_akhir"), ("teks_akhir", "teks_awal"), ("sel_awal", "sel_nik"))
    shown = pl.all_horizontal((pl.col(many) >= _MIN_SWAPPED) & _nearly_only(many, few) for many, few in opposites)
    months = pl.col("bulan_teks")
    others = pl.col("hari_sel").list.set_difference(months.list.set_union(pl.concat_list(months.list.max() + 1)))
    of_stage = (others.list.len() == 0) & _varies_more("bulan_sel", "hari_sel")
    of_births = pl.col("kolom") == _BIRTH
    return pl.col("lembar").is_not_null() & shown & (of_births | (of_stage & ~_of_transfers()))


def _nearly_only(many: str, few: str) -> pl.Expr:
    return pl.col(many) >= _ONE_SLIP_IN * pl.col(few)


def _varies_more(one: str, other: str) -> pl.Expr:
    return pl.col(one).list.len() > pl.col(other).list.len()


def _of_transfers() -> pl.Expr:
    return pl.col("kolom").is_in(DATES["alokasi"])


def rewrite_day_first(rows: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
    """The rows with the day first in all date columns, and whether that changed the row's table (`bulan_dahulu`).

    Args:
        rows: `berkas`, `lembar` and the columns of dates as written.
        found: `find_month_first`.
    """
    if found.is_empty():
        return rows.with_columns(bulan_dahulu=pl.lit(value=False))
    of_table = found.group_by(*_TABLE).agg(ubah=pl.concat_str("cara", "kolom"))
    decided = rows.join(of_table, on=_TABLE, how="left", nulls_equal=True, maintain_order="left")
    for decision, (pattern, replacement) in _REWRITES.items():
        decided = decided.with_columns(
            pl.when(pl.col("ubah").list.contains(decision + column))
            .then(pl.col(column).str.replace(pattern, replacement))
            .otherwise(column)
            .alias(column)
            for column in found.filter(cara=decision)["kolom"].unique()
        )
    return decided.with_columns(bulan_dahulu=pl.col("ubah").is_not_null()).drop("ubah")


def possible_decision(column: str) -> pl.Expr:
    """The decision (`cara`) that would apply to a date as written; null if neither does."""
    decisions = (
        pl.when(pl.col(column).str.contains(pattern)).then(pl.lit(decision))
        for decision, (pattern, _) in _REWRITES.items()
    )
    return pl.coalesce(decisions)


def correct_days(rows: pl.DataFrame, found: pl.DataFrame, column: str) -> pl.DataFrame:
    """Swap day and month of dates that were read with the day first, if their column has the month first.

    Args:
        rows: the dates (`hari`), and those of `berkas`, `lembar` and `cara` (`possible_decision`) by which they differ.
        found: `find_month_first`.
        column: the column the dates were written in.
    """
    table = [name for name in (*_TABLE, "cara") if name in rows.columns]
    of_column = found.filter(pl.col("kolom") == column).select(table).unique()
    if of_column.is_empty():
        return rows
    date = pl.col("hari")
    swapped = pl.date(date.dt.year(), date.dt.day(), date.dt.month())
    is_wrong = pl.col("bulan") & (date.dt.day() <= _MONTHS)
    marked = rows.join(
        of_column.with_columns(bulan=True), on=table, how="left", nulls_equal=True, maintain_order="left"
    )
    return marked.with_columns(hari=pl.when(is_wrong).then(swapped).otherwise(date)).drop("bulan")
