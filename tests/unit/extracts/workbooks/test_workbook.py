"""Sheets of workbooks."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from schemas.extracts import LAYOUTS
from tests.unit.extracts.making import HEADERS, NIK, old_excel, person, read, workbook

TARGETS = LAYOUTS["alokasi"].headers
TARGET = ("PKH", "2022", "1", "3604", "100", "30000000", "2022-01-05", "0", "2022-02-01")


def test_formulas_errors_merged_cells_and_numbers() -> None:
    sheet = [["DATA DTKS", None], HEADERS, person(1), person(2), person(3)]
    cells = [list(cells) for cells in sheet]
    at = {name: HEADERS.index(name) for name in ("NOMOR NIK", "RT", "TANGGAL LAHIR", "NAMA", "ALAMAT")}
    cells[2][at["NOMOR NIK"]], cells[2][at["RT"]] = 3604041211870001, "=3+4"  # type: ignore[call-overload]
    cells[3][at["TANGGAL LAHIR"]], cells[3][at["ALAMAT"]] = date(1987, 11, 12), "=NA()"  # type: ignore[call-overload]
    cells[4][at["TANGGAL LAHIR"]], cells[4][at["NAMA"]] = 32093, True  # type: ignore[call-overload]
    one, two, three = read(workbook({"A": cells}), "dtks")
    assert (one["nik"], one["rt"], one["judul"]) == (NIK, "7", "DATA DTKS")
    assert (two["tanggal_lahir"][:10], two["alamat"]) == ("1987-11-12", None)
    # Serial dates and booleans stay as text: their meaning depends on the column.
    assert (three["tanggal_lahir"], three["nama"]) == ("32093", "true")


def test_sixteen_digit_numbers_lose_no_digit_in_the_reader() -> None:
    cells = [person(1), person(2)]
    at = HEADERS.index("NOMOR NIK")
    cells[0][at], cells[1][at] = 3604041211870000, 9101013112800002  # type: ignore[call-overload]
    assert [found["nik"] for found in read(workbook({"A": [HEADERS, *cells]}), "dtks")] == [
        "3604041211870000",
        "9101013112800002",
    ]


def test_numbers_keep_all_digits_and_dates_are_dates() -> None:
    typed = ["PKH", 2022, 1.0, 3604, 123456789012345, 3e7, date(2022, 1, 5), 0.5, datetime(2022, 2, 1, 10, 30)]  # noqa: DTZ001
    (found,) = read(workbook({"A": [TARGETS, typed]}), "alokasi")
    kept = [found[name] for name in ("tahun", "tahap", "kpm_alokasi", "nominal_alokasi", "nominal_transfer")]
    assert kept == ["2022", "1", "123456789012345", "30000000", "0.5"]
    assert (found["tgl_transfer"][:10], found["target_selesai"][:16]) == ("2022-01-05", "2022-02-01 10:30")


def test_titles_blank_rows_totals_and_repeated_headers() -> None:
    sheet = [
        [],
        ["Alokasi PKH", None, "Tahun 2022"],
        [],
        TARGETS,
        TARGET,
        [],
        TARGETS,
        TARGET,
        ["Jumlah", *[None] * 3, 2],
    ]
    rows = read(workbook({"Data": [*sheet, [None, "Serang, 5 Januari 2022"]]}), "alokasi")
    notes = [(number, "BARIS_CATATAN") for number in (7, 9, 10)]
    assert [(row["baris"], row["rusak"]) for row in rows] == [(5, None), notes[0], (8, None), *notes[1:]]
    assert {(row["lembar"], row["judul"]) for row in rows} == {("Data", "Alokasi PKH Tahun 2022")}


def test_sheets_without_a_table_are_passed_over_and_all_others_read() -> None:
    helpers = LAYOUTS["pendamping"].headers
    sheets = {
        "Sampul": [["Dinas Sosial"]],
        "Satu": [["Judul"], TARGETS, TARGET],
        "Kosong": [],
        "Hanya judul": [TARGETS],
        "Dua": [[None, *TARGETS, None], [None, *TARGET, "ekor"]],
        "Pendamping": [helpers, ["x"] * len(helpers)],
    }
    *read_rows, other = [
        (row["lembar"], row["baris"], row["target_selesai"]) for row in read(workbook(sheets), "alokasi")
    ]
    assert read_rows == [("Satu", 3, TARGET[-1]), ("Dua", 2, TARGET[-1])]
    assert other == ("Pendamping", 0, None)
    assert read(workbook({"A": [TARGETS]}), "alokasi") == []


def test_a_hidden_sheet_is_read_behind_those_that_are_seen_and_says_so() -> None:
    sheets = {"Catatan": [["DTKS"]], "Lama": [HEADERS, person(1), person(2)], "Baru": [HEADERS, person(1)]}
    data = workbook(sheets, hidden=["Lama"])
    actual = [(found["lembar"], found["baris"], found["id_dtks"], found["rusak"]) for found in read(data, "dtks")]
    assert actual == [
        ("Baru", 2, "D1", None), ("(tersembunyi) Lama", 2, "D1", None), ("(tersembunyi) Lama", 3, "D2", None)
    ]  # fmt: skip
    without_table = workbook({"Baru": [HEADERS, person(1)], "Daftar": [["L"], ["P"]]}, hidden=["Daftar"])
    assert [found["lembar"] for found in read(without_table, "dtks")] == ["Baru"]


@pytest.mark.parametrize("keys", [("pos_penuh", "pos_belum"), ("pos_belum", "pos_penuh")])
def test_lists_of_other_columns_below_each_other_on_a_sheet(keys: tuple[str, str]) -> None:
    rows, merged = [], []
    for key in keys:
        headers = list(LAYOUTS[key].headers)
        money = next(place for place, name in enumerate(headers) if name in {"NOMINAL", "BSU"})
        merged.append((len(rows) + 1, len(rows) + 2, money, money))
        first = dict.fromkeys(headers, "") | {"NIK": NIK, headers[money]: "300000"}
        rows += [headers, *([*(first | {headers[0]: f"{key}/{n}"}).values()] for n in (1, 2)), []]
        rows[-2][money] = ""
    found = read(old_excel(rows, merged=merged), "pos")
    orders = [(each["no_danom"], each["nik"], each["nominal"]) for each in found if not each["rusak"]]
    assert orders == [(f"{key}/{n}", NIK, "300000" if n == 1 else None) for key in keys for n in (1, 2)]


@pytest.mark.parametrize("delimiter", ["|", ";", ","])
def test_text_whose_lines_stand_unsplit_in_the_first_column_is_read_as_text(delimiter: str) -> None:
    wanted = [person(1, ALAMAT="JL. A NO 2"), person(2)]
    lines = [[delimiter.join(cells)] for cells in (HEADERS, *wanted)]
    sheets = {"A": [["DATA DTKS"], [], *lines], "B": [HEADERS, person(3)], "Rekap": [["DESA;JUMLAH"], ["A;3"]]}
    rows = read(workbook(sheets), "dtks")
    places = [(found["lembar"], found["baris"], found["id_dtks"], found["alamat"] or "") for found in rows]
    assert places == [("A", 4, "D1", "JL. A NO 2"), ("A", 5, "D2", ""), ("B", 2, "D3", "")]


def test_text_that_was_split_at_its_commas_is_put_together_and_what_became_a_number_is_no_amount() -> None:
    wanted = [("300,000", "KP A, NO 2"), ("300,000", "KP B")]
    header, *rows = [["NO_DANOM", "NIK", "NAMA_KPM", "ALAMAT", "NOMINAL"]] + [
        [f"D{number}", NIK, "SITI", address, amount] for number, (amount, address) in enumerate(wanted, 1)
    ]
    lines = [["|".join(cells)] for cells in (header, *rows)]
    split: list[list[object]] = [list(line.split(",")) for (line,) in lines]
    # Excel takes 000 for 0.
    split[2][-1] = 0
    first, second = read(workbook({"Data": split}), "pos")
    assert (first["alamat"], first["nominal"]) == ("KP A, NO 2", "300,000")
    assert (second["alamat"], second["nominal"]) == ("KP B", "300,0?")
