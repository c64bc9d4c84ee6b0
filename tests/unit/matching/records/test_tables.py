from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from pipeline.matching.records import tables


@pytest.mark.parametrize("by", [None, "key"])
@pytest.mark.parametrize("rows", [[8, 5, 7], [5, 6, 9], [9], [0, 9], [3, 3], []])
def test_rows_are_taken_in_the_order_given_from_whichever_blocks_they_are_in(
    monkeypatch: pytest.MonkeyPatch, rows: list[int], by: str | None
) -> None:
    monkeypatch.setattr(tables, "BLOCK", 2)
    monkeypatch.setattr(tables, "_ROWS_PER_READ", 4)
    frame = pl.DataFrame({"key": list("jihgfedcba"), "value": range(10)})
    expected = (frame if by is None else frame.sort(by))[rows]
    assert tables.Table(frame, by=by).take(np.array(rows, dtype=np.int64)).equals(expected)
