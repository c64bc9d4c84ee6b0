from __future__ import annotations

import gzip
import io
import random
import zipfile
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from itertools import product
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import xlsxwriter

from pipeline.extracts import parquet as parquet_files
from pipeline.extracts import read as reader
from pipeline.extracts.files.found import find_files
from pipeline.extracts.read import changed_meanwhile, read_source, refused_whole
from schemas.extracts import EXTRACTS, LAYOUTS, fold_header, headers_of
from schemas.table import polars_schema
from tests.unit.extracts.making import layout, read, read_file, row, text

HEADERS = LAYOUTS["alokasi"].headers
ROW = ("PKH", "2022", "1", "3604", "100", "30000000", "2022-01-05", "0", "2022-02-01")
GOOD = "\n".join([",".join(HEADERS), ",".join(ROW)]).encode()


def alokasi(data: bytes) -> list[dict[str, Any]]:
    """One dictionary per row, after checking what holds for every file whatever it is."""
    df = read_file(data, "alokasi/x", "alokasi")
    assert df.schema == polars_schema(EXTRACTS["alokasi"])
    assert set(df["berkas"]) <= {"alokasi/x"}
    unread = df.filter(pl.col("rusak").is_not_null())
    assert unread.select(pl.col(*unread.columns[7:]).is_null().all()).transpose().to_series().all()
    told = df["rusak"].is_in(["BERKAS_DITOLAK", "BERKAS_TERPOTONG"]).fill_null(value=False)
    assert (df["catatan"].is_not_null() == told).all()
    return df.rows(named=True)


def places(data: bytes) -> list[tuple[object, ...]]:
    return [(row["lembar"], row["baris"], row["rusak"]) for row in alokasi(data)]


def sentence(data: bytes) -> str:
    """What the officer is told about a file that was refused whole."""
    (row,) = alokasi(data)
    assert (row["baris"], row["rusak"]) == (0, "BERKAS_DITOLAK")
    return str(row["catatan"])


def zipped(members: Mapping[str, bytes]) -> bytes:
    with io.BytesIO() as stream:
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in members.items():
                archive.writestr(name, data)
        return stream.getvalue()


def workbook(**sheets: Sequence[Sequence[object]]) -> bytes:
    with io.BytesIO() as stream:
        with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
            as_date = book.add_format({"num_format": "dd/mm/yyyy"})
            for name, rows in sheets.items():
                sheet = book.add_worksheet(name)
                for y, row in enumerate(rows):
                    for x, cell in enumerate(row):
                        if isinstance(cell, date):
                            sheet.write_datetime(y, x, cell, as_date)
                        elif isinstance(cell, str):
                            sheet.write_string(y, x, cell)
                        elif cell is not None:
                            sheet.write_number(y, x, cell)  # type: ignore[arg-type]
        return stream.getvalue()


def parquet(df: pl.DataFrame) -> bytes:
    with io.BytesIO() as stream:
        df.write_parquet(stream)
        return stream.getvalue()


# --- archives


def test_plain_gz_and_zip_read_the_same() -> None:
    expected = alokasi(GOOD)
    assert [row["program"] for row in expected] == ["PKH"]
    for packed in (gzip.compress(GOOD), zipped({"a.csv": GOOD}), zipped({"d/": b"", "d/a.csv": gzip.compress(GOOD)})):
        assert alokasi(packed) == expected


def test_the_kind_follows_from_the_bytes_and_not_from_the_name() -> None:
    assert read_file(workbook(A=[HEADERS, ROW]), "alokasi/x.csv", "alokasi")["program"].to_list() == ["PKH"]
    assert read_file(GOOD, "alokasi/x.xlsx.zip", "alokasi")["program"].to_list() == ["PKH"]


def test_members_of_an_archive_are_read_in_order_each_under_its_name() -> None:
    data = zipped({"b.csv": GOOD, "a.txt": GOOD, "__MACOSX/._a.txt": b"\x00\x05"})
    assert places(data) == [("a.txt", 2, None), ("b.csv", 2, None)]


def test_text_that_begins_with_a_bracket_is_no_json() -> None:
    header, rows = GOOD.split(b"\n", 1)
    bracketed = b",".join(b"[" + name + b"]" for name in header.split(b","))
    assert places(bracketed + b"\n" + rows) == [(None, 2, None)]
    assert places(b"[RAHASIA] DAFTAR ALOKASI\n" + GOOD) == [(None, 3, None)]


def test_a_readme_in_an_archive_is_refused_alone() -> None:
    data = zipped({"README.txt": b"Data alokasi Desember", "data.csv": GOOD, "kosong.csv": b""})
    assert places(data) == [
        ("README.txt", 0, "BERKAS_DITOLAK"),
        ("data.csv", 2, None),
        ("kosong.csv", 0, "BERKAS_DITOLAK"),
    ]


def test_workbooks_inside_archives_name_member_and_sheet() -> None:
    data = zipped({"a.xlsx": workbook(Data=[HEADERS, ROW]), "b.csv": GOOD})
    assert places(data) == [("a.xlsx/Data", 2, None), ("b.csv", 2, None)]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (gzip.compress(GOOD * 50)[:-30], "gz ini rusak"),
        (b"\x1f\x8b", "gz ini rusak"),
        (zipped({"a.csv": GOOD * 50})[:-40], "rusak atau terpotong; minta kirim ulang"),
        (b"PK\x03\x04", "rusak atau terpotong"),
        (b"", "kosong; minta kirim ulang"),
        (workbook(A=[]), "kosong; minta kirim ulang"),
        (b"\x00\x01\x02\x03", "bukan teks"),
        (b"PAR1xxxx", "Parquet ini rusak"),
        (b"\xd0\xcf\x11\xe0" + b"\x00" * 600, "bukan buku kerja Excel"),
        (workbook(A=[HEADERS, ROW])[:-200], "rusak"),
    ],
)
def test_what_cannot_be_opened_is_one_refused_row_with_a_sentence(data: bytes, words: str) -> None:
    assert words in sentence(data)


def test_a_zip_with_a_password_is_named_as_such() -> None:
    data = bytearray(zipped({"a.csv": GOOD}))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + offset] |= 1  # the flag of encryption, in both headers
    assert "kata sandi" in sentence(bytes(data))


def test_a_bomb_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "LARGEST_UNPACKED", 1000)
    bomb = b"0" * 1001
    assert "terlalu besar" in sentence(gzip.compress(bomb))
    assert "terlalu besar" in sentence(zipped({"a.csv": b"0" * 600, "b.csv": b"0" * 600}))
    assert places(gzip.compress(GOOD)) == [(None, 2, None)]


def test_a_damaged_member_leaves_its_neighbours() -> None:
    data = zipped({"a.csv": GOOD, "b.csv.gz": gzip.compress(GOOD * 50)[:-30]})
    assert ("a.csv", 2, None) in places(data)


# --- layouts


def test_a_file_in_the_wrong_folder_is_told_where_it_belongs() -> None:
    (row,) = read_file(GOOD, "pos/x.csv", "pos").rows(named=True)
    assert row["catatan"] == "Isinya Alokasi; pindahkan ke folder raw/alokasi."


def test_money_in_thousands_is_refused_where_not_all_of_it_is() -> None:
    header = "PROGRAM|TAHUN|TAHAP|KODE WILAYAH|KPM ALOKASI|NOMINAL ALOKASI (Rp {})|NOMINAL TRANSFER (Rp {})"
    rows = {
        units: f"{header.format(*units)}\nPKH|2022|4|3604|10|6000|600" for units in product(("ribu", "penuh"), repeat=2)
    }
    refused = sentence(rows["ribu", "penuh"].encode())
    assert refused == (
        "Jumlah uang pada kolom NOMINAL ALOKASI (Rp ribu) tidak dalam rupiah penuh; tulis dalam rupiah penuh."
    )
    for unit, title in (("penuh", None), ("ribu", "DALAM RIBU RUPIAH")):
        (row,) = read_file(rows[unit, unit].encode(), "alokasi/a", "alokasi").rows(named=True)
        assert (row["nominal_alokasi"], row["judul"], row["catatan"]) == ("6000", title, None)


def test_what_all_amounts_of_orders_are_counted_in_is_told_by_their_title() -> None:
    data = b"NO DANOM|NIK|NAMA|NOMINAL (Rp ribu)\nA|3604041211870001|SITI|300"
    (row,) = read_file(data, "pos/a.csv", "pos").rows(named=True)
    assert (row["nominal"], row["judul"]) == ("300", "DALAM RIBU RUPIAH")


def test_an_unknown_layout_is_told_the_nearest_and_what_is_missing() -> None:
    text = sentence(b"PROGRAM|TAHUN|KODE WILAYAH\nPKH|2022|3604")
    assert text == (
        "Tata letak tidak dikenal; yang paling mirip Alokasi, judul kolom yang kurang: TAHAP, KPM_ALOKASI. "
        "Betulkan baris judulnya; bila bukan data alokasi, keluarkan dari raw/alokasi."
    )
    (row,) = read_file(b"ID DTKS|NAMA\n1|SITI", "dtks/x", "dtks").rows(named=True)
    assert "judul kolom yang kurang: NOMOR NIK atau NOMOR KK" in row["catatan"]
    (row,) = read_file(b"36040001|SITI AMINAH|3604041211870001\n", "dtks/x", "dtks").rows(named=True)
    assert row["catatan"].endswith(
        "Tambahkan baris judul kolom di atas datanya; bila bukan data dtks, keluarkan dari raw/dtks."
    )


@pytest.mark.parametrize(
    ("amounts", "cause"),
    [
        ("TAHAP 1|TAHAP 2", "beberapa tahap bersebelahan (TAHAP 1, TAHAP 2), tetapi status atau tanggal bayarnya satu"),
        ("APR|MEI|JUNI", "per bulan bersebelahan (APR, MEI, JUNI) tanpa jumlahnya"),
        ("JUMLAH RUMAH", "judul kolom yang kurang: BSU"),
    ],
)
def test_amounts_beside_each_other_that_cannot_be_told_apart_are_the_cause(amounts: str, cause: str) -> None:
    values = "|".join("600000" for _ in amounts.split("|"))
    data = f"NO DANOM|NIK|NAMA|{amounts}|STATUS BAYAR\nA|3604041211870001|SITI|{values}|DIBAYAR".encode()
    (row,) = read_file(data, "pos/x", "pos").rows(named=True)
    assert cause in row["catatan"]


@pytest.mark.parametrize(
    "key", ["dtks_23", "dtks_17", "siak_37", "dukcapil_web", "pos_penuh", "pos_belum", "alokasi", "pendamping"]
)
def test_every_known_layout_is_read_into_its_extract(key: str) -> None:
    layout = LAYOUTS[key]
    values = [f"nilai {position}" for position in range(len(layout.headers))]
    df = read_file(("|".join(layout.headers) + "\n" + "|".join(values)).encode(), "x", layout.source)
    assert df.schema == polars_schema(EXTRACTS[layout.source])
    assert df["tata_letak"].to_list() == [layout.label]
    assert df["rusak"].to_list() == [None]
    known = headers_of(layout.source)
    expected = {
        known[fold_header(text)]: value
        for text, value in zip(layout.headers, values, strict=True)
        if fold_header(text) in known
    }
    assert {name: value for name, value in df.row(0, named=True).items() if str(value).startswith("nilai")} == expected


def test_columns_in_another_order_and_unknown_columns() -> None:
    (row,) = alokasi(b"CATATAN;kpm alokasi;Kode Wilayah;TAHAP;tahun;Program\nx;5;36.04;1;2022;PKH")
    assert (row["program"], row["kpm_alokasi"], row["nominal_alokasi"]) == ("PKH", "5", None)


def test_of_two_columns_with_one_header_the_first_counts() -> None:
    (row,) = alokasi(GOOD.replace(b"\n", b",PROGRAM\n") + b",BST")
    assert row["program"] == "PKH"


# --- workbooks


def test_numbers_keep_all_digits_and_dates_are_dates() -> None:
    typed = [
        "PKH",
        2022,
        1.0,
        3604,
        123456789012345,
        3e7,
        date(2022, 1, 5),
        0.5,
        datetime.fromisoformat("2022-02-01T10:30"),
    ]
    (row,) = alokasi(workbook(A=[HEADERS, typed]))
    assert [row[name] for name in ("tahun", "tahap", "kpm_alokasi", "nominal_alokasi", "nominal_transfer")] == [
        "2022", "1", "123456789012345", "30000000", "0.5"
    ]  # fmt: skip
    assert row["tgl_transfer"].startswith("2022-01-05")
    assert row["target_selesai"].startswith("2022-02-01 10:30")


def test_titles_blank_rows_totals_and_repeated_headers() -> None:
    sheet = [[], ["Alokasi PKH", None, "Tahun 2022"], [], HEADERS, ROW, [], HEADERS, ROW, ["Jumlah", *[None] * 3, 200]]
    rows = alokasi(workbook(Data=[*sheet, [None, "Serang, 5 Januari 2022"]]))
    assert [(row["baris"], row["rusak"]) for row in rows] == [
        (5, None),
        (7, "BARIS_CATATAN"),
        (8, None),
        (9, "BARIS_CATATAN"),
        (10, "BARIS_CATATAN"),
    ]
    assert {row["judul"] for row in rows} == {"Alokasi PKH Tahun 2022"}
    assert {row["lembar"] for row in rows} == {"Data"}


def test_sheets_without_a_table_are_passed_over_and_all_others_read() -> None:
    data = workbook(Sampul=[["Dinas Sosial"]], Satu=[["Judul"], HEADERS, ROW], Kosong=[], Dua=[HEADERS, ROW, ROW])
    assert places(data) == [("Satu", 3, None), ("Dua", 2, None), ("Dua", 3, None)]


def test_a_table_that_starts_in_another_column() -> None:
    (row,) = alokasi(workbook(A=[[None, *HEADERS, None], [None, *ROW, "ekor"]]))
    assert (row["program"], row["target_selesai"]) == (ROW[0], ROW[-1])


@pytest.mark.parametrize("sheets", [{"A": [["a", "b"], ["1", "2"]]}, {"A": [[]], "B": [["halo"]]}])
def test_a_workbook_without_any_table_is_an_unknown_layout(sheets: dict[str, list[list[str]]]) -> None:
    assert "Tata letak tidak dikenal" in sentence(workbook(**sheets))


def test_a_workbook_with_only_a_header_has_no_rows() -> None:
    assert alokasi(workbook(A=[HEADERS])) == []


def test_a_sheet_of_another_source_leaves_the_right_sheet() -> None:
    other = LAYOUTS["pendamping"].headers
    assert ("A", 2, None) in places(workbook(A=[HEADERS, ROW], B=[other, ["x"] * len(other)]))


def test_a_person_called_like_a_total_is_no_total() -> None:
    headers = LAYOUTS["dtks_17"].headers
    row = ["D1", "BANTEN", "SERANG", "X", "Y", "JL", "", "1", "1", "36", "36", "JUMLAH SARI", "", "", "P", "", "1"]
    df = read_file("\n".join(["|".join(headers), "|".join(row)]).encode(), "dtks/x", "dtks")
    assert df["rusak"].to_list() == [None]
    # Even in the first column a word that only begins like one is data.
    assert alokasi(GOOD.replace(b"PKH", b"TOTALITAS"))[0]["rusak"] is None


@pytest.mark.parametrize(
    "nik",
    ["3604 0512 0792 0001", "3604.0512.0792.0001", "360405-120792-0001", "360405120792001", "36040512079200O1"],
)
def test_whoever_has_a_badly_written_nik_is_somebody(nik: str) -> None:
    (found,) = read(text("siak_37", row("siak_37", NIK=nik, Nama_Penduduk="SITI")), "dukcapil")
    assert (found["nik"], found["rusak"]) == (nik, None)


def test_a_phone_or_a_number_of_a_civil_servant_makes_nobody_of_a_signature() -> None:
    signed = [row("siak_37", Nomor_KK="Telp.", NIK="0812 3456 78901"), row("siak_37", NIK="NIP 19700101 199003 1 001")]
    found = read(text("siak_37", *signed), "dukcapil")
    assert [cells["rusak"] for cells in found] == ["BARIS_CATATAN", "BARIS_CATATAN"]


def test_a_row_of_a_form_that_nobody_filled_in_says_so() -> None:
    header = ["ALASAN DITOLAK", *layout("siak_37").headers, "ASAL BARIS"]
    blank = ["Salin isinya.", *row("siak_37"), "dukcapil/a.csv##3"]
    found = read(workbook(Data=[header, blank, ["Jumlah: 1", *row("siak_37"), ""]]), "dukcapil")
    assert [cells["rusak"] for cells in found] == ["ISIAN_KOSONG", "BARIS_CATATAN"]


def test_people_of_kecamatan_sumber_are_no_remark_and_a_total_is_none_of_them() -> None:
    header = ["KECAMATAN", *layout("dtks_23").headers]
    somebody = row("dtks_23", ID_DTKS="12345", NIK="3604051207920001", NAMA="SITI")
    unnumbered = row("dtks_23", ID_DTKS="D2", NAMA="SITI", ALAMAT="KP A")
    sums = row("dtks_23", ALAMAT="2", NAMA="5")
    rows = [["SUMBER", *somebody], ["SUMBER", *unnumbered], ["TOTAL", *somebody], ["TOTAL", *sums]]
    found = read(workbook(Data=[header, *rows]), "dtks")
    assert [cells["rusak"] for cells in found] == [None, None, None, "BARIS_CATATAN"]


def test_an_order_with_only_its_number_and_amount_is_no_note() -> None:
    headers = LAYOUTS["pos_belum"].headers
    df = read_file(("|".join(headers) + "\n29400/1/GEN||||||||300000|").encode(), "pos/x", "pos")
    assert df["nominal"].to_list() == ["300000"]


# --- Parquet


def table(**columns: Any) -> pl.DataFrame:
    return pl.DataFrame({name: [value] for name, value in zip(HEADERS, ROW, strict=True)}).with_columns(**columns)


def test_parquet_types_become_text_as_an_officer_would_write_them() -> None:
    df = table(TAHUN=2022, KPM_ALOKASI=pl.lit(100.0), NOMINAL_ALOKASI=pl.lit(0.5), TGL_TRANSFER=date(2022, 1, 5))
    (row,) = alokasi(parquet(df))
    assert [row[name] for name in ("baris", "tahun", "kpm_alokasi", "nominal_alokasi", "tgl_transfer")] == [
        1, "2022", "100", "0.5", "2022-01-05"
    ]  # fmt: skip


def test_parquet_keeps_sixteen_digits() -> None:
    (row,) = alokasi(parquet(table(KPM_ALOKASI=9101013112800001)))
    assert row["kpm_alokasi"] == "9101013112800001"


def test_parquet_prints_no_digits_that_a_float_does_not_know() -> None:
    (row,) = alokasi(parquet(table(KPM_ALOKASI=1.6040412345678901e17, NOMINAL_ALOKASI=9101013112800002.0)))
    assert (row["kpm_alokasi"], row["nominal_alokasi"]) == ("1.6040412345678902e+17", "9101013112800002")


@pytest.mark.parametrize(
    "column",
    [pl.lit([1, 2]).implode(), pl.lit(b"\xff\xfe"), pl.lit(1e30)],
    ids=["list", "bytes", "huge float"],
)
def test_parquet_of_any_type_is_no_exception(column: pl.Expr) -> None:
    alokasi(parquet(table(TAHAP=column)))


def test_parquet_in_pieces_is_what_it_is_as_a_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    data = parquet(pl.concat([table(KPM_ALOKASI=pl.lit(str(number))) for number in range(7)]))
    whole = alokasi(data)
    monkeypatch.setattr(parquet_files, "ROWS_AT_ONCE", 3)
    assert alokasi(data) == whole
    assert [row["baris"] for row in whole] == list(range(1, 8))


def test_parquet_without_rows_is_nothing_and_no_error() -> None:
    assert alokasi(parquet(table().clear())) == []


def test_an_unknown_parquet_is_refused() -> None:
    assert "Tata letak tidak dikenal" in sentence(parquet(pl.DataFrame({"a": [1]})))
    # What it has it does not lack, of whatever type.
    assert "judul kolom yang kurang: TAHUN, TAHAP" in sentence(parquet(pl.DataFrame({"PROGRAM": [b"PKH"], "KPM": [1]})))


# --- accounting


def _mangled(random_: random.Random) -> tuple[bytes, int]:
    """A file of well-formed and broken lines and how many of its lines hold anything."""
    makers: list[Callable[[], str]] = [
        lambda: ",".join(ROW),
        lambda: ",".join(ROW[: random_.randint(2, 8)]),
        lambda: ",".join([*ROW, "lebih"]),
        lambda: ",".join(f'"{cell}"' for cell in ROW),
        lambda: ",".join(['PK"H', *ROW[1:]]),
        lambda: "Keterangan tanpa kolom",
        lambda: ",".join(HEADERS),
    ]
    lines = [random_.choice(makers)() for _ in range(random_.randint(0, 30))]
    blank = ["" if random_.random() < 0.2 else line for line in lines]
    return "\r\n".join([",".join(HEADERS), *blank]).encode(), sum(bool(line) for line in blank)


@pytest.mark.parametrize("seed", range(20))
def test_rows_and_refused_lines_are_all_lines(seed: int) -> None:
    data, filled = _mangled(random.Random(seed))  # noqa: S311 - a reproducible choice, no secret
    rows = alokasi(data)
    assert len(rows) == filled
    assert len({row["baris"] for row in rows}) == filled


@pytest.mark.parametrize("seed", range(60))
def test_no_bytes_raise(seed: int) -> None:
    random_ = random.Random(seed)  # noqa: S311 - a reproducible choice, no secret
    whole = [
        GOOD,
        gzip.compress(GOOD),
        zipped({"a.csv": GOOD, "b": GOOD}),
        workbook(A=[HEADERS, ROW]),
        parquet(table()),
    ]
    data = bytearray(random_.choice(whole))
    for _ in range(random_.randint(1, 8)):
        data[random_.randrange(len(data))] = random_.randrange(256)
    alokasi(bytes(data[: random_.randint(1, len(data))]) if seed % 2 else bytes(data))


# --- read_source


def test_all_files_of_a_source_that_the_ledger_reads(tmp_path: Path) -> None:
    for name, data in {
        "alokasi/b.csv": GOOD,
        "alokasi/d/a.csv": GOOD + b"\n",
        "alokasi/c.csv": GOOD,
        "pos/x": b"",
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(data)
    files = find_files(tmp_path, "2022-12")
    assert read_source(tmp_path, files, "alokasi")["berkas"].to_list() == ["alokasi/b.csv", "alokasi/d/a.csv"]
    assert read_source(tmp_path, files, "pos")["rusak"].to_list() == ["BERKAS_DITOLAK"]
    nothing = read_source(tmp_path, files, "dtks")
    assert nothing.is_empty()
    assert nothing.schema == polars_schema(EXTRACTS["dtks"])


def test_a_file_that_was_still_being_copied_when_it_was_read_is_told(tmp_path: Path):
    file = tmp_path / "alokasi" / "x.csv"
    file.parent.mkdir()
    file.write_bytes(GOOD)
    files = find_files(tmp_path, "2022-12")
    assert not list(changed_meanwhile(tmp_path, files, "alokasi"))
    file.write_bytes(GOOD * 2)
    (told,) = changed_meanwhile(tmp_path, files, "alokasi")
    assert "masih disalin" in told["catatan"].item()
    assert refused_whole(told)["berkas"].to_list() == ["alokasi/x.csv"], "and so it is read again"
