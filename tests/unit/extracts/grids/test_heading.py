"""Where tables begin and end: headers of two rows, tables side by side, text around and below them."""

from __future__ import annotations

import io
from typing import Any

import pytest
import xlsxwriter

from schemas.extracts import map_columns
from tests.unit.extracts.making import delimited, layout, read, read_file, refusal_sentence, row, text, workbook

HEADERS = list(layout("dtks_23").headers)
KK, NIK = HEADERS.index("NOKK"), HEADERS.index("NIK")
PERSONS = [
    row("dtks_23", ID_DTKS=f"D{n}", NOKK=f"360405111212000{n}", NIK=f"360405120792000{n}", NAMA="SITI") for n in (1, 2)
]
Rows = list[list[str]]


def two_row_header(upper: dict[str, str], lower: dict[str, str]) -> Rows:
    """A header of two rows: the usual one with some cells changed."""
    return [[upper.get(text, text) for text in HEADERS], [lower.get(text, "") for text in HEADERS]]


WRAPPED = [[text.split(" ", 1)[0] for text in HEADERS], [" ".join(text.split(" ")[1:]) for text in HEADERS]]
GROUPED = two_row_header({"NOKK": "NOMOR", "NIK": ""}, {"NOKK": "KK", "NIK": "NIK"})


def rows_of(data: bytes, source: str = "dtks") -> list[tuple[int, str | None, str | None, str | None]]:
    return [(cells["baris"], cells["nik"], cells["no_kk"], cells["rusak"]) for cells in read(data, source)]


def person(line: int, number: int) -> tuple[int, str, str, None]:
    return (line, PERSONS[number - 1][NIK], PERSONS[number - 1][KK], None)


def refused(line: int, code: str = "BARIS_CATATAN") -> tuple[int, None, None, str]:
    return (line, None, None, code)


NUMBERED = [WRAPPED[0], [f"{text} ({place})".strip() for place, text in enumerate(WRAPPED[1], 1)]]
MISTYPED = [
    WRAPPED[0],
    [{"KABUPATEN/KOTA": "KOTTA"}.get(text, half) for text, half in zip(HEADERS, WRAPPED[1], strict=True)],
]
IN_THREE = [
    *two_row_header({"NOKK": "KEPENDUDUKAN", "NIK": "", "NAMA": ""}, {"NOKK": "NOMOR", "NAMA": "NAMA"}),
    [{"NOKK": "KK", "NIK": "NIK", "NAMA": "LENGKAP"}.get(text, "") for text in HEADERS],
]


@pytest.mark.parametrize(
    "header", [WRAPPED, GROUPED, NUMBERED, MISTYPED, IN_THREE], ids=["wrapped", "grouped", "numbered", "mistyped", "3"]
)
def test_a_header_may_take_several_rows_and_be_repeated(header: Rows) -> None:
    rows = [*header, PERSONS[0], *header, PERSONS[1]]
    taken = len(header)
    notes = [refused(taken + 2 + place) for place in range(taken)]
    expected = [person(taken + 1, 1), *notes, person(2 * taken + 2, 2)]
    for data in (workbook({"A": rows}), delimited(rows)):
        assert rows_of(data) == expected


def test_a_row_of_groups_or_of_units_is_no_part_of_a_whole_header() -> None:
    groups = ["" for _ in HEADERS]
    groups[0], groups[KK] = "WILAYAH", "IDENTITAS"
    units = ["(hh-bb-tttt)" if text == "TANGGAL LAHIR" else "" for text in HEADERS]
    assert rows_of(workbook({"A": [groups, HEADERS, PERSONS[0]]})) == [person(3, 1)]
    assert rows_of(workbook({"A": [HEADERS, units, PERSONS[0]]})) == [refused(2), person(3, 1)]
    explained = [{"ALAMAT": "L/P", "RT": "-", "NIK": "(16 angka)"}.get(text, "(wajib)") for text in HEADERS]
    (_, only) = read(workbook({"A": [HEADERS, explained, [*PERSONS[0][:5], "KP MELATI", *PERSONS[0][6:]]]}), "dtks")
    assert only["alamat"] == "KP MELATI"


BEHIND_NIK = [*PERSONS[0][:NIK], PERSONS[0][NIK] + " (1)", *PERSONS[0][NIK + 1 :]]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        # A row of a person is never part of a header, whatever follows the NIK.
        ([HEADERS, BEHIND_NIK, PERSONS[1]], [(2, BEHIND_NIK[NIK], BEHIND_NIK[KK], None), person(3, 2)]),
        # A number in a group about another person is not the person's own.
        ([*two_row_header({"NOKK": "KEPALA KELUARGA", "NIK": "", "DUSUN": "NO KK"}, {"NOKK": "NIK", "NIK": "NAMA"}),
          row("dtks_23", NIK="360405120792000", DUSUN="3604051112120009")], [(3, None, "3604051112120009", None)]),
        ([["NO", *HEADERS], ["URUT (1)", *(f"({place})" for place in range(2, 25))], ["1", *PERSONS[0]]],
         [refused(2), person(3, 1)]),
    ],
)  # fmt: skip
def test_what_is_a_row_of_the_header_and_what_a_person(rows: Rows, expected: list[Any]) -> None:
    assert rows_of(workbook({"A": rows})) == expected


NAMES = ("ID DTKS", "NAMA", "NIK")
SITI = ("D1", "SITI", PERSONS[0][NIK])


@pytest.mark.parametrize(
    ("rows", "columns"),
    [
        # Headers under groups.
        ([[*NAMES, "NO KK", "KELAHIRAN", "", "ALAMAT RUMAH", ""],
          ["", "", "", "", "TANGGAL", "TEMPAT", "NOMOR", ""],
          ["", "", "", "", "LAHIR", "LAHIR", "RT", "RW"],
          [*SITI, PERSONS[0][KK], "12-07-1992", "SERANG", "1", "2"]],
         {"tanggal_lahir": "12-07-1992", "tempat_lahir": "SERANG", "rt": "1", "rw": "2", "alamat": None}),
        *(([["ID DTKS", "NO KK", "ALAMAT", *groups], ["", "", "", "NAMA", "NIK", "NAMA", "NIK"],
            ["D1", PERSONS[0][KK], "KP MELATI", "BUDI", PERSONS[1][NIK], *SITI[1:]]],
           {"nama": "SITI", "nik": SITI[2], "alamat": "KP MELATI"})
          for groups in (("KEPALA KELUARGA", "", "ANGGOTA", ""), ("DATA LAMA", "", "DATA BARU", ""))),
        # Groups above a complete header say whose its repeated columns are.
        *(([["", "", owner, "", "ANGGOTA", ""], ["ID DTKS", "NO KK", "NAMA", "NIK", "NAMA", "NIK"],
            ["D1", PERSONS[0][KK], "BUDI", PERSONS[1][NIK], *SITI[1:]]], {"nama": "SITI", "nik": SITI[2]})
          for owner in ("KEPALA KELUARGA", "DATA LAMA")),
        *(([[*NAMES, parents, "", "RT"], ["", "", "", "AYAH", "IBU", ""], [*SITI, "UJANG", "EUIS", "7"]],
           {"nama": "SITI", "nama_ibu_kandung": "EUIS", "rt": "7"}) for parents in ("ORANG TUA", "NAMA ORANG TUA")),
        # Columns that are named only above a complete header.
        ([["PROVINSI", "KABUPATEN", "IDENTITAS", "", ""], ["", "", *NAMES], ["BANTEN", "SERANG", *SITI]],
         {"provinsi": "BANTEN", "kabupaten": "SERANG", "id_dtks": "D1"}),
        ([["KABUPATEN", ": SERANG"], ["", *NAMES], ["1", *SITI]],
         {"kabupaten": "KABUPATEN SERANG", "id_dtks": "D1", "judul": "KABUPATEN : SERANG"}),
        # A complete header may continue below its groups and half words.
        ([[*NAMES, "TANGGAL", "ALAMAT", "", "", "NAMA"], ["", "", "", "LAHIR", "DESA", "RT", "RW", "IBU KANDUNG"],
          [*SITI, "12-07-1992", "CITEREP", "1", "2", "ANI"]],
         {"tanggal_lahir": "12-07-1992", "desa": "CITEREP", "rt": "1", "rw": "2", "alamat": None, "nama": "SITI",
          "nama_ibu_kandung": "ANI"}),
    ],
)  # fmt: skip
def test_columns_under_a_header_of_several_rows(rows: Rows, columns: dict[str, str | None]) -> None:
    (only,) = read(workbook({"A": rows}), "dtks")
    assert {name: only[name] for name in columns} == columns


def test_a_header_word_below_another_is_not_taken_out_of_it() -> None:
    upper, lower = ["NIK", "NO KK", "Pekerjan", "Deskripsi", "TGL"], ["", "", "", "Pekerjaan", "LAHIR"]
    cells = [PERSONS[0][NIK], PERSONS[0][KK], "PETANI", "MENGGARAP SAWAH", "12-07-1992", "SITI"]
    (only,) = read(workbook({"A": [[*upper, "NAMA"], [*lower, "PENDUDUK"], cells]}), "dukcapil")
    assert (only["pekerjaan"], only["tanggal_lahir"], only["nama"]) == ("PETANI", "12-07-1992", "SITI")


def test_a_programme_above_the_header_is_no_column() -> None:
    order = row("pos_belum", No_Danom="36/1", NIK=PERSONS[0][NIK], Nama="SITI", BSU="300000")
    title = ["Program", ": PKH Tahap 1 Tahun 2022"]
    (only,) = read(workbook({"A": [title, ["No", *layout("pos_belum").headers], ["1", *order]]}), "pos")
    assert (only["no_danom"], only["program"], only["judul"]) == ("36/1", None, " ".join(title))


@pytest.mark.parametrize(
    ("written", "column"),
    [
        ({"TANGGAL LAHIR": "TANGAL LAHIR"}, {"tanggal_lahir": "isi TANGGAL LAHIR"}),
        ({"TANGGAL LAHIR": "TGL LHR"}, {"tanggal_lahir": "isi TANGGAL LAHIR"}),
        ({"PROVINSI": "Propinsi"}, {"provinsi": "isi PROVINSI"}),
        ({"KECAMATAN": "KECAMATN"}, {"kecamatan": "isi KECAMATAN"}),
        # A mistyped header does not count beside the right one, nor if it occurs twice.
        ({"DUSUN": "TANGGAL LAHI", "PEKERJAAN": "TANGGAL LAHRI"}, {"tanggal_lahir": "isi TANGGAL LAHIR"}),
        ({"DUSUN": "TANGGAL LAHI", "PEKERJAAN": "TANGGAL LHIR", "TANGGAL LAHIR": "TGL UBAH"}, {"tanggal_lahir": None}),
    ],
)
def test_headers_that_are_abbreviated_or_one_letter_off(written: dict[str, str], column: dict[str, str | None]) -> None:
    rows = [[written.get(text, text) for text in HEADERS], [f"isi {text}" for text in HEADERS]]
    (only,) = read(workbook({"A": rows}), "dtks")
    assert {name: only[name] for name in column} == column


@pytest.mark.parametrize(
    ("source", "name", "unknown", "value"),
    [
        ("dtks", "dtks_23", "KOMPONEN", "IBU HAMIL"),
        ("dtks", "dtks_23", "PENGUSUL", "DESA"),
        ("dtks", "dtks_23", "BANSOS", "PKH"),
        ("dtks", "dtks_23", "KETERANGAN", "NIK"),
        ("dukcapil", "siak_37", "JENIS WILAYAH", "KELURAHAN"),
        ("pos", "pos_penuh", "LOKASI BAYAR", "DESA"),
    ],
)
def test_a_person_whose_cell_is_a_header_word_is_no_second_row_of_the_header(
    source: str, name: str, unknown: str, value: str
) -> None:
    header = [*layout(name).headers, unknown]
    cells = [f"3604051207920001{place}"[-16:] if text == "NIK" else "SITI" for place, text in enumerate(header[:-1])]
    rows = [header, [*cells, value], [*cells, ""]]
    for data in (workbook({"A": rows}), delimited(rows, ";")):
        assert [line for line, *_ in rows_of(data, source)] == [2, 3]


@pytest.mark.parametrize("label", ["KAB.", "KEC", "KECAMATAN", "DESA", "RT", "KABUPATEN"])
def test_a_title_that_is_a_header_word_stays_a_title(label: str) -> None:
    header = ["NO", "NAMA", "NIK", "NO KK", "ID DTKS"]
    cells = ["1", "SITI", PERSONS[0][NIK], PERSONS[0][KK], "D1"]
    for value in ([": SERANG"], ["", ": SERANG"]):
        (only,) = read(workbook({"A": [[label, *value], header, cells]}), "dtks")
        assert (only["nama"], only["nik"], only["judul"]) == ("SITI", PERSONS[0][NIK], f"{label} : SERANG")
        actual = {only[level] for level in ("rt", "desa", "kecamatan", "kabupaten")} - {None}
        assert actual <= {"SERANG", "KABUPATEN SERANG"}


@pytest.mark.parametrize(
    ("source", "own", "other", "column"),
    [
        ("pos", "NOMINAL", "NILAI", "nominal"),
        ("pos", "STATUS_BAYAR", "STATUS", "status_bayar"),
        ("dtks", "PROVINSI", "PROV", "provinsi"),
        ("dtks", "NAMA KAB", "KAB", "kabupaten"),
        ("dtks", "KECAMATAN", "KEC", "kecamatan"),
        ("dtks", "NAMA IBU KANDUNG", "IBU", "nama_ibu_kandung"),
        ("dukcapil", "KECAMATAN", "KEC", "kecamatan"),
    ],
)
def test_of_two_headers_of_a_column_its_own_counts_wherever_it_stands(
    source: str, own: str, other: str, column: str
) -> None:
    needed = {"pos": ["NO_DANOM", "NIK"], "dtks": ["ID DTKS", "NAMA", "NIK"], "dukcapil": ["NIK", "NO_KK", "NAMA"]}
    header = [*needed[source], "NOMINAL" if own != "NOMINAL" else "TAHUN", "TGL_LHR"]
    cells = ["36/1", *["3604051207920001"] * (len(header) - 1)]
    for names in ([own, other], [other, own]):
        rows = [[*names, *header], [*(f"isi {text}" for text in names), *cells]]
        assert read(workbook({"A": rows}), source)[0][column] == f"isi {own}"


@pytest.mark.parametrize("written", ["NOMOR NIS", "NOMR KK", "TGL LAHIR 2", "KECAMATAN2"])
def test_no_number_of_a_person_and_no_digit_is_mistyped(written: str) -> None:
    columns = map_columns(["ID DTKS", "NAMA", written], layout("dtks_23"))
    assert columns.keys() == {"id_dtks", "nama"}


def test_a_fuller_header_further_down_loses_no_row_above_it() -> None:
    old, new = layout("dtks_17").headers, HEADERS
    first = row("dtks_17", ID_DTKS="D1", NOMOR_NIK=PERSONS[0][NIK], NOMOR_KK=PERSONS[0][KK], NAMA="SITI")
    rows = [list(old), first, new, PERSONS[1]]
    assert rows_of(workbook({"A": rows})) == [person(2, 1), refused(3), person(4, 2)]


LINES = text("dtks_23", *PERSONS).decode().split("\n")
BOTH = [person(2, 1), person(3, 2)]
BROKEN = [*PERSONS[0]]
BROKEN[HEADERS.index("ALAMAT")] = '"KP MELATI\nRT 1"'


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        # Columns without name or content behind the table.
        *(([LINES[0] + behind_header, *(line + behind_rows for line in LINES[1:])], BOTH)
          for behind_header, behind_rows in (("|", ""), ("||", ""), ("", "||"), ("|", "|||"), ("|", "|"))),
        # A filled one is a cell too many.
        ([LINES[0], *(line + "|x|y" for line in LINES[1:])], [refused(2, "KOLOM_LEBIH"), refused(3, "KOLOM_LEBIH")]),
        # A line break in a row with a trailing delimiter.
        ([LINES[0], "|".join(BROKEN), *(line + "|" for line in (LINES[2], *LINES[1:]))],
         [person(2, 1), person(4, 2), person(5, 1), person(6, 2)]),
        # A row in the header's line is refused without affecting others.
        (["|".join([LINES[0], *row("dtks_23", NAMA="SITI", HUB_KELUARGA="KEPALA KELUARGA")]), *LINES[1:]],
         [refused(1, "DI_ATAS_JUDUL"), *BOTH]),
        # In quotes by another delimiter.
        ([*LINES[:2], "\t".join(f'"{cell}"' for cell in PERSONS[1])], BOTH),
        # Pages that were printed to a file.
        ([*LINES[:2], "\x0c" + LINES[0], LINES[2], "\x0c", ""], [person(2, 1), refused(3), person(4, 2)]),
    ],
)  # fmt: skip
def test_lines_of_text_of_another_length_than_their_header(lines: list[str], expected: list[Any]) -> None:
    assert rows_of("\n".join(lines).encode()) == expected


@pytest.mark.parametrize(
    ("delimiter", "note"),
    [
        *((",", note) for note in ("Serang, 12 Desember 2022", "Mengetahui,", "H. ABDUL ROHMAN, S.Sos., M.Si",
                                   "NIP. 19651212 199003 1 001", "-----+-----+-----", "--- 12 ---")),
        *((",", ",".join([line] * 23)) for line in ("---", "-" * 16)),
        (",", ",".join(["Petugas", *[""] * 8, "Mengetahui", *[""] * 8, "Kepala Desa", *[""] * 4])),
        (",", ",".join(["NIP. 196512121990031001", *[""] * 17, "NIP. 196512121990031002", *[""] * 4])),
        # Narrower than the table.
        *((";", note) for note in ("Sub Jumlah;;;", ";;Mengetahui;;", "1;2;3;4", '(1);"2";(3)')),
    ],
)  # fmt: skip
def test_what_stands_under_a_table_is_a_note(delimiter: str, note: str) -> None:
    data = text("dtks_23", *PERSONS, delimiter=delimiter) + b"\n" + note.encode()
    assert rows_of(data) == [*BOTH, refused(4)]
    cut_off = "D3, BANTEN, KABUPATEN SERANG, 3604051207920003".replace(",", delimiter)
    assert rows_of(data + f"\n{cut_off}\n".encode())[-1] == refused(5, "KOLOM_KURANG"), "no sentence"


@pytest.mark.parametrize("behind", [(0, 1, 2, 3), (2, 2, 2, 0), (2, 2, 2, 3), (1, 1, 1, 0, 2), (2, 0, 0)])
@pytest.mark.parametrize("quote", ["", '"'])
def test_blank_cells_behind_the_table_may_be_now_more_and_now_fewer(behind: tuple[int, ...], quote: str) -> None:
    rows = [[*PERSONS[place % 2], *[""] * behind[place % len(behind)]] for place in range(24)]
    lines = [";".join(quote + cell + quote for cell in cells) for cells in (HEADERS, *rows)]
    assert rows_of("\n".join(lines).encode()) == [person(place + 2, place % 2 + 1) for place in range(24)]


def test_a_cell_too_much_among_lines_of_any_length_is_refused_still() -> None:
    rows = [[*PERSONS[place % 2], *[""] * (place % 3)] for place in range(12)]
    split = [*PERSONS[0][:5], "JL MAWAR", "BLOK C", *PERSONS[0][6:], ""]
    split[HEADERS.index("TANGGAL LAHIR") + 1], split[HEADERS.index("JENIS KELAMIN") + 1] = "12-07-1992", "L"
    assert [code for *_, code in rows_of(delimited([HEADERS, *rows, split]))] == [None] * 12 + ["KOLOM_GESER"]


def test_delimiters_within_cells_are_no_blank_cells_behind_the_table() -> None:
    header = ["ID DTKS", "NIK", "NOKK", "NAMA", "ALAMAT", "RT", "RW", "DESA", "KETERANGAN"]
    numbers = [PERSONS[0][NIK], PERSONS[0][KK], "SITI"]
    rows = [
        [f"D{n}", *numbers, "KP MELATI" if n % 4 else "KP MELATI, BLOK C", "1", "2", "SERDANG", ""] for n in range(16)
    ]
    assert [code for *_, code in rows_of(delimited([header, *rows], ","))] == [
        None if n % 4 else "KOLOM_LEBIH" for n in range(16)
    ]


def test_a_row_that_lost_as_many_cells_as_have_no_name_is_refused() -> None:
    header = ["ID DTKS", "NIK", "NOKK", "NAMA", "DESA", "KECAMATAN", "KABUPATEN", "PROVINSI", "KETERANGAN"]
    cells = ["D1", PERSONS[0][NIK], PERSONS[0][KK], "SITI", "SERDANG", "CIRUAS", "SERANG", "BANTEN", "", "", ""]
    data = delimited([header, *[cells] * 9, cells[:4] + cells[6:], []])
    assert [code for *_, code in rows_of(data)] == [None] * 9 + ["KOLOM_KURANG"]


def test_every_cell_of_a_wide_header_broken_over_lines() -> None:
    header = ";".join('"' + text.replace(" ", "\n") + '"' for text in layout("siak_37").headers)
    line = ";".join(row("siak_37", Nomor_KK=PERSONS[0][KK], NIK=PERSONS[0][NIK], Nama_Penduduk="SITI"))
    assert rows_of(f"{header}\n{line}\n".encode(), "dukcapil") == [person(header.count("\n") + 2, 1)]


def test_tables_beside_each_other_are_both_read() -> None:
    for gap in ([], ["", ""]):
        sheet = [HEADERS + gap + HEADERS, PERSONS[0] + gap + PERSONS[1], [""] * (23 + len(gap)) + PERSONS[0]]
        rows = read(workbook({"A": sheet}), "dtks")
        second = "A kolom " + ("Z" if gap else "X")
        assert [(cells["lembar"], cells["baris"], cells["nik"]) for cells in rows] == [
            ("A", 2, PERSONS[0][NIK]),
            (second, 2, PERSONS[1][NIK]),
            (second, 3, PERSONS[0][NIK]),
        ]


def test_a_list_to_compare_with_is_refused_where_it_stands_and_not_sent_elsewhere() -> None:
    registry = ["NO KK", "NIK", "NAMA LENGKAP", "TEMPAT LAHIR", "TANGGAL LAHIR", "SHDK", "STATUS KAWIN", "AGAMA"]
    sheet = [[*HEADERS, "", *registry], [*PERSONS[0], "", PERSONS[1][KK], PERSONS[1][NIK], *[""] * 6]]
    person, refused = read(workbook({"A": sheet}), "dtks")
    assert (person["nik"], person["rusak"]) == (PERSONS[0][NIK], None)
    assert (refused["lembar"], refused["rusak"]) == ("A kolom Y", "BERKAS_DITOLAK")
    assert "bukan data dtks, dan tidak dibaca" in refused["catatan"]
    assert "pindahkan" not in refused["catatan"]


def test_a_sheet_that_goes_on_without_header_is_refused_and_not_left_out() -> None:
    sheets = {"A": [HEADERS, PERSONS[0]], "B": [PERSONS[1]], "Rekap": [["KECAMATAN", "JUMLAH"], ["CIRUAS", "12"]]}
    rows = read(workbook(sheets), "dtks")
    assert [(cells["lembar"], cells["baris"], cells["rusak"]) for cells in rows] == [
        ("A", 2, None),
        ("B", 0, "BERKAS_DITOLAK"),
    ]


def test_a_sentence_with_as_many_commas_as_a_row_is_a_note() -> None:
    sentence_ = ", ".join(["Catatan", *["bersifat rahasia"] * 21, "Desember 2022"])
    spaced = ", ".join(PERSONS[1])
    data = text("dtks_23", PERSONS[0], delimiter=",") + f"\n{sentence_}\n{spaced}".encode()
    assert [(line, code) for line, *_, code in rows_of(data)] == [(2, None), (3, "BARIS_CATATAN"), (4, None)]


@pytest.mark.parametrize("delimiter", [", ", " | "])
def test_rows_with_a_blank_behind_every_delimiter_are_no_sentences(delimiter: str) -> None:
    target = ["BLT BBM", "2022", "1", "36.04", "1.200", "360.000.000", "01-09-2022", "360.000.000", "30-09-2022"]
    member = row("dtks_23", ID_DTKS="D1", NAMA="SITI", NIK="", NOKK="3604 0511 1212 0003")
    for key, source, cells in (("alokasi", "alokasi", target), ("dtks_23", "dtks", member)):
        data = delimited([layout(key).headers, cells, cells], delimiter)
        assert [cells["rusak"] for cells in read(data, source)] == [None, None]


def test_text_that_is_named_like_a_workbook_is_told_as_such() -> None:
    (refused,) = read_file(b"halo\nini bukan Excel\n", "dtks/palsu.xlsx", "dtks").rows(named=True)
    assert refused["catatan"].startswith("Isinya teks biasa, bukan xlsx seperti namanya")
    assert refusal_sentence(b"halo\nini bukan Excel\n", "dtks").startswith("Tata letak tidak dikenal")
    (kept,) = read_file(text("dtks_23", PERSONS[0]), "dtks/data.xlsx", "dtks").rows(named=True)
    assert kept["nik"] == PERSONS[0][NIK]


@pytest.mark.parametrize("closing", [("", ""), ("", "|"), ("|", "|"), ("||", "|")])
def test_lines_that_were_taken_for_one_cell_are_rows_again(closing: tuple[str, str]) -> None:
    rows = [cells.copy() for cells in PERSONS]
    rows[0][HEADERS.index("ALAMAT")] = 'KP SOKA"AN, NO 2'
    header, *below = text("dtks_23", *rows).decode().split("\n")
    lines = [header + closing[0], *(line + closing[1] for line in below)]
    for wrapped in (range(3),) if any(closing) else (range(3), range(1, 2)):
        data = "\n".join(
            '"' + line.replace('"', '""') + '"' if place in wrapped else line for place, line in enumerate(lines)
        )
        assert rows_of(data.encode()) == [person(2, 1), person(3, 2)]
        assert read(data.encode(), "dtks")[0]["alamat"] == 'KP SOKA"AN, NO 2'


def test_a_repeated_header_is_a_note_however_it_is_broken_over_lines() -> None:
    header = ["NOMOR\nKK" if text == "NOKK" else "ID\nDTKS" if text == "ID DTKS" else text for text in HEADERS]
    rows = [header, PERSONS[0], header, PERSONS[1]]
    assert rows_of(workbook({"A": rows})) == [person(2, 1), refused(3), person(4, 2)]
    lines = [";".join(f'"{text}"' if "\n" in text else text for text in cells) for cells in rows]
    lines += lines[3:] * 6
    wide = [line + ";;;;" if place in {0, 2} else line for place, line in enumerate(lines)]
    for written in (lines, wide):
        rows_found = rows_of("\n".join(written).encode())
        assert [cells for cells in rows_found if cells[3] is None][:2] == [person(4, 1), person(8, 2)]
        assert [(cells[0], cells[3]) for cells in rows_found if cells[3]] == [(5, "BARIS_CATATAN")]


def test_a_merged_cell_stands_for_all_rows_it_spans() -> None:
    with io.BytesIO() as stream:
        with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
            sheet = book.add_worksheet("Kec. A & B")
            sheet.merge_range(0, 0, 0, 5, "DATA TERPADU")
            sheet.write_row(2, 1, HEADERS)
            for line, cells in enumerate([*PERSONS, PERSONS[0]], 3):
                sheet.write_row(line, 1, [*cells[:KK], "", *cells[KK + 1 :]])
            sheet.merge_range(3, KK + 1, 4, KK + 1, PERSONS[0][KK])
            sheet.merge_range(7, 1, 8, 1, "Catatan")
        data = stream.getvalue()
    assert rows_of(data) == [
        (4, PERSONS[0][NIK], PERSONS[0][KK], None),
        (5, PERSONS[1][NIK], PERSONS[0][KK], None),
        (6, PERSONS[0][NIK], None, None),
        refused(8),
    ]


def test_a_repeated_header_with_numbers_in_brackets_is_no_row() -> None:
    header = [text.replace(" ", "\n") for text in layout("bdt_2015").headers]
    cells = row("bdt_2015")
    for name, value in (("ID rumah tangga (2)", "360401000000000001"), ("Nomor urut ART", "1"), ("Nama ART", "SITI")):
        cells[layout("bdt_2015").headers.index(name)] = value
    cells[layout("bdt_2015").headers.index("NIK")] = PERSONS[0][NIK]
    rows = rows_of(workbook({"A": [header, cells, header, cells]}))
    assert [(line, code) for line, *_, code in rows] == [(2, None), (3, "BARIS_CATATAN"), (4, None)]


def test_an_odd_quote_in_a_line_that_a_delimiter_closes() -> None:
    rows = [cells.copy() for cells in PERSONS]
    rows[0][HEADERS.index("ALAMAT")], rows[0][KK] = 'KP Soka"an', f'"{PERSONS[0][KK]}|"'
    header, *lines = text("dtks_23", *rows, *PERSONS).decode().split("\n")
    read_rows = rows_of("\n".join([header, *(line + "|" for line in lines)]).encode())
    assert [(line, nik, code) for line, nik, _, code in read_rows[:2]] == [
        (n, PERSONS[n - 2][NIK], None) for n in (2, 3)
    ]


def test_the_width_of_rows_is_told_however_often_a_wide_header_is_repeated() -> None:
    header = ";".join('"' + text.replace(" ", "\n") + '"' for text in HEADERS) + ";;"
    lines = [";".join(cells) for cells in PERSONS]
    rows = rows_of("\n".join([header, lines[0], header, lines[1]]).encode())
    size = header.count("\n") + 1
    assert [cells for cells in rows if cells[3] is None] == [person(size + 1, 1), person(2 * size + 2, 2)]


def test_a_target_above_its_header_is_refused_and_what_sums_it_up_is_a_title() -> None:
    header = ["PROGRAM", "TAHUN", "TAHAP", "KODE_WILAYAH", "KUOTA KPM", "PAGU"]
    target = ["PKH", "2022", "1", "36.04", "10", "6.000.000"]
    for above, code in ((target, "DI_ATAS_JUDUL"), (["PAGU", "6.000.000", "SISA", "500.000", "", ""], None)):
        rows = [above, header, target]
        for data in (workbook({"A": rows}), delimited(rows, ";")):
            codes = [row["rusak"] for row in read(data, "alokasi")]
            assert codes == ([code, None] if code else [None])
