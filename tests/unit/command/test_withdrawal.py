"""Which published months may be withdrawn, and the message if one may not."""

from __future__ import annotations

import errno
from pathlib import Path

import duckdb
import pytest
import typer

from pipeline.command import withdrawal
from pipeline.command.withdrawal import _newest_remaining, tarik
from pipeline.places import Places
from pipeline.warehouse.publication import Publication
from tests.unit.runs import write_gate_results, write_publications


@pytest.mark.parametrize(
    ("months", "judged", "dated", "says"),
    [
        (("2022-12",), ("2022-12",), "2022-12", "Tidak ada terbitan periode 2022-11. Yang terbit: 2022-12."),
        ((), (), "2022-12", "Yang terbit: belum ada."),
        (("2022-11",), ("2022-11",), "2022-12", "Hanya periode 2022-11 yang terbit. Jalankan dahulu bulan yang benar"),
        (("2022-11", "2022-12"), ("2022-11",), "2022-12", "--periode 2022-12."),
        (("2022-11", "2022-12"), ("2022-12",), "2022-11", "folder periode=2022-11, yang akan terbit lagi"),
    ],
)
def test_what_cannot_be_taken_back_is_refused_with_what_to_do(  # noqa: PLR0917 - one row of the table
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    months: tuple[str, ...],
    judged: tuple[str, ...],
    dated: str,
    says: str,
) -> None:
    places = Places(tmp_path)
    write_publications(places, *months)
    write_gate_results(places, *judged)
    (places.raw / "dtks" / f"periode={dated}").mkdir(parents=True)
    (places.raw / "dtks" / f"periode={dated}" / "serang.psv").write_text("A")
    with pytest.raises(typer.Exit) as refused:
        _newest_remaining(places, "2022-11")
    assert refused.value.exit_code == 2
    assert says in capsys.readouterr().err


def test_what_is_no_month_is_told_how_to_write_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit):
        tarik("Desember", tmp_path)
    assert "tulis sebagai TTTT-BB, misalnya 2022-12." in capsys.readouterr().err


@pytest.mark.parametrize(("mistaken", "newest"), [("2022-11", "2023-01"), ("2023-01", "2022-12")])
def test_the_newest_that_stays_is_published_again(tmp_path: Path, mistaken: str, newest: str) -> None:
    places = Places(tmp_path)
    write_publications(places, "2022-11", "2022-12", "2023-01")
    write_gate_results(places, "2022-12", "2023-01")
    assert _newest_remaining(places, mistaken) == newest


@pytest.mark.parametrize(
    ("error", "withdrawn", "says"),
    [
        (
            duckdb.IOException("Could not write file: No space left on device"),
            False,
            "Penarikan tidak selesai: ruang penyimpanan penuh. Terbitan yang ada tetap utuh; ulangi padan tarik.",
        ),
        (
            OSError(errno.ENOSPC, "No space left on device", "latest.json"),
            True,
            "latest.json: ruang penyimpanan penuh; hapus yang tidak perlu, lalu ulangi. Terbitan periode 2022-11 sudah",
        ),
        (duckdb.InternalException("SITI"), False, "kesalahan yang tidak terduga (InternalException); sampaikan kepada"),
        (PermissionError(errno.EACCES, "Permission denied", "home"), False, "menulis home: tidak diizinkan;"),
    ],
)
def test_what_fails_is_told_and_whether_the_month_is_still_published(  # noqa: PLR0917 - one row of the table
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    error: Exception,
    withdrawn: bool,
    says: str,
) -> None:
    write_publications(Places(tmp_path), "2022-12", *([] if withdrawn else ["2022-11"]))

    def fails(*_: object) -> None:
        raise error

    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(withdrawal, "_newest_remaining", lambda *_: "2022-12")
    monkeypatch.setattr("reports.report.render_report", lambda *_: "")
    monkeypatch.setattr(Publication, "has_columns_of", lambda *_: True)
    for read in ("tables", "frame"):
        monkeypatch.setattr(Publication, read, lambda *_: None)
    monkeypatch.setattr(Publication, "publish", fails)
    with pytest.raises(typer.Exit) as failed:
        tarik("2022-11", tmp_path)
    assert failed.value.exit_code == 1
    assert says in capsys.readouterr().err


def test_a_month_that_another_version_left_is_to_be_run_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_publications(Places(tmp_path), "2022-11", "2022-12")
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(withdrawal, "_newest_remaining", lambda *_: "2022-12")
    with pytest.raises(typer.Exit) as refused:
        tarik("2022-11", tmp_path)
    assert refused.value.exit_code == 2
    assert "dihasilkan versi padan yang lain. Jalankan dahulu padan run" in capsys.readouterr().err
