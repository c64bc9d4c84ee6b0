"""What officers are told when a review workbook comes back."""

from __future__ import annotations

from pathlib import Path

import pytest
import xlsxwriter

from pipeline.command.exchange import review_import

NIK = "3604095207920001"


def test_only_what_is_new_is_counted_as_taken(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    file = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet("Tinjau")
        sheet.write_row(0, 0, ["ID DTKS", "NIK Dukcapil", "KEPUTUSAN", "PETUGAS", "CATATAN"])
        sheet.write_row(1, 0, ["1", NIK, "SAMA", "Sari", ""])
        sheet.write_row(2, 0, ["2", NIK, "", "", ""])
    review_import(file, tmp_path)
    assert capsys.readouterr().out.startswith("1 keputusan diambil (1 SAMA); 1 baris belum diisi.\nJalankan padan run")
    review_import(file, tmp_path)
    again = "Tidak ada keputusan baru yang diambil; 1 sudah diambil sebelumnya; 1 baris belum diisi.\n"
    assert capsys.readouterr().out == again
