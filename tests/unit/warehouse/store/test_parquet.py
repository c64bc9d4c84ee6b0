from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow.parquet as pq
import pytest

from pipeline.matching.records import tables
from pipeline.normalise.sources.parts import ROWS_PER_PART
from pipeline.settings import default_limits
from pipeline.warehouse.store.parquet import ROWS_PER_GROUP, write_parquet, write_parquet_pieces


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


def test_what_reads_blocks_reads_whole_groups() -> None:
    for rows in (tables.BLOCK, tables._ROWS_PER_READ, ROWS_PER_PART, default_limits().memori.baris_sekaligus):
        assert rows % ROWS_PER_GROUP == 0


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


@pytest.mark.parametrize("size", [1_000, ROWS_PER_GROUP, 200_001])
def test_pieces_of_any_size_leave_the_same_bytes(tmp_path: Path, size: int) -> None:
    df = pl.DataFrame({"a": range(300_000), "b": [str(n % 977) for n in range(300_000)]})
    write_parquet(df, tmp_path / "whole.parquet")
    pieces = (df.slice(first, size) for first in range(0, df.height, size))
    write_parquet_pieces(pieces, df.schema, tmp_path / "pieces.parquet")
    assert (tmp_path / "pieces.parquet").read_bytes() == (tmp_path / "whole.parquet").read_bytes()


def test_no_pieces_are_an_empty_table(tmp_path: Path) -> None:
    write_parquet_pieces(iter([]), pl.Schema({"a": pl.String()}), tmp_path / "a.parquet")
    assert pl.read_parquet(tmp_path / "a.parquet").schema == {"a": pl.String}


def test_a_piece_that_fails_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    def pieces() -> Iterator[pl.DataFrame]:
        yield pl.DataFrame({"a": ["neu"]})
        raise OSError("penuh")

    file = tmp_path / "a.parquet"
    write_parquet(pl.DataFrame({"a": ["alt"]}), file)
    with pytest.raises(OSError, match="penuh"):
        write_parquet_pieces(pieces(), pl.Schema({"a": pl.String()}), file)
    assert pl.read_parquet(file)["a"].to_list() == ["alt"]
    assert list(tmp_path.iterdir()) == [file]
