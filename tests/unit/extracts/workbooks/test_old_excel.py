"""Workbooks of Excel 97."""

from __future__ import annotations

import pytest

from schemas.extracts import LAYOUTS
from tests.unit.extracts.making import HEADERS, NIK, old_excel, person, read, refusal_sentence


def test_old_excel_is_read_like_new() -> None:
    rows = [["DATA DTKS"], [], HEADERS, person(1), [*person(2)[:10], 3604041211870001, *person(2)[11:]]]
    found = read(old_excel(rows), "dtks")
    assert [(cells["baris"], cells["id_dtks"], cells["nik"]) for cells in found] == [(4, "D1", NIK), (5, "D2", NIK)]
    assert refusal_sentence(old_excel(rows)[:3000], "dtks")


def test_an_amount_for_several_rows_is_nobody_elses() -> None:
    heads = list(LAYOUTS["pos_penuh"].headers)
    stage, amount = heads.index("TAHAP"), heads.index("NOMINAL")
    people = ({"NO_DANOM": f"D{n}", "NIK": NIK, "NAMA": "SITI"} for n in (1, 2))
    first, second = ([person.get(head, "") for head in heads] for person in people)
    first[stage], first[amount] = "1", "450000"
    rows = [heads, first, second]
    book = old_excel(rows, merged=[(1, 2, place, place) for place in (stage, amount)])
    spanning = "".join(f'<td rowspan="{1 + (n in {stage, amount})}">{cell}</td>' for n, cell in enumerate(first))
    reached = "".join(f"<td>{cell}</td>" for n, cell in enumerate(second) if n not in {stage, amount})
    head = "".join(f"<td>{cell}</td>" for cell in heads)
    page = f"<table><tr>{head}</tr><tr>{spanning}</tr><tr>{reached}</tr></table>".encode()
    for data in (book, page):
        found = [(cells["no_danom"], cells["tahap"], cells["nominal"] or "") for cells in read(data, "pos")]
        assert found == [("D1", "1", "450000"), ("D2", "1", "")]


@pytest.mark.parametrize(
    "numbers",
    # Cycles in the chains of the directory, the workbook, the small sectors and the allocation table.
    [{512 + 4: 1}, {512 + 8: 2}, {512 + 8: 2, 60: 2}, {68: 2, 512 * 4 - 4: 2}],
    ids=["direktori", "isi", "sektor_kecil", "daftar"],
)
def test_an_old_excel_without_end_is_refused_before_it_takes_all_memory(numbers: dict[int, int]) -> None:
    damaged = bytearray(old_excel([HEADERS, person(1)]))
    for place, number in numbers.items():
        damaged[place : place + 4] = number.to_bytes(4, "little")
    assert refusal_sentence(bytes(damaged), "dtks").startswith("Buku kerja Excel ini rusak; ")


def test_merged_cells_of_old_excel() -> None:
    rows = [
        ["", "ID DTKS", "NAMA", "NIK", "NO KK"],
        *(["", f"D{n}", "SITI", "1", kk] for n, kk in enumerate(("7", "", "", "8"))),
    ]
    found = read(old_excel(rows, merged=[(1, 3, 4, 4), (2, 2, 2, 3)]), "dtks")
    assert [cells["no_kk"] for cells in found] == ["7", "7", "7", "8"]
