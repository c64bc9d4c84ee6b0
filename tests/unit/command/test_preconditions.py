"""Messages about results that are not in force."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
import typer

from pipeline.command.preconditions import (
    existing_places,
    latest_publication,
    note_evaluated_tables,
    now_in_jakarta,
    resolve_periode,
    warn_if_unpublished,
)
from pipeline.places import Places
from pipeline.warehouse.periodes import LEDGER
from pipeline.warehouse.store.parquet import write_parquet
from tests.unit.runs import write_gate_results, write_publications


def begin_runs(places: Places, periode: str, *, passed: bool | None) -> None:
    """Begin a run of a periode; None: it never reached its gates."""
    write_parquet(pl.DataFrame({"sha256": [""]}), places.stored(LEDGER, periode))
    if passed is not None:
        write_gate_results(places, periode, passed=passed)


def test_the_folder_of_raw_files_is_no_data_directory(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "raw" / "dtks").mkdir(parents=True)
    assert existing_places(tmp_path).raw == tmp_path / "raw"
    with pytest.raises(typer.Exit):
        existing_places(tmp_path / "raw")
    assert capsys.readouterr().err.endswith(f"Sebut folder tempatnya berada: --data-dir {tmp_path}\n")


@pytest.mark.parametrize(
    ("passed", "says"), [(True, ""), (False, "DITAHAN oleh gerbang mutu"), (None, "belum selesai atau terhenti")]
)
def test_stored_results_of_another_run_than_the_published_one_say_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], passed: bool | None, says: str
):
    places = Places(tmp_path)
    write_publications(places, "2022-12")
    begin_runs(places, "2022-12", passed=passed)
    assert latest_publication(tmp_path) == (places, "2022-12")
    warn_if_unpublished(places, "2022-12")
    printed = capsys.readouterr().err.splitlines()
    assert len(printed) == (2 if says else 0)
    assert all(line.startswith("Menurut proses terakhir periode 2022-12, yang ") and says in line for line in printed)
    note_evaluated_tables(places, "2022-12")
    printed = capsys.readouterr().out.splitlines()
    assert [
        line.startswith("Yang dinilai: tabel periode 2022-12 yang TERBIT") and says in line for line in printed
    ] == ([True] if says else [])


def test_a_newer_periode_that_was_withheld_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    places = Places(tmp_path)
    begin_runs(places, "2022-12", passed=True)
    begin_runs(places, "2023-01", passed=False)
    with pytest.raises(typer.Exit):
        latest_publication(tmp_path)
    assert "Belum ada hasil yang diterbitkan" in (printed := capsys.readouterr().err)
    assert "Proses periode 2023-01 DITAHAN" in printed
    assert f"{places.withheld / 'index.html'}. Betulkan berkas atau batasnya" in printed
    warn_if_unpublished(places, "2023-01")
    assert capsys.readouterr().err.endswith("yang DITAHAN oleh gerbang mutu; belum ada terbitan.\n")
    write_publications(places, "2022-12")
    assert latest_publication(tmp_path) == (places, "2022-12")
    output = capsys.readouterr()
    assert output.err.startswith("Menurut terbitan periode 2022-12; proses periode 2023-01, yang lebih baru, DITAHAN")
    assert not output.out


def test_a_first_run_killed_before_it_published_is_to_be_run_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    begin_runs(Places(tmp_path), "2022-12", passed=True)
    with pytest.raises(typer.Exit):
        latest_publication(tmp_path)
    assert "Proses periode 2022-12 belum selesai atau terhenti (ulangi padan run)." in capsys.readouterr().err


@pytest.mark.parametrize(
    ("folder", "stated", "says"),
    [
        ("periode=2022-11", None, "menurut folder periode=2022-11."),
        ("", None, "folder DTKS tidak bernama periode=TTTT-BB"),
        ("", "2022-12", ""),
    ],
)
def test_a_periode_that_nobody_stated_is_told_with_its_reason(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], folder: str, stated: str | None, says: str
):
    places = Places(tmp_path)
    write_publications(places, "2022-12")
    file = places.raw / "dtks" / folder / "a.csv"
    file.parent.mkdir(parents=True)
    file.write_text("a")
    taken, why = resolve_periode(places, stated)
    assert taken == (stated or folder.removeprefix("periode=") or now_in_jakarta().strftime("%Y-%m"))
    printed = capsys.readouterr().out
    assert printed.startswith(f"Periode {taken}: {says}") if says else printed == ""
    # It goes into the tags of the run as well.
    assert (why is None) == (stated is not None)


@pytest.mark.parametrize(
    ("names", "says"),
    [
        (["DTKS TOBA 2022-12.zip", "Data BNBA Des 2022.xlsx", "serang.csv"], "Nama 2 berkas menyebut 2022-12: bila "),
        (["DTKS TOBA 2022-12.zip", "Data BNBA November 2022.xlsx"], ""),
        ([f"DTKS {now_in_jakarta():%Y-%m}.csv"], ""),
        (["DTKS 3604 1671010.csv"], ""),
    ],
)
def test_a_month_that_names_of_files_tell_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], names: list[str], says: str
):
    folder = tmp_path / "raw" / "dtks"
    folder.mkdir(parents=True)
    for name in names:
        (folder / name).write_text("a")
    assert resolve_periode(Places(tmp_path), None)[0] == f"{now_in_jakarta():%Y-%m}"
    printed = capsys.readouterr().out
    assert says in printed
    assert ("menyebut 2022" in printed) == bool(says)
