"""Finds rows of orders that do not count because their file uses the order number again for another NIK.

Orders are identified by number, so the last of such rows gives payee and amount, and the money of the others is in no
mart. Belongs here: these rows, and the note on their files. Does not: the state of the order itself
(`pipeline.realisation.orders`).
"""

from __future__ import annotations

import polars as pl

from pipeline.normalise.values.money import format_rupiah
from schemas.keys import ORDER, PLACE
from schemas.rules import RULES

SHARED_NUMBER = RULES["PerintahBayar", "DANOM_BERSAMA"]
"""The finding on such rows."""
_ORDER_OF_FILE = ("berkas", *ORDER)
_ROWS_PER_GROUP = 1_000_000
_NOT_COUNTED = (
    "{} baris senilai {} tidak dihitung: nomor danomnya dipakai lagi di berkas ini untuk NIK lain ({} nomor), dan "
    "hanya baris terakhir yang dihitung. {}"
)


def uncounted_rows(orders: pl.LazyFrame) -> pl.DataFrame:
    """For each order of a file, the last row of every NIK other than the NIK of the order's last row.

    Args:
        orders: accepted rows (`PosStaged`).

    Returns:
        The rows' place, order, nik, nominal, kode_kab and berlaku_per, and penerima_lain: true.
    """
    # Hashes find candidates; as shared numbers are few, only their rows are compared exactly.
    known = orders.filter(pl.col("nik").is_not_null()).with_columns(sidik=pl.struct(_ORDER_OF_FILE).hash())
    number = pl.col("nik").cast(pl.Int64)
    several = [
        known.filter(in_group).group_by("sidik").agg(several=number.min() != number.max()).filter("several")
        for in_group in _file_groups(orders)
    ]
    found = [hashes.select("sidik").collect(engine="streaming") for hashes in several]
    shared = pl.concat([pl.DataFrame(schema={"sidik": pl.UInt64}), *found])
    rows = known.join(shared.lazy(), on="sidik", how="semi")
    delivered = rows.select(*PLACE, *ORDER, "nik", "nominal", "kode_kab", "berlaku_per").collect(engine="streaming")
    # Sheets of one workbook may have different days.
    in_order = delivered.sort("berlaku_per", *PLACE, nulls_last=False)
    last = in_order.unique([*_ORDER_OF_FILE, "nik"], keep="last", maintain_order=True)
    others = last.filter(pl.col("nik") != pl.col("nik").last().over(_ORDER_OF_FILE))
    return others.with_columns(penerima_lain=pl.lit(value=True))


def _file_groups(orders: pl.LazyFrame) -> list[pl.Expr]:
    """Filters that divide the files into groups of about a million rows, to bound memory."""
    sizes = orders.group_by("berkas").len().collect(engine="streaming").sort("berkas")
    groups = sizes.group_by(pl.col("len").cum_sum() // _ROWS_PER_GROUP, maintain_order=True)
    ends = groups.agg(first=pl.col("berkas").first(), last=pl.col("berkas").last())
    return [pl.col("berkas").is_between(pl.lit(first), pl.lit(last)) for _, first, last in ends.rows()]


def uncounted_notes(orders: pl.LazyFrame) -> pl.DataFrame:
    """The note for officers on each file that has such rows: berkas, catatan."""
    counts = (
        uncounted_rows(orders)
        .group_by("berkas")
        .agg(pl.len(), pl.col("nominal").sum(), nomor=pl.struct(ORDER).n_unique())
    )
    note = pl.format(_NOT_COUNTED, "len", format_rupiah(pl.col("nominal")), "nomor", pl.lit(SHARED_NUMBER.cure))
    return counts.select("berkas", catatan=note)
