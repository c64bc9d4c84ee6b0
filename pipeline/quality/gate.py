"""A quality gate: one figure of a run with a limit; a run that exceeds it is not published.

Such a run is kept, and the previous publication stays. Does not belong here: the figures themselves
(`pipeline.quality.gates`, `pipeline.quality.losses`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl


@dataclass(frozen=True)
class Gate:
    """One figure, which passes up to its limit.

    Attributes:
        name: what is measured, in Indonesian.
        value: the figure of this run.
        limit: the largest value that passes.
        explanation: what the figure means and what to do, in Indonesian.
        unit: unit of value and limit.
    """

    name: str
    value: float
    limit: float
    explanation: str
    unit: str = "%"


def gate_table(gates: Sequence[Gate]) -> pl.DataFrame:
    """One row per gate: gerbang, nilai_ukur, batas, keterangan, lulus, satuan."""
    rows = [(gate.name, float(gate.value), float(gate.limit), gate.explanation, gate.unit) for gate in gates]
    table = pl.DataFrame(rows, schema=["gerbang", "nilai_ukur", "batas", "keterangan", "satuan"], orient="row")
    passed = pl.col("nilai_ukur") <= pl.col("batas")
    return table.select("gerbang", "nilai_ukur", "batas", "keterangan", passed.alias("lulus"), "satuan")
