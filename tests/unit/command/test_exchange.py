"""Messages on importing a review workbook."""

from __future__ import annotations

from pathlib import Path

import pytest
import typer
import xlsxwriter

from pipeline.command.exchange import review_import
from pipeline.command.preconditions import UNUSABLE
from pipeline.places import Places
from pipeline.warehouse.workbooks.review_answers import stored_decisions

NIK = "3604095207920001"


def _fill_in(file: Path, answer: str, other: str = "") -> None:
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet("Tinjau")
        sheet.write_row(0, 0, ["ID DTKS", "NIK Dukcapil", "KEPUTUSAN", "PETUGAS", "CATATAN"])
        sheet.write_row(1, 0, ["1", NIK, answer, "Sari", ""])
        sheet.write_row(2, 0, ["2", NIK, other, "", ""])


def test_only_what_is_new_is_counted_as_taken(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    file = tmp_path / "a.xlsx"
    _fill_in(file, "SAMA")
    review_import(file, tmp_path)
    printed = capsys.readouterr()
    assert printed.out.startswith("1 jawaban diambil (1 SAMA); 1 baris belum diisi.\nJalankan padan run")
    assert printed.err.startswith(f"Belum pernah ada proses di {tmp_path}, ")
    review_import(file, tmp_path)
    again = "Tidak ada jawaban baru yang diambil; 1 sudah diambil sebelumnya; 1 baris belum diisi.\n"
    assert capsys.readouterr().out == again


def test_a_note_without_an_answer_is_told_and_an_empty_row_waits_for_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        sheet = book.add_worksheet("Tinjau")
        sheet.write_row(0, 0, ["ID DTKS", "NIK Dukcapil", "KEPUTUSAN", "PETUGAS", "CATATAN"])
        sheet.write_row(1, 0, ["1", NIK, "", "Sari", "orangnya sama"])
        sheet.write_row(3, 0, ["2", NIK, "", "Sari", ""])
    review_import(tmp_path / "a.xlsx", tmp_path)
    printed = capsys.readouterr()
    assert printed.out == "Tidak ada jawaban baru yang diambil; 2 baris belum diisi.\n"
    assert printed.err.startswith("KEPUTUSAN-nya kosong walaupun ada CATATAN: baris 2. ")


def test_answers_that_replace_others_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    for name, answer in (("a", "BEDA"), ("b", "SAMA"), ("c", "SAMA")):
        _fill_in(tmp_path / f"{name}.xlsx", answer)
        review_import(tmp_path / f"{name}.xlsx", tmp_path)
        replaces = "\nMengganti jawaban yang diambil sebelumnya: baris 2. " in capsys.readouterr().err
        assert replaces == (name == "b")


def test_only_where_no_answer_can_be_used_it_ends_as_unusable(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    _fill_in(tmp_path / "a.xlsx", "ENTAH")
    with pytest.raises(typer.Exit) as ended:
        review_import(tmp_path / "a.xlsx", tmp_path)
    assert ended.value.exit_code == UNUSABLE
    assert "1 baris tidak dapat dipakai" in capsys.readouterr().err


def test_an_answer_that_cannot_be_used_is_told_and_the_others_are_kept(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    _fill_in(tmp_path / "a.xlsx", "SAMA", "ENTAH")
    for taken in ("1 jawaban diambil (1 SAMA); 0 ", "Tidak ada jawaban baru yang diambil; 1 sudah diambil "):
        review_import(tmp_path / "a.xlsx", tmp_path)
        printed = capsys.readouterr()
        assert printed.out.startswith(taken)
        assert "1 baris tidak dapat dipakai; betulkan, simpan, lalu ambil lagi:\n  Baris 3: " in printed.err
    assert stored_decisions(Places(tmp_path)).select("id_dtks", "jawaban").rows() == [("1", "SAMA")]
