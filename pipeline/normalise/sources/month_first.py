"""Which columns of dates of a file have the month first, as Excel writes them on a computer set to the United States.

A single date such as 03/04/1990 does not tell; the column it stands in does: with the month first six dates of ten are
none with the day first. Opening dates with the day first, such a computer turns those that it takes for dates of its
own round, and leaves the others as text: cells with days up to 12 alone, beside texts with days behind it alone.
Belongs here: that decision and what follows for a text. Does not: how a date is read
(`pipeline.normalise.values.dates`).
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
# Where a decision holds: a sheet or a member of an archive is of one computer, a file of several may be of many.
_TABLE = ("berkas", "lembar")
# Rows that are looked at: all of a short table; of a long one every so manieth counts for as many.
_ALL_UNTIL, _EVERY = 500, 16
_TWO_NUMBERS = r"^\W*([0-9]{1,2})[-/.]([0-9]{1,2})[-/.][0-9]"
# A cell of a spreadsheet that is a date.
_CELL = r"^[0-9]{4}-([0-9]{2})-([0-9]{2})(?: 00:00:00)?$"
# How a text of one way is turned round.
_MONTH, _TURNED = "BULAN_DAHULU", "SEL_TERTUKAR"
_ROUND = {
    _MONTH: (r"^(\W*)([0-9]{1,2})([-/.])([0-9]{1,2})([-/.][0-9])", "${1}${4}${3}${2}${5}"),
    _TURNED: (r"^([0-9]{4}-)([0-9]{2})-(0[1-9]|1[0-2])", "${1}${3}-${2}"),
}
_MONTHS, _BIRTH = 12, "tanggal_lahir"
# So many dates must say so, and of those that say anything all but one in so many: slips are in every file.
_FEWEST, _ONE_IN = 3, 10
# By chance hardly any column has so many dates of either kind without one of the others; but those of one stage lie so
# close together that a list of one week may follow on another's.
_FEWEST_TURNED = 5


def sampled() -> pl.Expr:
    """Whether a row is one of those that `count_orders` needs: the same ones however the rows are divided."""
    return (pl.col("baris") <= _ALL_UNTIL) | (pl.col("baris") % _EVERY == 0)


def count_orders(rows: pl.DataFrame, *columns: str) -> pl.DataFrame:
    """Counts, per table and column of dates, of the dates that show whether the month or the day stands first.

    A date shows it where its other reading is no date (12/31/1990); a date of birth also where only one reading is the
    date in the NIK beside it.

    Args:
        rows: those of `sampled`: `berkas`, `lembar`, `baris`, the columns, and beside birth dates `nik` (usable).
        columns: dates as written.

    Returns:
        One row per `berkas`, `lembar` and `kolom`; tables without such dates are left out.

        - `bulan`, `tanggal`: dates that show the month, or the day, first; `dilihat`: the rows behind `bulan`.
        - `sel_awal`, `sel_akhir`: cells of a spreadsheet that are dates, with a day up to 12, and later in the month;
          `sel_nik`: those that are the date in the NIK as they stand.
        - `teks_awal`, `teks_akhir`: texts, read with the day first, with a day up to 12, and later in the month.
        - `bulan_sel`, `hari_sel`: the different months and days of `sel_awal`; `bulan_teks`: the months of
          `teks_akhir`; `satu_awal`, `dua_awal`: the first and second numbers of `teks_awal`.
    """
    told = pl.concat(_written(rows.lazy(), column) for column in columns).filter(
        pl.col("angka").struct[0].is_not_null() | pl.col("sel").struct[0].is_not_null()
    )
    first, second = (pl.col("angka").struct[place].cast(pl.Int32) for place in (0, 1))
    day, month = (pl.col("nik").str.slice(place, 2).cast(pl.Int32, strict=False) for place in (6, 8))
    numbers = told.select(
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
    month_first, early = _says(month="satu", day="dua"), pl.col("hari_sel") <= _MONTHS
    both = (pl.col("satu") <= _MONTHS) & (pl.col("dua") <= _MONTHS)
    as_in_nik = (pl.col("bulan_sel") == pl.col("bulan_nik")) & (pl.col("hari_sel") == pl.col("hari_nik"))
    return (
        numbers.group_by(*_TABLE, "kolom")
        .agg(
            bulan=pl.col("bobot").filter(month_first).sum(),
            tanggal=pl.col("bobot").filter(_says(month="dua", day="satu")).sum(),
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


def _written(rows: pl.LazyFrame, column: str) -> pl.LazyFrame:
    """The first two numbers of each date of a column; beside dates of birth the NIK, beside others nothing."""
    weight = pl.when(pl.col("baris") <= _ALL_UNTIL).then(1).otherwise(_EVERY)
    number = pl.col("nik") if column == _BIRTH else pl.lit(None, pl.String)
    return rows.select(
        *_TABLE,
        kolom=pl.lit(column),
        bobot=weight,
        angka=pl.col(column).str.extract_groups(_TWO_NUMBERS),
        sel=pl.col(column).str.extract_groups(_CELL),
        nik=number,
    )


def _says(*, month: str, day: str) -> pl.Expr:
    """Whether a date says which of its numbers is the month."""
    is_month, is_other = pl.col(month) <= _MONTHS, pl.col(day) <= _MONTHS
    as_in_nik = (pl.col(month) == pl.col("bulan_nik")) & (pl.col(day) == pl.col("hari_nik"))
    return is_month & (~is_other | (as_in_nik & (pl.col(month) != pl.col(day))))


def with_month_first(counts: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """The tables and columns whose dates have the month first, all or cells: `berkas`, `lembar`, `kolom`, `cara`.

    Args:
        counts: `count_orders`, part by part.
    """
    added = (selectors.numeric().sum(), selectors.list().explode().drop_nulls().unique())
    of_column = pl.concat(counts).group_by(*_TABLE, "kolom").agg(*added)
    way = pl.when(_texts_have_it()).then(pl.lit(_MONTH)).when(_cells_were_turned()).then(pl.lit(_TURNED))
    return of_column.select(*_TABLE, "kolom", cara=way).drop_nulls("cara")


def _texts_have_it() -> pl.Expr:
    """Whether the texts of a column have the month first: nearly all say so that say anything, and these are no slips.

    Days of one stage lie close together: where most texts do not tell and their first numbers vary more, those are the
    days. Those of transfers stand on the first of many months.
    """
    # One row, for however many it counts, may be a slip.
    told = (pl.col("dilihat") >= _FEWEST) & _nearly_only("bulan", "tanggal")
    slips = (pl.col("dilihat") < pl.col("teks_awal")) & _varies_more("satu_awal", "dua_awal")
    return told & (_of_transfers() | ~slips)


def _cells_were_turned() -> pl.Expr:
    """Whether the cells of a column in a workbook were turned round: of early days, beside texts of late ones only.

    Of births the NIK tells too. Days of one stage become days of many months, all on days that are the months of the
    texts or the next. Transfers on the first of many months look the same as they stand.
    """
    beside = (("sel_awal", "sel_akhir"), ("teks_akhir", "teks_awal"), ("sel_awal", "sel_nik"))
    shown = pl.all_horizontal((pl.col(many) >= _FEWEST_TURNED) & _nearly_only(many, few) for many, few in beside)
    months = pl.col("bulan_teks")
    others = pl.col("hari_sel").list.set_difference(months.list.set_union(pl.concat_list(months.list.max() + 1)))
    of_stage = (others.list.len() == 0) & _varies_more("bulan_sel", "hari_sel")
    of_births = pl.col("kolom") == _BIRTH
    return pl.col("lembar").is_not_null() & shown & (of_births | (of_stage & ~_of_transfers()))


def _nearly_only(many: str, few: str) -> pl.Expr:
    return pl.col(many) >= _ONE_IN * pl.col(few)


def _varies_more(one: str, other: str) -> pl.Expr:
    return pl.col(one).list.len() > pl.col(other).list.len()


def _of_transfers() -> pl.Expr:
    return pl.col("kolom").is_in(DATES["alokasi"])


def day_first(rows: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
    """The rows with the day first in all columns of dates, and whether that changed a row's table (`bulan_dahulu`).

    Args:
        rows: `berkas`, `lembar` and the columns of dates as written.
        found: `with_month_first`.
    """
    if found.is_empty():
        return rows.with_columns(bulan_dahulu=pl.lit(value=False))
    of_table = found.group_by(*_TABLE).agg(ubah=pl.concat_str("cara", "kolom"))
    named = rows.join(of_table, on=_TABLE, how="left", nulls_equal=True, maintain_order="left")
    for way, (written, meant) in _ROUND.items():
        named = named.with_columns(
            pl.when(pl.col("ubah").list.contains(way + column))
            .then(pl.col(column).str.replace(written, meant))
            .otherwise(column)
            .alias(column)
            for column in found.filter(cara=way)["kolom"].unique()
        )
    return named.with_columns(bulan_dahulu=pl.col("ubah").is_not_null()).drop("ubah")


def notation(column: str) -> pl.Expr:
    """By which of the two ways (`cara`) a date as written can have been turned round; null where by none."""
    ways = (pl.when(pl.col(column).str.contains(written)).then(pl.lit(way)) for way, (written, _) in _ROUND.items())
    return pl.coalesce(ways)


def read_again(rows: pl.DataFrame, found: pl.DataFrame, column: str) -> pl.DataFrame:
    """Puts right dates that were read with the day first, where their column has the month first.

    Args:
        rows: `berkas`, `lembar` and `cara` (`notation`) where tables and notations are to be told apart, and the dates
            (`hari`).
        found: `with_month_first`.
        column: the column that they were written in.
    """
    table = [name for name in (*_TABLE, "cara") if name in rows.columns]
    of_column = found.filter(pl.col("kolom") == column).select(table).unique()
    if of_column.is_empty():
        return rows
    date = pl.col("hari")
    meant = pl.date(date.dt.year(), date.dt.day(), date.dt.month())
    again = pl.col("bulan") & (date.dt.day() <= _MONTHS)
    marked = rows.join(
        of_column.with_columns(bulan=True), on=table, how="left", nulls_equal=True, maintain_order="left"
    )
    return marked.with_columns(hari=pl.when(again).then(meant).otherwise(date)).drop("bulan")
