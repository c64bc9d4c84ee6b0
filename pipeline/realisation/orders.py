"""Many deliveries of one payment order become its current state.

Belongs here: which of several rows of one order says what. Does not: whom it pays (`payees`) or what is odd about it
(`conduct`).
"""

from __future__ import annotations

import polars as pl

from pipeline.realisation.remarks import with_remarks
from schemas.keys import ORDER, PLACE

_STATE = ("nominal", "status_bayar", "tgl_bayar", "tgl_retur", "metode", "alasan_gagal", *PLACE,
          "berlaku_per")  # fmt: skip
_PAYEE = ("nik", "nik_tulis", "nama", "nama_banding")
_STATED_ONCE = ("no_kk", "alamat", "batch", "kode_kprk", "nama_kprk", "kode_kpc", "nama_kpc")
_REGION = ("kode_prov", "kode_kab", "kode_kec", "kode_desa")


def current_orders(orders: pl.DataFrame) -> pl.DataFrame:
    """The last delivered state of every order.

    Later files supersede earlier ones (`berlaku_per`, then path, then line). State and amount are the last row's;
    office and place come from the last row that states them, for the short workbook leaves most of them out. NIK and
    name come from one row, lest an order issued anew mix two payees: the last one with a usable NIK, else the last.

    Args:
        orders: accepted rows (`PosStaged`).

    Returns:
        One row per order with the order's key, state, payee, place and the list `temuan` of its last row's findings.
    """
    ranked = with_remarks(orders, "PosStaged").sort("berlaku_per", *PLACE, nulls_last=False)
    place = pl.struct(_REGION)
    named = pl.when(pl.any_horizontal(pl.col("nik_tulis", "nama").is_not_null())).then(pl.struct(_PAYEE))
    sure = pl.when(pl.col("nik").is_not_null()).then(pl.struct(_PAYEE))
    depth = pl.sum_horizontal(pl.col(name).is_not_null().cast(pl.Int8) for name in _REGION)
    return (
        ranked.with_columns(tempat=place, kedalaman=depth, tertulis=named, pasti=sure)
        .group_by(ORDER, maintain_order=True)
        .agg(
            pl.col(*_STATE, "temuan").last(),
            *(pl.col(name).drop_nulls().last() for name in _STATED_ONCE),
            penerima=pl.coalesce(pl.col("pasti").drop_nulls().last(), pl.col("tertulis").drop_nulls().last()),
            tempat=pl.col("tempat").filter(pl.col("kedalaman") == pl.col("kedalaman").max()).last(),
        )
        .unnest("tempat", "penerima")
        .sort(ORDER)
    )
