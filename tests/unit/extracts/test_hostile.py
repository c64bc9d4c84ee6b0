from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import xlsxwriter

from pipeline.extracts import read as reader
from pipeline.extracts.files import containers
from pipeline.extracts.files.found import NO_FINGERPRINT, find_files
from pipeline.extracts.files.unreadable import SEND_AGAIN
from pipeline.extracts.read import iter_source, read_source
from pipeline.extracts.workbooks.sheet_parts import SheetParts, parts_of, with_numbers
from schemas.extracts import EXTRACTS, LAYOUTS
from schemas.table import polars_schema
from tests.unit.extracts.making import (
    old_excel,
    parquet,
    read,
    read_file,
    read_text,
    row,
    sentence,
    text,
    workbook,
    zipped,
)

HEADERS = LAYOUTS["dtks_17"].headers
NIK = "3604041211870001"


def person(number: int, name: str = "SITI", **values: str) -> list[str]:
    return row("dtks_17", ID_DTKS=f"D{number}", NOMOR_NIK=NIK, NAMA=name, **values)


GOOD = text("dtks_17", person(1))


def html(*rows: str) -> bytes:
    head = "".join(f"<th>{name}</th>" for name in HEADERS)
    return f"<html><body><table><tr>{head}</tr>{''.join(rows)}</table></body></html>".encode()


# --- what a file is called, and what it is


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "kosong"),
        (b" \r\n\t\n", "kosong"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3", "Ini berkas PDF, bukan data"),
        (b"Rar!\x1a\x07\x01\x00", "Ini berkas RAR, bukan data"),
        (b"\x89PNG\r\n\x1a\n", "Ini berkas gambar, bukan data"),
        (b"\x7fELF\x02\x01\x01\x00", "bukan teks"),
        (b"SQLite format 3\x00", "bukan teks"),
        (b"<html><body>Sesi Anda berakhir, silakan masuk kembali</body></html>", "tidak memuat tabel"),
        (b"<dataroot><dtks><nama>SITI</nama></dtks></dataroot>", "berkas XML ini tidak memuat tabel"),
        (b"<table><tr><td>NIK</td></tr></table>", "Tata letak tidak dikenal"),
        (b"Surat pengantar\nNomor 12/2022\n", "Tata letak tidak dikenal"),
        (zipped({}), "zip ini kosong"),
        (zipped({"__MACOSX/._a.csv": b"x", ".DS_Store": b"x", "a/": b""}), "zip ini kosong"),
        (zipped({"word/document.xml": b"<w/>", "[Content_Types].xml": b"<x/>"}), "dokumen Word"),
        (b"\xd0\xcf\x11\xe0" + b"\x00" * 600 + "EncryptedPackage".encode("utf-16-le"), "dilindungi kata sandi"),
        (gzip.compress(b""), "kosong"),
        (gzip.compress(GOOD)[:-4], "gz ini rusak"),
    ],
)
def test_what_is_no_extract_ends_in_one_sentence(data: bytes, words: str) -> None:
    assert words in sentence(data, "dtks")


# --- archives


def nested(depth: int) -> bytes:
    data = GOOD
    for _ in range(depth):
        data = zipped({"a.zip": data})
    return data


def test_archives_in_archives_end_somewhere() -> None:
    for packed in (nested(3), gzip.compress(gzip.compress(GOOD)), gzip.compress(zipped({"a.csv": GOOD}))):
        assert [found["id_dtks"] for found in read(packed, "dtks")] == ["D1"]
    assert "berlapis-lapis" in sentence(nested(4), "dtks")


def test_a_bomb_is_told_by_how_much_it_grows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(containers, "RATIO_MATTERS_FROM", 2**20)
    zeros = b"0" * (2 * 2**20)
    grows = zipped({"a.csv": zeros})
    assert len(grows) * containers.MOST_TIMES_LARGER < len(zeros)
    assert "terlalu besar" in sentence(grows, "dtks")
    assert "terlalu besar" in sentence(gzip.compress(zeros), "dtks")


def test_bombs_inside_a_bomb_share_one_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "LARGEST_UNPACKED", 3000)
    told = read(zipped({f"{n}.gz": gzip.compress(b"0" * 1400) for n in range(4)}), "dtks")
    assert ["terlalu besar" in found["catatan"] for found in told] == [False, False, True, True]


def test_what_a_member_claims_to_be_large_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "LARGEST_UNPACKED", 10_000)
    lying = bytearray(zipped({"a.csv": b"0" * 20_000}))
    for signature, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        place = lying.index(signature) + offset
        lying[place : place + 4] = (10).to_bytes(4, "little")
    assert sentence(bytes(lying), "dtks")


def test_too_many_members(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(containers, "MOST_MEMBERS", 2)
    assert "terlalu banyak" in sentence(zipped({f"{n}.csv": GOOD for n in range(3)}), "dtks")


def test_a_locked_member_and_a_damaged_one_leave_the_others() -> None:
    packed = bytearray(zipped({"a.csv": GOOD, "b.csv": GOOD, "c.csv": GOOD}))
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        locked, damaged = archive.getinfo("a.csv"), archive.getinfo("b.csv")
    packed[locked.header_offset + 6] |= 1
    packed[packed.index(b"PK\x01\x02") + 8] |= 1
    packed[damaged.header_offset + 45] ^= 0xFF
    told = [(found["lembar"], found["id_dtks"], found["catatan"]) for found in read(bytes(packed), "dtks")]
    assert told == [
        ("a.csv", None, "Berkas zip ini dilindungi kata sandi; serahkan isinya tanpa kata sandi."),
        ("b.csv", None, f"Berkas zip ini rusak atau terpotong; {SEND_AGAIN}"),
        ("c.csv", "D1", None),
    ]


def test_many_files_and_kinds_in_one_archive() -> None:
    data = zipped({
        "kab/a.xlsx": workbook({"Data": [HEADERS, person(1)]}),
        "kab/b.csv.gz": gzip.compress(text("dtks_17", person(2))),
        "kab/c.parquet": parquet(pl.DataFrame([dict(zip(HEADERS, person(3), strict=True))])),
        "kab/d.xls": html("<tr>" + "".join(f"<td>{cell}</td>" for cell in person(4)) + "</tr>"),
    })  # fmt: skip
    assert [(found["lembar"], found["id_dtks"]) for found in read(data, "dtks")] == [
        ("kab/a.xlsx/Data", "D1"),
        ("kab/b.csv.gz", "D2"),
        ("kab/c.parquet", "D3"),
        ("kab/d.xls", "D4"),
    ]


# --- workbooks


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
    # A serial and a truth value are left to those who know what the column means.
    assert (three["tanggal_lahir"], three["nama"]) == ("32093", "true")


def test_sixteen_digit_numbers_lose_no_digit_in_the_reader() -> None:
    cells = [person(1), person(2)]
    at = HEADERS.index("NOMOR NIK")
    cells[0][at], cells[1][at] = 3604041211870000, 9101013112800002  # type: ignore[call-overload]
    assert [found["nik"] for found in read(workbook({"A": [HEADERS, *cells]}), "dtks")] == [
        "3604041211870000",
        "9101013112800002",
    ]


def test_a_hidden_sheet_is_read_behind_those_that_are_seen_and_says_so() -> None:
    sheets = {"Catatan": [["DTKS"]], "Lama": [HEADERS, person(1), person(2)], "Baru": [HEADERS, person(1)]}
    data = workbook(sheets, hidden=["Lama"])
    told = [(found["lembar"], found["baris"], found["id_dtks"], found["rusak"]) for found in read(data, "dtks")]
    assert told == [
        ("Baru", 2, "D1", None), ("(tersembunyi) Lama", 2, "D1", None), ("(tersembunyi) Lama", 3, "D2", None)
    ]  # fmt: skip
    without_table = workbook({"Baru": [HEADERS, person(1)], "Daftar": [["L"], ["P"]]}, hidden=["Daftar"])
    assert [found["lembar"] for found in read(without_table, "dtks")] == ["Baru"]


def test_merged_cells_of_a_page_stand_for_all_rows_they_reach_into() -> None:
    first, second, third = person(1, NOMOR_KK="K1", PROVINSI="BANTEN"), person(2), person(3)
    columns = [HEADERS.index(name) for name in ("PROVINSI", "NOMOR KK")]

    def line(cells: list[str], spans: dict[int, str], *, left_out: bool) -> str:
        inside = ((place, text) for place, text in enumerate(cells) if not (left_out and place in spans))
        return (
            "<tr>" + "".join(f"<td {'' if left_out else spans.get(n, '')}>{text}</td>" for n, text in inside) + "</tr>"
        )

    spans = dict.fromkeys(columns, 'rowspan="2"')
    rows = [
        line(list(HEADERS), {}, left_out=False),
        line(first, spans, left_out=False),
        line(second, spans, left_out=True),
    ]
    page = "<table>" + "".join([*rows, line(third, {}, left_out=False)]) + "</table>"
    found = [
        (cells["id_dtks"], cells["provinsi"], cells["no_kk"], cells["nik"]) for cells in read(page.encode(), "dtks")
    ]
    assert found == [("D1", "BANTEN", "K1", NIK), ("D2", "BANTEN", "K1", NIK), ("D3", "", "", NIK)]


@pytest.mark.parametrize("header", ["NOMOR NIK (Nomor Induk Kependudukan)", "11. NOMOR NIK", "NIK (16 digit)"])
def test_a_header_may_explain_itself(header: str) -> None:
    explained = [header if name == "NOMOR NIK" else name for name in HEADERS]
    data = "\n".join("|".join(cells) for cells in (explained, person(1, NOMOR_KK="K1"))).encode()
    assert [(cells["nik"], cells["no_kk"]) for cells in read(data, "dtks")] == [(NIK, "K1")]


@pytest.mark.parametrize(
    "instead",
    [{"NOMOR NIK": "NIK (IBU)"}, {"NOMOR NIK": "NIK (Petugas)"}, {"NOMOR NIK": "NIK (A)", "DUSUN": "NIK (B)"}],
)
def test_a_number_that_may_be_somebody_elses_is_not_taken_for_the_persons_own(instead: dict[str, str]) -> None:
    other = [instead.get(name, name) for name in HEADERS]
    data = "\n".join("|".join(cells) for cells in (other, person(1, NOMOR_KK="K1"))).encode()
    assert [(cells["nik"], cells["no_kk"]) for cells in read(data, "dtks")] == [(None, "K1")]


def test_old_excel_is_read_like_new() -> None:
    rows = [["DATA DTKS"], [], HEADERS, person(1), [*person(2)[:10], 3604041211870001, *person(2)[11:]]]
    found = read(old_excel(rows), "dtks")
    assert [(cells["baris"], cells["id_dtks"], cells["nik"]) for cells in found] == [(4, "D1", NIK), (5, "D2", NIK)]
    assert sentence(old_excel(rows)[:3000], "dtks")


def test_an_amount_for_several_rows_is_nobody_elses() -> None:
    heads = list(LAYOUTS["pos_penuh"].headers)
    stage, amount = heads.index("TAHAP"), heads.index("NOMINAL")
    people = ({"NO_DANOM": f"D{n}", "NIK": NIK, "NAMA": "SITI"} for n in (1, 2))
    first, second = ([person.get(head, "") for head in heads] for person in people)
    first[stage], first[amount] = "1", "450000"
    told = [heads, first, second]
    book = old_excel(told, merged=[(1, 2, place, place) for place in (stage, amount)])
    spanning = "".join(f'<td rowspan="{1 + (n in {stage, amount})}">{cell}</td>' for n, cell in enumerate(first))
    reached = "".join(f"<td>{cell}</td>" for n, cell in enumerate(second) if n not in {stage, amount})
    head = "".join(f"<td>{cell}</td>" for cell in heads)
    page = f"<table><tr>{head}</tr><tr>{spanning}</tr><tr>{reached}</tr></table>".encode()
    for data in (book, page):
        found = [(cells["no_danom"], cells["tahap"], cells["nominal"] or "") for cells in read(data, "pos")]
        assert found == [("D1", "1", "450000"), ("D2", "1", "")]


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


@pytest.mark.parametrize(
    "numbers",
    # The directory, the workbook, the smaller sectors, and the list of lists begin anew where they should end.
    [{512 + 4: 1}, {512 + 8: 2}, {512 + 8: 2, 60: 2}, {68: 2, 512 * 4 - 4: 2}],
    ids=["direktori", "isi", "sektor_kecil", "daftar"],
)
def test_an_old_excel_without_end_is_refused_before_it_takes_all_memory(numbers: dict[int, int]) -> None:
    damaged = bytearray(old_excel([HEADERS, person(1)]))
    for place, number in numbers.items():
        damaged[place : place + 4] = number.to_bytes(4, "little")
    assert sentence(bytes(damaged), "dtks").startswith("Buku kerja Excel ini rusak; ")


def test_merged_cells_of_old_excel() -> None:
    rows = [
        ["", "ID DTKS", "NAMA", "NIK", "NO KK"],
        *(["", f"D{n}", "SITI", "1", kk] for n, kk in enumerate(("7", "", "", "8"))),
    ]
    found = read(old_excel(rows, merged=[(1, 3, 4, 4), (2, 2, 2, 3)]), "dtks")
    assert [cells["no_kk"] for cells in found] == ["7", "7", "7", "8"]


def test_old_excel_that_is_a_web_page() -> None:
    cells = "".join(f"<td>{cell or '&nbsp;'}</td>" for cell in person(1, "SITI &amp; ANI"))
    data = html(f"<tr>{cells}</tr>", "<tr></tr>", "<tr><td colspan=17>Jumlah: 1</td></tr>", f"<TR>{cells}")
    found = read(data, "dtks")
    assert [(cells["baris"], cells["nama"], cells["rusak"]) for cells in found] == [
        (2, "SITI & ANI", None),
        (4, None, "BARIS_CATATAN"),
        (5, "SITI & ANI", None),
    ]
    assert found == read(b"\xef\xbb\xbf  " + data, "dtks")


def test_old_excel_that_is_xml() -> None:
    def cells(values: list[str]) -> str:
        filled = [(place, value) for place, value in enumerate(values, 1) if value]
        return "".join(
            f'<Cell ss:Index="{place}"><Data ss:Type="String">{text}</Data></Cell>' for place, text in filled
        )

    rows = "".join(f"<Row>{cells(list(values))}</Row>" for values in (HEADERS, person(1)))
    xml = f'<?xml version="1.0"?><Workbook><Worksheet ss:Name="A"><Table>{rows}</Table></Worksheet></Workbook>'
    assert [(found["baris"], found["id_dtks"], found["nik"]) for found in read(xml.encode(), "dtks")] == [
        (2, "D1", NIK)
    ]


@pytest.mark.parametrize("claim", ["99999999999", "-1", "x", "1e9"])
def test_a_page_that_claims_to_be_endlessly_wide(claim: str) -> None:
    assert sentence(
        f'<table><tr><td colspan="{claim}">NIK</td><td ss:index="{claim}">x</td></tr></table>'.encode(), "dtks"
    )


# --- Parquet


def table(**columns: Any) -> bytes:
    return parquet(pl.DataFrame([dict(zip(HEADERS, person(1), strict=True))]).with_columns(**columns))


def test_parquet_of_any_type() -> None:
    nested = pl.struct(a=1)
    (found,) = read(
        table(
            RT=pl.lit(2.0),
            RW=pl.lit(float("nan")),
            DUSUN=pl.lit("MELATI", pl.Categorical),
            ALAMAT=pl.lit(None),
            **{
                "NOMOR NIK": pl.lit(9101013112800002.0),
                "TANGGAL LAHIR": pl.lit(date(1987, 11, 12)),
                "NOMOR KK": pl.lit(3604040101100001),
                "HUBUNGAN KELUARGA": pl.lit(3, pl.Int8),
                "UNKNOWN": nested,
                "LOKASI": pl.lit([1.5, 2.5]).implode(),
            },
        ),
        "dtks",
    )
    names = ("rt", "rw", "dusun", "alamat", "nik", "tanggal_lahir", "no_kk", "hub_keluarga")
    assert [found[name] for name in names] == [
        "2", None, "MELATI", None, "9101013112800002", "1987-11-12", "3604040101100001", "3"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (pl.struct(depan=pl.lit("SITI"), belakang=pl.lit(None, pl.String)), "SITI"),
        (pl.lit(["SITI", "AMINAH"]).implode(), "SITI, AMINAH"),
        (pl.lit([3604041211870001.0]).implode(), "3604041211870001"),
        (pl.lit(Decimal("42200.0000")), "42200"),
        (pl.lit([Decimal("9501013112800001.00")]).implode(), "9501013112800001"),
        (pl.lit(Decimal("0.50")), "0.50"),
        (pl.lit(b"REN\xc9"), "REN\u00c9"),
        (pl.lit("REN\u00c9".encode()), "REN\u00c9"),
        (pl.lit([None], pl.List(pl.String)), None),
        (pl.lit(timedelta(days=1)), "P1D"),
    ],
)
def test_parquet_with_lists_records_or_bytes_where_a_value_is_needed(value: pl.Expr, expected: str | None) -> None:
    (found,) = read(table(NAMA=value), "dtks")
    assert found["nama"] == expected


@pytest.mark.parametrize("header", ["NAMA", "JENIS KELAMN", "KECAMTAN", "FOTO"])
def test_parquet_bytes_are_text_where_a_column_means_something(header: str) -> None:
    frame = pl.DataFrame({"ID DTKS": ["D1"], "NAMA LENGKAP": ["SITI"], "NIK": ["3604051207920001"]})
    (found,) = read(parquet(frame.with_columns(pl.lit(b"L").alias(header))), "dtks")
    assert [found[name] for name in ("nama", "jenis_kelamin", "kecamatan")].count("L") == (header != "FOTO")


# --- text


@pytest.mark.parametrize(
    "name", ['Soka"an', "Lubuk Pakam I,II", "Regapu’u", "Bo'a", 'DESA "BARU"', "A;B", "A|B", "A\tB"]
)
@pytest.mark.parametrize("delimiter", ["|", ",", ";", "\t"])
def test_village_names_survive_every_way_of_writing(name: str, delimiter: str) -> None:
    people = [person(1, **{"DESA/KELUARAHAN": name, "ALAMAT": "JL. A"}), person(2)]
    quoted = [[f'"{cell.replace(chr(34), chr(34) * 2)}"' for cell in cells] for cells in people]
    ways = [text("dtks_17", *quoted, delimiter=delimiter)]
    if delimiter not in name:
        ways += [text("dtks_17", *people, delimiter=delimiter)]
    for data in ways:
        encodings = ["utf-8", "cp1252", "utf-16"] if delimiter == "|" else ["utf-8"]
        for encoded in (data.decode().encode(encoding) for encoding in encodings):
            found = read(encoded, "dtks")
            assert [(cells["baris"], cells["desa"] or "") for cells in found] == [(2, name), (3, "")]


def test_a_cell_with_a_delimiter_and_another_with_a_quote_in_one_line() -> None:
    line = ",".join(person(1, **{"DESA/KELUARAHAN": 'Soka"an', "ALAMAT": '"JL. A, NO. 2"'}))
    (found,) = read((",".join(HEADERS) + "\n" + line).encode(), "dtks")
    assert (found["desa"], found["alamat"]) == ('Soka"an', "JL. A, NO. 2")


def test_header_cells_broken_over_lines() -> None:
    header = ",".join(f'"{name.replace(" ", chr(10))}"' for name in HEADERS)
    found = read(f"{header}\n{','.join(person(1))}".encode(), "dtks")
    lines = header.count("\n") + 2
    assert [(cells["baris"], cells["nik"], cells["judul"]) for cells in found] == [(lines, NIK, None)]


def test_zero_bytes_far_down_are_no_reason_to_lose_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    many = [person(number) for number in range(2000)]
    data = text("dtks_17", *many) + b"\n" + b"\x00" * 5000
    found = read(data, "dtks")
    assert len(found) == len(many)
    assert {cells["rusak"] for cells in found} == {None}


def test_two_files_copied_behind_each_other() -> None:
    found = read(b"\xef\xbb\xbf" + GOOD + b"\n\xef\xbb\xbf" + text("dtks_17", person(2)), "dtks")
    assert [(cells["id_dtks"], cells["rusak"]) for cells in found] == [
        ("D1", None),
        (None, "BARIS_CATATAN"),
        ("D2", None),
    ]


def test_a_file_cut_off_in_its_last_line() -> None:
    found = read(text("dtks_17", person(1), person(2))[:-15], "dtks")
    assert [(cells["baris"], cells["rusak"]) for cells in found] == [(2, None), (3, "BERKAS_TERPOTONG")]
    # The ledger notes it, as whoever reads the list of files must know.
    assert "terpotong" in found[1]["catatan"]


@pytest.mark.parametrize("foot", [b"Kepala Dinas|Sosial", b"Dicetak oleh: ADMIN|12-12-2022"])
def test_what_stands_below_the_rows_is_no_file_cut_off(foot: bytes) -> None:
    found = read(text("dtks_17", person(1), person(2)).rstrip(b"\n") + b"\n" + foot, "dtks")
    assert [cells["rusak"] for cells in found] == [None, None, "KOLOM_KURANG"]


@pytest.mark.parametrize("line", ['"|"Soka"an"|"A"', '"A"|"B"|"', '"|"|"|"|"|x"', '"A"|"B|"C"', '"A""|"B"|"C"'])
@pytest.mark.parametrize("count", [1, 3])
def test_quotes_that_only_look_like_those_around_cells(line: str, count: int) -> None:
    lines = ['"1"|"2"|"3"', *[line] * count, '"4"|"5"|"6"']
    grid = read_text("\n".join(["NIK|NAMA|DESA", *lines]).encode())
    numbers = [*grid.rows["baris"], *grid.refused["baris"]]
    spans = grid.rows.select(pl.sum_horizontal(pl.col("c0", "c1", "c2").str.count_matches("\n").fill_null(0))).sum()
    assert len(set(numbers)) + spans.item() == len(lines)
    assert grid.rows.filter(pl.col("c0") == "1").select("c1", "c2").rows() == [("2", "3")]
    assert grid.rows.filter(pl.col("c0") == "4").select("c1", "c2").rows() == [("5", "6")]


def test_lines_in_quotes_whose_cells_are_too_many_and_too_few() -> None:
    grid = read_text(b'NIK|NAMA\n"1"|"2"|"3"\n"4"\n"5"|"6"')
    assert grid.rows["baris"].to_list() == [4]
    assert grid.refused.rows() == [(2, "KOLOM_LEBIH"), (3, "KOLOM_KURANG")]


def test_every_line_with_an_open_quote_ends_soon() -> None:
    lines = [f'D{number}|"A|B' for number in range(2_000)]
    found = read("\n".join(["|".join(HEADERS), *lines]).encode(), "dtks")
    assert len(found) == len(lines)


# --- pieces


def messy(count: int) -> bytes:
    lines = []
    for number in range(count):
        cells = person(
            number, "SITI" if number % 3 else 'SI"TI', ALAMAT='"JL. A\nNO. 2|3"' if number % 5 == 0 else "JL. B"
        )
        lines.append("|".join(cells[:4] if number % 17 == 0 else cells))
        lines += [""] if number % 7 == 0 else []
    return "\n".join(["DATA DTKS", "|".join(HEADERS), *lines]).encode()


@pytest.mark.parametrize("prepare", [bytes, lambda data: data.replace(b"\n", b"\r\n")], ids=["lf", "crlf"])
def test_how_much_is_read_at_once_changes_nothing(tmp_path: Path, prepare: Callable[[bytes], bytes]) -> None:
    (tmp_path / "dtks").mkdir()
    (tmp_path / "dtks" / "a.csv").write_bytes(prepare(messy(120)))
    files = find_files(tmp_path, "2022-12")
    whole = read_source(tmp_path, files, "dtks")
    assert whole["rusak"].is_null().sum() == 120 - len(range(0, 120, 17))
    for piece_bytes in (300, 1000, 4096):
        pieces = list(iter_source(tmp_path, files, "dtks", piece_bytes))
        assert pl.concat(pieces).equals(whole)
        assert len(pieces) > 1


# --- files that cannot be opened


def test_a_file_nobody_may_open_is_in_the_ledger_and_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a.csv", "b.csv", "c.csv"):
        (tmp_path / "dtks" / name).parent.mkdir(exist_ok=True)
        (tmp_path / "dtks" / name).write_bytes(GOOD.replace(b"D1", name.encode()))
    really = Path.open

    def locked(path: Path, *args: Any, **kwargs: Any) -> Any:
        if path.name in {"b.csv", "c.csv"}:
            raise PermissionError(path)
        return really(path, *args, **kwargs)

    before = find_files(tmp_path, "2022-12")
    # Tests may run as root, who may open everything.
    monkeypatch.setattr(Path, "open", locked)
    after = find_files(tmp_path, "2022-12")
    assert after["status_berkas"].to_list() == ["DIBACA", "DITOLAK", "DITOLAK"]
    assert after["sha256"].to_list()[1:] == [NO_FINGERPRINT] * 2
    assert "tidak dapat dibuka" in after["catatan"][1]
    # Locked between the ledger and the reading.
    found = read_source(tmp_path, before, "dtks")
    assert found.select("id_dtks", "rusak").rows() == [("a.csv", None), *[(None, "BERKAS_DITOLAK")] * 2]
    assert found["catatan"].to_list()[1:] == after["catatan"].to_list()[1:]


def test_a_folder_called_like_a_file_is_looked_into(tmp_path: Path) -> None:
    (tmp_path / "dtks" / "data.csv").mkdir(parents=True)
    (tmp_path / "dtks" / "data.csv" / "isi").write_bytes(GOOD)
    assert read_source(tmp_path, find_files(tmp_path, "2022-12"), "dtks")["berkas"].to_list() == ["dtks/data.csv/isi"]


@pytest.mark.parametrize("source", EXTRACTS)
def test_nothing_is_an_empty_frame_of_the_source(source: str) -> None:
    assert read_file(text("bdt_ruta"), "dtks/x", "dtks").schema == polars_schema(EXTRACTS["dtks"])
    assert read_file(b"", "x", source).schema == polars_schema(EXTRACTS[source])


@pytest.mark.parametrize("name", ["./data.csv", "../../data.csv"])
def test_a_member_is_no_hidden_file_for_the_dots_of_its_path(name: str) -> None:
    data = zipped({name: text("dtks_23", row("dtks_23", ID_DTKS="D1", NAMA="SITI", NIK="3604041211870001"))})
    hidden = zipped({".data.csv": b"x", "__MACOSX/data.csv": b"x", "~$data.xlsx": b"x"})
    assert [person["id_dtks"] for person in read(data, "dtks")] == ["D1"]
    assert [row["rusak"] for row in read(hidden, "dtks")] == ["BERKAS_DITOLAK"]


def test_merged_cells_are_read_whatever_the_namespace_is_called() -> None:
    book = io.BytesIO()
    with zipfile.ZipFile(book, "w") as parts:
        parts.writestr("xl/workbook.xml", '<x:sheets><x:sheet name="A" sheetId="1" rel:id="r1"/></x:sheets>')
        parts.writestr("xl/_rels/workbook.xml.rels", '<p:Relationship Id="r1" Target="worksheets/a.xml"/>')
        merged = '<x:mergeCells><x:mergeCell ref="B2:B4"/></x:mergeCells>'
        parts.writestr("xl/worksheets/a.xml", f"<x:sheetData></x:sheetData>{merged}")
    assert parts_of(book.getvalue()) == {"A": SheetParts([(1, 2, 4)])}


# Papua's numbers as Excel keeps them, to the nearest even one, and as other programs write them.
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
    return zipped(parts)


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
    def told(*cells: str, times: int = 1) -> str:
        return f'<table:table-row table:number-rows-repeated="{times}">{"".join(cells)}</table:table-row>'

    def cell(text: str, about: str = "") -> str:
        return f'<table:table-cell office:value-type="string" {about}><text:p>{text}</text:p></table:table-cell>'

    def number(digits: str) -> str:
        return f'<table:table-cell office:value-type="float" office:value="{digits}"/>'

    blank, covered = '<table:table-cell table:number-columns-repeated="2"/>', "<table:covered-table-cell/>"
    rows = [
        told(blank, times=2),
        told(blank, *map(cell, ("ID DTKS", "NAMA", "NIK", "ALAMAT"))),
        told(
            blank, cell("D1"), cell("SITI"), number("9501013112800001"), cell("KP. A", 'table:number-rows-spanned="2"')
        ),
        told(blank, cell("D2"), cell("BUDI"), number("9501013112800003"), covered),
        told(blank, cell("D3"), cell("ANI"), number("9501013112800005"), "<table:table-cell/>"),
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
    found = read(zipped(members), "dtks")
    assert [[row[name] for name in ("baris", "id_dtks", "nik", "alamat")] for row in found] == [
        [4, "D1", "9501013112800001", "KP. A"],
        [5, "D2", "9501013112800003", "KP. A"],
        [6, "D3", "9501013112800005", None],
    ]


def test_digits_of_a_large_number_go_to_no_cell_that_is_another_number() -> None:
    cells = {"c0": ["9501013112800000", "9501013112800002", "SITI", None, "9501013112800000.0"]}
    rows = pl.DataFrame({"baris": [1, 2, 3, 4, 5], **cells})
    numbers = [(0, row, "9501013112800001") for row in range(1, 7)]
    assert with_numbers(rows, numbers)["c0"].to_list() == [numbers[0][2], *cells["c0"][1:4], numbers[0][2]]


# Far from the table, of which sheet the reader would make room for all cells between.
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
    assert parts_of(data)["Jauh"].too_large == refused
    told = {row["lembar"]: row["catatan"] if row["rusak"] else row["id_dtks"] for row in read(data, "dtks")}
    assert told.keys() == {"Jauh", "Dekat"}
    assert told["Dekat"] == "D1"
    assert ("hapus baris dan kolom di luar tabel" in told["Jauh"]) == refused


@pytest.mark.parametrize("said", ["CONTOH", "Contoh 1", "contoh pengisian:", "(Contoh)", "*) cth."])
def test_an_example_below_the_header_is_nobody(said: str) -> None:
    headers = ["NO", "ID DTKS", "NIK", "NAMA", "ALAMAT"]
    rows = [["1", said, NIK, "SITI", "KP. A"], [said, "D9", NIK, "SITI", "KP. A"], ["1", "D1", NIK, "CONTOH", "CONTOH"]]
    found = read("\n".join("|".join(cells) for cells in (headers, *rows)).encode(), "dtks")
    assert [(row["rusak"], row["id_dtks"]) for row in found] == [
        ("BARIS_CATATAN", None), ("BARIS_CATATAN", None), (None, "D1")
    ]  # fmt: skip
    # A name or address is none, though it stands first.
    for first in ("NAMA", "ALAMAT", "DESA/KELURAHAN"):
        others = [header for header in ("ID DTKS", "NIK", "NAMA", "ALAMAT") if header != first]
        row = [said, *({"ID DTKS": "D1", "NIK": NIK}.get(header, "SITI") for header in others)]
        (person,) = read("\n".join("|".join(cells) for cells in ([first, *others], row)).encode(), "dtks")
        assert (person["rusak"], person["id_dtks"]) == (None, "D1")


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        # As R writes them: a row has its number, the header nothing above it.
        (['"1";"D1";"3604041211870001";"SITI"', '"2";"D2";"3604041211870002";"BUDI"'], ["D1", "D2"]),
        # A delimiter that closes lines is no cell more.
        (["1;3604041211870001;SITI;", "2;3604041211870002;BUDI;"], ["1", "2"]),
        (["1;D1;3604041211870001;SITI", "7;D2;3604041211870002;BUDI", "5;D3;3604041211870003;ANI"], []),
    ],
)
def test_numbers_of_rows_that_the_header_has_no_cell_for(rows: list[str], found: list[str]) -> None:
    people = read("\n".join(['"ID DTKS";"NIK";"NAMA"', *rows]).encode(), "dtks")
    assert [person["id_dtks"] for person in people if person["rusak"] is None] == found
