from __future__ import annotations

import polars as pl
import pytest

from pipeline.normalise.values.counts import to_count, to_count_among


@pytest.mark.parametrize(
    ("every", "among", "expected"),
    [
        ("2 anak", "1 org", (2, 1)),
        ("dua", "NOL", (2, 0)),
        ("1", "√", (1, 1)),
        ("1", "v", (1, 1)),
        ("1", "Tidak", (1, 0)),
        ("Tidak", "nihil", (0, 0)),
        ("2", "√", (2, None)),
        ("1", "x", (1, None)),
        ("ada", "1", (None, 1)),
        ("-", "-", (None, None)),
        ("Tidak ada", " TIDAK ADA ", (0, 0)),
    ],
)
def test_counts_in_numbers_words_and_ticks(every: str, among: str, expected: tuple[int | None, int | None]) -> None:
    rows = pl.DataFrame({"every": [every], "among": [among]})
    count = to_count(pl.col("every"))
    assert rows.select(a=count, b=to_count_among(pl.col("among"), count)).row(0) == expected
