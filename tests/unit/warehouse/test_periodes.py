from __future__ import annotations

import os
from pathlib import Path

import polars as pl
import pytest

from pipeline.extracts.arrival import months_of_corrections, periodes_of_snapshots, published_ledger
from pipeline.extracts.files.ledger import build_ledger, with_corrected_months
from pipeline.places import Places
from pipeline.warehouse.periodes import (
    GATES,
    LEDGER,
    State,
    begin_run,
    end_run,
    newest_stored_periode,
    replaces_current_state,
    stored_state,
    superseded_periodes,
)
from pipeline.warehouse.store.parquet import write_parquet
from tests.unit.runs import write_gate_results, write_publications


@pytest.mark.parametrize(
    ("passed", "published", "state"),
    [
        (True, True, State.DONE),
        (True, False, State.UNFINISHED),  # killed between its gates and its publication
        (False, True, State.WITHHELD),
        (None, True, State.UNFINISHED),
    ],
)
def test_what_became_of_the_last_run_of_a_periode(
    tmp_path: Path, passed: bool | None, published: bool, state: State
) -> None:
    places = Places(tmp_path)
    if passed is not None:
        write_gate_results(places, "2022-12", passed=passed)
    if published:
        write_publications(places, "2022-12")
    assert stored_state(places, "2022-12") is state
    killed = places.store / "staged" / ".2022-12.parquet.7.bangun"
    killed.mkdir(parents=True)
    (killed / "isi").write_text("setengah")
    lone = places.store / "dtks.bangun"
    lone.write_text("setengah")
    kept = places.stored("staged/dtks", "2022-11")
    write_parquet(pl.DataFrame({"id_dtks": ["1"]}), kept)
    begin_run(places, "2022-12")
    # Judged, but killed before its publication: the previous run's results are in force.
    write_gate_results(places, "2022-12")
    assert stored_state(places, "2022-12") is State.UNFINISHED
    begin_run(places, "2022-12")
    assert (killed.exists(), lone.exists(), kept.exists()) == (False, False, True)
    assert stored_state(places, "2022-12") is State.UNFINISHED


def test_a_month_that_was_a_slip_is_no_longer_the_newest(tmp_path: Path) -> None:
    places = Places(tmp_path)

    def run(periode: str, second: int, *, passed: bool) -> None:
        begin_run(places, periode)
        write_parquet(pl.DataFrame({"berkas": ["a"]}), places.stored(LEDGER, periode))
        write_gate_results(places, periode, passed=passed)
        if passed:
            write_publications(places, periode)
        end_run(places, periode)
        os.utime(places.stored(GATES, periode), (second, second))

    assert newest_stored_periode(places) is None
    run("2022-12", 1, passed=True)
    run("2023-12", 2, passed=False)
    run("2022-11", 3, passed=True)
    assert newest_stored_periode(places) == "2023-12"
    run("2023-01", 4, passed=True)
    assert newest_stored_periode(places) == "2023-01"
    begin_run(places, "2023-12")
    assert newest_stored_periode(places) == "2023-12"  # at work again, or killed


def ledger_of(places: Places, periode: str) -> pl.DataFrame:
    """The ledger of the files in the folder, with a row for each non-empty one."""
    files = build_ledger(places.raw, periode)
    return files.with_columns(baris_masuk=pl.Series([(places.raw / name).stat().st_size for name in files["berkas"]]))


def test_a_snapshot_published_under_a_mistaken_month_is_withdrawn_once_it_is_dated(tmp_path: Path):
    """Not if the older month is only run again, a folder names the month, or it was published from other files."""
    places = Places(tmp_path)
    folder = places.raw / "dtks"
    folder.mkdir(parents=True)
    snapshot = folder / "serang.psv"

    def publish_run(periode: str, text: str = "A") -> None:
        snapshot.write_text(text)
        write_publications(places, periode)
        write_parquet(ledger_of(places, periode), published_ledger(places, periode))

    def withdrawn_and_renews(text: str = "A") -> tuple[list[str], bool]:
        snapshot.write_text(text)
        withdrawn = superseded_periodes(places, "2022-12", build_ledger(places.raw, "2022-12"))
        return withdrawn, replaces_current_state(places, "2022-12", withdrawn)

    publish_run("2023-01", "B")
    publish_run("2023-02")
    assert withdrawn_and_renews("B") == (["2023-01"], False)
    assert withdrawn_and_renews() == (["2023-02"], False)
    # The publication decides, not the results of a later run that was withheld or killed.
    assert withdrawn_and_renews("C") == ([], False)
    (folder / "perbaikan").mkdir()
    (folder / "perbaikan" / "serang.psv").write_text("ID DTKS\n2\n")
    (folder / "kosong.psv").write_text("")
    assert withdrawn_and_renews() == (["2023-02"], False)
    (folder / "toba.psv").write_text("ID DTKS|NIK|NAMA\n2|3|BUDI\n")
    assert withdrawn_and_renews() == ([], False)
    (folder / "toba.psv").unlink()
    (folder / "perbaikan" / "serang.psv").unlink()
    # The files are dated by moving them into the folder of the month.
    (folder / "periode=2022-12").mkdir()
    snapshot.rename(folder / "periode=2022-12" / "serang.psv")
    assert superseded_periodes(places, "2022-12", build_ledger(places.raw, "2022-12")) == ["2023-02"]
    (folder / "periode=2022-12" / "serang.psv").unlink()
    # Several published months of one snapshot are intended.
    publish_run("2023-01")
    assert withdrawn_and_renews() == ([], False)
    publish_run("2023-01", "B")
    publish_run("2022-12")
    assert withdrawn_and_renews() == ([], False)


def test_a_correction_made_after_a_mistaken_month_holds_in_the_run_that_mends_it_and_in_the_next(tmp_path: Path):
    places = Places(tmp_path)
    for name, text in {"serang.psv": "A", "perbaikan/serang.psv": "B"}.items():
        file = places.raw / "dtks" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def months(periode: str) -> set[str]:
        """The month of each file in a run, which is then published."""
        files = build_ledger(places.raw, periode)
        withdrawn = superseded_periodes(places, periode, files)
        files = with_corrected_months(files, months_of_corrections(places, files, withdrawn))
        for mistaken in withdrawn:
            (places.marts / "cleansed" / "anggota" / f"{mistaken}.parquet").unlink()
        write_publications(places, periode)
        write_parquet(
            files.with_columns(baris_masuk=pl.lit(1, pl.Int64), periode=pl.lit(periode)),
            published_ledger(places, periode),
        )
        return {*files["periode_berkas"]}

    assert [months("2026-11"), months("2022-12"), months("2022-12")] == [{"2026-11"}, {"2022-12"}, {"2022-12"}]
    # January's register stays published; December was withdrawn and is published again.
    january = places.raw / "dtks" / "periode=2023-01" / "serang.psv"
    january.parent.mkdir()
    january.write_text("C")
    assert months("2023-01") == {"2022-12", "2023-01"}
    january.unlink()
    (places.marts / "cleansed" / "anggota" / "2022-12.parquet").unlink()
    assert [months("2022-12"), months("2022-12")] == [{"2022-12"}, {"2022-12"}]


def test_a_month_that_a_folder_names_is_never_withdrawn(tmp_path: Path):
    places = Places(tmp_path)
    for periode in ("2022-12", "2023-01"):
        folder = places.raw / "dtks" / f"periode={periode}"
        folder.mkdir(parents=True)
        (folder / "serang.psv").write_text("A")
    write_publications(places, "2023-01")
    write_parquet(ledger_of(places, "2023-01"), published_ledger(places, "2023-01"))
    assert superseded_periodes(places, "2022-12", build_ledger(places.raw, "2022-12")) == []


def test_a_correction_is_of_the_snapshot_that_it_was_made_for_while_that_is_published(tmp_path: Path):
    """A correction for December, also read in the next run for January and in a repeated run for November."""
    places = Places(tmp_path)

    def publish_run(periode: str, snapshot: str) -> None:
        read = {"berkas": ["dtks/perbaikan/a.psv", "dtks/b.psv"], "periode_berkas": ["2022-12", snapshot]}
        ledger = pl.DataFrame(read | {"sha256": ["x", periode]})
        write_publications(places, periode)
        named = {"periode": periode, "sumber": "dtks", "status_berkas": "DIBACA"}
        write_parquet(
            ledger.with_columns(pl.lit(text).alias(name) for name, text in named.items()),
            published_ledger(places, periode),
        )

    files = build_ledger(places.raw, "2023-03")
    assert months_of_corrections(places, files) == {}
    publish_run("2022-11", "2022-11")
    publish_run("2023-01", "2023-01")
    assert months_of_corrections(places, files) == {"x": "2022-11"}
    # A run about a later month, of which there are payments only.
    publish_run("2023-02", "2022-12")
    assert months_of_corrections(places, files) == {"x": "2022-12"}
    assert periodes_of_snapshots(places, "dtks") == {"2022-11": "2022-11", "2023-01": "2023-01", "2022-12": "2023-02"}
