from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pyarrow.parquet as pq
import pytest

from pipeline.warehouse.parquet import ROWS_PER_GROUP, write_parquet


def frame(first: int = 0) -> pl.DataFrame:
    return pl.DataFrame({"id": range(first, first + 10), "kode": [["A", "B"]] * 10})


def test_same_frame_gives_same_bytes_in_a_folder_made_for_it(tmp_path: Path) -> None:
    one, two = tmp_path / "a" / "b" / "2022-12.parquet", tmp_path / "2022-12.parquet"
    write_parquet(frame(), one)
    write_parquet(frame(), two)
    assert one.read_bytes() == two.read_bytes()
    assert pl.read_parquet(one).equals(frame())


def test_rows_are_cut_into_groups_of_fixed_size(tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    write_parquet(pl.DataFrame({"id": pl.int_range(ROWS_PER_GROUP + 1, eager=True)}), path)
    assert pq.ParquetFile(path).metadata.num_row_groups == 2


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "x.parquet"
    write_parquet(frame(), path)

    def half_written(_: pl.DataFrame, file: Path, **__: Any) -> None:
        file.write_bytes(b"PAR1 half")
        raise OSError("disk full")

    monkeypatch.setattr(pl.DataFrame, "write_parquet", half_written)
    with pytest.raises(OSError, match="disk full"):
        write_parquet(frame(100), path)
    assert pl.read_parquet(path).equals(frame())
    assert [file.name for file in tmp_path.iterdir()] == ["x.parquet"]
