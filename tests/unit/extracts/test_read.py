"""Which files of a source are read, and into which columns."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.extracts.files.ledger import build_ledger
from pipeline.extracts.read import read_source, refuse_changed_files, refused_files
from schemas.extracts import EXTRACTS, LAYOUTS, fold_header, headers_of
from schemas.table import polars_schema
from tests.unit.extracts.making import delimited, read, read_file, text

TARGET = text("alokasi", ("PKH", "2022", "1", "3604", "100", "30000000", "2022-01-05", "0", "2022-02-01"))


@pytest.mark.parametrize(
    "key", ["dtks_23", "dtks_17", "siak_37", "dukcapil_web", "pos_penuh", "pos_belum", "alokasi", "pendamping"]
)
def test_every_known_layout_is_read_into_its_extract(key: str) -> None:
    layout = LAYOUTS[key]
    values = [f"nilai {position}" for position in range(len(layout.headers))]
    df = read_file(delimited([layout.headers, values]), "x", layout.source)
    assert df.schema == polars_schema(EXTRACTS[layout.source])
    assert df.select("tata_letak", "rusak").rows() == [(layout.label, None)]
    known = headers_of(layout.source)
    folded = zip(map(fold_header, layout.headers), values, strict=True)
    expected = {known[fold]: value for fold, value in folded if fold in known}
    assert {name: value for name, value in df.row(0, named=True).items() if str(value).startswith("nilai")} == expected


def test_columns_in_another_order_unknown_ones_and_one_twice() -> None:
    (row,) = read(b"CATATAN;kpm alokasi;Kode Wilayah;TAHAP;tahun;Program;PROGRAM\nx;5;36.04;1;2022;PKH;BST", "alokasi")
    assert (row["program"], row["kpm_alokasi"], row["nominal_alokasi"]) == ("PKH", "5", None)


def test_all_files_of_a_source_that_the_ledger_reads(tmp_path: Path) -> None:
    files = {"alokasi/b.csv": TARGET, "alokasi/d/a.csv": TARGET + b"\n", "alokasi/c.csv": TARGET, "pos/x": b""}
    for name, data in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(data)
    ledger = build_ledger(tmp_path, "2022-12")
    assert read_source(tmp_path, ledger, "alokasi")["berkas"].to_list() == ["alokasi/b.csv", "alokasi/d/a.csv"]
    assert read_source(tmp_path, ledger, "pos")["rusak"].to_list() == ["BERKAS_DITOLAK"]
    nothing = read_source(tmp_path, ledger, "dtks")
    assert nothing.is_empty()
    assert nothing.schema == polars_schema(EXTRACTS["dtks"])


def test_a_file_that_was_still_being_copied_when_it_was_read_is_told(tmp_path: Path):
    file = tmp_path / "alokasi" / "x.csv"
    file.parent.mkdir()
    file.write_bytes(TARGET)
    files = build_ledger(tmp_path, "2022-12")
    assert not list(refuse_changed_files(tmp_path, files, "alokasi"))
    file.write_bytes(TARGET * 2)
    (result,) = refuse_changed_files(tmp_path, files, "alokasi")
    assert "masih disalin" in result["catatan"].item()
    assert refused_files(result)["berkas"].to_list() == ["alokasi/x.csv"], "and so it is read again"
