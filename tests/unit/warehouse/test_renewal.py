"""Unchanged tables, and only those, are taken over from the last publication."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from pipeline.places import Places
from pipeline.warehouse import renewal
from pipeline.warehouse.renewal import renew_database, renew_workbooks
from pipeline.warehouse.store.parquet import write_parquet
from pipeline.warehouse.workbooks.writing import Book
from schemas.catalogue import promised_tables

Rows = list[tuple[Any, ...]]


def _doubles(*ids: str) -> pl.DataFrame:
    return pl.DataFrame({"periode": ["2022-12"] * len(ids), "id_dtks_a": ids, "id_dtks_b": ids})


def _regions(*codes: str) -> pl.DataFrame:
    return pl.DataFrame({"kode_wilayah": codes})


def _rows(database: Path, columns: str, table: str) -> Rows:
    with duckdb.connect(str(database), read_only=True) as connection:
        return connection.sql(f"SELECT {columns} FROM {table}").fetchall()  # noqa: S608


@pytest.fixture
def published(tmp_path: Path) -> dict[str, list[Path]]:
    """A publication of two tables."""
    places, folder = Places(tmp_path), tmp_path / "berkas"
    write_parquet(_doubles("B", "A"), folder / "ganda" / "2022-12.parquet")
    write_parquet(_regions("12", "11"), folder / "wilayah" / "kini.parquet")
    tables = {
        "link.ganda": [folder / "ganda" / "2022-12.parquet"],
        "mart.dim_wilayah": [folder / "wilayah" / "kini.parquet"],
    }
    places.database.parent.mkdir(parents=True)
    renew_database(places, places.database, tables)
    return tables


@pytest.fixture
def refilled(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Names of the tables that were rebuilt in a copy of the published database."""
    seen: list[list[str]] = []
    refill = renewal.refill_database

    def recorded_refill(path: Path, tables: dict[str, Sequence[Path]]) -> None:
        seen.append(sorted(tables))
        refill(path, tables)

    monkeypatch.setattr(renewal, "refill_database", recorded_refill)
    return seen


def test_tables_of_the_same_files_are_taken_over(
    tmp_path: Path, published: dict[str, list[Path]], refilled: list[list[str]]
) -> None:
    places = Places(tmp_path)
    write_parquet(_doubles("D", "C"), published["link.ganda"][0])
    renew_database(places, tmp_path / "satu.duckdb", published)
    assert refilled == [["link.ganda"]]
    assert _rows(tmp_path / "satu.duckdb", "id_dtks_a", "link.ganda") == [("D",), ("C",)]
    assert _rows(tmp_path / "satu.duckdb", "kode_wilayah", "mart.dim_wilayah") == [("12",), ("11",)]
    result = _rows(tmp_path / "satu.duckdb", "comment", "duckdb_tables() WHERE table_name = 'ganda'")
    assert result == [(promised_tables()["link.ganda"].description,)]
    (tmp_path / "satu.duckdb").replace(places.database)
    # Another month beside it, and a table that has no part any more.
    write_parquet(_doubles("E"), tmp_path / "2023-01.parquet")
    tables = {"link.ganda": [*published["link.ganda"], tmp_path / "2023-01.parquet"], "mart.dim_wilayah": []}
    renew_database(places, tmp_path / "dua.duckdb", tables)
    assert refilled[1:] == [["link.ganda", "mart.dim_wilayah"]]
    assert _rows(tmp_path / "dua.duckdb", "id_dtks_a", "link.ganda") == [("D",), ("C",), ("E",)]
    assert _rows(tmp_path / "dua.duckdb", "COUNT(*)", "mart.dim_wilayah") == [(0,)]


def test_a_database_that_somebody_wrote_into_is_built_anew(
    tmp_path: Path, published: dict[str, list[Path]], refilled: list[list[str]]
) -> None:
    places = Places(tmp_path)
    with duckdb.connect(str(places.database)) as connection:
        connection.execute("UPDATE mart.dim_wilayah SET kode_wilayah = '99'")
    renew_database(places, tmp_path / "baru.duckdb", published)
    assert not refilled
    assert _rows(tmp_path / "baru.duckdb", "kode_wilayah", "mart.dim_wilayah") == [("12",), ("11",)]


def test_a_database_that_is_written_into_while_it_is_copied_is_built_anew(
    tmp_path: Path, published: dict[str, list[Path]], refilled: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    read = Path.read_bytes
    monkeypatch.setattr(shutil, "copyfile", lambda source, path: path.write_bytes(read(source)[:-1]))
    renew_database(Places(tmp_path), tmp_path / "baru.duckdb", published)
    assert not refilled
    assert _rows(tmp_path / "baru.duckdb", "kode_wilayah", "mart.dim_wilayah") == [("12",), ("11",)]


def test_a_killed_publication_leaves_a_trace_of_no_use(
    tmp_path: Path, published: dict[str, list[Path]], refilled: list[list[str]]
) -> None:
    write_parquet(_doubles("D"), published["link.ganda"][0])
    renew_database(Places(tmp_path), tmp_path / "tak terbit.duckdb", published)
    renew_database(Places(tmp_path), tmp_path / "baru.duckdb", published)
    assert refilled == [["link.ganda"]]
    assert _rows(tmp_path / "baru.duckdb", "id_dtks_a", "link.ganda") == [("D",)]


def _book(folder: Path, code: str, *names: str) -> Book:
    rows = pl.DataFrame({"nama": names}, schema={"nama": pl.String})
    return Book(folder / f"{code}.xlsx", {"Temuan": (rows, {"nama": "Nama"})}, widths={}, default_width=12)


def test_workbooks_of_the_same_content_are_taken_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    places, written, asked = Places(tmp_path), [], []
    write = renewal.write_workbooks
    monkeypatch.setattr(
        renewal, "write_workbooks", lambda books: written.append([book.path.stem for book in books]) or write(books)
    )

    def renewed(folder: Path, *books: tuple[str, ...]) -> dict[str, bytes]:
        source = tmp_path / "temuan.parquet"
        write_parquet(pl.DataFrame({"daftar": [str(books)]}), source)

        def make_books() -> list[Book]:
            asked.append(len(books))
            return [_book(folder, *book) for book in books]

        renew_workbooks(places, folder, {"temuan": source}, make_books)
        return {file.name: file.read_bytes() for file in sorted(folder.iterdir())}

    first = renewed(places.reports / "perbaikan", ("3602", "A"), ("3604", "B"), ("3673", "C"))
    second = renewed(tmp_path / "pohon" / "perbaikan", ("3602", "A"), ("3604", "B", "B2"), ("5171", "D"))
    assert written == [["3602", "3604", "3673"], ["3604", "5171"]]
    assert list(second) == ["3602.xlsx", "3604.xlsx", "5171.xlsx"]
    assert second["3602.xlsx"] == first["3602.xlsx"]
    # What an officer wrote into a published list is not published again.
    published = renewed(places.reports / "perbaikan", ("3602", "A"), ("3604", "B"))
    assert asked == [3, 3, 2]
    # Of the same files they are not even made.
    assert renewed(tmp_path / "sama" / "perbaikan", ("3602", "A"), ("3604", "B")) == published
    assert asked == [3, 3, 2]
    (places.reports / "perbaikan" / "3602.xlsx").write_bytes(b"catatan")
    third = renewed(tmp_path / "lagi" / "perbaikan", ("3602", "A"), ("3604", "B"))
    assert written[-1] == ["3602", "3604"]
    assert third["3602.xlsx"] == first["3602.xlsx"]
