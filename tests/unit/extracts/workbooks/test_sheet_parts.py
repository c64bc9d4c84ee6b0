"""Merged cells and large numbers in the parts of a workbook."""

from __future__ import annotations

import io
import zipfile

import polars as pl
import pytest
import xlsxwriter

from pipeline.extracts.workbooks.sheet_parts import SheetParts, restore_numbers, xlsx_parts
from tests.unit.extracts.making import HEADERS, read, row, workbook, zip_archive


def test_merged_cells_are_read_whatever_the_namespace_is_called() -> None:
    book = io.BytesIO()
    with zipfile.ZipFile(book, "w") as parts:
        parts.writestr("xl/workbook.xml", '<x:sheets><x:sheet name="A" sheetId="1" rel:id="r1"/></x:sheets>')
        parts.writestr("xl/_rels/workbook.xml.rels", '<p:Relationship Id="r1" Target="worksheets/a.xml"/>')
        merged = '<x:mergeCells><x:mergeCell ref="B2:B4"/></x:mergeCells>'
        parts.writestr("xl/worksheets/a.xml", f"<x:sheetData></x:sheetData>{merged}")
    assert xlsx_parts(book.getvalue()) == {"A": SheetParts([(1, 2, 4)])}


# Numbers of Papua as Excel stores them (rounded to even) and as other programs write them.
LARGE = {
    b"9501013112800000": b"9501013112800001", b"9501010101010004": b"9501010101010003",
    b"3.604059388751802E+17": b"360405938875180209",
}  # fmt: skip


def rewritten(book: bytes, changes: dict[bytes, bytes]) -> bytes:
    """A workbook whose first sheet's XML is changed."""
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    for old, new in changes.items():
        assert old in parts["xl/worksheets/sheet1.xml"]
        parts["xl/worksheets/sheet1.xml"] = parts["xl/worksheets/sheet1.xml"].replace(old, new)
    return zip_archive(parts)


@pytest.mark.parametrize(
    ("top", "left", "title", "formatted"),
    [(0, 0, False, False), (0, 1, False, False), (2, 2, False, False), (2, 1, True, False), (0, 1, False, True)],
    ids=["A1", "B1", "C3", "below a title", "beside a formatted blank column"],
)
def test_parts_of_a_workbook_are_told_of_the_cells_where_they_stand(
    top: int, left: int, title: bool, formatted: bool
) -> None:
    headers = ["ID DTKS", "NOMOR NIK", "NOMOR KK", "NAMA"]
    people = [
        ["1", 9501013112800000, 9501013112800000, "SITI"],
        [360405938875180200, 9501013112800004, 9501010101010004, None],
    ]
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for y, cells in enumerate([headers, *people]):
            sheet.write_row(top + y, left, cells)
        sheet.merge_range(top + 1, left + 3, top + 2, left + 3, "SITI")
        if title:
            sheet.write(0, left + 1, "DAFTAR PENERIMA BANTUAN")
        if formatted:
            sheet.write_column(0, 0, [None] * 4, book.add_format({"bold": True}))
    found = read(rewritten(stream.getvalue(), LARGE), "dtks")
    assert [[row[name] for name in ("baris", "id_dtks", "nik", "no_kk", "nama")] for row in found] == [
        [top + 2, "1", "9501013112800001", "9501013112800001", "SITI"],
        [top + 3, "360405938875180209", "9501013112800004", "9501010101010003", "SITI"],
    ]


def test_large_numbers_keep_their_digits_in_cells_that_do_not_say_where_they_are() -> None:
    headers = ["ID DTKS", "NOMOR NIK", "NOMOR KK", "NAMA"]
    people = [["1", 9501013112800000, "", "SITI"], [360405938875180200, 9501013112800004, 9501010101010004, "BUDI"]]
    book = rewritten(workbook({"A": [["DAFTAR"], headers, *people]}), LARGE)
    bare = {b' r="%c%d"' % (letter, line): b"" for letter in b"ABCD" for line in (2, 3, 4)}
    found = read(rewritten(book, bare | {b' r="3" spans="1:4"': b""}), "dtks")
    assert [[row[name] for name in ("baris", "id_dtks", "nik", "no_kk")] for row in found] == [
        [3, "1", "9501013112800001", ""],
        [4, "360405938875180209", "9501013112800004", "9501010101010003"],
    ]


def test_merged_cells_and_large_numbers_of_an_open_document() -> None:
    def row(*cells: str, times: int = 1) -> str:
        return f'<table:table-row table:number-rows-repeated="{times}">{"".join(cells)}</table:table-row>'

    def cell(text: str, about: str = "") -> str:
        return f'<table:table-cell office:value-type="string" {about}><text:p>{text}</text:p></table:table-cell>'

    def number(digits: str) -> str:
        return f'<table:table-cell office:value-type="float" office:value="{digits}"/>'

    blank, covered = '<table:table-cell table:number-columns-repeated="2"/>', "<table:covered-table-cell/>"
    rows = [
        row(blank, times=2),
        row(blank, *map(cell, ("ID DTKS", "NAMA", "NIK", "ALAMAT"))),
        row(
            blank, cell("D1"), cell("SITI"), number("9501013112800001"), cell("KP. A", 'table:number-rows-spanned="2"')
        ),
        row(blank, cell("D2"), cell("BUDI"), number("9501013112800003"), covered),
        row(blank, cell("D3"), cell("ANI"), number("9501013112800005"), "<table:table-cell/>"),
    ]
    spaces = "".join(
        f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    sheet = f'<table:table table:name="A">{"".join(rows)}</table:table>'
    body = f"<office:body><office:spreadsheet>{sheet}</office:spreadsheet></office:body>"
    content = f"<office:document-content{spaces}>{body}</office:document-content>"
    manifest = b'<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
    kind = b"application/vnd.oasis.opendocument.spreadsheet"
    members = {"mimetype": kind, "META-INF/manifest.xml": manifest, "content.xml": content.encode()}
    found = read(zip_archive(members), "dtks")
    assert [[row[name] for name in ("baris", "id_dtks", "nik", "alamat")] for row in found] == [
        [4, "D1", "9501013112800001", "KP. A"],
        [5, "D2", "9501013112800003", "KP. A"],
        [6, "D3", "9501013112800005", None],
    ]


def test_digits_of_a_large_number_go_to_no_cell_that_is_another_number() -> None:
    cells = {"c0": ["9501013112800000", "9501013112800002", "SITI", None, "9501013112800000.0"]}
    rows = pl.DataFrame({"baris": [1, 2, 3, 4, 5], **cells})
    numbers = [(0, row, "9501013112800001") for row in range(1, 7)]
    assert restore_numbers(rows, numbers)["c0"].to_list() == [numbers[0][2], *cells["c0"][1:4], numbers[0][2]]


# Far from the table: the reader would allocate all cells between.
@pytest.mark.parametrize(
    ("cell", "refused"),
    [
        (b'<c r="XFD1048576" t="inlineStr"><is><t> </t></is></c>', True),
        (b'<c s="0" r="XFD1048576"><v>1</v></c>', True),
        (b"<c r='xfd1048576'><v>1</v></c>", True),
        (b'<c r="A99999999999"><v>1</v></c>', True),
        (b'<c r="ZZZZZZZZZ2"><v>1</v></c>', True),
        (b'</row><row r="4000000000"><c><v>1</v></c>', True),
        (b'<c r="XFD1048576" s="0"/><c r="XFD1048575"></c>', False),
        (b'</row><row r="1048576" ht="15"></row><row r="1048576"><c r="XFD1048576"/>', False),
        (b'<c r="XFD2"><v>1</v></c>', False),
    ],
)
def test_a_cell_far_from_the_table_refuses_its_sheet_and_no_other(cell: bytes, refused: bool) -> None:
    good = [list(cells) for cells in ([*HEADERS], row("dtks_23", ID_DTKS="D1", NIK="3604041211870001", NAMA="SITI"))]
    data = rewritten(workbook({"Jauh": good, "Dekat": good}), {b"</row></sheetData>": cell + b"</row></sheetData>"})
    assert xlsx_parts(data)["Jauh"].too_large == refused
    actual = {row["lembar"]: row["catatan"] if row["rusak"] else row["id_dtks"] for row in read(data, "dtks")}
    assert actual.keys() == {"Jauh", "Dekat"}
    assert actual["Dekat"] == "D1"
    assert ("hapus baris dan kolom di luar tabel" in actual["Jauh"]) == refused
