"""Rows of changed files, and of files that depend on them, equal those of a run over all present files."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import polars as pl
import pytest

from pipeline.extracts.files.ledger import build_ledger
from pipeline.extracts.read import read_source
from pipeline.normalise.staging import stage
from pipeline.realisation.redelivery import changed_deliveries, files_to_read

PERIODE = "2022-12"
FULL = "NO_DANOM,BATCH,PROGRAM,TAHUN,TAHAP,NIK,NAMA,KELURAHAN,KECAMATAN,KABUPATEN,PROVINSI,NOMINAL,STATUS,TGL_BAYAR"
SHORT = "No Danom,Batch,NIK,Nama,Kelurahan,Kecamatan,Kabupaten,BSU"
FORM = f"{FULL},ASAL BARIS"
PLACE = "BOJONG,KRAMATWATU,SERANG"
OWN, OTHER = "3604041211870001", "3604041211870002"


def drop(folder: Path, name: str, header: str, *rows: str, day: int = 1) -> None:
    """Hand in a file of payments on a day of December."""
    file = folder / "pos" / name
    file.parent.mkdir(exist_ok=True)
    file.write_text("\n".join([header, *rows, ""]))
    os.utime(file, (1_669_852_800 + day * 86_400,) * 2)


def order(number: int, batch: str = "B1", amount: str = "300000", origin: str = "", nik: str = "") -> str:
    row = f"3604/{number},{batch},BLT BBM,2022,2,{nik},BUDI,{PLACE},BANTEN,{amount},BAYAR,0{number}-12-2022"
    return f"{row},{origin}" if origin else row


def read(raw: Path) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """The ledger, the extract and the staged rows of a run."""
    files = build_ledger(raw, PERIODE).filter(status_berkas="DIBACA")
    extract = read_source(raw, files, "pos")
    return files, extract, stage("pos", extract, files, PERIODE)


CHANGES = {
    "added": lambda raw: drop(raw, "baru.csv", FULL, order(4)),
    "removed": lambda raw: (raw / "pos" / "lengkap.csv").unlink(),
    "replaced": lambda raw: drop(raw, "lengkap.csv", FULL, order(1), order(5, "B2"), day=9),
    "renamed": lambda raw: (raw / "pos" / "rusak.csv").rename(raw / "pos" / "rusak 20221103.csv"),
    "touched": lambda raw: os.utime(raw / "pos" / "rusak.csv", (1_672_000_000,) * 2),
    "copied": lambda raw: drop(raw, "a.csv", FULL, order(1), order(2)),
    "torn": lambda raw: (raw / "pos" / "lengkap.csv").write_bytes(b"%PDF-1.4"),
    "contradicted": lambda raw: drop(raw, "lain.csv", FULL, order(6).replace("BLT BBM", "PKH")),
    "borrowed": lambda raw: drop(
        raw, "pinjam.csv", FORM, order(9, "B11", nik=OTHER, origin="pos/lenyap.csv##2"), day=9
    ),
    "claimed": lambda raw: drop(raw, "milik.csv", FULL, order(6, "B5", nik=OWN)),
    "given up": lambda raw: (raw / "pos" / "pemilik.csv").unlink(),
    "revised": lambda raw: drop(raw, "bulan rev2.csv", FULL, order(3)),
    "nothing": lambda _: None,
}


@pytest.fixture(scope="module")
def handed_in(tmp_path_factory: pytest.TempPathFactory) -> Path:
    raw = tmp_path_factory.mktemp("raw")
    drop(raw, "lengkap.csv", FULL, order(1), order(2), day=5)
    drop(raw, "singkat.csv", SHORT, f"3604/3,B1,,SITI,{PLACE},300000", f"3604/4,B9,,ANI,{PLACE},300000")
    drop(raw, "rusak.csv", FULL, order(7, "B7", "rusak").rpartition(",")[0] + ",", day=3)
    # Its newest day is 5 December, and its form as old as that.
    days = ("11/13", "11/14", "11/15", "12/5")
    american = (f"{order(n, 'B3').rpartition(',')[0]},{day}/2022" for n, day in enumerate(days, 1))
    drop(raw, "bulan.csv", FULL, *american, day=20)
    drop(raw, "isian bulan.csv", FORM, order(8, "B8", origin="pos/bulan.csv##2"), day=30)
    drop(raw, "pemilik.csv", FULL, order(9, "B5", nik=OWN), day=3)
    drop(raw, "isian pinjam.csv", FORM, order(9, "B10", nik=OTHER, origin="pos/lenyap.csv##2"), day=8)
    drop(raw, "isian sendiri.csv", FORM, order(6, "B6", nik=OTHER, origin="pos/lenyap.csv##2"), day=8)
    drop(raw, "isian.csv", FORM, order(7, "B7", origin="pos/rusak.csv##2"), day=8)
    return raw


@pytest.fixture(scope="module")
def known(handed_in: Path) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    return read(handed_in)


@pytest.mark.parametrize("change", CHANGES)
def test_what_is_kept_and_what_is_read_anew_are_the_rows_of_a_whole_run(
    handed_in: Path, known: tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame], tmp_path: Path, change: str
) -> None:
    before, extract, staged = known
    shutil.copytree(handed_in, tmp_path, dirs_exist_ok=True)
    CHANGES[change](tmp_path)
    now, _, expected = read(tmp_path)
    delivered = read_source(tmp_path, files_to_read(before, now), "pos")
    left_out, rows = changed_deliveries(extract.lazy(), before, now, delivered, PERIODE)
    kept = staged.filter(~pl.col("berkas").is_in(left_out.implode()))
    assert pl.concat([kept, rows]).sort("berkas", "baris").equals(expected.sort("berkas", "baris"))
    # What nothing hangs on is left alone.
    concerned = {
        "claimed": 1,
        "given up": 2,
        "removed": 2,
        "replaced": 1,
        "renamed": 2,
        "touched": 2,
        "copied": 1,
        "torn": 2,
        "contradicted": 2,
    }
    assert left_out.len() == concerned.get(change, 0)
