from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from functools import partial
from typing import Any

import pytest

from tests.unit.extracts.making import old_excel, read, refusal_sentence, workbook

NBSP = "\xa0"
KK = ("3604040101100001", "3604040202110002")
NIK = ("3604041211870001", "3604045203900002", "3604040507150003")
Rows = list[list[object]]

# The forms in which the book is printed: labels over their values, `label : value` in one cell, in two cells, and a
# page per family.
HEAD_PLAIN = ["NO", "NIK", "NAMA", "JK", "TMPT LHR", "TGL LHR", "KTPEL", "AGAMA", "STATUS", "HUB. KEL", "PEKERJAAN"]
HEAD_TWO = [
    ["No", "Nama Lengkap", "NIK", "Tempat dan Tanggal Lahir", "", "JK", "SHDK", "Pendidikan",
     "Nama Orang Tua Kandung", ""],
    ["", "", "", "Tempat Lahir", "Tgl/Bln/Th", "", "", "Terakhir", "Ibu", "Ayah"],
]  # fmt: skip


def _plain(number: int, nik: str, name: str, status: str = "Kawin") -> list[object]:
    return [number, nik, name, "P", "SERANG", "12-11-1987", "CARD_SHIPPED", "Islam", status, "Istri", "Petani\nKebun"]


def _two(number: int, nik: str, name: str) -> list[object]:
    return [number, name, nik + NBSP, "SERANG", "12-11-1987", "Lk", "ANAK", "SD", "AMINAH", "UMAR"]


def labels_over_values() -> Rows:
    family: Rows = []
    for number, head in zip(KK, ("SITI", "BUDI"), strict=True):
        family += [["", "NO.KK", "", "NAMA.KK", "", "ALAMAT"]]
        family += [["", number, "", head, "", "KP BARU, RT:002, RW:001, Kodepos:42111,-"]]
        family += [HEAD_PLAIN, _plain(1, NIK[KK.index(number)], head)]  # type: ignore[list-item]
    return [["BUKU INDUK PENDUDUK"], [], ["KECAMATAN :", "", "", "CIRUAS"], ["DESA :", "", "", "RANJENG"], [], *family]


def labels_once_per_page() -> Rows:
    page: Rows = [
        ["KECAMATAN", ":", "CIRUAS", "DESA", ":", "RANJENG"],
        ["NO", "Nama Lengkap", "NIK", "Tempat Lahir", "Tgl/Bln/Th", "JK", "Stat Kwn", "Status", "Stat Rkm"],
        ["No. KK :", "", "Nama Kepala Keluarga :", "", "No. Blangko KK :", "", "Alamat :"],
    ]
    for number, name in zip(KK, ("SITI", "BUDI"), strict=True):
        page += [
            [number, "", name, "", "", "", "DESA RANJENG RT/RW : 002/001 DUSUN : -"],
            [1, name, NIK[KK.index(number)], "SERANG", "12-11-1987", "Pr", "K", "SDH DPT", "SENT FOR\nCARD PRINTING"],
        ]
    return page


def one_cell() -> Rows:
    return [
        ["BUKU INDUK PENDUDUK WNI"],
        ["PROVINSI", ":", NBSP + "BANTEN", "KABUPATEN/KOTA", ":", "SERANG"],
        ["KECAMATAN", ":", "CIRUAS", "DESA/KELURAHAN", ":", "RANJENG"],
        *[list(cells) for cells in HEAD_TWO],
        [f"({number})" for number in range(1, 11)],
        [f"No. KK : {KK[0]} {NBSP}", "", "Alamat : KP BARU, Nama Dusun : MELATI, RT/RW : 002/001"],
        _two(1, NIK[0], "SITI"),
        _two(2, NIK[1], "ANI"),
        list(HEAD_TWO[0]),
        list(HEAD_TWO[1]),
        [f"-{number}" for number in range(1, 11)],
        [f"No. KK : {KK[1]}", "", "Alamat : KP LAMA, Nama Dusun : -, RT/RW : 005/"],
        _two(1, NIK[2], "BUDI"),
        ["", "", "", "", "", "Serang, 5 Januari 2022"],
        ["", "", "", "", "", "NIP. 197001011990031001"],
    ]


def page_per_family() -> Rows:
    pages: Rows = []
    for number, member in zip(KK, ("SITI", "BUDI"), strict=True):
        pages += [
            ["BUKU INDUK KEPENDUDUKAN KABUPATEN SERANG"],
            ["", "PROVINSI :", "BANTEN", "", "", "", "NO. KK :", number],
            ["", "KABUPATEN :", "SERANG", "", "", "", "NAMA. KK :", member],
            ["", "KECAMATAN :", "CIRUAS", "", "", "", "ALAMAT :", f"KP {member}"],
            ["", "DESA :", "RANJENG", "", "", "", "NO.RT/RW :", "002/001"],
            [],
            HEAD_PLAIN,
            _plain(1, NIK[KK.index(number)], member),
            [],
            ["Mengetahui,", "", "", "", "", "Kepala Keluarga,"],
            ["Kepala Desa/Lurah", "", "", "", "(Ka.Dusun/Ketua RT)"],
            ["-----------", "", "", "", "", "------------"],
            ["Keterangan:"],
            ["1. Bila pindah (PD) atau meninggal dunia (MD), isi kolom KET."],
        ]  # type: ignore[list-item]
    return pages


def saved_as_text(rows: Rows, delimiter: str) -> bytes:
    width = max(map(len, rows))
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows([*row, *[""] * (width - len(row))] for row in rows)
    return text.getvalue().encode("cp1252")


def members(data: bytes) -> list[dict[str, Any]]:
    rows = read(data, "dukcapil")
    assert [row["rusak"] for row in rows if row["rusak"]] == []
    return rows


@pytest.mark.parametrize("book", [labels_over_values, labels_once_per_page, one_cell, page_per_family])
@pytest.mark.parametrize(
    "make",
    [lambda rows: workbook({"BIP": rows}), old_excel, *(partial(saved_as_text, delimiter=sign) for sign in "\t;,|")],
    ids=["xlsx", "xls", "tab", "semicolon", "comma", "pipe"],
)
def test_every_form_of_the_book_is_a_table_of_its_members(book: Any, make: Any) -> None:
    rows = members(make(book()))
    family = {row["nama"]: str(row["no_kk"]).strip(NBSP) for row in rows}
    assert family == {"SITI": KK[0], "BUDI": KK[1]} | ({"ANI": KK[0]} if book is one_cell else {})
    assert {str(row["nik"]).strip(NBSP) for row in rows} <= set(NIK)
    assert {(row["kecamatan"], row["desa"]) for row in rows} == {("CIRUAS", "RANJENG")}
    assert {(row["tempat_lahir"], row["tanggal_lahir"]) for row in rows} == {("SERANG", "12-11-1987")}
    assert {(row["rt"], row["rw"]) for row in rows} <= {("002", "001"), ("005", None)}
    # These books do not state whether a person is alive.
    assert {row["status"] for row in rows} == {None}


def test_marital_status_address_and_parents() -> None:
    first = members(workbook({"A": labels_over_values()}))[0]
    assert (first["status_kawin"], first["pekerjaan"]) == ("Kawin", "Petani\nKebun")
    assert first["alamat"].startswith("KP BARU")
    first, _, last = members(workbook({"A": one_cell()}))
    assert (first["nama_ibu_kandung"], first["nama_ayah"], first["dusun"]) == ("AMINAH", "UMAR", "MELATI")
    assert (last["rt"], last["rw"], last["provinsi"], last["kabupaten"]) == ("005", None, "BANTEN", "SERANG")


def test_rows_keep_the_number_the_officer_sees_and_titles_name_nobody() -> None:
    rows = members(workbook({"A": one_cell()}))
    assert [row["baris"] for row in rows] == [8, 9, 14]
    assert {row["judul"] for row in rows} == {"BUKU INDUK PENDUDUK WNI"}
    assert {row["judul"] for row in members(workbook({"A": labels_over_values()}))} == {"BUKU INDUK PENDUDUK"}


def test_lines_of_a_book_saved_as_text_keep_their_numbers_and_a_lonely_quote_ends_nothing() -> None:
    book = one_cell()
    # After a cell of two lines everything is one line further down.
    book[0] = ["BUKU INDUK\nPENDUDUK"]
    assert [row["baris"] for row in members(saved_as_text(book, ";"))] == [9, 10, 15]
    lonely = saved_as_text(one_cell(), ";").replace(b";SITI;", b';"SITI;')
    assert [row["nik"][:16] for row in members(lonely)] == list(NIK)


def test_an_address_is_not_inherited_from_the_family_above() -> None:
    book = one_cell()
    book[12] = [f"No. KK : {KK[1]}"]
    last = members(workbook({"A": book}))[-1]
    assert (last["no_kk"], last["alamat"], last["rt"], last["dusun"]) == (KK[1], None, None, None)


@pytest.mark.parametrize("label", [["No. KK : -"], ["No. KK :", "", "Alamat : KP LAMA"], ["No. KK", ":", "-"]])
def test_a_family_without_a_number_keeps_its_members_and_has_no_other_number(label: list[object]) -> None:
    rows = members(workbook({"A": [*one_cell()[:12], label, _two(1, NIK[2], "BUDI"), _two(2, NIK[2], "UMI")]}))
    assert [(row["nama"], (row["no_kk"] or "")[:16].strip("-")) for row in rows] == [
        ("SITI", KK[0]), ("ANI", KK[0]), ("BUDI", ""), ("UMI", "")
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("labels", "counted"),
    [(["NO", "NOMOR KK", "KEPALA KELUARGA", "", "ALAMAT"], 0), (["NOMOR KK", "KEPALA KELUARGA", "", "ALAMAT"], 1)],
)
def test_values_of_a_family_in_the_columns_of_a_member_are_no_member(labels: list[object], counted: int) -> None:
    book: Rows = [["BUKU INDUK PENDUDUK"], HEAD_PLAIN[counted:]]  # type: ignore[list-item]
    for kk, nik, head in zip(KK, NIK, ("SITI", "BUDI"), strict=False):
        book += [labels, ["1", kk, head, "", f"JL {head}"][counted:], _plain(1, nik, head)[counted:]]
    # A member directly below the labels: a family without a known number.
    book += [labels, _plain(1, NIK[2], "UMI")[counted:]]
    rows = members(workbook({"A": book}))
    assert [(row["nama"], row["nik"], row["no_kk"] or "", row["alamat"]) for row in rows] == [
        ("SITI", NIK[0], KK[0], "JL SITI"), ("BUDI", NIK[1], KK[1], "JL BUDI"), ("UMI", NIK[2], "", None)
    ]  # fmt: skip


def test_a_list_with_numbers_of_its_own_may_be_written_as_a_book() -> None:
    head = ["ID DTKS", "NIK", "NAMA", "TANGGAL LAHIR"]
    label = ["NO KK", KK[0], "NIK", NIK[1], "NAMA", "BUDI", "ID DTKS", "D9"]
    found = read(workbook({"A": [label, head, ["D1", NIK[0], "SITI", "12-11-1987"]]}), "dtks")
    assert [(row["id_dtks"], row["nik"], row["no_kk"], row["rusak"]) for row in found] == [("D1", NIK[0], KK[0], None)]


def test_a_member_without_nik_is_a_member() -> None:
    rows = members(workbook({"A": [*one_cell()[:9], _two(3, "", "BAYI")]}))
    assert [(row["nama"], row["no_kk"][:16]) for row in rows][-1] == ("BAYI", KK[0])


def test_a_number_that_is_understood_by_nobody_is_refused_and_not_dropped() -> None:
    shifted: Sequence[object] = ["", "", "", "", NIK[0], "SITI"]
    rows = read(workbook({"A": [*one_cell(), list(shifted)]}), "dukcapil")
    assert [(row["baris"], row["rusak"]) for row in rows if row["rusak"]] == [(17, "KOLOM_KURANG")]


def test_a_book_without_members_is_no_crash() -> None:
    assert members(workbook({"A": one_cell()[:7]})) == []


def test_a_book_without_family_numbers_is_told_what_is_missing() -> None:
    bare = [HEAD_PLAIN, _plain(1, NIK[0], "SITI")]
    assert "judul kolom yang kurang: No. KK" in refusal_sentence(workbook({"A": bare}), "dukcapil")


def test_a_header_wrapped_between_no_and_kk_is_no_book() -> None:
    table = [["NO", "NIK", "NAMA", "TGL"], ["KK", "", "LENGKAP", "LAHIR"], [KK[0], NIK[0], "SITI", "12-11-1987"]]
    (row,) = members(workbook({"A": table}))
    assert (row["no_kk"], row["nama"]) == (KK[0], "SITI")


def test_a_table_with_its_own_family_numbers_is_no_book() -> None:
    table = [["NO. KK : semua"], ["No KK", "NIK", "NAMA", "TGL LHR"], [KK[0], NIK[0], "SITI", "12-11-1987"]]
    (row,) = members(workbook({"A": table}))
    assert (row["no_kk"], row["judul"]) == (KK[0], "NO. KK : semua")


def test_a_zero_byte_makes_no_difference_to_what_is_told_of_a_text() -> None:
    assert refusal_sentence(b"NOMOR|NIK|NAMA\n1|2|A\x00B\n", "dukcapil") == refusal_sentence(
        b"NOMOR|NIK|NAMA\n1|2|AB\n", "dukcapil"
    )
    book = saved_as_text(one_cell(), ";").replace(b"SITI", b"SI\x00TI", 1)
    assert [row["nik"][:16] for row in members(book)] == list(NIK)


def test_a_text_wider_than_any_sheet_is_no_book() -> None:
    assert "Tata letak tidak dikenal" in refusal_sentence(
        b"a;" * 300 + b"\n" + saved_as_text(one_cell(), ";"), "dukcapil"
    )
