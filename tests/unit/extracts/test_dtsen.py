from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from pipeline.extracts.files.ledger import build_ledger
from pipeline.extracts.grids.grid import Grid, empty_rows, refused_lines
from pipeline.extracts.read import iter_families, read_source
from schemas.extracts import KINDS
from schemas.extracts.kinds import ADDITIONAL_LAYOUTS
from schemas.table import polars_schema
from tests.unit.extracts.making import layout, read_file, row, text, workbook, zip_archive

HEADER = "|".join(ADDITIONAL_LAYOUTS["dtsen_keluarga"].headers)
LINES = [
    "7271010101100001|SITI|3|7271|PALU|TATANGA|PALUPI|0|1|1",
    '7271010101100002|BUDI "ABDUL|7|7271|PALU|TATANGA|PALUPI|0|0|0',
    '7271010101100003|"ANI|1|7271|PALU|TATANGA|Soka"an|1|1|1',
    "7271010101100004|UMAR|2|7271|PALU",
    '7271010101100005|"JOSÉ, ST"|10|7271|PALU|TATANGA|Regapu’u|0|0|1',
]
DATA = "\n".join([HEADER, *LINES]).encode("cp1252")


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    (tmp_path / "dtks" / "72").mkdir(parents=True)
    return tmp_path


def families(raw: Path, **files: bytes) -> list[tuple[object, ...]]:
    for name, data in files.items():
        (raw / "dtks" / "72" / name).write_bytes(data)
    df = pl.concat(iter_families(raw, build_ledger(raw, "2022-12"), []))
    assert df.schema == polars_schema(KINDS["dtsen_keluarga"])
    return df.select("baris", "rusak", "no_kk", "kepala_keluarga", "desil_nasional", "desa").rows()


def test_lines_with_unbalanced_quotes_are_families_too(raw: Path) -> None:
    assert families(raw, keluarga_dtsen=DATA) == [
        (2, None, "7271010101100001", "SITI", "3", "PALUPI"),
        (3, None, "7271010101100002", 'BUDI "ABDUL', "7", "PALUPI"),
        (4, None, "7271010101100003", '"ANI', "1", 'Soka"an'),
        (5, "KOLOM_KURANG", None, None, None, None),
        (6, None, "7271010101100005", "JOSÉ, ST", "10", "Regapu’u"),
    ]


def test_families_are_no_persons_and_persons_no_families(raw: Path) -> None:
    persons = text("dtks_23", row("dtks_23", ID_DTKS="D1", NAMA="SITI", NIK="3604041211870001"))
    found = families(raw, keluarga=DATA, orang=persons, rusak=b"bukan|apa-apa\n1|2")
    assert len(found) == len(LINES)
    df = read_source(raw, build_ledger(raw, "2022-12"), "dtks")
    assert df.select("berkas", "id_dtks", "rusak").rows() == [
        ("dtks/72/orang", "D1", None),
        ("dtks/72/rusak", None, "BERKAS_DITOLAK"),
    ]


def test_nothing_is_read_ahead_of_a_table_that_is_left(raw: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    persons = list(layout("dtks_23").headers)
    read: list[int] = []

    def pieces() -> Iterator[Grid]:
        for piece in range(2):
            read.append(piece)
            yield Grid(persons, empty_rows(len(persons)), refused_lines(), None)

    monkeypatch.setattr("pipeline.extracts.read.split_into_tables", lambda *_: iter([(None, pieces())]))
    (raw / "dtks" / "72" / "orang").write_bytes(text("dtks_23"))
    assert list(iter_families(raw, build_ledger(raw, "2022-12"), [])) == []
    assert read == [0]


def test_a_long_list_that_is_left_does_not_disturb_the_next_one_in_the_archive() -> None:
    lines = [row("dtks_23", ID_DTKS=f"D{n}", NAMA="SITI", NIK=f"{3604041211870001 + n}") for n in range(300)]
    packed = zip_archive({"a_keluarga": "\n".join([HEADER, *LINES * 200]).encode(), "b_orang": text("dtks_23", *lines)})
    # Pieces are read ahead, from where the archive stands.
    df = read_file(packed, "dtks/x.zip", "dtks", piece_bytes=1_000)
    assert df.select("id_dtks", "rusak").rows() == [(f"D{n}", None) for n in range(300)]


def test_persons_and_families_in_one_archive_or_workbook(raw: Path) -> None:
    persons = text("dtks_23", row("dtks_23", ID_DTKS="D1", NAMA="SITI", NIK="3604041211870001"))
    good = "\n".join([HEADER, LINES[0]]).encode()
    sheets = {name: [line.split("|") for line in data.decode().split("\n")] for name, data in
              {"orang": persons, "keluarga": good}.items()}  # fmt: skip
    files = {"a.zip": zip_archive({"1.csv": good, "2.csv": persons}), "b.xlsx": workbook(sheets)}
    assert [found[2] for found in families(raw, **files)] == ["7271010101100001"] * 2
    assert read_source(raw, build_ledger(raw, "2022-12"), "dtks")["id_dtks"].to_list() == ["D1", "D1"]


def test_without_files_there_is_no_frame(raw: Path) -> None:
    assert not list(iter_families(raw, build_ledger(raw, "2022-12"), []))
