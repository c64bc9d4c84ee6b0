"""Reading earlier publications for comparison."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from pipeline.places import Places
from pipeline.warehouse.store.parquet import write_parquet
from pipeline.warehouse.store.parts import newest_periode_with, scan_before, scan_until
from schemas.catalogue import promised_tables
from schemas.marts.mutu_data import MutuData
from schemas.table import polars_schema
from tests.unit.frames import frame

TABLE = promised_tables()["mart.mutu_data"]


def publish(places: Places, periode: str, df: pl.DataFrame) -> None:
    write_parquet(df, places.marts / "mart" / "mutu_data" / f"{periode}.parquet")


def part(periode: str) -> pl.DataFrame:
    return frame(MutuData, [{"periode": periode, "tingkat": "NASIONAL", "kode_wilayah": "", "baris": 7}])


def test_the_newest_periode_before_the_runs_is_the_one_to_compare_with(tmp_path: Path):
    places = Places(tmp_path)
    for periode in ("2022-09", "2022-11", "2022-12", "2023-01"):
        publish(places, periode, part(periode))
    assert scan_before(places, "2022-12", TABLE).collect()["periode"].to_list() == ["2022-11"]
    assert scan_before(places, "2022-10", TABLE).collect()["periode"].to_list() == ["2022-09"]
    # A run is judged against its own month, or one before it, whatever was published of later ones.
    assert scan_until(places, "2022-12", TABLE).collect()["periode"].to_list() == ["2022-12"]
    assert scan_until(places, "2022-10", TABLE).collect()["periode"].to_list() == ["2022-09"]
    assert scan_until(places, "2022-08", TABLE).collect().is_empty()
    assert newest_periode_with(places, TABLE, "tingkat", "NASIONAL") == "2023-01"
    assert newest_periode_with(places, TABLE, "periode", "2022-11") == "2022-11"
    assert newest_periode_with(places, TABLE, "tingkat", "DESA") is None


def test_before_the_first_there_is_nothing_with_all_columns(tmp_path: Path):
    nothing = scan_before(Places(tmp_path), "2022-12", TABLE).collect()
    assert nothing.is_empty()
    assert nothing.schema == polars_schema(MutuData)


def test_a_part_of_an_older_version_lacks_what_came_since(tmp_path: Path):
    places = Places(tmp_path)
    publish(places, "2022-11", part("2022-11").drop("jumlah_setara").with_columns(dulu=pl.lit(1)))
    before = scan_before(places, "2022-12", TABLE).collect()
    assert before.schema == polars_schema(MutuData)
    assert before.select("baris", "jumlah_setara").rows() == [(7, None)]
