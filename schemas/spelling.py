"""What is written in one way wherever it stands: NIK and KK numbers, numbers of orders, the names of the months."""

from __future__ import annotations

import polars as pl

DIGITS, LEAST = 16, 10**15
NUMBER = rf"^\d{{{DIGITS}}}$"
"""A NIK or KK number, as a regex."""
MONTHS = (
    "Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober", "November",
    "Desember",
)  # fmt: skip


def is_number(value: pl.Expr) -> pl.Expr:
    """Whether text is a `NUMBER` that does not begin with 0, as no region's code does; ten times faster than that."""
    return (value.str.len_bytes() == DIGITS) & (value.cast(pl.Int64, strict=False) >= LEAST)


def without_zeros(number: pl.Expr) -> pl.Expr:
    """The number of an order as a spreadsheet leaves it that takes it for a number: `00294` is `294`."""
    return number.str.strip_chars_start("0")
