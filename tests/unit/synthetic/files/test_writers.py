from __future__ import annotations

import csv
import gzip
import zipfile
from pathlib import Path

import fastexcel
import polars as pl
import pytest

from pipeline.synthetic.draws import random_stream
from pipeline.synthetic.files import notation
from pipeline.synthetic.files.writers import TextFormat, text_lines, write_lines, write_workbook
from pipeline.synthetic.ledger import BadLine, Ledger

TABLE = pl.DataFrame({"NAMA": ["A", 'Soka"an', "I,II", "x|y"], "KOTA": ["p", "", "q;r", None]})


@pytest.mark.parametrize("separator", ["|", ";", ",", "\t"])
@pytest.mark.parametrize("quoting", ["perlu", "acak", "semua"])
def test_lines_read_back_as_they_were(separator: str, quoting: str) -> None:
    lines = text_lines(TABLE, TextFormat(separator, quoting), random_stream(1, "x"))
    # A quote inside an unquoted value is left alone, as in the real files; only csv's strict mode minds.
    plain = [line for line in lines if "Soka" not in line or quoting == "semua"]
    rows = list(csv.reader(plain, delimiter=separator))
    assert rows[0] == ["NAMA", "KOTA"]
    assert ["I,II", "q;r"] in rows
    assert ["x|y", ""] in rows


def test_packed_files_carry_no_clock(tmp_path: Path) -> None:
    for packing in ("gz", "zip"):
        paths = [tmp_path / number / f"a.{packing}" for number in ("1", "2")]
        for path in paths:
            write_lines(path, ["a|b", "1|2"], TextFormat("|", packing=packing))
        assert paths[0].read_bytes() == paths[1].read_bytes()
    assert gzip.decompress((tmp_path / "1" / "a.gz").read_bytes()) == b"a|b\n1|2\n"
    with zipfile.ZipFile(tmp_path / "1" / "a.zip") as archive:
        assert archive.namelist() == ["a.psv"]


def test_encodings_and_line_ends(tmp_path: Path) -> None:
    write_lines(tmp_path / "a.csv", ["Regapu\u2019u"], TextFormat(";", newline="\r\n", encoding="cp1252"))
    assert (tmp_path / "a.csv").read_bytes() == b"Regapu\x92u\r\n"
    write_lines(tmp_path / "b.csv", ["x"], TextFormat(encoding="utf-8-sig"))
    assert (tmp_path / "b.csv").read_bytes() == b"\xef\xbb\xbfx\n"


def test_workbooks_are_the_same_each_time_and_start_below_their_titles(tmp_path: Path) -> None:
    table = pl.DataFrame({"NIK": ["3604041211870001"], "TGL": ["18903"]})
    for name in ("a.xlsx", "b.xlsx"):
        first = write_workbook(tmp_path / name, "BNBA", ["JUDUL", ""], table, numbers=["TGL"], notes={"K": ["x"]})
    assert first == 4
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
    book = fastexcel.read_excel(tmp_path / "a.xlsx")
    assert book.sheet_names == ["BNBA", "K"]
    rows = book.load_sheet("BNBA", header_row=None, dtypes="string").to_polars().rows()
    assert rows[3] == ("3604041211870001", "18903")


def test_damaged_lines_are_entered_where_they_stand() -> None:
    ledger = Ledger()
    lines = ["kepala", *(f"baris {number}" for number in range(10))]
    bad = [BadLine("KOLOM_KURANG", "rusak", "7"), BadLine("ID_GANDA", "baris 4", "4", twin=4)]
    whole, sound = ledger.insert_damaged("dtks/a.txt", lines, bad, random_stream(6, "x"))
    assert len(whole) == 13
    assert [whole[number - 1] for number in sound] == lines[1:]
    table = ledger.quarantine_table()
    for row in table.iter_rows(named=True):
        assert whole[row["baris"] - 1] == {"KOLOM_KURANG": "rusak", "ID_GANDA": "baris 4"}[row["kelas"]]
    twin = table.filter(pl.col("kelas") == "ID_GANDA").row(0, named=True)
    assert twin["baris_lain"] < twin["baris"]
    assert whole[twin["baris_lain"] - 1] == "baris 4"


@pytest.mark.parametrize(
    ("style", "written"),
    [("angka", "1234567"), ("titik", "1.234.567"), ("rp", "Rp 1.234.567,00")],
)
def test_amounts(style: str, written: str) -> None:
    frame = pl.DataFrame({"n": [1_234_567]})
    assert frame.select(notation.rupiah("n", style)).item() == written


def test_small_and_large_amounts_are_dotted_in_threes() -> None:
    frame = pl.DataFrame({"n": [0, 950, 30_000, 12_390_000_000]})
    assert frame.select(notation.rupiah("n", "titik")).to_series().to_list() == ["0", "950", "30.000", "12.390.000.000"]
