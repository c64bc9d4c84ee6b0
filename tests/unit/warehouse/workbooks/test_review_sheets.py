"""Exporting and importing the review workbook; unusable answers get a sentence."""

from __future__ import annotations

import errno
import stat
from datetime import date
from pathlib import Path

import fastexcel
import polars as pl
import pytest
import xlsxwriter

from pipeline.matching.outcome.review import COMPARED
from pipeline.places import Places
from pipeline.warehouse.workbooks.review_answers import (
    ReviewError,
    export_review_sheet,
    import_review_sheet,
    stored_decisions,
)

ONE, TWO = "3604095207920001", "3604095207920002"
OLD_HEAD = ("id_dtks", "nik_dukcapil", "KEPUTUSAN", "PETUGAS", "CATATAN")
TODAY = date(2022, 12, 9)
PAIRS = pl.DataFrame(
    {
        "id_dtks": ["3604059388751873", "2"],
        "nik_asal": ["nihil", None],
        "nik_dukcapil": [ONE, TWO],
        **{f"{name}_{side}": ["SAMA", side] for name in COMPARED for side in ("dtks", "dukcapil")},
        "tanggal_lahir_dtks": [date(1987, 11, 12), None],
        "kode_desa": ["3604042001", None],
        "status_penduduk": ["HIDUP", "HIDUP"],
        "bobot": [12.25, -3.0],
        "penjelasan": ["Nama berbeda.", "Buktinya belum cukup kuat."],
    }
)


Answer = tuple[str, str, str, str, str]


def _write_answers(
    path: Path, *answers: Answer, head: tuple[str, ...] = OLD_HEAD, decided: tuple[Answer, ...] | None = None
) -> Path:
    with xlsxwriter.Workbook(path) as book:
        for title, rows in (("Tinjau", answers), ("Diputuskan", decided)):
            for number, row in enumerate([head, *rows] if rows is not None else []):
                (book.get_worksheet_by_name(title) or book.add_worksheet(title)).write_row(number, 0, row)
    return path


def _read(path: Path) -> pl.DataFrame:
    return fastexcel.read_excel(path).load_sheet("Tinjau", dtypes="string").to_polars()


def test_identifiers_survive_as_text_and_answers_are_empty(tmp_path: Path):
    export_review_sheet(PAIRS, PAIRS.clear(), tmp_path / "tinjau.xlsx", Places(tmp_path))
    sheet = _read(tmp_path / "tinjau.xlsx")
    assert sheet.select("ID DTKS", "NIK Dukcapil").rows() == PAIRS.select("id_dtks", "nik_dukcapil").rows()
    assert sheet["KEPUTUSAN"].null_count() == 2
    assert sheet["Kabupaten/kota"].to_list() == ["KABUPATEN SERANG", None]
    assert sheet.columns[1:3] == ["NIK (DTKS)", "NIK Dukcapil"]
    numbers = fastexcel.read_excel(tmp_path / "tinjau.xlsx").load_sheet("Tinjau").to_polars()
    assert numbers["Bobot (bit)"].to_list() == [12.2, -3.0]
    assert sheet["Tanggal lahir (DTKS)"].to_list() == ["12-11-1987", None]
    assert not [name for name in sheet.columns if "_" in name]


def test_an_officer_is_told_how_to_fill_it_in(tmp_path: Path):
    export_review_sheet(PAIRS, PAIRS.clear(), tmp_path / "tinjau.xlsx", Places(tmp_path))
    book = fastexcel.read_excel(tmp_path / "tinjau.xlsx")
    assert book.sheet_names == ["Petunjuk", "Tinjau", "Diputuskan"]
    guide = " ".join(book.load_sheet("Petunjuk", dtypes="string", header_row=None).to_polars().to_series())
    assert all(word in guide for word in ("SAMA:", "BEDA:", "TIDAK TAHU:", "BATAL:", "padan review import"))


def test_a_workbook_that_cannot_be_written_leaves_the_one_before_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """An incomplete workbook would block the next attempt, as it would be taken for another's file."""
    file = tmp_path / "tinjau.xlsx"
    export_review_sheet(PAIRS, PAIRS.clear(), file, Places(tmp_path))
    before = file.read_bytes()

    def half_written(path: Path, _: object) -> None:
        path.touch()
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", half_written)
    with pytest.raises(OSError, match="No space"):
        export_review_sheet(PAIRS.head(1), PAIRS.clear(), file, Places(tmp_path))
    assert file.read_bytes() == before
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize("head", [OLD_HEAD, ("ID DTKS", "NIK Dukcapil", *OLD_HEAD[2:])])
def test_answers_are_kept_once_and_in_order(tmp_path: Path, head: tuple[str, ...]):
    places = Places(tmp_path)
    first = _write_answers(tmp_path / "a.xlsx", ("1", ONE, "sama", "Sari", ""), ("2", TWO, "", "", ""), head=head)
    second = _write_answers(tmp_path / "b.xlsx", ("1", ONE, "Beda", "Budi", "salah lihat"), head=head)
    for file, new in ((first, 1), (first, 0), (second, 1), (first, 0)):
        taken = import_review_sheet(file, places, TODAY)
        assert (taken.answers.height, taken.already_imported, taken.problems) == (new, 1 - new, [])
        assert taken.unanswered == int(file == first)
    assert stored_decisions(places).rows() == [
        ("1", ONE, "SAMA", "Sari", None, TODAY),
        ("1", ONE, "BEDA", "Budi", "salah lihat", TODAY),
    ]
    kept = [places.decisions, *places.decisions.iterdir()]
    assert not [path for path in kept if stat.S_IMODE(path.stat().st_mode) & 0o077]


def test_what_was_decided_goes_out_on_a_sheet_of_its_own_and_is_taken_back_there(tmp_path: Path):
    places, again = Places(tmp_path), tmp_path / "b.xlsx"
    import_review_sheet(_write_answers(tmp_path / "a.xlsx", ("2", TWO, "SAMA", "Sari", "")), places, TODAY)
    export_review_sheet(PAIRS.head(1), PAIRS.tail(1), again, places)
    sheet = fastexcel.read_excel(again).load_sheet("Diputuskan", dtypes="string").to_polars()
    result = sheet.select("ID DTKS", "NIK Dukcapil", "KEPUTUSAN", "Jawaban sebelumnya").rows()
    assert result == [("2", TWO, None, "SAMA; Sari")]
    # What is left empty there stays decided, and does not wait.
    untouched = import_review_sheet(again, places, TODAY)
    assert (untouched.answers.height, untouched.unanswered) == (0, 1)
    rows = ("2", TWO, "batal", "Sari", "keliru"), ("2", TWO, "apa", "", "")
    taken = import_review_sheet(_write_answers(tmp_path / "c.xlsx", decided=rows), places, TODAY)
    assert [problem.split(":")[0] for problem in taken.problems] == ["Baris 3 di lembar Diputuskan"]
    assert stored_decisions(places)["jawaban"].to_list() == ["SAMA", "BATAL"]


def test_answers_of_before_have_no_day(tmp_path: Path):
    places = Places(tmp_path)
    import_review_sheet(_write_answers(tmp_path / "a.xlsx", ("1", ONE, "SAMA", "Sari", "")), places, TODAY)
    (file,) = places.decisions.glob("*.parquet")
    pl.read_parquet(file).drop("diambil").write_parquet(file)
    assert stored_decisions(places).rows() == [("1", ONE, "SAMA", "Sari", None, None)]


def test_who_does_not_know_is_asked_again_with_that_answer_beside(tmp_path: Path):
    places = Places(tmp_path)
    answers = ("2", TWO, "TIDAK TAHU", "Sari", "lihat KTP"), ("3604059388751873", ONE, "", "", "")
    import_review_sheet(_write_answers(tmp_path / "a.xlsx", *answers), places, TODAY)
    export_review_sheet(PAIRS, PAIRS.clear(), tmp_path / "b.xlsx", places)
    assert _read(tmp_path / "b.xlsx")["Jawaban sebelumnya"].to_list() == [None, "TIDAK TAHU; Sari; lihat KTP"]


def test_answers_that_nobody_took_are_not_overwritten(tmp_path: Path):
    places, file = Places(tmp_path), tmp_path / "a.xlsx"
    export_review_sheet(PAIRS, PAIRS.clear(), file, places)
    export_review_sheet(PAIRS, PAIRS.clear(), file, places)
    _write_answers(file, ("1", ONE, "SAMA", "Sari", ""))
    with pytest.raises(ReviewError, match="belum diambil"):
        export_review_sheet(PAIRS, PAIRS.clear(), file, places)
    import_review_sheet(file, places, TODAY)
    export_review_sheet(PAIRS, PAIRS.clear(), file, places)
    assert _read(file)["KEPUTUSAN"].null_count() == 2


def test_answers_that_could_not_be_taken_and_files_of_others_are_not_overwritten(tmp_path: Path):
    places, file = Places(tmp_path), tmp_path / "a.xlsx"
    _write_answers(file, ("1", ONE, "SAMA", "Sari", ""), ("2", TWO, "mungkin", "Sari", ""))
    with pytest.raises(ReviewError, match="belum diambil"):
        export_review_sheet(PAIRS, PAIRS.clear(), file, places)
    assert import_review_sheet(file, places, TODAY).answers.height == 1
    with pytest.raises(ReviewError, match=r"pilih nama lain:\n  Baris 3: isi KEPUTUSAN"):
        export_review_sheet(PAIRS, PAIRS.clear(), file, places)
    with xlsxwriter.Workbook(file) as book:
        book.add_worksheet("Tinjau 2").write_row(0, 0, OLD_HEAD)
    with pytest.raises(ReviewError, match="Pilih nama lain"):
        export_review_sheet(PAIRS, PAIRS.clear(), file, places)


def test_rows_that_contradict_each_other_are_not_taken_in_whatever_order(tmp_path: Path):
    rows = (
        ("1", ONE, "SAMA", "", ""),
        ("1", TWO, "SAMA", "", ""),
        ("2", ONE, "SAMA", "", ""),
        ("3", ONE, "BEDA", "", ""),
    )
    for name, asked in (("a", rows), ("b", rows[::-1])):
        places = Places(tmp_path / name)
        places.root.mkdir()
        file = _write_answers(places.root / "a.xlsx", *asked, decided=(("2", ONE, "BEDA", "", ""),))
        taken = import_review_sheet(file, places, TODAY)
        assert stored_decisions(places).select("id_dtks", "jawaban").rows() == [("3", "BEDA")]
        assert taken.unsigned == []
        assert len(taken.problems) == 4
        assert sum("lebih dari satu NIK (baris " in problem for problem in taken.problems) == 2
        assert sum("berlainan (baris 2 di lembar Diputuskan dan baris " in problem for problem in taken.problems) == 2


def test_an_answer_about_somebody_who_is_gone_can_be_taken_back(tmp_path: Path):
    places = Places(tmp_path)
    import_review_sheet(_write_answers(tmp_path / "a.xlsx", ("1", TWO, "SAMA", "Sari", "")), places, TODAY)
    _store_registers(places, ["1"], [ONE])
    rows = ("1", TWO, "BATAL", "", ""), ("1", ONE, "BATAL", "", "")
    taken = import_review_sheet(_write_answers(tmp_path / "b.xlsx", decided=rows), places, TODAY)
    assert stored_decisions(places)["jawaban"].to_list() == ["SAMA", "BATAL"]
    assert [problem.split(" yang")[0] for problem in taken.problems] == [
        "Baris 3 di lembar Diputuskan: tidak ada jawaban tentang pasangan ini"
    ]


def test_a_workbook_is_written_under_the_name_of_one(tmp_path: Path):
    with pytest.raises(ReviewError, match=r"misalnya .*tinjau\.xlsx"):
        export_review_sheet(PAIRS, PAIRS.clear(), tmp_path / "tinjau.csv", Places(tmp_path))


def test_a_row_that_cannot_be_used_is_named_by_its_number(tmp_path: Path):
    rows = ("1", ONE, "mungkin", "", ""), ("", ONE, "SAMA", "", ""), ("1", "3,6E+15", "SAMA", "", "")
    taken = import_review_sheet(_write_answers(tmp_path / "a.xlsx", *rows), Places(tmp_path), TODAY)
    assert taken.answers.is_empty()
    assert [problem[:30] for problem in taken.problems] == [
        "Baris 2: isi KEPUTUSAN dengan ",
        "Baris 3: ID DTKS kosong atau N",
        "Baris 4: ID DTKS kosong atau N",
    ]
    assert stored_decisions(Places(tmp_path)).is_empty()


def _store_registers(places: Places, rows: list[str], residents: list[str], periode: str = "2022-12") -> None:
    for key, name, values in (("staged/dtks", "id_dtks", rows), ("staged/dukcapil", "nik", residents)):
        file = places.stored(key, periode)
        file.parent.mkdir(parents=True, exist_ok=True)
        frame = pl.DataFrame({name: values}).with_columns(nama=pl.lit("SITI"), tanggal_lahir=pl.lit(TODAY))
        frame.write_parquet(file)


def test_answers_about_nobody_of_the_last_run_are_not_taken(tmp_path: Path):
    places = Places(tmp_path)
    _store_registers(places, ["1"], [ONE])
    rows = (
        ("1", "9" * 16, "SAMA", "Sari", ""),
        ("1234567890123456", ONE, "BEDA", "Sari", ""),
        ("1", ONE, "SAMA", "", ""),
        ("9501234567890120", ONE, "BEDA", "Sari", ""),
    )
    file = _write_answers(tmp_path / "a.xlsx", *rows)
    taken = import_review_sheet(file, places, TODAY)
    *others, rounded = taken.problems
    assert "Baris 5: ID DTKS 9501********0120 tidak ada" in rounded
    assert "Excel membulatkan" in rounded
    assert "Excel" not in "".join(others)
    assert [problem.split(";")[0] for problem in others] == [
        "Baris 2: NIK 9999********9999 tidak ada pada baris Dukcapil mana pun dari proses terakhir",
        "Baris 3: ID DTKS 1234********3456 tidak ada pada baris DTKS mana pun dari proses terakhir",
    ]
    assert taken.unsigned == ["4"]
    assert stored_decisions(places).rows() == [("1", ONE, "SAMA", None, None, TODAY)]
    # The same workbook after a run that read that row.
    _store_registers(places, ["1", "1234567890123456"], [ONE])
    import_review_sheet(file, places, TODAY)
    assert stored_decisions(places)["id_dtks"].to_list() == ["1", "1234567890123456"]


def test_answers_about_what_is_published_are_taken_while_a_later_run_is_withheld(tmp_path: Path):
    """The workbook is based on the publication; the withheld run read fewer rows."""
    places = Places(tmp_path)
    _store_registers(places, ["1"], [ONE])
    published = places.marts / "cleansed" / "anggota" / "2022-12.parquet"
    published.parent.mkdir(parents=True)
    published.touch()
    _store_registers(places, ["2"], [TWO], periode="2023-01")
    rows = (("1", ONE, "SAMA", "Sari", ""), ("2", TWO, "BEDA", "Sari", ""), ("3", ONE, "BEDA", "Sari", ""))
    taken = import_review_sheet(_write_answers(tmp_path / "a.xlsx", *rows), places, TODAY)
    assert stored_decisions(places)["id_dtks"].to_list() == ["1", "2"]
    assert [problem[:7] for problem in taken.problems] == ["Baris 4"]


def test_a_workbook_of_another_folder_is_told_in_one_sentence_also_without_answers(tmp_path: Path):
    places = Places(tmp_path)
    _store_registers(places, ["3"], [ONE])
    for answer in ("SAMA", ""):
        file = _write_answers(tmp_path / "a.xlsx", ("1", ONE, answer, "Sari", ""), ("2", TWO, "", "", ""))
        with pytest.raises(ReviewError, match=r"^Tidak satu pun ID DTKS di a.xlsx ada di .*--data-dir"):
            import_review_sheet(file, places, TODAY)
    _write_answers(tmp_path / "a.xlsx", ("1", ONE, "SAMA", "Sari", ""))
    with pytest.raises(ReviewError, match=r"a.xlsx sudah ada dan berisi jawaban; pilih nama lain. Tidak satu pun"):
        export_review_sheet(PAIRS, PAIRS.clear(), tmp_path / "a.xlsx", places)
    export_review_sheet(PAIRS.clear(), PAIRS.clear(), tmp_path / "b.xlsx", places)
    assert import_review_sheet(tmp_path / "b.xlsx", places, TODAY).problems == []


def test_a_nik_that_excel_made_a_number_of_is_somebody_or_nobody(tmp_path: Path):
    places = Places(tmp_path)
    _store_registers(places, ["1"], [ONE])
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        sheet = book.add_worksheet("Tinjau")
        sheet.write_row(0, 0, OLD_HEAD)
        sheet.write_row(1, 0, [1, 3.6e15, "SAMA", "Sari", ""])
        sheet.write_row(2, 0, [1, int(ONE), "SAMA", "Sari", ""])
    taken = import_review_sheet(tmp_path / "a.xlsx", places, TODAY)
    assert (taken.answers["nik_dukcapil"].to_list(), len(taken.problems)) == ([ONE], 1)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04rusak", b"id_dtks,nik\n"])
def test_anything_else_is_refused_with_a_sentence(tmp_path: Path, content: bytes):
    (tmp_path / "a.xlsx").write_bytes(content)
    with pytest.raises(ReviewError, match="bukan buku kerja Excel"):
        import_review_sheet(tmp_path / "a.xlsx", Places(tmp_path), TODAY)


def test_a_cell_far_away_that_would_take_all_memory_is_refused(tmp_path: Path):
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        sheet = book.add_worksheet("Tinjau")
        sheet.write_row(0, 0, OLD_HEAD)
        sheet.write_string(1_048_575, 16_383, " ")
    with pytest.raises(ReviewError, match="sangat jauh dari tabelnya"):
        import_review_sheet(tmp_path / "a.xlsx", Places(tmp_path), TODAY)


def test_a_file_that_is_not_there_is_no_bad_sheet(tmp_path: Path):
    with pytest.raises(ReviewError, match="Tidak ada berkas"):
        import_review_sheet(tmp_path / "a.xlsx", Places(tmp_path), TODAY)


@pytest.mark.parametrize(
    ("sheet", "says"), [("Lembar1", "tidak ada lembar kerja Tinjau"), ("Tinjau", "KEPUTUSAN, PETUGAS, CATATAN")]
)
def test_a_workbook_without_the_answer_columns_is_refused(tmp_path: Path, sheet: str, says: str):
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        book.add_worksheet(sheet).write_row(0, 0, ["id_dtks", "nik_dukcapil"])
    with pytest.raises(ReviewError, match=says):
        import_review_sheet(tmp_path / "a.xlsx", Places(tmp_path), TODAY)
