"""Rupiah amounts in the notations payers write."""

from __future__ import annotations

import polars as pl

from pipeline.normalise.distinct import once_per_value
from pipeline.normalise.text import plain


@once_per_value(pl.Int64)
def to_rupiah(value: pl.Expr) -> pl.Expr:
    """Whole rupiah as Int64: `300000`, `300.000`, `Rp 300.000,00`, `Rp300.000,-`, `300,000.00`, `300000.0`.

    Null for anything else: signs, words, exponents and amounts with sen are not read as if they were right.
    """
    text = (
        plain(value)
        .str.to_uppercase()
        .str.replace(r"^(RP|IDR)\.?\s*", "")
        .str.replace(r"\s*(,-|\.-|,=)$", "")
        .str.replace_all(" ", "")
    )
    dotted = text.str.extract(r"^(\d{1,3}(?:\.\d{3})+)(?:,0{1,2})?$").str.replace_all(".", "", literal=True)
    comma = text.str.extract(r"^(\d{1,3}(?:,\d{3})+)(?:\.0{1,2})?$").str.replace_all(",", "", literal=True)
    bare = text.str.extract(r"^(\d{1,15})(?:[.,]0{1,2})?$")
    return pl.coalesce(dotted, comma, bare).cast(pl.Int64, strict=False)
