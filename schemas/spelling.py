"""Spelling shared by all packages: NIK and KK numbers, order numbers, names of the months."""

from __future__ import annotations

import polars as pl

DIGITS, SMALLEST = 16, 10**15
NUMBER = rf"^\d{{{DIGITS}}}$"
"""A NIK or KK number, as a regex."""
MONTHS = (
    "Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober", "November",
    "Desember",
)  # fmt: skip


def is_number(value: pl.Expr) -> pl.Expr:
    """Whether text is a `NUMBER` without leading 0 (no region code has one); ten times faster than the pattern."""
    return (value.str.len_bytes() == DIGITS) & (value.cast(pl.Int64, strict=False) >= SMALLEST)


def without_zeros(number: pl.Expr) -> pl.Expr:
    """An order number without leading zeros, as a spreadsheet leaves it that reads it as a number: `00294` is `294`."""
    return number.str.strip_chars_start("0")
