"""Files that are no extract or cannot be read completely."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from pipeline.extracts.files.ledger import NO_FINGERPRINT, build_ledger
from pipeline.extracts.read import read_source
from schemas.extracts import EXTRACTS
from schemas.table import polars_schema
from tests.unit.extracts.making import (
    GOOD,
    HEADERS,
    NIK,
    delimited,
    parquet,
    person,
    read,
    read_file,
    refusal_sentence,
    text,
    workbook,
    zip_archive,
)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "kosong"),
        (b" \r\n\t\n", "kosong; minta kirim ulang"),
        (workbook({"A": []}), "kosong; minta kirim ulang"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3", "Ini berkas PDF, bukan data"),
        (b"Rar!\x1a\x07\x01\x00", "Ini berkas RAR, bukan data"),
        (b"\x89PNG\r\n\x1a\n", "Ini berkas gambar, bukan data"),
        (b"\x7fELF\x02\x01\x01\x00", "bukan teks"),
        (b"SQLite format 3\x00", "bukan teks"),
        (b"\x00\x01\x02\x03", "bukan teks"),
        (b"PAR1xxxx", "Parquet ini rusak"),
        (parquet(pl.DataFrame({"a": [1]})), "Tata letak tidak dikenal"),
        (workbook({"A": [["a", "b"], ["1", "2"]]}), "Tata letak tidak dikenal"),
        (workbook({"A": [[]], "B": [["halo"]]}), "Tata letak tidak dikenal"),
        (workbook({"A": [HEADERS, person(1)]})[:-200], "rusak"),
        (b"\xd0\xcf\x11\xe0" + b"\x00" * 600, "bukan buku kerja Excel"),
        (b"<html><body>Sesi Anda berakhir, silakan masuk kembali</body></html>", "tidak memuat tabel"),
        (b"<dataroot><dtks><nama>SITI</nama></dtks></dataroot>", "berkas XML ini tidak memuat tabel"),
        (b"<table><tr><td>NIK</td></tr></table>", "Tata letak tidak dikenal"),
        (b"Surat pengantar\nNomor 12/2022\n", "Tata letak tidak dikenal"),
        (b"PK\x03\x04", "rusak atau terpotong"),
        (zip_archive({"a.csv": GOOD * 50})[:-40], "rusak atau terpotong; minta kirim ulang"),
        (zip_archive({}), "zip ini kosong"),
        (zip_archive({"__MACOSX/._a.csv": b"x", ".DS_Store": b"x", "a/": b""}), "zip ini kosong"),
        (zip_archive({"word/document.xml": b"<w/>", "[Content_Types].xml": b"<x/>"}), "dokumen Word"),
        (b"\xd0\xcf\x11\xe0" + b"\x00" * 600 + "EncryptedPackage".encode("utf-16-le"), "dilindungi kata sandi"),
        (gzip.compress(b""), "kosong"),
        (b"\x1f\x8b", "gz ini rusak"),
        (gzip.compress(GOOD)[:-4], "gz ini rusak"),
    ],
)
def test_what_is_no_extract_ends_in_one_sentence(data: bytes, words: str) -> None:
    assert words in refusal_sentence(data, "dtks")


@pytest.mark.parametrize("header", ["NOMOR NIK (Nomor Induk Kependudukan)", "11. NOMOR NIK", "NIK (16 digit)"])
def test_a_header_may_explain_itself(header: str) -> None:
    explained = [header if name == "NOMOR NIK" else name for name in HEADERS]
    data = delimited([explained, person(1, NOMOR_KK="K1")])
    assert [(cells["nik"], cells["no_kk"]) for cells in read(data, "dtks")] == [(NIK, "K1")]


@pytest.mark.parametrize(
    "instead",
    [{"NOMOR NIK": "NIK (IBU)"}, {"NOMOR NIK": "NIK (Petugas)"}, {"NOMOR NIK": "NIK (A)", "DUSUN": "NIK (B)"}],
)
def test_a_number_that_may_be_somebody_elses_is_not_taken_for_the_persons_own(instead: dict[str, str]) -> None:
    other = [instead.get(name, name) for name in HEADERS]
    data = delimited([other, person(1, NOMOR_KK="K1")])
    assert [(cells["nik"], cells["no_kk"]) for cells in read(data, "dtks")] == [(None, "K1")]


def test_a_file_nobody_may_open_is_in_the_ledger_and_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a.csv", "b.csv", "c.csv"):
        (tmp_path / "dtks" / name).parent.mkdir(exist_ok=True)
        (tmp_path / "dtks" / name).write_bytes(GOOD.replace(b"D1", name.encode()))
    really = Path.open

    def locked(path: Path, *args: Any, **kwargs: Any) -> Any:
        if path.name in {"b.csv", "c.csv"}:
            raise PermissionError(path)
        return really(path, *args, **kwargs)

    before = build_ledger(tmp_path, "2022-12")
    # Tests may run as root, which may open everything.
    monkeypatch.setattr(Path, "open", locked)
    after = build_ledger(tmp_path, "2022-12")
    assert after["status_berkas"].to_list() == ["DIBACA", "DITOLAK", "DITOLAK"]
    assert after["sha256"].to_list()[1:] == [NO_FINGERPRINT] * 2
    assert "tidak dapat dibuka" in after["catatan"][1]
    # Made unreadable between ledger and reading.
    found = read_source(tmp_path, before, "dtks")
    assert found.select("id_dtks", "rusak").rows() == [("a.csv", None), *[(None, "BERKAS_DITOLAK")] * 2]
    assert found["catatan"].to_list()[1:] == after["catatan"].to_list()[1:]


def test_a_folder_called_like_a_file_is_looked_into(tmp_path: Path) -> None:
    (tmp_path / "dtks" / "data.csv").mkdir(parents=True)
    (tmp_path / "dtks" / "data.csv" / "isi").write_bytes(GOOD)
    assert read_source(tmp_path, build_ledger(tmp_path, "2022-12"), "dtks")["berkas"].to_list() == ["dtks/data.csv/isi"]


@pytest.mark.parametrize("source", EXTRACTS)
def test_nothing_is_an_empty_frame_of_the_source(source: str) -> None:
    assert read_file(text("bdt_ruta"), "dtks/x", "dtks").schema == polars_schema(EXTRACTS["dtks"])
    assert read_file(b"", "x", source).schema == polars_schema(EXTRACTS[source])


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        # As R writes tables: rows have a number without a header.
        (['"1";"D1";"3604041211870001";"SITI"', '"2";"D2";"3604041211870002";"BUDI"'], ["D1", "D2"]),
        # A trailing delimiter is not an extra cell.
        (["1;3604041211870001;SITI;", "2;3604041211870002;BUDI;"], ["1", "2"]),
        (["1;D1;3604041211870001;SITI", "7;D2;3604041211870002;BUDI", "5;D3;3604041211870003;ANI"], []),
    ],
)
def test_numbers_of_rows_that_the_header_has_no_cell_for(rows: list[str], found: list[str]) -> None:
    people = read("\n".join(['"ID DTKS";"NIK";"NAMA"', *rows]).encode(), "dtks")
    assert [person["id_dtks"] for person in people if person["rusak"] is None] == found
