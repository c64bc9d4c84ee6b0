"""Parquet files with columns of any type."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from pipeline.extracts import parquet as parquet_files
from tests.unit.extracts.making import HEADERS, parquet, person, read, refusal_sentence


def table(**columns: Any) -> bytes:
    return parquet(pl.DataFrame([dict(zip(HEADERS, person(1), strict=True))]).with_columns(**columns))


def test_parquet_of_any_type() -> None:
    nested = pl.struct(a=1)
    (found,) = read(
        table(
            RT=pl.lit(2.0),
            RW=pl.lit(float("nan")),
            DUSUN=pl.lit("MELATI", pl.Categorical),
            ALAMAT=pl.lit(None),
            **{
                "NOMOR NIK": pl.lit(9101013112800002.0),
                "TANGGAL LAHIR": pl.lit(date(1987, 11, 12)),
                "NOMOR KK": pl.lit(3604040101100001),
                "HUBUNGAN KELUARGA": pl.lit(3, pl.Int8),
                "UNKNOWN": nested,
                "LOKASI": pl.lit([1.5, 2.5]).implode(),
            },
        ),
        "dtks",
    )
    names = ("rt", "rw", "dusun", "alamat", "nik", "tanggal_lahir", "no_kk", "hub_keluarga")
    assert [found[name] for name in names] == [
        "2", None, "MELATI", None, "9101013112800002", "1987-11-12", "3604040101100001", "3"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (pl.struct(depan=pl.lit("SITI"), belakang=pl.lit(None, pl.String)), "SITI"),
        (pl.lit(["SITI", "AMINAH"]).implode(), "SITI, AMINAH"),
        (pl.lit([3604041211870001.0]).implode(), "3604041211870001"),
        (pl.lit(Decimal("42200.0000")), "42200"),
        (pl.lit([Decimal("9501013112800001.00")]).implode(), "9501013112800001"),
        (pl.lit(Decimal("0.50")), "0.50"),
        (pl.lit(b"REN\xc9"), "REN\u00c9"),
        (pl.lit("REN\u00c9".encode()), "REN\u00c9"),
        (pl.lit([None], pl.List(pl.String)), None),
        (pl.lit(timedelta(days=1)), "P1D"),
        (pl.lit(0.5), "0.5"),
        (pl.lit(100.0), "100"),
        (pl.lit(9101013112800001), "9101013112800001"),
        # No digits that a float does not know.
        (pl.lit(1.6040412345678901e17), "1.6040412345678902e+17"),
        (pl.lit(1e30), "1e+30"),
        (pl.lit([1, 2]).implode(), "1, 2"),
        (pl.lit(b"\xff\xfe"), "\u00ff\u00fe"),
    ],
)
def test_parquet_with_lists_records_or_bytes_where_a_value_is_needed(value: pl.Expr, expected: str | None) -> None:
    (found,) = read(table(NAMA=value), "dtks")
    assert found["nama"] == expected


def test_parquet_in_pieces_is_what_it_is_as_a_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    frame = pl.DataFrame([dict(zip(HEADERS, person(number), strict=True)) for number in range(7)])
    whole = read(parquet(frame), "dtks")
    assert [row["baris"] for row in whole] == list(range(1, 8))
    monkeypatch.setattr(parquet_files, "PIECE_ROWS", 3)
    assert read(parquet(frame), "dtks") == whole
    assert read(parquet(frame.clear()), "dtks") == []


def test_what_parquet_has_it_does_not_lack_of_whatever_type() -> None:
    frame = pl.DataFrame({"PROGRAM": [b"PKH"], "KPM": [1]})
    assert "judul kolom yang kurang: TAHUN, TAHAP" in refusal_sentence(parquet(frame), "alokasi")


@pytest.mark.parametrize("header", ["NAMA", "JENIS KELAMN", "KECAMTAN", "FOTO"])
def test_parquet_bytes_are_text_where_a_column_means_something(header: str) -> None:
    frame = pl.DataFrame({"ID DTKS": ["D1"], "NAMA LENGKAP": ["SITI"], "NIK": ["3604051207920001"]})
    (found,) = read(parquet(frame.with_columns(pl.lit(b"L").alias(header))), "dtks")
    assert [found[name] for name in ("nama", "jenis_kelamin", "kecamatan")].count("L") == (header != "FOTO")
