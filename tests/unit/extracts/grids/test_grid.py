"""Properties of every `Grid`."""

from __future__ import annotations

import polars as pl
import pytest

from pipeline.extracts.grids.grid import merge_in_order


@pytest.mark.parametrize("others", [[], [1], [9, 4], [4, 5, 12], list(range(40, 14, -1))])
def test_rows_that_come_later_stand_where_their_lines_stand(others: list[int]) -> None:
    rows = pl.concat(
        pl.DataFrame({"baris": part, "c0": [f"baris {n}" for n in part]}) for part in ([2, 3, 6], [7, 8, 11])
    )
    late = pl.DataFrame({"baris": others, "c0": [f"sisipan {n}" for n in others]}, schema=rows.schema)
    found = merge_in_order(rows, late)
    assert found["baris"].to_list() == sorted([*rows["baris"], *others])
    assert found.filter(pl.col("c0").str.starts_with("sisipan")).equals(late.sort("baris"))
