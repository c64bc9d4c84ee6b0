"""Reduces the deliveries of each payment order to its current state.

Belongs here: which of an order's rows determines which field. Does not: whom it pays (`payees`) or whether it was
carried out properly (`conduct`).
"""

from __future__ import annotations

import polars as pl

from pipeline.normalise.metadata.shared_numbers import uncounted_rows
from pipeline.realisation.findings import with_findings
from schemas.keys import ORDER, PLACE, STAGE
from schemas.spelling import without_zeros

_STATE = ("nominal", "status_bayar", "tgl_bayar", "tgl_retur", "metode", "alasan_gagal", *PLACE,
          "berlaku_per")  # fmt: skip
_PAYEE = ("nik", "nik_tulis", "nama", "nama_banding")
_STATED_ONCE = ("no_kk", "alamat", "batch", "kode_kprk", "nama_kprk", "kode_kpc", "nama_kpc")
_REGION = ("kode_prov", "kode_kab", "kode_kec", "kode_desa")
# Columns that must agree for two orders whose numbers differ in leading zeros to be one order.
_SAME_PAYEE = (("nik",), ("nama_banding", "nominal", "kode_desa"))


def current_orders(orders: pl.DataFrame) -> pl.DataFrame:
    """The last delivered state of every order.

    Later files supersede earlier ones (`berlaku_per`, then path, then line). State and amount are the last row's. The
    office comes from the last row that states it (the short workbook omits most columns), the place from the last of
    the most detailed ones. NIK and name come from one row, so that a reissued order does not mix two payees: the last
    row with a usable NIK, else the last with a name or number.

    Args:
        orders: accepted rows (`PosStaged`).

    Returns:
        One row per order with the order's key, state, payee, place and `temuan`, the findings on its last row;
        nominal_semula, the amount before it was returned; and penerima_lain: one file gives it to several NIKs.
    """
    rows = _restore_leading_zeros(orders)
    ranked = with_findings(rows, "PosStaged").sort("berlaku_per", *PLACE, nulls_last=False)
    place = pl.struct(_REGION)
    named_payee = pl.when(pl.any_horizontal(pl.col("nik_tulis", "nama").is_not_null())).then(pl.struct(_PAYEE))
    payee_with_nik = pl.when(pl.col("nik").is_not_null()).then(pl.struct(_PAYEE))
    amount_before_return = pl.when(pl.col("status_bayar") != "RETUR").then("nominal")
    depth = pl.sum_horizontal(pl.col(name).is_not_null().cast(pl.Int8) for name in _REGION)
    states = (
        ranked.with_columns(
            tempat=place, kedalaman=depth, tertulis=named_payee, pasti=payee_with_nik, semula=amount_before_return
        )
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
    of_changing_payees = rows.lazy().join(states.filter("berganti").lazy(), on=ORDER, how="semi")
    shared = uncounted_rows(of_changing_payees).select(*ORDER, "penerima_lain").unique()
    return states.join(shared, on=ORDER, how="left", maintain_order="left").with_columns(
        penerima_lain=pl.col("penerima_lain").fill_null(value=False)
    )


def _restore_leading_zeros(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows with order numbers' lost leading zeros restored from other rows of the same payee."""
    has_zero = pl.col("no_danom").str.starts_with("0")
    complete, bare = rows.filter(has_zero), rows.filter(~has_zero)
    if complete.is_empty() or bare.is_empty():
        return rows
    for payee in _SAME_PAYEE:
        # `min` is the number with the most zeros.
        same_payee = complete.drop_nulls(payee).group_by(*STAGE, *payee, no_danom=without_zeros(pl.col("no_danom")))
        complete_numbers = same_payee.agg(lengkap=pl.col("no_danom").min())
        bare = bare.join(complete_numbers, on=[*ORDER, *payee], how="left", maintain_order="left")
        bare = bare.with_columns(no_danom=pl.coalesce("lengkap", "no_danom")).drop("lengkap")
    return pl.concat([complete, bare])
