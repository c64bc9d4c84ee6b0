from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from pipeline.matching.outcome.review import RIVALS
from pipeline.places import Places
from pipeline.warehouse.publication import Publication, newest_listed_periode
from pipeline.warehouse.store.parquet import write_parquet
from schemas.catalogue import promised_tables
from schemas.extracts import EXTRACTS
from schemas.table import polars_schema


def part(periode: str) -> pl.DataFrame:
    return pl.DataFrame({"periode": [periode]})


def test_a_run_of_an_older_version_left_no_rivals(tmp_path: Path):
    """Other files that it must have left are still required."""
    left = Publication(Places(tmp_path), "2022-11")
    rivals = left.scan("link/calon_lain").collect()
    assert (rivals.height, rivals.schema) == (0, RIVALS)
    with pytest.raises(FileNotFoundError):
        left.scan("link/anggota_dukcapil").collect()


@pytest.mark.parametrize(("without", "has_forms"), [([], True), (["judul_asal"], False)])
def test_forms_are_made_only_of_extracts_with_the_columns_of_today(
    tmp_path: Path, without: list[str], has_forms: bool
) -> None:
    places = Places(tmp_path)
    for source, model in EXTRACTS.items():
        rows = pl.DataFrame(schema=polars_schema(model)).drop(without, strict=False)
        write_parquet(rows, places.stored(f"raw/{source}", "2022-12"))
    assert Publication(places, "2022-12").has_forms == has_forms


def test_rows_to_correct_are_those_of_the_newest_run_that_came_that_far(tmp_path: Path):
    places = Places(tmp_path)
    assert newest_listed_periode(places) is None
    listed = ("quality/karantina", "quality/temuan", "mart/bantuan_tidak_tepat", "mart/usulan_dtks", "cleansed/koreksi")
    for key in listed:
        for periode in ("2022-11", "2022-12"):
            write_parquet(part(periode), places.stored(key, periode))
    write_parquet(part("2023-01"), places.stored("quality/karantina", "2023-01"))
    assert newest_listed_periode(places) == "2022-12"


def test_a_withdrawn_month_leaves_every_table_and_the_others_stay(tmp_path: Path):
    places, table = Places(tmp_path), promised_tables()["mart.mutu_data"]
    for periode in ("2022-11", "2023-02"):
        write_parquet(part(periode), places.marts / "mart" / "mutu_data" / f"{periode}.parquet")
    write_parquet(part("2022-12"), places.stored("mart/mutu_data", "2022-12"))
    laid_out = Publication(places, "2022-12")._add_table(
        table, tmp_path / "baru", renew_state=True, withdrawn=["2023-02"]
    )
    assert [file.stem for file in laid_out] == ["2022-11", "2022-12"]
