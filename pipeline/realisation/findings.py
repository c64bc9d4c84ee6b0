"""Findings on orders as lists of their codes (`temuan`), from the catalogue's expressions.

There are millions of orders and a few dozen combinations of findings: a list is made once per combination, because
lists take a hundred times as long as the rules themselves. Does not belong here: any rule (`schemas.rules`).
"""

from __future__ import annotations

import polars as pl

from schemas.rules import Severity, rules_on


def with_findings(rows: pl.DataFrame, model: str) -> pl.DataFrame:
    """Rows with `temuan`: sorted codes of the findings on them, added to those already there.

    Args:
        rows: in the columns of the model.
        model: name of the model whose rules apply.
    """
    broken = [
        rule.breaks.fill_null(value=False).alias(rule.code)
        for rule in rules_on(model, Severity.FINDING)
        if rule.breaks is not None
    ]
    before = pl.col("temuan") if "temuan" in rows.columns else pl.lit([], pl.List(pl.String)).alias("temuan")
    flags = rows.select(before, *broken)
    codes = [pl.when(pl.col(name)).then(pl.lit(name)) for name in flags.columns[1:]]
    combinations = flags.unique().with_columns(
        semua=pl.concat_list("temuan", *codes).list.drop_nulls().list.unique().list.sort()
    )
    return rows.with_columns(
        flags.join(combinations, on=flags.columns, how="left", nulls_equal=True, maintain_order="left")["semua"].alias(
            "temuan"
        )
    )
