"""Decides which of several rows with one identifier stands: the ID DTKS of a person, the NIK of a resident.

Belongs here: corrections, forms and hidden sheets among such rows. Does not: finding the rows (`parts.find_repeated`),
and orders, where rows of one number are deliveries of one order (`order_numbers`, beside this).
"""

from __future__ import annotations

import polars as pl

from pipeline.normalise.sources.parts import ROW
from schemas.extracts import place_text
from schemas.keys import PLACE
from schemas.rules import CORRECTIONS, IN_HIDDEN_SHEET

# The columns that show which row comes first.
ORDER_COLUMNS = (*PLACE, "asal_baris")


def find_repeated_rows(rows: pl.DataFrame, identifier: pl.Expr, acceptable: pl.Expr) -> tuple[pl.Series, pl.Series]:
    """Rows that repeat the identifier of a row that stands, and those among them that a correction replaces.

    A row that is refused for another reason does not stand, so that its corrected copy is accepted. The row of a form
    that brings the identifier of somebody else repeats it even then: it is no earlier copy of the row that stands.

    Args:
        rows: `urutan`, `ORDER_COLUMNS` and what the expressions need.
        identifier: the identifier, null for none.
        acceptable: whether nothing else refuses the row.
    """
    compared = rows.select(
        ROW,
        *ORDER_COLUMNS,
        id=identifier,
        layak=acceptable,
        perbaikan=pl.col("berkas").str.contains(CORRECTIONS),
        tersembunyi=IN_HIDDEN_SHEET.fill_null(value=False),
    )
    ordered = _in_order_of_claim(compared.drop_nulls("id"))
    candidates, refused_forms = ordered.filter("layak"), ordered.filter(~pl.col("layak"), "asing")
    is_first = pl.col("id").is_first_distinct()
    standing, repeated = candidates.filter(is_first), candidates.filter(~is_first)
    replaced = repeated.filter(~pl.col("perbaikan"), ~pl.col("asing")).join(
        standing.filter("perbaikan"), on="id", how="semi"
    )
    bearers = standing.select("id", asal_pemilik="asal_baris")
    # A later form of the same row is no other person.
    of_others = refused_forms.join(bearers, on="id").filter(pl.col("asal_baris").ne_missing(pl.col("asal_pemilik")))
    return pl.concat([repeated[ROW], of_others[ROW]]).sort(), replaced[ROW].sort()


def _in_order_of_claim(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows in the order in which they may have their identifier, and `asing`: whether a form brought it.

    Corrections come before other rows, visible sheets before hidden ones, which may be old copies. The row of a form
    takes the turn of the row that it was made of; with an identifier that that row did not have it comes last, for it
    may be mistyped.
    """
    of_form = pl.col("asal_baris").is_not_null()
    ordered = rows.sort(
        of_form, ~pl.col("layak"), ~pl.col("perbaikan"), "tersembunyi", maintain_order=True
    ).with_row_index("giliran")
    origins = ordered.join(ordered.filter(of_form), on="id", how="semi").select(
        "id", asal_baris=place_text(), giliran_asal="giliran"
    )
    with_origin = ordered.join(origins, on=["id", "asal_baris"], how="left", maintain_order="left")
    asing = of_form & pl.col("giliran_asal").is_null()
    turn = pl.coalesce("giliran_asal", "giliran")
    return with_origin.with_columns(asing=asing).sort(turn, ~of_form, maintain_order=True)
