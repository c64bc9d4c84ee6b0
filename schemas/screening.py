"""Which rows may break a contract: one pass of cheap expressions read off the pandera schema, before pandera judges.

Pandera takes a pass and a copy per check. Of a million rows nearly all keep every check, so the many are cleared here
at once and pandera sees only the few it may object to, in the columns that it may object to. Clearing is never too
generous: a check that is not understood here leaves every row to pandera, and what is left may well keep the contract.
"""

from __future__ import annotations

from typing import Any

import pandera.polars as pa
import polars as pl

from schemas.spelling import NUMBER, is_number


def may_break(schema: pa.DataFrameSchema, rejections: dict[str, pl.Expr]) -> dict[str, pl.Expr]:
    """For each column with checks what is true of every row that breaks one of them, and perhaps of others.

    Args:
        schema: the contract.
        rejections: for checks made from rules, by their name, the expression that is true where a row breaks them.
    """
    doubts = {name: _of_column(name, column, rejections) for name, column in schema.columns.items()}
    return {name: pl.any_horizontal(of_column) for name, of_column in doubts.items() if of_column}


def _of_column(name: str, column: pa.Column, rejections: dict[str, pl.Expr]) -> list[pl.Expr]:
    value = pl.col(name)
    doubts = [_fails(value, check, rejections) for check in column.checks]
    if not column.nullable:
        doubts.append(value.is_null())
        if column.dtype.type.is_float():
            doubts.append(value.is_nan())
    if column.unique:
        doubts.append(value.is_duplicated())
    return [doubt.fill_null(value=False) for doubt in doubts]


def _fails(value: pl.Expr, check: pa.Check, rejections: dict[str, pl.Expr]) -> pl.Expr:
    told: dict[str, Any] = check.statistics or {}
    if check.name in rejections:
        return rejections[check.name]
    if check.name == "str_matches":
        return _mismatches(value, told["pattern"])
    if check.name == "isin":
        return ~value.is_in(list(told["allowed_values"]))
    if check.name == "greater_than_or_equal_to":
        return ~(value >= told["min_value"])
    if check.name == "less_than_or_equal_to":
        return ~(value <= told["max_value"])
    return pl.lit(value=True)


def _mismatches(value: pl.Expr, pattern: str) -> pl.Expr:
    if pattern != NUMBER:
        return ~value.str.contains(pattern)
    # A little stricter than the pattern: a leading zero is doubted.
    return value.is_not_null() & ~is_number(value).fill_null(value=False)
