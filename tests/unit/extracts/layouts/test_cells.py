"""Cells that hold two facts, and facts that several cells hold."""

from __future__ import annotations

import pytest

from tests.unit.extracts.making import read, workbook

_NIK, _KK = "3604041211870001", "3604040101100001"


def _row(header: list[str], cells: list[object], *above: list[str]) -> dict[str, object]:
    rows = [*above, ["ID DTKS", "ALAMAT", *header], ["D1", "KP BARU", *cells]]
    (row,) = read(workbook({"DTKS": rows}), "dtks")
    return row


@pytest.mark.parametrize(
    ("header", "cell", "expected"),
    [
        ("NIK / NAMA", f"{_NIK} / SITI AMINAH", {"nik": _NIK, "nama": "SITI AMINAH"}),
        ("NAMA/NIK", f"SITI AMINAH, S.Pd\n{_NIK}", {"nik": _NIK, "nama": "SITI AMINAH, S.Pd"}),
        ("NAMA LENGKAP/NO. KTP", f"H. UMAR (NIK: {_NIK})", {"nik": _NIK, "nama": "H. UMAR"}),
        ("NIK/NAMA", "- / SITI", {"nik": None, "nama": "SITI"}),
        ("NIK/NAMA", "36040412118700 / SITI", {"nik": "36040412118700", "nama": "SITI"}),
        ("NIK/NAMA", _NIK, {"nik": _NIK, "nama": None}),
        ("NIK/NAMA", f"{_NIK} - ILHAM", {"nik": _NIK, "nama": "ILHAM"}),
        ("NIK/NAMA", f"{_NIK} O'NEIL", {"nik": _NIK, "nama": "O'NEIL"}),
        ("NIK/NAMA", f"{_NIK} / {_KK}", {"nik": None, "nama": None}),
        ("NIK / NAMA", f"{_NIK} / MAMAN2", {"nik": _NIK, "nama": "MAMAN2"}),
        ("NIK / NAMA", "3604 0412 1187 0O01 MAMAN 2", {"nik": "3604 0412 1187 0O01", "nama": "MAMAN 2"}),
        ("NAMA / NIK", f"MAMAN 2 / {_NIK}", {"nik": _NIK, "nama": "MAMAN 2"}),
        ("NAMA / NIK", f"MAMAN2 {_NIK}", {"nik": _NIK, "nama": "MAMAN2"}),
        # The 2 is ambiguous.
        ("NAMA / NIK", f"MAMAN 2 {_NIK}", {"nik": f"2 {_NIK}"}),
        ("NAMA / NIK", "MAMAN / 36 04041211870001", {"nik": "36 04041211870001", "nama": "MAMAN"}),
    ],
)
def test_a_number_and_a_name_in_one_cell(header: str, cell: str, expected: dict[str, str | None]) -> None:
    row = _row(["NO KK", header], [_KK, cell])
    assert {name: row[name] for name in expected} == expected


@pytest.mark.parametrize(
    ("header", "cell", "expected"),
    [
        ("NO. KK / NIK", f"{_KK} / {_NIK}", (_KK, _NIK)),
        ("NIK/NO KK", f"{_NIK}\n{_KK}", (_KK, _NIK)),
        ("NO KK/NIK", f"- / {_NIK}", (None, _NIK)),
        ("NO KK/NIK", f"{_KK} /", (_KK, None)),
        ("NO KK/NIK", _KK, (None, None)),
        ("NO KK/NIK", f"KK: {_KK} NIK: {_NIK}", (_KK, _NIK)),
        ("NO KK/NIK", f"NIK: {_NIK} KK: {_KK}", (None, None)),
        ("NO KK/NIK", f"{_KK} / {_NIK} / {_KK}", (None, None)),
    ],
)
def test_two_numbers_in_one_cell_where_it_is_told_which_is_which(
    header: str, cell: str, expected: tuple[str | None, str | None]
) -> None:
    row = _row([header, "NAMA"], [cell, "SITI"])
    assert (row["no_kk"], row["nik"]) == expected


@pytest.mark.parametrize(
    ("header", "cell", "expected"),
    [
        ("NO KK - KEPALA KELUARGA", f"{_KK} - UMAR", {"no_kk": _KK}),
        ("JK/UMUR", "L/45 TH", {"jenis_kelamin": "L"}),
        ("JK/UMUR", "L/P / 45 TH", {"jenis_kelamin": None}),
        ("L/P / TGL LAHIR", "P / 12-03-1980", {"jenis_kelamin": "P", "tanggal_lahir": "12-03-1980"}),
        ("DESA / KECAMATAN", "CIKEUSAL / PETIR", {"desa": "CIKEUSAL", "kecamatan": "PETIR"}),
        ("KECAMATAN - DESA", "PETIR - LUBUK PAKAM I,II", {"desa": "LUBUK PAKAM I,II", "kecamatan": "PETIR"}),
    ],
)
def test_other_facts_in_one_cell(header: str, cell: str, expected: dict[str, str]) -> None:
    row = _row(["NIK", "NAMA", header], [_NIK, "SITI", cell])
    assert {name: row[name] for name in expected} == expected


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["√", ""], "L"),
        (["", "P"], "P"),
        (["-", "v"], "P"),
        (["√", "√"], None),
        (["", ""], None),
        (["1", "cek"], None),
    ],
)
def test_a_sex_that_is_ticked(cells: list[object], expected: str | None) -> None:
    rows = [["ID DTKS", "NAMA", "NIK", "ALAMAT", "JENIS KELAMIN", ""], ["", "", "", "", "L", "P"]]
    (row,) = read(workbook({"DTKS": [*rows, ["D1", "SITI", _NIK, "KP BARU", *cells]]}), "dtks")
    assert row["jenis_kelamin"] == expected


def test_a_date_and_a_name_in_parts() -> None:
    rows = [
        ["ID DTKS", "NAMA DEPAN", "NAMA BELAKANG", "NIK", "TANGGAL LAHIR", "", ""],
        ["", "", "", "", "TGL", "BLN", "THN"],
        ["D1", "SITI", "AMINAH", _NIK, 12, 11, 1987],
        ["D2", "UMAR", "-", _NIK, 12, "", 1987],
    ]
    first, second = read(workbook({"DTKS": rows}), "dtks")
    assert (first["nama"], first["tanggal_lahir"]) == ("SITI AMINAH", "12-11-1987")
    assert (second["nama"], second["tanggal_lahir"]) == ("UMAR", None)


def test_a_number_in_boxes() -> None:
    blank = [""] * 15
    rows = [
        ["ID DTKS", "NIK", *blank, "NAMA", "RT", *blank],
        ["D1", *_NIK, "SITI", "3", "1", *blank[1:]],
        ["D2", *map(int, _NIK[:15]), "", "UMAR", "", *blank],
        ["D3", _NIK, *blank, "ANI", "", *blank],
        ["D4", _NIK[:14], "01", *blank[1:], "BUDI", "", *blank],
    ]
    found = read(workbook({"DTKS": rows}), "dtks")
    assert [row["nik"] for row in found] == [_NIK, _NIK[:15], _NIK, _NIK[:14]]
    assert [row["nama"] for row in found] == ["SITI", "UMAR", "ANI", "BUDI"]
    assert found[0]["rt"] == "3"


@pytest.mark.parametrize(
    "header", [["TGL LAHIR", "BLN LAHIR", "THN LAHIR"], ["Tanggal Lahir", "Bulan Lahir", "Tahun Lahir"]]
)
@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["12", "3", "1980"], "12-3-1980"),
        (["12/03/1980", "3", "1980"], "12/03/1980"),
        (["12/03/1980", "", ""], "12/03/1980"),
        (["12", "", "1980"], None),
    ],
)
def test_day_month_and_year_of_birth_each_under_its_name(
    header: list[str], cells: list[object], expected: str | None
) -> None:
    row = _row(["NO KK", "NIK", "NAMA", *header], [_KK, _NIK, "SITI", *cells])
    assert row["tanggal_lahir"] == expected
