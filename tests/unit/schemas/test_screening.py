from __future__ import annotations

from typing import Any

import pandera.polars as pa
import polars as pl
import pytest
from pandera.errors import SchemaErrors

from schemas.catalogue import promised_tables
from schemas.screening import may_break
from schemas.staged import STAGED
from schemas.table import contract, polars_schema, split

MODELS = [*STAGED.values(), *(table.model for table in promised_tables().values())]
NASTY: dict[Any, list[Any]] = {
    pl.String: [None, "", "L", "X", "3604041211870001", "0604041211870001", "+604041211870001", " 604041211870001",
                "36040412118700011", "2022-12", "2022-1", "PADAN", "\u0663604041211870001"],
    pl.Int64: [None, -1, 0, 1, 8, 9, 2**40],
    pl.Boolean: [None, True, False],
    pl.Float64: [None, -0.5, 0.0, 1.5, float("nan")],
}  # fmt: skip


def nasty_rows(schema: pl.Schema) -> pl.DataFrame:
    """Every difficult value in every column, with arbitrary values in the other columns."""

    def values(dtype: pl.DataType) -> pl.Series:
        for kind, known in NASTY.items():
            if dtype == kind:
                return pl.Series(known, dtype=dtype)
        return pl.Series(NASTY[pl.Int64], dtype=pl.Int64).clip(0, 100).cast(dtype) if dtype.is_integer() else (
            pl.Series([None], dtype=dtype)
        )  # fmt: skip

    height = 3 * max(len(known) for known in NASTY.values())
    return pl.DataFrame(
        [
            values(dtype).gather([n * 7 % len(values(dtype)) for n in range(height)]).alias(n)
            for n, dtype in schema.items()
        ]
    )


def judged_by_pandera(df: pl.DataFrame, schema: pa.DataFrameSchema) -> set[int]:
    try:
        schema.validate(df, lazy=True)
    except SchemaErrors as error:
        return set(error.failure_cases["index"].drop_nulls().to_list())
    return set()


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_no_row_that_pandera_refuses_is_cleared(model: Any) -> None:
    df = nasty_rows(polars_schema(model))
    refused = judged_by_pandera(df, contract(model))
    good, failures = split(df, model)
    assert good.equals(df[[row for row in range(df.height) if row not in refused]])
    assert good.height + failures.height == df.height


def test_a_check_that_is_not_understood_leaves_every_row_to_pandera() -> None:
    schema = pa.DataFrameSchema(
        {"a": pa.Column(pl.Int64, pa.Check(lambda data: data.lazyframe.select(pl.col("a") > 1)))}
    )
    assert pl.DataFrame({"a": [1, 2]}).select(may_break(schema, {})["a"]).to_series().to_list() == [True, True]


def test_repeated_values_of_a_unique_column_are_doubted() -> None:
    schema = pa.DataFrameSchema({"a": pa.Column(pl.Int64, unique=True)})
    doubted = pl.DataFrame({"a": [1, 2, 1]}).select(may_break(schema, {})["a"])
    assert doubted.to_series().to_list() == [True, False, True]
