from __future__ import annotations

import hashlib
import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from pipeline.extracts.arrival import inspect_arrival
from pipeline.extracts.files.ledger import (
    LEDGER_SCHEMA,
    NO_FINGERPRINT,
    build_ledger,
    describe_snapshot,
    list_files,
    newest_snapshot,
    unchanged_since,
    with_corrected_months,
)


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    return tmp_path / "raw"


def drop(raw: Path, *names: str, data: str | None = None) -> None:
    for name in names:
        path = raw / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name if data is None else data)


def ledger(raw: Path, periode: str = "2022-12") -> dict[str, tuple[str, str, str]]:
    files = build_ledger(raw, periode)
    assert files.schema == LEDGER_SCHEMA
    assert files.select("sumber", "berkas").equals(files.select("sumber", "berkas").sort("sumber", "berkas"))
    return {
        row["berkas"]: (row["sumber"], row["periode_berkas"], row["status_berkas"]) for row in files.rows(named=True)
    }


@pytest.mark.parametrize("exists", [True, False])
def test_nothing_dropped_is_an_empty_ledger(raw: Path, exists: bool) -> None:
    if exists:
        raw.mkdir()
    assert ledger(raw) == {}
    assert newest_snapshot(list_files(raw), "2022-12") is None


OF_THE_RUN = ("2022-12", "DIBACA")


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        # Any depth, any name, and a dated folder anywhere.
        ("pos", {"a.csv": OF_THE_RUN, "x/y/b c.txt": OF_THE_RUN, "periode=2022-11/z/c": ("2022-11", "DIBACA"),
                 "periode=2022-10/periode=2022-09/d.csv": ("2022-09", "DIBACA")}),
        # A folder with an invalid month, or a file named like a dated folder, dates nothing.
        *(("dtks", {f"{part}/a.csv": OF_THE_RUN})
          for part in ("periode=2022-13", "periode=2022", "periode=202212", "periode=2022-1", "Periode 2022-01",
                       "periode=2022-11 lama")),
        # A copy of a dated folder, as file managers name it, is of its month.
        *(("pos", {f"{part}/a.csv": ("2022-11", "DIBACA")})
          for part in ("Periode=2022-11", "periode=2022-11 (1)", "periode=2022-11 [kiriman (1)]")),
        ("dtks", {"periode=2022-01": OF_THE_RUN}),
        # Of snapshots the newest one not after the periode is read completely.
        *((source, {f"periode={month}/{name}.csv": (month, "DIBACA" if month == "2022-11" else "DILEWATI")
                    for month in ("2022-09", "2022-11", "2023-01") for name in "ab"})
          for source in ("dtks", "dukcapil")),
        # An undated one belongs to the periode and replaces older folders.
        ("dtks", {"a.csv": OF_THE_RUN, "periode=2022-11/b.csv": ("2022-11", "DILEWATI")}),
        # An undated correction replaces none.
        ("dtks", {"perbaikan/b.csv": ("2022-11", "DIBACA"), "periode=2022-11/a.csv": ("2022-11", "DIBACA")}),
        # Other sources are read up to and including the periode.
        *((source, {f"periode={month}/a.csv": (month, "DILEWATI" if month == "2023-01" else "DIBACA")
                    for month in ("2021-01", "2022-12", "2023-01")} | {"b.csv": OF_THE_RUN})
          for source in ("pos", "alokasi", "pendamping")),
    ],
)  # fmt: skip
def test_which_month_a_file_is_of_and_whether_it_is_read(
    raw: Path, source: str, expected: dict[str, tuple[str, str]]
) -> None:
    drop(raw, *(f"{source}/{name}" for name in expected))
    assert ledger(raw) == {f"{source}/{name}": (source, *entry) for name, entry in expected.items()}


def test_snapshots_all_in_the_future_are_all_passed_over(raw: Path) -> None:
    drop(raw, "dtks/periode=2023-01/a.csv")
    assert list(ledger(raw).values()) == [("dtks", "2023-01", "DILEWATI")]
    assert build_ledger(raw, "2022-12")["catatan"].item() == "Data bulan 2023-01; tidak dipakai untuk periode ini."


def test_equal_bytes_are_read_once_per_source_and_the_twin_names_its_brother(raw: Path) -> None:
    drop(raw, "pos/b.csv", "pos/a/c.csv", "pos/d.csv", "alokasi/a.csv", data="sama")
    files = build_ledger(raw, "2022-12")
    twins = files.filter(status_berkas="KEMBAR")["berkas"]
    assert (files["status_berkas"].unique().len(), twins.to_list()) == (2, ["pos/b.csv", "pos/d.csv"])
    twin = files.filter(pl.col("berkas") == "pos/d.csv")["catatan"].item()
    assert twin == "Isinya sama persis dengan pos/a/c.csv; tidak dihitung dua kali."


@pytest.mark.parametrize(
    "named", ["danom 20220920.csv", "danom tahap 1.csv", "PKH_2022/danom.csv", "Sudah Dibayar.csv"]
)
def test_of_equal_files_the_one_whose_name_tells_most_is_read(raw: Path, named: str) -> None:
    drop(raw, f"pos/{named}", "pos/A/Copy of danom.csv", "pos/danom (2).csv", data="sama")
    read = build_ledger(raw, "2022-12").filter(status_berkas="DIBACA")
    assert read["berkas"].to_list() == [f"pos/{named}"]


def test_what_is_no_copy_of_another(raw: Path) -> None:
    # Empty files, and a twin in a snapshot that is not read.
    drop(raw, "pos/a.csv", "pos/a.xlsx", data="")
    drop(raw, "dtks/periode=2022-10/a.csv", "dtks/periode=2022-11/a.csv", data="sama")
    assert [entry[2] for entry in ledger(raw).values()] == ["DILEWATI", "DIBACA", "DIBACA", "DIBACA"]


def test_a_folder_that_is_no_source_is_refused_with_advice(raw: Path) -> None:
    drop(raw, "DTKS/a.csv", "lepas.csv", "bpnt/periode=2022-01/a.csv")
    files = build_ledger(raw, "2022-12")
    assert set(files["sumber"]) == {"lain"}
    assert set(files["status_berkas"]) == {"DITOLAK"}
    assert files["catatan"].str.contains("raw/dtks").all()


def test_a_name_that_is_no_text_is_to_be_changed(raw: Path) -> None:
    (raw / "pos").mkdir(parents=True)
    (raw / "pos" / os.fsdecode(b"rusak\xff.csv")).write_text("x")
    assert "ganti namanya" in build_ledger(raw, "2022-12")["catatan"].item()


def test_what_nobody_handed_in_is_not_seen(raw: Path) -> None:
    drop(raw, "pos/.hidden", "pos/~$buku.xlsx", "pos/Thumbs.db", "pos/desktop.ini", ".git/pos/a.csv", "pos/.d/a.csv")
    drop(raw, "pos/a~$b.csv", "pos/thumbs.db.csv")
    (raw / "pos" / "2022").mkdir()
    assert set(ledger(raw)) == {"pos/a~$b.csv", "pos/thumbs.db.csv"}


def test_a_file_that_somebody_has_open_is_read_and_told(raw: Path) -> None:
    drop(raw, "pos/a.xlsx", "pos/~$a.xlsx", "pos/b.ods", "pos/.~lock.b.ods#", "pos/c.xlsx", "dtks/~$c.xlsx")
    files = build_ledger(raw, "2022-12")
    assert set(files["status_berkas"]) == {"DIBACA"}
    opened = files.filter(pl.col("catatan").str.contains("sedang terbuka"))
    assert opened["berkas"].to_list() == ["pos/a.xlsx", "pos/b.ods"]


def test_what_only_looks_like_a_file_is_told_and_not_waited_for(raw: Path) -> None:
    drop(raw, "pos/a.csv")
    (raw / "pos" / "tautan.csv").symlink_to(raw / "tidak-ada")
    (raw / "pos" / "putar.csv").symlink_to(raw / "pos" / "putar.csv")
    os.mkfifo(raw / "pos" / "pipa.csv")
    (raw / "pos" / "folder.csv").mkdir()
    drop(raw, "pos/isi.zip/b.csv", data="lain")
    found = build_ledger(raw, "2022-12")
    assert "folder kosong" in dict(found.select("berkas", "catatan").iter_rows())["pos/folder.csv"]
    assert found.select("berkas", "status_berkas", tanpa_sidik=pl.col("sha256") == NO_FINGERPRINT).rows() == [
        ("pos/a.csv", "DIBACA", False),
        ("pos/folder.csv", "DITOLAK", True),
        ("pos/isi.zip/b.csv", "DIBACA", False),
        ("pos/pipa.csv", "DITOLAK", True),
        ("pos/putar.csv", "DITOLAK", True),
        ("pos/tautan.csv", "DITOLAK", True),
    ]


def test_fingerprint_and_time_of_change(raw: Path) -> None:
    drop(raw, "pos/a.csv", data="halo")
    os.utime(raw / "pos" / "a.csv", (0, 1_663_200_000))
    row = build_ledger(raw, "2022-12").row(0, named=True)
    assert row["sha256"] == hashlib.sha256(b"halo").hexdigest()
    assert row["diubah"] == datetime.fromtimestamp(1_663_200_000, tz=UTC).replace(tzinfo=None)


def test_the_newest_periode_is_that_of_the_newest_dtks_snapshot(raw: Path) -> None:
    drop(raw, "dtks/periode=2022-09/a", "dtks/periode=2022-11/a", "pos/periode=2023-05/a", "lain/periode=2024-01/a")
    # A broken link or the like dates nothing.
    (raw / "dtks" / "periode=2022-12").mkdir()
    (raw / "dtks" / "periode=2022-12" / "tautan.csv").symlink_to(raw / "tidak-ada")
    assert newest_snapshot(list_files(raw), "2022-12") == "2022-11"
    drop(raw, "dtks/b", "dtks/periode=2203-01/a")
    # An undated file, a correction perhaps, does not hide the dated snapshot.
    assert newest_snapshot(list_files(raw), "2022-12") == "2022-11"
    assert newest_snapshot(list_files(raw), "2022-08") == "2203-01"


def test_a_file_that_nothing_was_done_to_since_an_earlier_ledger_is_not_opened_again(raw: Path) -> None:
    drop(raw, "pos/a.csv", "pos/b.csv", "pos/d.csv")
    earlier = raw.parent / "berkas.parquet"
    build_ledger(raw, "2022-12").with_columns(sha256=pl.lit("f" * 64)).write_parquet(earlier)
    later = earlier.stat().st_mtime + 1
    os.utime(earlier, (later, later))
    known = "f" * 64
    assert set(build_ledger(raw, "2022-12", earlier)["sha256"]) == {known}
    os.utime(raw / "pos" / "b.csv", (0, 0))
    drop(raw, "pos/c.csv")
    actual = dict(build_ledger(raw, "2022-12", earlier).select("berkas", "sha256").iter_rows())
    assert actual.pop("pos/a.csv") == actual.pop("pos/d.csv") == known
    assert actual == {name: hashlib.sha256(name.encode()).hexdigest() for name in ("pos/b.csv", "pos/c.csv")}
    # Another file with the same mtime in its place is detected by its ctime.
    os.utime(earlier, (0, 0))
    assert known not in set(build_ledger(raw, "2022-12", earlier)["sha256"])


def test_a_file_named_as_half_copied_is_waited_for_and_told(raw: Path) -> None:
    drop(raw, "pos/a.csv.part", data="setengah")
    drop(raw, "pos/a.part.csv", data="utuh")
    found = build_ledger(raw, "2022-12").select("berkas", "status_berkas", "catatan").rows()
    assert [row[:2] for row in found] == [("pos/a.csv.part", "DITOLAK"), ("pos/a.part.csv", "DIBACA")]
    assert "belum selesai disalin" in found[0][2]


def test_undated_files_beside_a_dated_snapshot_are_told(raw: Path) -> None:
    drop(raw, "dtks/periode=2022-12/a.csv", "dtks/b.csv", data="beda")
    drop(raw, "dtks/c.csv", data="lain")
    (raw / "dtks" / "b.csv").write_text("lain lagi")
    sentence = describe_snapshot(build_ledger(raw, "2022-12"))
    assert "menurut nama folder sebagian berkas" in sentence
    assert "2 berkas lain" in sentence
    # Corrections lie where they are meant to lie.
    for name in "bc":
        (raw / "dtks" / f"{name}.csv").unlink()
    drop(raw, "dtks/perbaikan/d.csv")
    assert describe_snapshot(build_ledger(raw, "2022-12")).endswith("menurut nama foldernya.")
    # Unless it was published with another month.
    prints = {hashlib.sha256((raw / "dtks" / "perbaikan" / "d.csv").read_bytes()).hexdigest(): "2022-11"}
    sentence = describe_snapshot(with_corrected_months(build_ledger(raw, "2022-12"), prints))
    assert "2022-12, menurut nama foldernya. Sebanyak 1 berkas perbaikan dibuat untuk bulan lain" in sentence


@pytest.mark.parametrize("folder", ["periode=2022-13", "Periode 2022-12", "periode=Desember-2022", "DTKS_202212"])
def test_a_folder_that_only_seems_to_name_a_month_is_told(raw: Path, folder: str) -> None:
    drop(raw, f"dtks/{folder}/a.csv", "dtks/320412/b.csv")
    told = f". Nama folder {folder} tidak terbaca sebagai bulan"
    assert describe_snapshot(build_ledger(raw, "2022-12")).endswith(f"{told}.")
    assert inspect_arrival(raw, "2022-12").explain("2022-12").endswith(told)
    drop(raw, "dtks/periode=2022-12/c.csv")
    assert describe_snapshot(build_ledger(raw, "2022-12")).endswith(f"{told}.")


def test_a_file_that_changes_after_the_ledger_was_made_is_told(tmp_path: Path):
    file = tmp_path / "pos" / "a.csv"
    file.parent.mkdir()
    file.write_text("NO_DANOM\n")
    files = build_ledger(tmp_path, "2022-12")
    assert unchanged_since(tmp_path, files)
    os.utime(file, (1, 1))
    assert not unchanged_since(tmp_path, files)
    shutil.rmtree(file.parent)
    assert not unchanged_since(tmp_path, files)
