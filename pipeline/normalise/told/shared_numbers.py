"""Rows of orders that do not count because their file has the number again for another NIK.

An order is its number, so of such rows the last one says whom it pays, and how much: the money of the others stands in
no mart. Belongs here: which rows they are, and what is told of their files. Does not: what the order says
(`pipeline.realisation.orders`).
"""

from __future__ import annotations

import polars as pl

from pipeline.normalise.values.money import in_rupiah
from schemas.keys import ORDER, PLACE
from schemas.rules import RULES

SHARED = RULES["PerintahBayar", "DANOM_BERSAMA"]
"""What is found on them."""
_OF_FILE = ("berkas", *ORDER)
_TOGETHER = 1_000_000
_NOT_COUNTED = (
    "{} baris senilai {} tidak dihitung: nomor danomnya dipakai lagi di berkas ini untuk NIK lain ({} nomor), dan "
    "hanya baris terakhir yang dihitung. {}"
)


def uncounted(orders: pl.LazyFrame) -> pl.DataFrame:
    """The last row of every NIK that an order of a file has besides the one in its last row with a NIK.

    Args:
        orders: accepted rows (`PosStaged`).

    Returns:
        The rows' place, order, nik, nominal, kode_kab and berlaku_per, and penerima_lain: true.
    """
    # Shared numbers are few: what is alike by its hash is looked at again, row by row.
    known = orders.filter(pl.col("nik").is_not_null()).with_columns(sidik=pl.struct(_OF_FILE).hash())
    number = pl.col("nik").cast(pl.Int64)
    several = [
        known.filter(some).group_by("sidik").agg(several=number.min() != number.max()).filter("several")
        for some in _files_together(orders)
    ]
    found = [each.select("sidik").collect(engine="streaming") for each in several]
    shared = pl.concat([pl.DataFrame(schema={"sidik": pl.UInt64}), *found])
    rows = known.join(shared.lazy(), on="sidik", how="semi")
    told = rows.select(*PLACE, *ORDER, "nik", "nominal", "kode_kab", "berlaku_per").collect(engine="streaming")
    # The sheets of one workbook may be of several days.
    in_order = told.sort("berlaku_per", *PLACE, nulls_last=False)
    last = in_order.unique([*_OF_FILE, "nik"], keep="last", maintain_order=True)
    others = last.filter(pl.col("nik") != pl.col("nik").last().over(_OF_FILE))
    return others.with_columns(penerima_lain=pl.lit(value=True))


def _files_together(orders: pl.LazyFrame) -> list[pl.Expr]:
    """Which rows are of some files, a million or of one file: orders are many more than may be held at once."""
    sizes = orders.group_by("berkas").len().collect(engine="streaming").sort("berkas")
    some = sizes.group_by(pl.col("len").cum_sum() // _TOGETHER, maintain_order=True)
    ends = some.agg(first=pl.col("berkas").first(), last=pl.col("berkas").last())
    return [pl.col("berkas").is_between(pl.lit(first), pl.lit(last)) for _, first, last in ends.rows()]


def files_with_uncounted(orders: pl.LazyFrame) -> pl.DataFrame:
    """What to do about the files that have such rows: berkas, catatan."""
    told = (
        uncounted(orders).group_by("berkas").agg(pl.len(), pl.col("nominal").sum(), nomor=pl.struct(ORDER).n_unique())
    )
    note = pl.format(_NOT_COUNTED, "len", in_rupiah(pl.col("nominal")), "nomor", pl.lit(SHARED.cure))
    return told.select("berkas", catatan=note)
