from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from pipeline.matching.records import bcd, tables
from pipeline.matching.records.tables import Table

ROWS = 400


@pytest.fixture
def frame() -> pl.DataFrame:
    """Rows with repeated words, numbers (some damaged or missing) and distinct words."""
    numbers = [f"36040412118700{row % 100:02d}" for row in range(ROWS)]
    kinds = {0: None, 1: "3,60404E+15", 2: "36040A1234560001", 3: "+360405123456001"}
    mixed = [kinds.get(row % 50, one) for row, one in enumerate(numbers)]
    return pl.DataFrame(
        {
            "id": [f"{row * 7919 % ROWS:016d}" for row in range(ROWS)],
            "desa": [None if row % 40 == 0 else f"36040{row % 4}" for row in range(ROWS)],
            "nik": mixed,
            "nama": [f"ORANG KE {row}" for row in range(ROWS)],
            "hub": pl.Series([row % 9 for row in range(ROWS)], dtype=pl.Int8),
        }
    )


@pytest.fixture
def scan(frame: pl.DataFrame, tmp_path: Path) -> pl.LazyFrame:
    frame.write_parquet(tmp_path / "register.parquet")
    return pl.scan_parquet(tmp_path / "register.parquet")


@pytest.mark.parametrize("at_a_time", [60, 1_000])
@pytest.mark.parametrize("numbers", [(), ("nik",), ("nik", "id")])
def test_rows_come_back_as_they_were_however_they_are_kept(
    scan: pl.LazyFrame, frame: pl.DataFrame, numbers: tuple[str, ...], at_a_time: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "_ROWS_PER_READ", at_a_time)
    table = Table(scan, numbers=numbers)
    rows = np.random.default_rng(1).integers(0, ROWS, 1_000)
    assert_frame_equal(table.take(rows), frame[rows])
    assert_frame_equal(table.take(rows, ["nik", "id"]), frame[rows].select("nik", "id"))
    assert table.numbers == list(numbers)
    for column in numbers:
        assert table.packed(column).tolist() == bcd.pack(frame[column]).tolist()


def test_what_is_compared_has_its_numbers_without_their_words(scan: pl.LazyFrame, frame: pl.DataFrame) -> None:
    table, rows = Table(scan, numbers=("nik",)), np.array([5, 1, 7])
    found = table.records(rows, ["nik", "desa"], [pl.Series("ke", [1, 2, 3])])
    assert_frame_equal(found.frame, frame[rows].select("desa").with_columns(ke=pl.Series([1, 2, 3])))
    assert found.packed("nik").tolist() == bcd.pack(frame["nik"])[rows].tolist()
    assert found.packed("nik")[1] == 0
    assert "nik" in found
    assert "id" not in found


@pytest.mark.parametrize("at_a_time", [60, 1_000])
def test_rows_in_order_are_the_same_from_memory_and_from_disk(
    frame: pl.DataFrame, scan: pl.LazyFrame, at_a_time: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "_ROWS_PER_READ", at_a_time)
    ordered = frame.sort("id")
    some = np.arange(0, ROWS, 3)
    for table in (Table(frame, ("nik",), "id"), Table(scan, ("nik",), "id"), Table(scan, ("nik", "id"), "id")):
        assert table.height == ROWS
        assert_frame_equal(table.take(some), ordered[some])
        assert (
            table.compute(["hub"], lambda rows: (rows["hub"] + 1).to_numpy()).tolist() == (ordered["hub"] + 1).to_list()
        )
        assert table.packed("nik").tolist() == bcd.pack(ordered["nik"]).tolist()
        met = []
        for places, block in table.blocks(["nik", "desa"], 150):
            assert_frame_equal(block.frame, ordered[places].select("desa"))
            assert block.packed("nik").tolist() == bcd.pack(ordered["nik"][places]).tolist()
            met += places.tolist()
        assert sorted(met) == list(range(ROWS))


def test_an_empty_register_has_one_empty_block(scan: pl.LazyFrame) -> None:
    for table in (Table(scan.head(0), numbers=("nik",)), Table(scan.head(0), ("nik",), "id")):
        ((places, block),) = table.blocks(["nik", "desa"], 10)
        assert (len(places), block.height, block.frame.columns) == (0, 0, ["desa"])
        assert table.take(np.zeros(0, dtype=np.int64)).height == 0


@pytest.mark.parametrize("by", [None, "id"])
@pytest.mark.parametrize("rows", [[380, 250, 370], [201, 330], [399], [0, 399], [250, 250], []])
def test_rows_are_taken_in_the_order_given_from_whichever_blocks_they_are_in(
    frame: pl.DataFrame, rows: list[int], by: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "BLOCK", 100)
    monkeypatch.setattr(tables, "_ROWS_PER_READ", 200)
    ordered = frame if by is None else frame.sort(by)
    assert_frame_equal(Table(frame, by=by).take(np.array(rows, dtype=np.int64)), ordered[rows])
