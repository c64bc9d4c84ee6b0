from __future__ import annotations

import io

import pytest

from pipeline.extracts.files.encoding import decode
from pipeline.extracts.files.unreadable import UnreadableError
from pipeline.extracts.grids.grid import Grid, cell_columns
from pipeline.extracts.text.rows import read_delimited
from tests.unit.extracts.making import only_one_table, read_text

HEADER = "ID|NAMA|DESA|ALAMAT"


def read(text: str | bytes) -> Grid:
    data = text if isinstance(text, bytes) else text.encode()
    return read_text(data)


def accepted_rows(grid: Grid) -> list[tuple[object, ...]]:
    return grid.rows.rows()


def refused_lines(grid: Grid) -> list[tuple[int, str]]:
    return grid.refused.rows()


def cells_or_code(grid: Grid) -> dict[int, str]:
    """Line number → cells of a row, or the code of a refused line."""
    return {number: "|".join(cell or "" for cell in cell_columns) for number, *cell_columns in grid.rows.rows()} | dict(
        refused_lines(grid)
    )


# --- encodings


@pytest.mark.parametrize(
    "data",
    [
        "é’中".encode(),
        b"\xef\xbb\xbf" + "é’中".encode(),
        "é’中".encode("utf-16"),
        b"\xfe\xff" + "é’中".encode("utf-16-be"),
    ],
)
def test_unicode_is_read_by_its_mark_or_without_one(data: bytes) -> None:
    assert decode(data) == "é’中"


def test_cp1252_and_utf8_lines_of_one_file_are_read_each_in_its_own() -> None:
    data = "Regapu’u".encode() + b"\n" + "Regapu’u – é".encode("cp1252") + b"\nNBSP\xa0"
    assert decode(data) == "Regapu’u\nRegapu’u – é\nNBSP\xa0"


@pytest.mark.parametrize("text", ["Regapu’u", "REN\u00c9", "3604051207920001\xa0", "é"])
def test_utf8_that_was_written_as_utf8_once_more_is_what_it_was(text: str) -> None:
    twice = text.encode().decode("cp1252").encode()
    assert decode(b"1|" + twice + b"|" + text.encode() + "|Ã".encode()) == f"1|{text}|{text}|Ã"


def test_bytes_that_cp1252_leaves_undefined_do_not_stop_the_file() -> None:
    assert decode(b"\x81\x9d") == "\x81\x9d"


def test_utf16_cut_in_the_middle_of_a_letter_keeps_what_is_whole() -> None:
    assert decode("ID|NAMA".encode("utf-16")[:-1]).startswith("ID|NAM")


def test_binary_is_no_text() -> None:
    with pytest.raises(UnreadableError, match="bukan teks"):
        decode(b"ID|NAMA\n\x00\x01")


@pytest.mark.parametrize("data", [b"", b"\n\n", b" \t\r\n  ", b"\xef\xbb\xbf", b"\xef\xbb\xbf\n"])
def test_nothing_but_blanks_is_an_empty_file(data: bytes) -> None:
    with pytest.raises(UnreadableError, match="kosong"):
        read(data)


# --- header, delimiter, line ends


@pytest.mark.parametrize("delimiter", ["|", ";", ",", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_delimiter_and_line_end(delimiter: str, end: str) -> None:
    text = end.join([HEADER, "1|SITI|A|B", "2|BUDI|C|D"]).replace("|", delimiter)
    for closing in ("", end):
        grid = read(text + closing)
        assert grid.header == ["ID", "NAMA", "DESA", "ALAMAT"]
        assert accepted_rows(grid) == [(2, "1", "SITI", "A", "B"), (3, "2", "BUDI", "C", "D")]
        assert refused_lines(grid) == []
        assert grid.title is None


@pytest.mark.parametrize("piece_bytes", [1, 7, 20, 1000])
@pytest.mark.parametrize("codec", ["mac_roman", "cp1252", "utf-8"])
def test_lines_of_the_old_macintosh_are_read_in_pieces_and_in_its_letters(codec: str, piece_bytes: int) -> None:
    lines = [HEADER, "1|SITI\xa0|Regapu’u|A", "2|BUDI|Soka“an|B", ""]
    pieces = list(read_delimited(io.BytesIO("\r".join(lines).encode(codec)), only_one_table, piece_bytes))
    found = [row for piece in pieces for row in piece.rows.rows()]
    assert found == [(2, "1", "SITI\xa0", "Regapu’u", "A"), (3, "2", "BUDI", "Soka“an", "B")]


def test_a_line_longer_than_any_row_is_no_table() -> None:
    with pytest.raises(UnreadableError, match="lebih panjang dari 8 MB"):
        list(read_delimited(io.BytesIO(b"ID|NAMA|X" * 2**20), only_one_table, 1000))


def test_lines_above_the_header_are_its_title_and_numbers_stay_the_officers() -> None:
    grid = read(f"\nDaftar Penerima, BLT BBM; Tahap 1\nKab. Serang||||\n\n{HEADER}\n1|SITI|A|B\n")
    assert grid.title == "Daftar Penerima, BLT BBM; Tahap 1 / Kab. Serang"
    assert accepted_rows(grid) == [(6, "1", "SITI", "A", "B")]


@pytest.mark.parametrize(
    ("above", "expected"),
    [
        (["x"] * 9, ["ID", "NAMA", "DESA", "ALAMAT"]),
        (["x"] * 29, ["ID", "NAMA", "DESA", "ALAMAT"]),
        (["x"] * 30, ["x"]),
        # The first header within ten lines counts, even if another below has more columns.
        (["NIK|NAMA", *["1|A"] * 9], ["NIK", "NAMA"]),
    ],
)
def test_a_header_may_stand_below_a_letterhead_where_nothing_above_is_one(
    above: list[str], expected: list[str]
) -> None:
    assert read("\n".join([*above, HEADER, "1|A|B|C"])).header == expected


def test_quoted_header_cells() -> None:
    assert read('"ID","NAMA", DESA ,"ALAMAT"\n1,2,3,4').header == ["ID", "NAMA", "DESA", "ALAMAT"]


def test_a_header_without_rows() -> None:
    grid = read(HEADER)
    assert grid.rows.columns == ["baris", *cell_columns(4)]
    assert (grid.rows.height, grid.refused.height) == (0, 0)


# --- quoting


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('1|"SITI"|"A|B"|C', ["1", "SITI", "A|B", "C"]),
        ('"1"|"SITI"|""|"C"', ["1", "SITI", "", "C"]),
        ('1|"SITI ""AYU"""|A|B', ["1", 'SITI "AYU"', "A", "B"]),
        ('"1"|"SITI \\"AYU\\", S|P"|"A"|"\\"B\\""', ["1", 'SITI "AYU", S|P', "A", '"B"']),
        ('"1"|"SITI"|"A\\"|"B"', ["1", "SITI", "A\\", "B"]),
        ("1|SITI|Regapu’u|Jl. Bo'a", ["1", "SITI", "Regapu’u", "Jl. Bo'a"]),
        ("1|SITI|Lubuk Pakam I,II|RT 1; RW 2", ["1", "SITI", "Lubuk Pakam I,II", "RT 1; RW 2"]),
        ('1|SITI|Soka"an|B', ["1", "SITI", 'Soka"an', "B"]),
        ('1|SITI|"Soka"an"|B', ["1", "SITI", 'Soka"an', "B"]),
        ('1|SITI|Bo"a|Soka"an', ["1", "SITI", 'Bo"a', 'Soka"an']),
        ('1|"SITI|A|B', ["1", '"SITI', "A", "B"]),
        ('1|SITI|A|B"', ["1", "SITI", "A", 'B"']),
        ('1|SITI| "A" |B', ["1", "SITI", "A", "B"]),
        ("1| SITI |A|B\xa0", ["1", " SITI ", "A", "B\xa0"]),
    ],
)
def test_quoting_is_undone_and_quotes_inside_survive(line: str, expected: list[str]) -> None:
    grid = read(f"{HEADER}\n{line}\n2|X|Y|Z")
    assert [value or "" for value in accepted_rows(grid)[0][1:]] == expected
    assert accepted_rows(grid)[1] == (3, "2", "X", "Y", "Z")
    assert refused_lines(grid) == []


@pytest.mark.parametrize("end", ["", ","])
def test_commas_of_amounts_that_are_in_no_quotes(end: str) -> None:
    lines = [f"{number},SITI,Rp {number}00.000,00,{end}" for number in range(1, 5)]
    grid = read("\n".join([f"ID,NAMA,NOMINAL,ALAMAT{end}", *lines, f"5,BUDI,500.000,{end}", ""]))
    assert [(row[0], row[3], row[4]) for row in accepted_rows(grid)] == [
        *((number + 1, f"Rp {number}00.000,00", None) for number in range(1, 5)), (6, "500.000", None)
    ]  # fmt: skip
    # Also in one row among many.
    assert accepted_rows(read("ID,NAMA,NOMINAL,ALAMAT\n1,A,1,B\n2,A,2,B\n3,A,100.000,00,B\n4,A,4,B\n"))[2][3:] == (
        "100.000,00", "B"
    )  # fmt: skip


@pytest.mark.parametrize("amount", ["300.000,00", "Rp 300.000,-", "Rp300000,00", "300,000", "1,300,000.00"])
@pytest.mark.parametrize("last", ["", "X"])
def test_a_row_that_lacks_a_cell_is_not_made_whole_by_the_comma_of_its_amount(amount: str, last: str) -> None:
    lines = [f"{number},SITI,{amount},{last}" for number in range(1, 5)]
    grid = read("\n".join(["ID,NAMA,NOMINAL,ALAMAT", *lines, f"5,{amount},{last}", ""]))
    assert [row[3] for row in accepted_rows(grid)] == [amount] * 4
    assert refused_lines(grid) == [(6, "KOLOM_KURANG")]
    whole = read("\n".join(["ID,NAMA,NOMINAL,ALAMAT", *(f'"{line}"' for line in lines), ""]))
    assert accepted_rows(whole) == accepted_rows(grid)


@pytest.mark.parametrize("row", ["SITI,3604052006,00,KP", "SITI,120,000,KP"])
def test_commas_that_divide_cells_make_no_amount(row: str) -> None:
    grid = read("\n".join(["ID,NAMA,DESA,RT,ALAMAT", *(f"{number},{row}," for number in range(1, 5)), ""]))
    assert [",".join(map(str, cells[2:])) for cells in accepted_rows(grid)] == [row] * 4
    # Nor a dash in a file without a fact behind it, whose rows end with a delimiter.
    unpaid = read("\n".join(["ID,NAMA,NOMINAL,STATUS,TGL", *(f"{number},A,300000,-,," for number in range(1, 5)), ""]))
    assert [cells[3:] for cells in accepted_rows(unpaid)] == [("300000", "-", None)] * 4
    # Not even beside such as are written with a dot of thousands: the rows are no shorter where none is.
    mixed = [f"{number},A,300.000,{'-' if number == 1 else 'X'},B," for number in range(1, 5)]
    grid = read("\n".join(["ID,NAMA,NOMINAL,RETUR,ALAMAT", *mixed, ""]))
    assert [cells[3:] for cells in accepted_rows(grid)] == [("300.000", "-", "B"), *[("300.000", "X", "B")] * 3]


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("ID,NAMA,TAHAP,NOMINAL,ALAMAT", "A,1,300,000,X"),
        ("ID,NAMA,NOMINAL,SALDO", "A,300,000,300,000,"),
        ("ID,NAMA,NOMINAL,ALAMAT", "A,300000,00,X"),
        # Blank cells at the end take no amount for two cells.
        ("ID,NAMA,NOMINAL,RETUR,ALAMAT", "SITI,300000,-,KP,"),
        ("ID,NAMA,NOMINAL,RETUR,ALAMAT", "SITI,300000,00,KP,"),
        ("ID,NAMA,NOMINAL,RETUR,,", "SITI,300000,00,KP,,"),
    ],
)
def test_rows_whose_cells_cannot_be_told_apart_are_not_guessed(header: str, row: str) -> None:
    with pytest.raises(UnreadableError, match="batas kolomnya tidak pasti"):
        read("\n".join([header, *(f"{number},{row}" for number in range(1, 5)), ""]))


def test_amounts_of_several_ways_are_not_guessed_either() -> None:
    ways = ("300,000", "Rp 300.000,00", "300000,00")
    lines = [f"{number},A,{way},X," for number, way in enumerate(ways)]
    with pytest.raises(UnreadableError, match="batas kolomnya tidak pasti"):
        read("\n".join(["ID,NAMA,NOMINAL,RETUR,ALAMAT", *lines, ""]))


def test_amounts_with_sen_side_by_side_and_a_comma_in_a_name() -> None:
    lines = [f"{number},SITI,60.000.000,00,60.000.000,00,01" for number in range(1, 5)]
    grid = read("\n".join(["ID,NAMA,PAGU,NOMINAL,TAHAP", *lines, "5,BUDI, S.PD,600.000,01,02", ""]))
    assert {row[3:] for row in accepted_rows(grid)[:4]} == {("60.000.000,00", "60.000.000,00", "01")}
    assert refused_lines(
        read("\n".join(["ID,NAMA,NOMINAL,TAHAP", *(f"{n},A,600.000,00,1" for n in "1234"), "5,B, S,600.000,01\n"]))
    ) == [(6, "KOLOM_LEBIH")]


# --- lines that are no rows


ONE, TWO = {2: "1|A|B|C"}, {2: "1|A|B|C", 3: "2|D|E|F"}


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (f"1|A|B|C\n{HEADER}\n2|A|B|C", {2: "1|A|B|C", 3: HEADER, 4: "2|A|B|C"}),
        # Quotes and line breaks.
        ('1|"SITI|A\n2|BUDI|C|D\n3|"X"|Y|Z', {2: "KOLOM_KURANG", 3: "2|BUDI|C|D", 4: "3|X|Y|Z"}),
        ('"1\nA"|SITI|B|C\n2|X|Y|Z', {2: "1\nA|SITI|B|C", 4: "2|X|Y|Z"}),
        ('1|SITI|B|"C\nD"\n2|X|Y|Z', {2: "1|SITI|B|C\nD", 4: "2|X|Y|Z"}),
        ('1|SITI|"A\nB"|C\n2|BUDI|"D\n\nE"|F\n3|X|Y|Z\n', {2: "1|SITI|A\nB|C", 4: "2|BUDI|D\n\nE|F", 7: "3|X|Y|Z"}),
        # Delimiters that close lines.
        ('1|A|B|C|\n2|D|E|F|\n3|"G|g"|H|I|\n', {**TWO, 4: "3|G|g|H|I"}),
        ("1|A|B|C\n2|D|E|F|\n3|G|H|I\n", {**ONE, 3: "KOLOM_LEBIH", 4: "3|G|H|I"}),
        ("1|A|B|C|\n2|D|E|F|\n3|G|H|I\n", {**TWO, 4: "3|G|H|I"}),
        # Lines of nothing but blanks and delimiters.
        *((f"{blank}\n1|A|B|C\n{blank}\n", {3: "1|A|B|C"})
          for blank in ("", "   ", "\t", "|||", " | | | ", '""|""|""|""', "\xa0", "||||||")),
        # The mark of old programs at the end of a file.
        *((f"1|A|B|C{end}{mark}", ONE) for end in ("", "\r\n")
          for mark in ("\x1a", "\x1a\x1a", "\x1a\r\n", "\r\n\x1a\r\n\r\n", "\n\x1a\n\x1a")),
        # Every filled line counts once; a line with only a quote is blank.
        ('1|A|B|C\n\n2|A|B\nx"|"y\n3|A|B|C|D\nJumlah 3\n|||\n4|"A\nB"|C|D\n5|"A|B|C\n"',
         {**ONE, 4: "KOLOM_KURANG", 5: "KOLOM_KURANG", 6: "KOLOM_LEBIH", 7: "BARIS_CATATAN", 9: "4|A\nB|C|D",
          11: '5|"A|B|C'}),
    ],
)  # fmt: skip
def test_every_line_is_a_row_or_refused(lines: str, expected: dict[int, str]) -> None:
    assert cells_or_code(read(f"{HEADER}\n{lines}")) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('ID,NAMA,DESA,ALAMAT\n1,SITI,"Lubuk Pakam I,II","Jl. A, No. 2"\n2,BUDI,"Soka""an",B',
         {2: "1|SITI|Lubuk Pakam I,II|Jl. A, No. 2", 3: '2|BUDI|Soka"an|B'}),
        # Blanks before quotes are no part of cells.
        ('"ID", "NAMA", "DESA", "ALAMAT"\n"1", "SITI", "Lubuk Pakam I,II", "A, No. 2"\n"2", "BUDI", "B", "C"\n',
         {2: "1|SITI|Lubuk Pakam I,II|A, No. 2", 3: "2|BUDI|B|C"}),
        # If most rows have a cell too many, a row without it lacks one.
        ("ID|NAMA|ALAMAT\n1|A|B|C\n2|A|B|C\n3|B|C\n", {2: "KOLOM_LEBIH", 3: "KOLOM_LEBIH", 4: "KOLOM_KURANG"}),
        # A number in another column is not an amount with sen.
        ("ID,KODE,KANTOR,NOMINAL,ALAMAT\n1,29,-,Rp 300.000,00,B\n2,29,KCP,Rp 300.000,00,B\n3,29,00,600000,00,B",
         {2: "1|29|-|Rp 300.000,00|B", 3: "2|29|KCP|Rp 300.000,00|B", 4: "3|29|00|600000,00|B"}),
    ],
)  # fmt: skip
def test_rows_divided_by_commas_or_without_a_cell(text: str, expected: dict[int, str]) -> None:
    assert cells_or_code(read(text)) == expected


def test_a_very_long_cell_is_no_exception() -> None:
    assert cells_or_code(read(f'{HEADER}\n1|SITI|"A\n{"x" * 140_000}"|C\n2|X|Y|Z'))[4] == "2|X|Y|Z"


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("1|SITI|A", "KOLOM_KURANG"),
        ("1|", "KOLOM_KURANG"),
        ("12345", "KOLOM_KURANG"),
        ("1|SITI|A|B|C", "KOLOM_LEBIH"),
        ('1|"SITI"|A|B|C', "KOLOM_LEBIH"),
        ("Catatan: data sementara", "BARIS_CATATAN"),
        ("Mengetahui, Kepala Dinas", "BARIS_CATATAN"),
        ("Sub Jumlah||300000", "BARIS_CATATAN"),
        ("2|BUDI|KP MELATI, RT 1, RW 2, NO 3", "KOLOM_KURANG"),
        ("D3 BANTEN 3604051207920003 SITI", "KOLOM_KURANG"),
        ("3604 0512 0792 0003 SITI", "KOLOM_KURANG"),
    ],
)
def test_a_line_that_is_no_row_is_refused_with_its_line_number(line: str, code: str) -> None:
    grid = read(f"Judul\n\n{HEADER}\r\n1|A|B|C\r\n\r\n{line}\r\n2|D|E|F\r\n")
    assert refused_lines(grid) == [(6, code)]
    assert [row[0] for row in accepted_rows(grid)] == [4, 7]


def test_a_blank_line_that_is_a_piece_of_its_own_is_nothing() -> None:
    data = f"{HEADER}\n1|A|B|C|\n\n".encode()
    pieces = read_delimited(io.BytesIO(data), only_one_table, len(data) - 2)
    assert [grid.rows.height for grid in pieces] == [1, 0]
