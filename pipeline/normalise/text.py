"""Cells to plain text: odd blanks, quotes and the many ways of writing nothing. Used by every other normaliser."""

from __future__ import annotations

import polars as pl

# Blank markers seen in real extracts (compared in upper case).
NOTHING = ("", "-", "--", "NULL", "NAN", "NONE", "N/A", "#N/A", "TDK TH", "TIDAK ADA", ".")


def plain(value: pl.Expr) -> pl.Expr:
    """Text with odd blanks made ordinary, runs of blanks and a leading apostrophe removed; markers of nothing are null."""
    text = (
        value.str.replace_all(r"[\s\u00a0\u200b\ufeff]+", " ").str.strip_chars(" ").str.strip_prefix("'").str.strip_chars(" ")
    )
    return pl.when(~text.str.to_uppercase().is_in(NOTHING)).then(text)


def number_of_place(value: pl.Expr) -> pl.Expr:
    """RT or RW as three digits: `8`, `08`, `8.0`, `RT 008` and `008/001` are `008`; null where there is no number."""
    return plain(value).str.extract(r"^\D*(\d{1,3})(?:\D|$)").str.zfill(3)


def whole_number(value: pl.Expr, dtype: type[pl.Int32] | type[pl.Int64] = pl.Int32) -> pl.Expr:
    """A count: `12`, `1.234`, `12.0`; null where it is none."""
    text = plain(value)
    grouped = text.str.extract(r"^(\d{1,3}(?:[.,]\d{3})+)$").str.replace_all("[.,]", "")
    return pl.coalesce(grouped, text.str.extract(r"^(\d+)(?:[.,]0{1,2})?$")).cast(dtype, strict=False)
