from __future__ import annotations

from pathlib import Path

import polars as pl

from tests.benchmarks import realisation


def test_both_sides_count_the_same_orders_and_a_delivery_adds_to_them(tmp_path: Path) -> None:
    assert realisation._make(tmp_path, 2_000) == 2_000
    orders = pl.read_parquet(tmp_path / "pembayaran.parquet")
    paid = orders.filter(status_bayar="DIBAYAR").height
    sides = (realisation._plain, realisation._climb, realisation._padan)
    assert [side(tmp_path, 2_000) for side in sides] == [paid] * 3
    assert realisation._sort(tmp_path, 2_000) == 2_000
    # All orders of one stage are named in the file of the day, and paid.
    assert realisation._refresh(tmp_path, 2_000) == 400


def test_the_table_shows_each_side_beside_the_plain_one() -> None:
    one = {"seconds": 2.0, "cpu": 3.0, "gib": 0.5, "paid": 1}
    text = realisation.table(
        [{"orders": 1_000, "plain": one, "climb": one, "padan": {**one, "cpu": 6.0}, "refresh": one}]
    )
    assert [line.split("|")[-2].strip() for line in text.splitlines()[2:]] == ["1.00", "1.00", "2.00", "1.00"]
