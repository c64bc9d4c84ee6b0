"""Tables under each other in one file or sheet."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from pipeline.extracts.files.ledger import build_ledger
from pipeline.extracts.read import iter_families, read_source
from pipeline.extracts.text.head import header_predicate
from pipeline.extracts.text.rows import PIECE_BYTES, read_delimited
from schemas.extracts import KINDS
from schemas.table import polars_schema
from tests.unit.extracts.making import accepted_rows, delimited, layout, read, row, text, text_and_workbook, workbook

HEADERS = list(layout("dtks_17").headers)
PEOPLE = ("D1", "D2", "D3")
NIK, KK = HEADERS.index("NOMOR NIK"), HEADERS.index("NOMOR KK")


def with_swapped_numbers(cells: list[str]) -> list[str]:
    """The row with NIK and KK exchanged."""
    other = cells.copy()
    other[NIK], other[KK] = cells[KK], cells[NIK]
    return other


def person(number: int) -> list[str]:
    return row("dtks_17", ID_DTKS=f"D{number}", NOMOR_NIK=f"NIK {number}", NOMOR_KK=f"KK {number}", NAMA="SITI")


NUMBERED = row("dtks_17", ID_DTKS="D1", NOMOR_NIK="3604041211870001", NOMOR_KK="KK 1", NAMA="SITI")
# The usual header in two rows, and another one that exchanges NIK and KK.
WRAPPED, EXCHANGED = (
    [[name.partition(" ")[half] for name in names] for half in (0, 2)]
    for names in (HEADERS, with_swapped_numbers(HEADERS))
)


def niks_by_line(data: bytes, piece_bytes: int = PIECE_BYTES) -> dict[str, str]:
    """Line number → NIK of each accepted row."""
    return {each["id_dtks"]: each["nik"] for each in accepted_rows(data, piece_bytes=piece_bytes)}


def codes_by_line(data: bytes) -> list[tuple[int, str | None]]:
    return [(each["baris"], each["rusak"]) for each in read(data, "dtks")]


@pytest.mark.parametrize("piece", [2**23, 40, 200])
def test_a_list_further_down_has_the_title_above_it(piece: int) -> None:
    pages = [["PKH TAHAP 1"], HEADERS, person(1), ["JUMLAH", "1"], ["Serang, 5 Mei 2023"], [], ["BPNT TAHAP 2"]]
    lines = [
        *pages,
        HEADERS,
        person(2),
        HEADERS,
        person(3),
        ["Halaman 3"],
        with_swapped_numbers(HEADERS),
        with_swapped_numbers(person(4)),
    ]
    for data in text_and_workbook(lines):
        found = {cells["id_dtks"]: cells["judul"] for cells in accepted_rows(data, piece_bytes=piece)}
        assert found == {"D1": "PKH TAHAP 1", **dict.fromkeys(("D2", "D3", "D4"), "BPNT TAHAP 2")}


@pytest.mark.parametrize("piece", [2**23, 40, 400])
@pytest.mark.parametrize("sign", ["|", ";"])
def test_a_table_of_other_columns_below_is_read_under_its_own_header(piece: int, sign: str) -> None:
    later = list(layout("dtks_23").headers)
    rows = [row("dtks_23", ID_DTKS=f"D{n}", NIK=f"NIK {n}", NOKK=f"KK {n}", NAMA="SITI") for n in (3, 4)]
    first = [["PKH TAHAP 1"], HEADERS, *(person(number) for number in range(10, 20)), ["BPNT TAHAP 2"], []]
    last = [["PKH TAHAP 4"], HEADERS, person(5), ["JUMLAH", "1"]]
    lines = [("|", first), (sign, [later, *rows]), ("|", last)]
    data = "\n".join(each.join(cells) for each, table in lines for cells in table).encode()
    cells = read(data, "dtks", piece)
    found = {each["id_dtks"]: (each["nik"], each["no_kk"], each["judul"]) for each in cells if not each["rusak"]}
    titles = {**dict.fromkeys(range(10, 20), "PKH TAHAP 1"), 3: "BPNT TAHAP 2", 4: "BPNT TAHAP 2", 5: "PKH TAHAP 4"}
    assert found == {f"D{number}": (f"NIK {number}", f"KK {number}", title) for number, title in titles.items()}
    filled = [number for number, line in enumerate(data.split(b"\n"), 1) if line.strip(b"|;")]
    # The title and the first header are not lines of the table.
    assert sorted(each["baris"] for each in cells) == filled[2:]
    notes = [each["baris"] for each in cells if each["rusak"] == "BARIS_CATATAN"]
    assert sorted(notes) == [13, 15, 18, 19, 21]


@pytest.mark.parametrize("sign", ["|", ";"])
@pytest.mark.parametrize(
    ("people", "change"),
    [(2, str), (12, str), (2, lambda name: f"{name} (1)"), (40, lambda name: '"' + name.replace(" ", "\n") + '"')],
)
def test_a_short_table_above_a_fuller_one_keeps_its_rows(people: int, sign: str, change: Callable[[str], str]) -> None:
    rows = [row("dtks_23", ID_DTKS=f"D{n}", NIK=f"{n:016}", NAMA="SITI") for n in range(100, 130)]
    first = [HEADERS, *([f"D{n}", *[""] * 9, f"{n:016}", "SITI", *[""] * 5] for n in range(people))]
    later = [[change(name) for name in layout("dtks_23").headers], *rows]
    data = "\n".join([*map("|".join, first), *map(sign.join, later)]).encode()
    assert niks_by_line(data) == {f"D{number}": f"{number:016}" for number in (*range(people), *range(100, 130))}


def test_rows_above_the_header_are_refused_and_no_title() -> None:
    groups = ["ORANG", "", "", "ALAMAT", "", "BANSOS", "", "KET"]
    for above, refused in (([groups], []), ([person(1), NUMBERED], [2, 3])):
        for data in text_and_workbook([["PKH TAHAP 1"], *above, HEADERS, person(3)]):
            *others, last = read(data, "dtks")
            assert [(each["baris"], each["rusak"]) for each in others] == [(line, "DI_ATAS_JUDUL") for line in refused]
            assert (last["id_dtks"], last["rusak"], "SITI" in last["judul"]) == ("D3", None, False)


@pytest.mark.parametrize("sign", ["|", ";"])
def test_rows_above_the_header_may_be_divided_otherwise(sign: str) -> None:
    table = ["|".join(NUMBERED), sign.join(HEADERS), *[sign.join(person(2))] * 2]
    assert codes_by_line("\n".join(table).encode()) == [(1, "DI_ATAS_JUDUL"), (3, None), (4, None)]


def test_sentences_above_the_header_are_no_rows_divided_by_commas() -> None:
    title = "Rekening 0012345678901234, BRI, a.n. Dinsos, Serang / BST TAHAP 3, KEC. A, KEC. B, KEC. C"
    table = [*title.split(" / "), "|".join(HEADERS), "|".join(person(1))]
    (found,) = read("\n".join(table).encode(), "dtks")
    assert found["judul"] == title


def test_a_row_behind_the_header_in_its_line_is_refused_and_costs_no_other() -> None:
    table = ["|".join(HEADERS) + "|".join(NUMBERED), *["|".join(NUMBERED)] * 3]
    assert codes_by_line("\n".join(table).encode()) == [(1, "DI_ATAS_JUDUL"), (2, None), (3, None), (4, None)]


@pytest.mark.parametrize("count", [1, 30])
@pytest.mark.parametrize("last_of_piece", ["", "ID DTKS|NAMA|NOMOR|"])
def test_a_header_of_two_rows_further_down_may_be_wider(count: int, last_of_piece: str) -> None:
    groups = ["ID DTKS", "NAMA", "NOMOR", "", "ALAMAT", *[""] * 14]
    names = ["", "", "KK", "NIK", *[""] * 15]
    wide = [[f"D{n}", "SITI", f"KK {n}", f"NIK {n}", *[""] * 15] for n in range(5, 5 + count)]
    data = delimited([HEADERS, person(1), person(2), groups, names, *wide])
    piece = data.index(last_of_piece.encode()) + 1 if last_of_piece else len(data)
    assert niks_by_line(data, piece) == {f"D{n}": f"NIK {n}" for n in (1, 2, *range(5, 5 + count))}
    assert [each["baris"] for each in read(data, "dtks", piece) if each["rusak"]] == [4, 5]


@pytest.mark.parametrize("divided", [False, True])
def test_a_header_of_two_rows_further_down_may_be_as_wide(divided: bool) -> None:
    upper, lower = with_swapped_numbers(HEADERS), [""] * len(HEADERS)
    for place in (NIK, KK):
        upper[place], _, lower[place] = upper[place].partition(" ")
    people = [with_swapped_numbers(person(number)) for number in range(15, 20)]
    data = delimited([HEADERS, *map(person, range(10, 15)), upper, lower, *people])
    # The first piece ends after the upper row.
    piece = data.index("|".join(upper).encode()) + 1 if divided else len(data)
    assert niks_by_line(data, piece) == {f"D{number}": f"NIK {number}" for number in range(10, 20)}


def test_the_upper_row_of_a_header_further_down_need_not_be_one_itself() -> None:
    upper, lower = ["ID DTKS", "NAMA", "NOMOR", *[""] * 14], ["", "", "KK", "NIK", *[""] * 13]
    people = [[f"D{number}", "SITI", f"KK {number}", f"NIK {number}", *[""] * 13] for number in range(15, 20)]
    data = delimited([HEADERS, *map(person, range(10, 15)), upper, lower, *people])
    assert niks_by_line(data) == {f"D{number}": f"NIK {number}" for number in range(10, 20)}


def test_its_own_header_of_two_rows_on_each_page_begins_no_other_table() -> None:
    page = "ID DTKS|NAMA|NOMOR|\n||KK|NIK\n" + "D1|SITI|KK 1|NIK 1|\n" * 4
    assert len(list(read_delimited(io.BytesIO(page.encode() * 3), header_predicate("dtks")))) == 1


@pytest.mark.parametrize("sign", ["|", ";"])
def test_a_remark_that_names_columns_is_no_header(sign: str) -> None:
    remark = ["ID DTKS, NOMOR KK, NOMOR NIK, NAMA"]
    data = delimited([remark, *WRAPPED, *[NUMBERED] * 2], sign)
    assert [(each["baris"], each["nik"]) for each in read(data, "dtks")] == [(4, NUMBERED[NIK]), (5, NUMBERED[NIK])]
    below = [["Kunci:", "ID DTKS", "NOMOR NIK", "NAMA", "NOMOR KK"], NUMBERED]
    found = accepted_rows(workbook({"Data": [HEADERS, NUMBERED, *below]}))
    assert [each["nik"] for each in found] == [NUMBERED[NIK]] * 2


FIRST = "PKH // TAHAP 1 TAHUN 2022"


@pytest.mark.parametrize(
    ("between", "expected"),
    [
        (["PKH"], FIRST),
        (["Daftar Bayar PKH - Halaman 1 dari 20"], FIRST),
        (["Serang, 5 Januari 2023", "Mengetahui,", "Koordinator BPNT Kabupaten Serang"], FIRST),
        (["* data per 5 Januari 2023 BPNT tahap 4 belum termasuk"], FIRST),
        (["KETERANGAN: BPNT tahap 4 belum termasuk", "NB. TAHAP 3 menyusul"], FIRST),
        (["Daftar ini tidak termasuk BPNT"], FIRST),
        (["BPNT dan PKH"], FIRST),
        # A person's row with few cells is not a title.
        (["3604054606650006 SITI BPNT TAHAP 3"], FIRST),
        # A list of another programme or year does not inherit the stage above.
        (["Daftar Penerima Program Sembako"], "Daftar Penerima Program Sembako / 2022"),
        (["BPNT TAHAP 1 DAN 2 TAHUN 2021"], "BPNT TAHAP 1 DAN 2 TAHUN 2021"),
        (["REKAP PKH TAHUN 2021", "KECAMATAN CIRUAS"], "REKAP PKH TAHUN 2021"),
        # The signature of the list above states neither programme nor year of the next one.
        (["Serang, 5 Mei 2023", "Koordinator BPNT", "PKH TAHAP 3"], "Serang, 5 Mei 2023 / PKH TAHAP 3 / 2022"),
        # Above a stage any line that is no signature may name the programme.
        (["HASIL PENYALURAN BPNT", "TAHAP 2 TAHUN 2021"], "HASIL PENYALURAN BPNT / TAHAP 2 TAHUN 2021"),
        (["DAFTAR PENERIMA BPNT DESEMBER 2021"], "DAFTAR PENERIMA BPNT DESEMBER 2021"),
        (["REALISASI SEMBAKO KABUPATEN SERANG"], "REALISASI SEMBAKO KABUPATEN SERANG / 2022"),
        # A remark about another programme under a list.
        (["Sembako yang belum diambil dikembalikan"], FIRST),
        (["BPNT: 13 KPM"], FIRST),
        (["PKH 2022", "BPNT 2022"], FIRST),
        (["Koordinator Wilayah", "Program Sembako"], FIRST),
        (["BPNT-0012 3604 SITI"], FIRST),
        # A month after a stage number does not make a date.
        (["BPNT TAHAP 4 DESEMBER 2021"], "BPNT TAHAP 4 DESEMBER 2021"),
        (["BPNT TAHAP 1 PER 31 MARET 2023"], "BPNT TAHAP 1 PER 31 MARET 2023"),
        # A title inherits what it does not state from the one above.
        (["TAHAP 3"], "TAHAP 3 / PKH / 2022"),
        (["BPNT TW II"], "BPNT TW II / 2022"),
        (["BPNT TAHAP 2 TAHUN 2021"], "BPNT TAHAP 2 TAHUN 2021"),
        # A title may have one gap; lines above another gap are not part of it.
        (["Koordinator PKH, 5 Mei 2023", "", "BPNT TAHAP 2", "", "KECAMATAN CIRUAS"],
         "BPNT TAHAP 2 / KECAMATAN CIRUAS / 2022"),
    ],
)  # fmt: skip
def test_only_a_title_that_tells_a_stage_counts_further_down(between: list[str], expected: str) -> None:
    pages = [[FIRST], HEADERS, person(1), *([line] for line in between), HEADERS, person(2), ["Halaman 2"], HEADERS]
    for data in text_and_workbook([*pages, person(3)]):
        found = {cells["id_dtks"]: cells["judul"] for cells in read(data, "dtks") if cells["id_dtks"] in PEOPLE}
        assert found == {"D1": FIRST, "D2": expected, "D3": expected}


@pytest.mark.parametrize("piece", [2**23, 200])
def test_a_title_further_down_leaves_open_what_the_nearest_one_told(piece: int) -> None:
    titles = ["BPNT TAHAP 2 TAHUN 2021", "TAHAP 3", "PKH", "TAHUN 2020 TAHAP 4"]
    lines = [[FIRST], HEADERS, *(line for title in titles for line in (person(1), [title], HEADERS)), person(1)]
    found = accepted_rows(delimited(lines), piece_bytes=piece)
    third, fourth, last = "TAHAP 3 / SEMBAKO / 2021", "PKH / 2021", "TAHUN 2020 TAHAP 4 / PKH"
    assert [cells["judul"] for cells in found] == [FIRST, titles[0], third, fourth, last]


@pytest.mark.parametrize("delimiter", ["|", ";", ","])
def test_a_title_may_stand_in_several_cells(delimiter: str) -> None:
    lines = [["TAHAP 1 TAHUN 2022"], ["PKH"], HEADERS, person(1), ["DAFTAR PKH", "TAHAP 2", "TAHUN 2021"], HEADERS]
    lines += [person(2), ["BST"], HEADERS, person(3)]
    titles = ["TAHAP 1 TAHUN 2022 / PKH", "DAFTAR PKH TAHAP 2 TAHUN 2021", "BST / 2021"]
    for data in text_and_workbook(lines, delimiter):
        found = read(data, "dtks", 200)
        assert [cells["judul"] for cells in found if not cells["rusak"]] == titles
        assert {cells["rusak"] for cells in found if cells["rusak"]} == {"BARIS_CATATAN"}


def test_a_row_of_few_cells_above_a_title_is_none_of_it() -> None:
    sparse = ["D2", *[""] * 10, "SITI", "1-1-1980", *[""] * 4]
    lines = [["PKH TAHAP 1"], HEADERS, person(1), sparse, ["PKH TAHAP 2"], HEADERS, person(3)]
    for data in text_and_workbook(lines):
        assert list(niks_by_line(data)) == ["D1", "D2", "D3"]


def test_a_stage_told_for_all_lists_is_that_of_the_next_programme_too() -> None:
    lines = [["TAHAP 1 TAHUN 2022"], ["PKH"], HEADERS, person(1), ["BPNT"], HEADERS, person(2)]
    assert accepted_rows(delimited(lines))[1]["judul"] == "BPNT / 2022 / TAHAP 1"


@pytest.mark.parametrize("piece", [2**23, 1])
def test_rows_are_read_under_the_header_above_them(piece: int) -> None:
    rows = [
        person(1),
        with_swapped_numbers(HEADERS),
        with_swapped_numbers(person(2)),
        with_swapped_numbers(person(3)),
        HEADERS,
        person(4),
    ]
    as_sheet = workbook({"Data": [HEADERS, *rows[:1], [], *rows[1:]]})
    for data, gap in ((text("dtks_17", *rows), 0), (as_sheet, 1)):
        found = [(cells["baris"], cells["nik"], cells["no_kk"]) for cells in read(data, "dtks", piece)]
        lines = {1: 2, 2: 4 + gap, 3: 5 + gap, 4: 7 + gap}
        people = [(line, f"NIK {number}", f"KK {number}") for number, line in lines.items()]
        assert found == sorted([*people, (3 + gap, None, None), (6 + gap, None, None)])


def test_a_header_further_down_may_be_wrapped_over_two_rows() -> None:
    for data in text_and_workbook([HEADERS, person(1), *EXCHANGED, with_swapped_numbers(person(2))]):
        assert codes_by_line(data) == [(2, None), (3, "BARIS_CATATAN"), (4, "BARIS_CATATAN"), (5, None)]
        assert [(cells["nik"], cells["no_kk"]) for cells in accepted_rows(data)] == [
            ("NIK 1", "KK 1"),
            ("NIK 2", "KK 2"),
        ]


@pytest.mark.parametrize("kind", ["wrapped", "broken"])
def test_a_header_further_down_may_begin_in_one_piece_of_text_and_end_in_the_next(kind: str) -> None:
    header = WRAPPED if kind == "wrapped" else [['"' + name.replace(" ", "\n") + '"' for name in HEADERS]]
    data = delimited([*header, person(1), person(2), *header, person(3), *header, person(4)])
    whole = read(data, "dtks")
    assert [*niks_by_line(data).values()] == ["NIK 1", "NIK 2", "NIK 3", "NIK 4"]
    length = len(delimited(header))
    assert all(read(data, "dtks", piece) == whole for piece in range(length, length + 120, 29))


@pytest.mark.parametrize(
    "between", [[], [[*person(8)[:5], '"X', *[""] * 11]], [person(8)[:4]], [["Halaman 2"]], [["(1)", "(2)"]]]
)
@pytest.mark.parametrize("header", [HEADERS[:3], ["NIK", "NO_KK", "NAMA", "TANGGAL LAHIR"]])
def test_a_narrower_header_that_pages_repeat_costs_no_row_below_it(header: list[str], between: list[list[str]]) -> None:
    found = read(text("dtks_17", person(1), header, *between, person(2), person(3)), "dtks")
    kept = [cells["nik"] for cells in found if cells["rusak"] is None and cells["nik"] != "NIK 8"]
    assert kept == ["NIK 1", "NIK 2", "NIK 3"]
    assert {cells["rusak"] for cells in found if cells["nik"] is None} <= {"KOLOM_KURANG", "BARIS_CATATAN"}


def test_what_stands_under_a_header_of_nothing_known_is_refused_line_by_line() -> None:
    other = [name if name != "ID DTKS" else "NAMA DUSUN" for name in HEADERS]
    found = read(text("dtks_17", person(1), ["ID DTKS", *other[1:11], "X", *other[12:]], person(2)), "dtks")
    assert [(cells["baris"], cells["id_dtks"], cells["rusak"]) for cells in found] == [
        (2, "D1", None), (3, None, "BARIS_CATATAN"), (0, None, "BERKAS_DITOLAK"), (4, None, "DI_BAWAH_JUDUL")
    ]  # fmt: skip


def test_a_line_by_another_delimiter_is_a_row_and_a_sentence_is_none() -> None:
    lines = text("dtks_17", person(1)).decode().split("\n")
    lines += [";".join(person(2)), ";".join(person(3)[:9]), "Serang, 12 Desember 2022, Kepala Dinas"]
    found = read("\n".join(lines).encode(), "dtks")
    assert [(cells["id_dtks"], cells["rusak"]) for cells in found] == [
        ("D1", None), ("D2", None), (None, "KOLOM_KURANG"), (None, "BARIS_CATATAN")
    ]  # fmt: skip


@pytest.mark.parametrize("families_first", [False, True])
def test_a_table_of_another_kind_below_is_refused_and_not_lost(tmp_path: Path, *, families_first: bool) -> None:
    """Only one of the two readings of the file reaches the lower table."""
    families = list(layout("dtsen_keluarga").headers)
    people = [HEADERS, *map(person, range(1, 12))]
    homes = [families, *([f"F{number}"] * len(families) for number in range(1, 12))]
    rows = [*homes, *people] if families_first else [*people, *homes]
    file = tmp_path / "dtks" / "dua.csv"
    file.parent.mkdir()
    file.write_text("\n".join("|".join([*cells, *[""] * (len(HEADERS) - len(cells))]) for cells in rows))
    files = build_ledger(tmp_path, "2022-12")
    none = pl.DataFrame(schema=polars_schema(KINDS["dtsen_keluarga"]))
    upper, lower = read_source(tmp_path, files, "dtks"), pl.concat([none, *iter_families(tmp_path, files, [])])
    if families_first:
        upper, lower = lower, upper
    assert upper["rusak"].to_list() == [None] * 11 + ["BARIS_CATATAN", "BERKAS_DITOLAK"] + ["DI_BAWAH_JUDUL"] * 11
    assert "tabel lain" in upper["catatan"][12]
    assert lower.is_empty()


def test_a_header_further_down_may_begin_with_columns_that_are_not_read() -> None:
    headers = list(layout("siak_37").headers)
    lines = [headers, [f"1:{header}" for header in headers], headers[::-1], [f"2:{header}" for header in headers[::-1]]]
    assert [cells["nik"] for cells in accepted_rows(delimited(lines), "dukcapil")] == ["1:NIK", "2:NIK"]


def test_a_header_further_down_may_bear_marks_of_footnotes() -> None:
    lines = ["NAMA 1);NIK 2);ID DTKS", "SITI;3604041211870001;1", "NIK 2);NAMA 1);ID DTKS", "3604041211870002;BUDI;2"]
    found = read("\n".join(lines).encode(), "dtks")
    assert [(row["nama"], row["rusak"]) for row in found] == [("SITI", None), (None, "BARIS_CATATAN"), ("BUDI", None)]
