from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from pipeline.matching import identifiers_near as near
from pipeline.matching.tables import Table

ROWS = 400


@pytest.fixture
def frame() -> pl.DataFrame:
    """Rows with words that repeat, numbers of which some are written oddly or missing, and words that don't repeat."""
    numbers = [f"36040412118700{row % 100:02d}" for row in range(ROWS)]
    kinds = {0: None, 1: "3,60404E+15", 2: "36040A1234560001", 3: "+360405123456001"}
    odd = [kinds.get(row % 50, one) for row, one in enumerate(numbers)]
    return pl.DataFrame(
        {
            "id": [f"{row * 7919 % ROWS:016d}" for row in range(ROWS)],
            "desa": [None if row % 40 == 0 else f"36040{row % 4}" for row in range(ROWS)],
            "nik": odd,
            "nama": [f"ORANG KE {row}" for row in range(ROWS)],
            "hub": pl.Series([row % 9 for row in range(ROWS)], dtype=pl.Int8),
        }
    )


@pytest.fixture
def scan(frame: pl.DataFrame, tmp_path: Path) -> pl.LazyFrame:
    frame.write_parquet(tmp_path / "register.parquet")
    return pl.scan_parquet(tmp_path / "register.parquet")


@pytest.mark.parametrize("held", [(), ("desa", "nik"), ("id", "desa", "nik", "nama", "hub")])
def test_rows_come_back_as_they_were_however_they_are_kept(
    frame: pl.DataFrame, scan: pl.LazyFrame, held: tuple[str, ...]
) -> None:
    table = Table(scan, held)
    rows = np.random.default_rng(1).integers(0, ROWS, 1_000)
    assert_frame_equal(table.take(rows), frame[rows])
    assert table.packed("nik").tolist() == near.pack(frame["nik"]).tolist()
    table.let_go()
    assert_frame_equal(table.take(rows, ["nik", "id"]), frame[rows].select("nik", "id"))


def test_rows_in_order_are_the_same_from_memory_and_from_disk(frame: pl.DataFrame, scan: pl.LazyFrame) -> None:
    ordered = frame.sort("id")
    some = np.arange(0, ROWS, 3)
    for table in (Table.ordered(frame, "id"), Table.ordered(scan, "id")):
        assert table.height == ROWS
        assert_frame_equal(table.take(some), ordered[some])
        more = (pl.col("hub") + 1).alias("besar")
        assert_frame_equal(table.select("nama", more), ordered.select("nama", more))
        starts, blocks = zip(*table.blocks(["nik", "desa"], 150), strict=True)
        assert starts == (0, 150, 300)
        assert_frame_equal(pl.concat(blocks), ordered.select("nik", "desa"))
        table.let_go()
        assert_frame_equal(table.take(some), ordered[some])


def test_an_empty_register_has_one_empty_block(scan: pl.LazyFrame) -> None:
    for table in (Table(scan.head(0), ("nik", "desa")), Table.ordered(scan.head(0), "id")):
        ((start, block),) = table.blocks(["nik", "desa"], 10)
        assert (start, block.height, block.columns) == (0, 0, ["nik", "desa"])
        assert table.take(np.zeros(0, dtype=np.int64)).height == 0
