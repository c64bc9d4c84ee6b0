"""Text with fixed-width columns."""

from __future__ import annotations

import pytest

from tests.unit.extracts.making import read, refusal_sentence

_HEADER = ["ID DTKS", "NAMA", "NIK", "ALAMAT", "JENIS KELAMIN", "DESA"]
_ROWS = [
    [f"D{n}", f"SITI {'AMINAH ' * (n % 3)}".strip(), f"36040412118700{n:02}", f"KP BARU NO {n}", "L", "CIKEUSAL"]
    for n in range(11, 23)
]


def _printed(rows: list[list[str]], gap: str, rule: str = "") -> list[str]:
    widths = [max(map(len, column)) for column in zip(_HEADER, *rows, strict=True)]
    lines = [gap.join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in (_HEADER, *rows)]
    ruled = [gap.join(rule * width for width in widths)] if rule else []
    return [lines[0], *ruled, *lines[1:]]


@pytest.mark.parametrize(("gap", "rule"), [("  ", ""), (" ", "-"), ("  ", "=")])
def test_columns_are_told_by_a_rule_or_by_what_is_blank_in_all_rows(gap: str, rule: str) -> None:
    lines = ["DAFTAR DTKS", "", *_printed(_ROWS, gap, rule), "", "(12 rows affected)"]
    rows = read("\r\n".join(lines).encode(), "dtks")
    people = [row for row in rows if row["rusak"] is None]
    found = [[row[name] for name in ("id_dtks", "nama", "nik", "alamat", "jenis_kelamin", "desa")] for row in people]
    assert found == _ROWS
    assert [row["baris"] for row in people] == [lines.index(line) + 1 for line in _printed(_ROWS, gap)[1:]]
    assert {row["judul"] for row in people} == {"DAFTAR DTKS"}
    assert {row["rusak"] for row in rows} == {None, "BARIS_CATATAN"}


def test_pages_repeat_the_header_and_a_torn_row_is_refused() -> None:
    header, rule, *rows = _printed(_ROWS, "  ", "-")
    page = ["\x0cHALAMAN 2 DARI 2 LAPORAN DTKS", header, rule]
    damaged = rows[3].replace("  36", "36  ")
    lines = [header, rule, *rows[:3], damaged, *page, *rows[4:]]
    found = {row["baris"]: row["rusak"] for row in read("\n".join(lines).encode(), "dtks")}
    notes = [found.pop(number) for number in (2, 7, 8, 9)]
    assert (found.pop(6), set(notes)) == ("KOLOM_KURANG", {"BARIS_CATATAN"})
    assert set(found.values()) == {None}
    assert len(found) == len(rows) - 1


def test_single_blanks_tell_no_columns() -> None:
    assert "Tata letak tidak dikenal" in refusal_sentence("\n".join(_printed(_ROWS, " ")).encode(), "dtks")
    several = (
        "\n".join(_printed(_ROWS, "  ")).replace("ALAMAT      ", "ALAMAT DUSUN").replace("KP BARU NO", "KPBARU NOM")
    )
    assert "Tata letak tidak dikenal" in refusal_sentence(several.encode(), "dtks")


def test_a_blank_in_the_same_place_of_a_header_and_of_all_rows_is_within_a_column() -> None:
    header = "ID DTKS  NAMA    NAMA KECAMATAN  NIK"
    lines = [header, *(f"D{n}      SITI    POSO KOTA       36040412118700{n}" for n in range(10, 22))]
    found = read("\n".join(lines).encode(), "dtks")
    assert {(row["nama"], row["kecamatan"]) for row in found} == {("SITI", "POSO KOTA")}


def test_a_line_of_marks_with_a_word_is_looked_at_once() -> None:
    rows = read("\n".join(["+" * 60 + " DAFTAR", *_printed(_ROWS, "  ")]).encode(), "dtks")
    assert [row["rusak"] for row in rows] == [None] * len(_ROWS)


def test_a_family_book_that_was_printed_into_a_file() -> None:
    book = """
BUKU INDUK PENDUDUK                                                Halaman : 1
KECAMATAN : CIKEUSAL        DESA : PANOSOGAN
No. KK : 3604040101100001     Alamat : KP BARU     RT : 003    RW : 005
------------------------------------------------------------------------------
NO  NIK               NAMA         JK  TMPT LHR  TGL LHR     HUB. KEL
------------------------------------------------------------------------------
1   3604041211870001  UMAR         L   SERANG    12-11-1987  KEPALA KELUARGA
2   3604045203900002  SITI AMINAH  P   SERANG    12-03-1990  ISTRI
No. KK : 3604040101100002     Alamat : KP LAMA     RT : 001    RW : 002
NO  NIK               NAMA         JK  TMPT LHR  TGL LHR     HUB. KEL
1   3604041211870003  BUDI         L   LEBAK     12-11-1987  KEPALA KELUARGA
"""
    rows = read(book.encode(), "dukcapil")
    assert [(row["nama"], row["no_kk"], row["alamat"], row["rt"], row["desa"]) for row in rows if not row["rusak"]] == [
        ("UMAR", "3604040101100001", "KP BARU", "003", "PANOSOGAN"),
        ("SITI AMINAH", "3604040101100001", "KP BARU", "003", "PANOSOGAN"),
        ("BUDI", "3604040101100002", "KP LAMA", "001", "PANOSOGAN"),
    ]
