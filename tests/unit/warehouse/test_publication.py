"""What was published before, for runs that compare with it."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from pipeline.extracts.arrival import RECONCILED, published_ledger
from pipeline.extracts.files.found import find_files
from pipeline.matching.outcome.review import RIVALS
from pipeline.places import Places
from pipeline.warehouse.parquet import write_parquet
from pipeline.warehouse.publication import (
    GATES,
    Publication,
    State,
    begin,
    listed_periode,
    published_until,
    redated,
    renews_state,
    scan_before,
    stored_state,
)
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
    assert published_until(places, "2022-12", TABLE)["periode"].to_list() == ["2022-12"]
    assert published_until(places, "2022-10", TABLE)["periode"].to_list() == ["2022-09"]
    assert published_until(places, "2022-08", TABLE).is_empty()


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


def test_a_run_of_an_older_version_left_no_rivals(tmp_path: Path):
    """What it must have left is missed all the same."""
    left = Publication(Places(tmp_path), "2022-11")
    rivals = left.scan("link/calon_lain").collect()
    assert (rivals.height, rivals.schema) == (0, RIVALS)
    with pytest.raises(FileNotFoundError):
        left.scan("link/anggota_dukcapil").collect()


def test_rows_to_correct_are_those_of_the_newest_run_that_came_that_far(tmp_path: Path):
    places = Places(tmp_path)
    assert listed_periode(places) is None
    listed = ("quality/karantina", "quality/temuan", "mart/bantuan_tidak_tepat", "mart/usulan_dtks", "cleansed/koreksi")
    for key in listed:
        for periode in ("2022-11", "2022-12"):
            write_parquet(part(periode), places.stored(key, periode))
    write_parquet(part("2023-01"), places.stored("quality/karantina", "2023-01"))
    assert listed_periode(places) == "2022-12"


@pytest.mark.parametrize(
    ("passed", "published", "state"),
    [
        ([True, True], True, State.DONE),
        ([True, True], False, State.UNFINISHED),  # killed between its gates and its publication
        ([True, False], True, State.WITHHELD),
        (None, True, State.UNFINISHED),
    ],
)
def test_what_became_of_the_last_run_of_a_periode(
    tmp_path: Path, passed: list[bool] | None, published: bool, state: State
) -> None:
    places = Places(tmp_path)
    if passed is not None:
        write_parquet(pl.DataFrame({"lulus": passed}), places.stored(GATES, "2022-12"))
    if published:
        write_parquet(part("2022-12"), places.marts / "cleansed" / "anggota" / "2022-12.parquet")
    assert stored_state(places, "2022-12") is state
    killed = places.store / "staged" / ".2022-12.parquet.7.bangun"
    killed.mkdir(parents=True)
    (killed / "isi").write_text("setengah")
    lone = places.store / "dtks.bangun"
    lone.write_text("setengah")
    kept = places.stored("staged/dtks", "2022-11")
    write_parquet(pl.DataFrame({"id_dtks": ["1"]}), kept)
    begin(places, "2022-12")
    # Judged, and killed before its results were in force: those of the run before are.
    write_parquet(pl.DataFrame({"lulus": [True]}), places.stored(GATES, "2022-12"))
    assert stored_state(places, "2022-12") is State.UNFINISHED
    begin(places, "2022-12")
    assert (killed.exists(), lone.exists(), kept.exists()) == (False, False, True)
    assert stored_state(places, "2022-12") is State.UNFINISHED


def reconciled(places: Places, periode: str) -> pl.DataFrame:
    """The files that lie there, with a row in each that is not empty."""
    files = find_files(places.raw, periode)
    return files.with_columns(baris_masuk=pl.Series([(places.raw / name).stat().st_size for name in files["berkas"]]))


def _withdrawn_and_renews(places: Places) -> tuple[list[str], bool]:
    withdrawn = redated(places, "2022-12")
    return withdrawn, renews_state(places, "2022-12", withdrawn)


def test_a_snapshot_published_under_a_mistaken_month_is_withdrawn_once_it_is_dated(tmp_path: Path):
    """Not where the older month is only run again, a folder names the month, or it was published from other files."""
    places = Places(tmp_path)
    folder = places.raw / "dtks"
    folder.mkdir(parents=True)
    snapshot = folder / "serang.psv"

    def run(periode: str, text: str = "A") -> None:
        snapshot.write_text(text)
        write_parquet(reconciled(places, periode), places.stored(RECONCILED, periode))

    def publish_run(periode: str, text: str = "A") -> None:
        run(periode, text)
        write_parquet(part(periode), places.marts / "cleansed" / "anggota" / f"{periode}.parquet")
        write_parquet(reconciled(places, periode), published_ledger(places, periode))

    publish_run("2023-01", "B")
    publish_run("2023-02")
    run("2022-12", "B")
    assert _withdrawn_and_renews(places) == (["2023-01"], False)
    run("2022-12")
    assert _withdrawn_and_renews(places) == (["2023-02"], False)
    # A later run that was withheld or killed leaves what is published.
    run("2023-02", "C")
    run("2022-12", "C")
    assert redated(places, "2022-12") == []
    (folder / "perbaikan").mkdir()
    (folder / "perbaikan" / "serang.psv").write_text("ID DTKS\n2\n")
    (folder / "kosong.psv").write_text("")
    run("2022-12")
    assert redated(places, "2022-12") == ["2023-02"]
    (folder / "perbaikan" / "serang.psv").unlink()
    # The month is told by moving the files into a folder of that name.
    (folder / "periode=2022-12").mkdir()
    snapshot.rename(folder / "periode=2022-12" / "serang.psv")
    write_parquet(reconciled(places, "2022-12"), places.stored(RECONCILED, "2022-12"))
    assert redated(places, "2022-12") == ["2023-02"]
    (folder / "periode=2022-12" / "serang.psv").unlink()
    # Whoever publishes several months of one snapshot means them.
    publish_run("2023-01")
    run("2022-12")
    assert redated(places, "2022-12") == []
    publish_run("2023-01", "B")
    publish_run("2022-12")
    assert _withdrawn_and_renews(places) == ([], False)


def test_a_month_that_a_folder_names_is_never_withdrawn(tmp_path: Path):
    places = Places(tmp_path)
    for periode in ("2022-12", "2023-01"):
        folder = places.raw / "dtks" / f"periode={periode}"
        folder.mkdir(parents=True)
        (folder / "serang.psv").write_text("A")
    write_parquet(part("2023-01"), places.marts / "cleansed" / "anggota" / "2023-01.parquet")
    write_parquet(reconciled(places, "2023-01"), published_ledger(places, "2023-01"))
    write_parquet(reconciled(places, "2022-12"), places.stored(RECONCILED, "2022-12"))
    assert redated(places, "2022-12") == []


def test_a_withdrawn_month_leaves_every_table_and_the_others_stay(tmp_path: Path):
    places = Places(tmp_path)
    for periode in ("2022-11", "2023-02"):
        publish(places, periode, part(periode))
    write_parquet(part("2022-12"), places.stored("mart/mutu_data", "2022-12"))
    laid_out = Publication(places, "2022-12")._lay_out(TABLE, tmp_path / "neu", renew_state=True, without=["2023-02"])
    assert [file.stem for file in laid_out] == ["2022-11", "2022-12"]
