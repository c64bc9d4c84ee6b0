"""Finds rows of correction forms that state the number of somebody else's order, so that no order is taken over.

Belongs here: comparing rows of forms with delivered rows. Does not: a number that one delivered file gives to several
NIKs (`pipeline.normalise.metadata.shared_numbers`).
"""

from __future__ import annotations

import polars as pl

from pipeline.normalise.metadata.orders import fill_stage
from pipeline.normalise.sources.deliveries import date_rows
from pipeline.normalise.sources.parts import ROW, Parts
from pipeline.normalise.values.identifiers import usable_number, written_number
from pipeline.normalise.values.names import comparable_name, tidy_name
from pipeline.normalise.values.text import plain_key
from schemas.extracts import place_text
from schemas.keys import ORDER, PLACE, STAGE

_COLUMNS = (*PLACE, "asal_baris", "judul", "bulan", "batch", *STAGE, "no_danom", "nik", "nama")


def order_number(cell: pl.Expr) -> pl.Expr:
    """The number of an order as it is compared."""
    return plain_key(cell).str.to_uppercase()


def numbers_in_forms(orders: pl.LazyFrame) -> pl.Series:
    """The order numbers that rows of forms state; `orders` are readable rows of the extract."""
    of_forms = orders.filter(pl.col("asal_baris").is_not_null()).select(order_number(pl.col("no_danom")))
    return of_forms.collect().to_series().drop_nulls().unique()


def rows_with_numbers(orders: pl.LazyFrame, numbers: pl.Series) -> pl.DataFrame:
    """The orders with one of these numbers, in the columns that `forms_with_foreign_order` reads."""
    return orders.select(_COLUMNS).filter(_has_number(numbers)).collect()


def _has_number(numbers: pl.Series) -> pl.Expr:
    return order_number(pl.col("no_danom")).is_in(numbers.implode())


def forms_with_foreign_order(parts: Parts, forms: pl.Series, files: pl.DataFrame, batches: pl.DataFrame) -> pl.Series:
    """Rows of forms whose order is delivered, but neither for their own payee nor in the row that they replace.

    Payees are compared by NIK, and by name where one of them has none.

    Args:
        parts: the orders.
        forms: numbers of the rows of forms, sorted.
        files: `pipeline.normalise.sources.deliveries.date_files`.
        batches: `pipeline.normalise.metadata.orders.agreed_batches`.
    """
    if forms.is_empty():
        return forms
    wanted = parts.rows(forms, "no_danom").select(order_number(pl.col("no_danom"))).to_series().drop_nulls()
    deliveries = pl.concat(parts.map(lambda part: part.filter(_has_number(wanted)), *_COLUMNS))
    rows = fill_stage(date_rows(deliveries, files), batches).select(
        ROW,
        "asal_baris",
        order_number(pl.col("no_danom")),
        *STAGE,
        place=place_text(),
        nik=written_number(pl.col("nik")),
        nama=comparable_name(tidy_name(pl.col("nama"))),
    )
    rows = rows.with_columns(usable_number("nik"))
    of_form = pl.col("asal_baris").is_not_null()
    delivered, stated = rows.filter(~of_form), rows.filter(of_form)
    payees = delivered.select(*ORDER, nik_lain="nik", nama_lain="nama")
    is_same_payee = pl.coalesce(pl.col("nik") == pl.col("nik_lain"), pl.col("nama") == pl.col("nama_lain"))
    delivered_as = stated.join(payees, on=ORDER).group_by(ROW, *ORDER, "asal_baris").agg(sama=is_same_payee.any())
    origin = delivered.select(*ORDER, asal_baris="place")
    return delivered_as.filter(~pl.col("sama")).join(origin, on=origin.columns, how="anti")[ROW].sort()
