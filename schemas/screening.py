"""Finds the rows that may break a contract, with cheap expressions derived from the pandera schema.

Pandera needs a pass and a copy per check. As nearly all rows keep every check, they are cleared here in one pass, and
pandera validates only the doubtful rows and columns. Doubts may be unfounded, but no violation is missed: for a check
that is unknown here all rows count as doubtful.
"""

from __future__ import annotations

from typing import Any

import pandera.polars as pa
import polars as pl

from schemas.spelling import NUMBER, is_number


def may_break(schema: pa.DataFrameSchema, rejections: dict[str, pl.Expr]) -> dict[str, pl.Expr]:
    """Column → expression that is true for every row that breaks one of its checks, and perhaps for others.

    Args:
        schema: the contract.
        rejections: name of a check made from a rule → the expression that is true if a row breaks it.
    """
    doubts = {name: _column_doubts(name, column, rejections) for name, column in schema.columns.items()}
    return {name: pl.any_horizontal(of_column) for name, of_column in doubts.items() if of_column}


def _column_doubts(name: str, column: pa.Column, rejections: dict[str, pl.Expr]) -> list[pl.Expr]:
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
    arguments: dict[str, Any] = check.statistics or {}
    if check.name in rejections:
        return rejections[check.name]
    if check.name == "str_matches":
        return _mismatches(value, arguments["pattern"])
    if check.name == "isin":
        return ~value.is_in(list(arguments["allowed_values"]))
    if check.name == "greater_than_or_equal_to":
        return ~(value >= arguments["min_value"])
    if check.name == "less_than_or_equal_to":
        return ~(value <= arguments["max_value"])
    return pl.lit(value=True)


def _mismatches(value: pl.Expr, pattern: str) -> pl.Expr:
    if pattern != NUMBER:
        return ~value.str.contains(pattern)
    # Slightly stricter than the pattern: a leading zero also counts as doubtful.
    return value.is_not_null() & ~is_number(value).fill_null(value=False)
