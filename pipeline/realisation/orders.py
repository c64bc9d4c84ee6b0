"""Many deliveries of one payment order become its current state.

Belongs here: which of several rows of one order says what. Does not: whom it pays (`payees`) or what is odd about it
(`conduct`).
"""

from __future__ import annotations

import polars as pl

from pipeline.normalise.told.shared_numbers import uncounted
from pipeline.realisation.remarks import with_remarks
from schemas.keys import ORDER, PLACE, STAGE
from schemas.spelling import without_zeros

_STATE = ("nominal", "status_bayar", "tgl_bayar", "tgl_retur", "metode", "alasan_gagal", *PLACE,
          "berlaku_per")  # fmt: skip
_PAYEE = ("nik", "nik_tulis", "nama", "nama_banding")
_STATED_ONCE = ("no_kk", "alamat", "batch", "kode_kprk", "nama_kprk", "kode_kpc", "nama_kpc")
_REGION = ("kode_prov", "kode_kab", "kode_kec", "kode_desa")
# By what an order of the same number, but for zeros, is known to be of the same payee.
_SAME_PAYEE = (("nik",), ("nama_banding", "nominal", "kode_desa"))


def current_orders(orders: pl.DataFrame) -> pl.DataFrame:
    """The last delivered state of every order.

    Later files supersede earlier ones (`berlaku_per`, then path, then line). State and amount are the last row's;
    office and place come from the last row that states them, for the short workbook leaves most of them out. NIK and
    name come from one row, lest an order issued anew mix two payees: the last one with a usable NIK, else the last.

    Args:
        orders: accepted rows (`PosStaged`).

    Returns:
        One row per order with the order's key, state, payee, place and the list `temuan` of its last row's findings;
        nominal_semula, what it was before it came back; and penerima_lain: one file has it for several NIKs.
    """
    whole = _with_leading_zeros(orders)
    ranked = with_remarks(whole, "PosStaged").sort("berlaku_per", *PLACE, nulls_last=False)
    place = pl.struct(_REGION)
    named = pl.when(pl.any_horizontal(pl.col("nik_tulis", "nama").is_not_null())).then(pl.struct(_PAYEE))
    sure = pl.when(pl.col("nik").is_not_null()).then(pl.struct(_PAYEE))
    due = pl.when(pl.col("status_bayar") != "RETUR").then("nominal")
    depth = pl.sum_horizontal(pl.col(name).is_not_null().cast(pl.Int8) for name in _REGION)
    states = (
        ranked.with_columns(tempat=place, kedalaman=depth, tertulis=named, pasti=sure, semula=due)
        .group_by(ORDER, maintain_order=True)
        .agg(
            pl.col(*_STATE, "temuan").last(),
            *(pl.col(name).drop_nulls().last() for name in _STATED_ONCE),
            nominal_semula=pl.col("semula").drop_nulls().last(),
            berganti=pl.col("nik").min() != pl.col("nik").max(),
            penerima=pl.coalesce(pl.col("pasti").drop_nulls().last(), pl.col("tertulis").drop_nulls().last()),
            tempat=pl.col("tempat").filter(pl.col("kedalaman") == pl.col("kedalaman").max()).last(),
        )
        .unnest("tempat", "penerima")
        .sort(ORDER)
    )
    changing = whole.lazy().join(states.filter("berganti").lazy(), on=ORDER, how="semi")
    shared = uncounted(changing).select(*ORDER, "penerima_lain").unique()
    return states.join(shared, on=ORDER, how="left", maintain_order="left").with_columns(
        penerima_lain=pl.col("penerima_lain").fill_null(value=False)
    )


def _with_leading_zeros(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows with the zeros that a spreadsheet took from the numbers of orders, where others of the payee have them."""
    led = pl.col("no_danom").str.starts_with("0")
    whole, bare = rows.filter(led), rows.filter(~led)
    if whole.is_empty() or bare.is_empty():
        return rows
    for payee in _SAME_PAYEE:
        # Of several the one with most zeros, which comes first in the order of letters.
        known = whole.drop_nulls(payee).group_by(*STAGE, *payee, no_danom=without_zeros(pl.col("no_danom")))
        told = known.agg(lengkap=pl.col("no_danom").min())
        bare = bare.join(told, on=[*ORDER, *payee], how="left", maintain_order="left")
        bare = bare.with_columns(no_danom=pl.coalesce("lengkap", "no_danom")).drop("lengkap")
    return pl.concat([whole, bare])
