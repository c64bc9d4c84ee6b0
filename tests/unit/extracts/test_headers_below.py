"""Tables under each other in one file or sheet."""

from __future__ import annotations

import pytest

from tests.unit.extracts.making import layout, read, text, workbook

HEADERS = list(layout("dtks_17").headers)
NIK, KK = HEADERS.index("NOMOR NIK"), HEADERS.index("NOMOR KK")


def exchanged(cells: list[str]) -> list[str]:
    """The same row where NIK and KK have changed places."""
    other = cells.copy()
    other[NIK], other[KK] = cells[KK], cells[NIK]
    return other


def person(number: int) -> list[str]:
    cells = [f"D{number}", *[""] * 16]
    cells[NIK], cells[KK], cells[HEADERS.index("NAMA")] = f"NIK {number}", f"KK {number}", "SITI"
    return cells


@pytest.mark.parametrize("piece", [2**23, 1])
def test_rows_are_read_under_the_header_above_them(piece: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.extracts.read.PIECE_BYTES", piece)
    rows = [person(1), exchanged(HEADERS), exchanged(person(2)), exchanged(person(3)), HEADERS, person(4)]
    as_sheet = workbook({"Data": [HEADERS, *rows[:1], [], *rows[1:]]})
    for data, gap in ((text("dtks_17", *rows), 0), (as_sheet, 1)):
        found = [(cells["baris"], cells["nik"], cells["no_kk"], cells["rusak"]) for cells in read(data, "dtks")]
        assert found == [
            (2, "NIK 1", "KK 1", None),
            (3 + gap, None, None, "BARIS_CATATAN"),
            (4 + gap, "NIK 2", "KK 2", None),
            (5 + gap, "NIK 3", "KK 3", None),
            (6 + gap, None, None, "BARIS_CATATAN"),
            (7 + gap, "NIK 4", "KK 4", None),
        ]


def test_what_stands_under_a_header_of_nothing_known_is_refused_as_a_whole() -> None:
    other = [name if name != "ID DTKS" else "NAMA DUSUN" for name in HEADERS]
    found = read(text("dtks_17", person(1), ["ID DTKS", *other[1:11], "X", *other[12:]], person(2)), "dtks")
    assert [(cells["baris"], cells["id_dtks"], cells["rusak"]) for cells in found] == [
        (2, "D1", None),
        (3, None, "BARIS_CATATAN"),
        (0, None, "BERKAS_DITOLAK"),
    ]


def test_a_line_by_another_delimiter_is_a_row_and_a_sentence_is_none() -> None:
    lines = text("dtks_17", person(1)).decode().split("\n")
    lines += [";".join(person(2)), ";".join(person(3)[:9]), "Serang, 12 Desember 2022, Kepala Dinas"]
    found = read("\n".join(lines).encode(), "dtks")
    assert [(cells["id_dtks"], cells["rusak"]) for cells in found] == [
        ("D1", None), ("D2", None), (None, "KOLOM_KURANG"), (None, "BARIS_CATATAN")
    ]  # fmt: skip
