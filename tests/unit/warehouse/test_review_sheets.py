"""The review workbook goes out and comes back; nonsense is answered with a sentence."""

from __future__ import annotations

from pathlib import Path

import fastexcel
import polars as pl
import pytest
import xlsxwriter

from pipeline.places import Places
from pipeline.warehouse.review_sheets import ReviewError, kept_decisions, take_review_sheet, write_review_sheet

PAIRS = pl.DataFrame({"id_dtks": ["3604059388751873", "2"], "nik_dukcapil": ["3604095207920001", "3604095207920002"]})


def _filled(path: Path, *answers: tuple[str, str, str, str, str]) -> Path:
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Tinjau")
        sheet.write_row(0, 0, ["id_dtks", "nik_dukcapil", "KEPUTUSAN", "PETUGAS", "CATATAN"])
        for number, answer in enumerate(answers, start=1):
            sheet.write_row(number, 0, answer)
    return path


def test_identifiers_survive_as_text_and_answers_are_empty(tmp_path: Path):
    write_review_sheet(PAIRS, tmp_path / "tinjau.xlsx")
    sheet = fastexcel.read_excel(tmp_path / "tinjau.xlsx").load_sheet("Tinjau", dtypes="string").to_polars()
    assert sheet.select("id_dtks", "nik_dukcapil").equals(PAIRS)
    assert sheet["KEPUTUSAN"].null_count() == 2


def test_answers_are_kept_once_and_in_order(tmp_path: Path):
    places = Places(tmp_path)
    first = _filled(tmp_path / "a.xlsx", ("1", "A", "sama", "Sari", ""), ("2", "B", "", "", ""))
    second = _filled(tmp_path / "b.xlsx", ("1", "A", "Beda", "Budi", "salah lihat"))
    assert take_review_sheet(first, places) == (1, [])
    assert take_review_sheet(first, places) == (1, [])
    assert take_review_sheet(second, places) == (1, [])
    assert kept_decisions(places).rows() == [
        ("1", "A", "SAMA", "Sari", None, None),
        ("1", "A", "BEDA", "Budi", "salah lihat", None),
    ]


def test_a_row_without_a_known_answer_is_named_by_its_number(tmp_path: Path):
    taken, problems = take_review_sheet(
        _filled(tmp_path / "a.xlsx", ("1", "A", "mungkin", "", ""), ("", "A", "SAMA", "", "")), Places(tmp_path)
    )
    assert taken == 0
    assert [problem.split(":")[0] for problem in problems] == ["Baris 2", "Baris 3"]
    assert kept_decisions(Places(tmp_path)).is_empty()


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04rusak", b"id_dtks,nik\n"])
def test_anything_else_is_refused_with_a_sentence(tmp_path: Path, content: bytes):
    (tmp_path / "a.xlsx").write_bytes(content)
    with pytest.raises(ReviewError, match="lembar tinjauan"):
        take_review_sheet(tmp_path / "a.xlsx", Places(tmp_path))


def test_a_workbook_without_the_answer_columns_is_refused(tmp_path: Path):
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        book.add_worksheet("Tinjau").write_row(0, 0, ["id_dtks", "nik_dukcapil"])
    with pytest.raises(ReviewError, match="KEPUTUSAN"):
        take_review_sheet(tmp_path / "a.xlsx", Places(tmp_path))
