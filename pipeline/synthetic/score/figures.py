"""Computes the figures of all scores: shares, and precision, recall and F1 from counts.

Belongs here: arithmetic on counts. Does not: what counts as right (the modules beside this one).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

COUNTS = ("tp", "fp", "fn")


@dataclass(frozen=True)
class Share:
    """How many of those judged are right."""

    right: int
    of: int

    @property
    def share(self) -> float | None:
        """The share, 0–1; None if nothing was judged."""
        return self.right / self.of if self.of else None


def f1_of(precision: Share, recall: Share) -> float | None:
    """F1 of a precision and a recall with separate counts; None if one is unknown or both are 0."""
    p, r = precision.share, recall.share
    return 2 * p * r / (p + r) if p is not None and r is not None and p + r > 0 else None


def with_ratios(counts: pl.DataFrame) -> pl.DataFrame:
    """Add precision, recall and f1 to the columns tp, fp and fn; null if the denominator is 0."""
    tp, fp, fn = (pl.col(name) for name in COUNTS)
    return counts.with_columns(
        precision=_ratio(tp, tp + fp),
        recall=_ratio(tp, tp + fn),
        f1=_ratio(2 * tp, 2 * tp + fp + fn),
    )


def compare_keys(truth: pl.DataFrame, found: pl.DataFrame, key: Sequence[str]) -> pl.DataFrame:
    """Each key of either side: tp if both have it, fp if only `found` has it, fn if only `truth` has it."""
    is_true, is_found = (pl.col(side).fill_null(value=False) for side in ("is_true", "is_found"))
    both = truth.select(key).unique().with_columns(is_true=True)
    both = both.join(found.select(key).unique().with_columns(is_found=True), on=key, how="full", coalesce=True)
    marks = {"tp": is_true & is_found, "fp": is_found & ~is_true, "fn": is_true & ~is_found}
    return both.select(*key, **{name: mark.cast(pl.Int64) for name, mark in marks.items()})


def sum_figures(rows: pl.DataFrame, *by: str) -> pl.DataFrame:
    """Sum judged rows (tp, fp, fn per row) into one row per value of `by`, or one row in all.

    Returns:
        The columns of `by`, n (rows), tp, fp, fn, precision, recall and f1; sorted by `by`.
    """
    sums = [pl.len().cast(pl.Int64).alias("n"), *(pl.col(name).sum().cast(pl.Int64) for name in COUNTS)]
    counted = rows.group_by(by).agg(sums).sort(by) if by else rows.select(sums)
    return with_ratios(counted)


def _ratio(part: pl.Expr, whole: pl.Expr) -> pl.Expr:
    return pl.when(whole > 0).then(part / whole)
