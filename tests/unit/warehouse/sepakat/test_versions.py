"""Versions of the release: the files of a version, the change set, and that the latest is always complete."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from pipeline.places import Places
from pipeline.warehouse.sepakat.indicators import Release
from pipeline.warehouse.sepakat.versions import commit_release, prepare_release, suppression_history
from schemas.release import COMPATIBILITY, SCHEMA_VERSION
from tests.unit.warehouse.releasing import build_release_of, members, realisasi_rows


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return Places(tmp_path / "data")


INPUTS = ["b" * 64, "a" * 64, "b" * 64]


def latest(places: Places) -> dict[str, Any]:
    return dict(json.loads((places.release / "latest.json").read_text()))


def manifest(places: Places, versi: str) -> dict[str, Any]:
    return dict(json.loads((places.release / versi / "manifest.json").read_text()))


def commit(places: Places, periode: str, release: Release, inputs: list[str]) -> str:
    versi = prepare_release(places, periode, release, inputs)
    commit_release(places, periode, versi)
    return versi


def test_manifest_tells_what_is_in_the_folder(places: Places) -> None:
    release = build_release_of(members("3604052001", 20), realisasi_rows([("", 60, 44, 16, 0)]))
    versi = commit(places, "2022-12", release, INPUTS)
    content = manifest(places, versi)
    assert (content["schema_version"], content["periode"], content["versi"]) == (SCHEMA_VERSION, "2022-12", versi)
    assert content["versi_sebelumnya"] is None
    assert content["aturan_kompatibilitas"] == COMPATIBILITY
    assert content["inputs"] == ["a" * 64, "b" * 64]
    folder = places.release / versi
    assert set(content["tables"]) == {"wilayah", "realisasi", "perubahan"}
    for name, entry in content["tables"].items():
        file = folder / entry["file"]
        assert entry["sha256"] == hashlib.sha256(file.read_bytes()).hexdigest()
        table = pl.read_parquet(file)
        assert entry["rows"] == table.height
        assert [column["name"] for column in entry["columns"]] == table.columns
        assert all(column["description"] for column in entry["columns"])
        if name in release.tables:
            assert table.equals(release.tables[name])
    assert {file.name for file in folder.iterdir()} == {
        "manifest.json",
        *(f"{name}.parquet" for name in content["tables"]),
    }
    pointer = latest(places)
    assert pointer["sha256"] == hashlib.sha256((places.release / pointer["manifest"]).read_bytes()).hexdigest()
    assert (pointer["versi"], pointer["periode"], pointer["schema_version"]) == (versi, "2022-12", SCHEMA_VERSION)


def test_what_killed_runs_left_is_gone_with_the_next_release(places: Places) -> None:
    for left in ("2022-11.bangun", ".latest.json.7.bangun"):
        (places.release / left).mkdir(parents=True)
    versi = commit(places, "2022-12", build_release_of(members("3604052001", 20)), INPUTS)
    assert {file.name for file in places.release.iterdir()} == {versi, "latest.json"}


def test_the_same_content_is_the_same_version_and_not_written_again(places: Places, tmp_path: Path) -> None:
    versi = commit(places, "2022-12", build_release_of(members("3604052001", 20)), INPUTS)
    before = {file: file.stat().st_mtime_ns for file in (places.release / versi).iterdir()}
    assert commit(places, "2022-12", build_release_of(members("3604052001", 20)), ["c" * 64]) == versi
    assert {file: file.stat().st_mtime_ns for file in (places.release / versi).iterdir()} == before
    assert {file.name for file in places.release.iterdir()} == {versi, "latest.json"}
    elsewhere = Places(tmp_path / "lain")
    commit(elsewhere, "2022-12", build_release_of(members("3604052001", 20)), INPUTS)
    for name in ("latest.json", f"{versi}/manifest.json", f"{versi}/wilayah.parquet", f"{versi}/perubahan.parquet"):
        assert (elsewhere.release / name).read_bytes() == (places.release / name).read_bytes()


def test_a_new_version_says_what_changed(places: Places) -> None:
    first = [*members("3604052001", 20), *members("3604052002", 20), *members("3604052003", 20)]
    second = [*members("3604052001", 20), *members("3604052002", 25), *members("3604052004", 15)]
    old = commit(places, "2022-12", build_release_of(first), INPUTS)
    new = commit(places, "2022-12", build_release_of(second, realisasi_rows([("", 60, 44, 16, 0)])), INPUTS)
    assert manifest(places, new)["versi_sebelumnya"] == old
    changes = pl.read_parquet(places.release / new / "perubahan.parquet")
    assert changes.select("tabel", "program", "tingkat", "kode_wilayah", "perubahan").rows() == [
        ("realisasi", "SEMBAKO", "NASIONAL", "", "BARU"),
        ("wilayah", None, "DESA", "3604052002", "BERUBAH"),
        ("wilayah", None, "DESA", "3604052003", "HAPUS"),
        ("wilayah", None, "DESA", "3604052004", "BARU"),
    ]


def test_another_month_with_the_same_figures_changes_no_region(places: Places) -> None:
    rows = members("3604052001", 20)
    commit(places, "2022-12", build_release_of(rows), INPUTS)
    tables = build_release_of(rows, history=suppression_history(places), periode="2023-01")
    versi = commit(places, "2023-01", tables, INPUTS)
    assert versi.startswith("2023-01-")
    assert pl.read_parquet(places.release / versi / "perubahan.parquet").is_empty()


def rows_with_small_desa(first: int) -> list[dict[str, Any]]:
    """Three desa of one kecamatan, the first of them with few people."""
    return [*members("3604052001", first), *members("3604052002", 20), *members("3604052003", 30)]


def published_counts(places: Places, versi: str) -> dict[str, int | None]:
    table = pl.read_parquet(places.release / versi / "wilayah.parquet").filter(tingkat="DESA")
    return dict(table.select("kode_wilayah", "jumlah_anggota").iter_rows())


def test_the_next_version_knows_what_this_one_hid_even_without_its_history(places: Places) -> None:
    first = commit(places, "2022-12", build_release_of(rows_with_small_desa(3)), INPUTS)
    assert published_counts(places, first) == {"3604052001": None, "3604052002": None, "3604052003": 30}
    # Now the third would be the smaller one to hide beside the first; shown before, it would give the first away.
    later = [*rows_with_small_desa(3)[:-1], *members("3604052004", 8)]
    for lost in (False, True):
        if lost:
            shutil.rmtree(places.release_history(first))
        new = commit(places, "2022-12", build_release_of(later, history=suppression_history(places)), INPUTS)
        assert published_counts(places, new) == {
            "3604052001": None,
            "3604052002": None,
            "3604052003": 29,
            "3604052004": 8,
        }
        commit(
            places, "2022-12", build_release_of(rows_with_small_desa(3), history=suppression_history(places)), INPUTS
        )
        shutil.rmtree(places.release / new)


def test_damaged_memory_of_a_version_is_as_good_as_lost(places: Places) -> None:
    first = commit(places, "2022-12", build_release_of(rows_with_small_desa(3)), INPUTS)
    for file in places.release_history(first).iterdir():
        file.write_bytes(file.read_bytes()[:100])
    later = [*rows_with_small_desa(3)[:-1], *members("3604052004", 8)]
    new = commit(places, "2022-12", build_release_of(later, history=suppression_history(places)), INPUTS)
    assert published_counts(places, new)["3604052002"] is None
    assert manifest(places, new)["versi_sebelumnya"] == first


LOST = json.dumps({"versi": "2022-12-0000000000", "schema_version": SCHEMA_VERSION})


@pytest.mark.parametrize("content", ["", "{}", "[]", LOST, None])
def test_a_damaged_or_lost_pointer_gives_way_to_the_version_made_last(places: Places, content: str | None) -> None:
    first = commit(places, "2022-12", build_release_of(rows_with_small_desa(3)), INPUTS)
    pointer = places.release / "latest.json"
    before = pointer.read_bytes()
    if content is None:
        pointer.unlink()
    else:
        pointer.write_text(content)
    assert (
        commit(
            places, "2022-12", build_release_of(rows_with_small_desa(3), history=suppression_history(places)), INPUTS
        )
        == first
    )
    assert pointer.read_bytes() == before
    pointer.unlink()
    later = [*rows_with_small_desa(3)[:-1], *members("3604052004", 8)]
    new = commit(places, "2022-12", build_release_of(later, history=suppression_history(places)), INPUTS)
    assert (manifest(places, new)["versi_sebelumnya"], published_counts(places, new)["3604052002"]) == (first, None)


@pytest.mark.parametrize("damaged", ["manifest.json", "wilayah.parquet", "perubahan.parquet"])
def test_a_damaged_version_is_made_again(places: Places, damaged: str) -> None:
    first = commit(places, "2022-12", build_release_of(rows_with_small_desa(3)), INPUTS)
    whole = {file.name: file.read_bytes() for file in (places.release / first).iterdir()}
    for change in (lambda file: file.write_bytes(b"x"), Path.unlink):
        change(places.release / first / damaged)
        assert (
            commit(
                places,
                "2022-12",
                build_release_of(rows_with_small_desa(3), history=suppression_history(places)),
                INPUTS,
            )
            == first
        )
        assert {file.name: file.read_bytes() for file in (places.release / first).iterdir()} == whole
    (places.release / first / damaged).write_bytes(b"x")
    new = commit(
        places, "2022-12", build_release_of(members("3604052001", 20), history=suppression_history(places)), INPUTS
    )
    changes = pl.read_parquet(places.release / new / "perubahan.parquet")
    assert (manifest(places, new)["versi_sebelumnya"], set(changes["perubahan"])) == (None, {"BARU"})


@pytest.mark.parametrize("key", ["rows", "inputs", "tables", "sha256"])
def test_a_manifest_that_still_reads_but_has_another_fingerprint_is_made_again(places: Places, key: str) -> None:
    first = commit(places, "2022-12", build_release_of(rows_with_small_desa(3)), INPUTS)
    file = places.release / first / "manifest.json"
    whole = file.read_text()
    file.write_text(whole.replace(f'"{key}"', f'"{key[:-1]}_"'))
    assert (
        commit(
            places, "2022-12", build_release_of(rows_with_small_desa(3), history=suppression_history(places)), INPUTS
        )
        == first
    )
    assert file.read_text() == whole


def test_a_run_again_over_its_own_release_changes_nothing(places: Places) -> None:
    first = commit(places, "2022-12", build_release_of(rows_with_small_desa(3)), INPUTS)
    assert (
        commit(
            places, "2022-12", build_release_of(rows_with_small_desa(3), history=suppression_history(places)), INPUTS
        )
        == first
    )
    assert {path.name for path in places.release.iterdir()} == {first, "latest.json"}


def test_data_taken_back_is_the_old_version_again(places: Places) -> None:
    first = commit(places, "2022-12", build_release_of(members("3604052001", 20)), INPUTS)
    second = commit(places, "2022-12", build_release_of(members("3604052001", 25)), INPUTS)
    assert commit(places, "2022-12", build_release_of(members("3604052001", 20)), INPUTS) == first
    assert latest(places)["versi"] == first
    assert (places.release / second).is_dir()


def test_nothing_of_a_version_is_seen_before_it_is_committed(places: Places) -> None:
    old = commit(places, "2022-12", build_release_of(members("3604052001", 20)), INPUTS)
    new = prepare_release(places, "2022-12", build_release_of(members("3604052001", 25)), INPUTS)
    assert latest(places)["versi"] == old
    assert not (places.release / new).exists()


def test_a_crash_leaves_the_old_version_the_latest_and_the_next_run_mends_it(
    places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = commit(places, "2022-12", build_release_of(members("3604052001", 20)), INPUTS)
    tables = build_release_of(members("3604052001", 25))
    renamed, replaced = os.rename, os.replace

    def dying(source: Path, target: Path) -> None:
        if target == places.release / "latest.json" or Path(source).name == "2022-12.bangun":
            raise OSError("gone")
        (replaced if Path(target).suffix == ".parquet" else renamed)(source, target)

    for call in ("rename", "replace"):
        with monkeypatch.context() as patched:
            patched.setattr(os, call, dying)
            with pytest.raises(OSError, match="gone"):
                commit(places, "2022-12", tables, INPUTS)
        assert latest(places)["versi"] == old
        assert pl.read_parquet(places.release / old / "wilayah.parquet")["jumlah_anggota"].max() == 20
    new = commit(places, "2022-12", tables, INPUTS)
    assert latest(places)["versi"] == new != old
    assert manifest(places, new)["versi_sebelumnya"] == old


def test_a_version_of_an_earlier_schema_of_the_same_meaning_is_compared_with(places: Places) -> None:
    old = commit(places, "2022-12", build_release_of(members("3604052001", 20)), INPUTS)
    pointer = places.release / "latest.json"
    pointer.write_text(pointer.read_text().replace(f'"{SCHEMA_VERSION}"', '"2.0"'))
    kept = places.release / old / "wilayah.parquet"
    content = json.loads((places.release / old / "manifest.json").read_text())
    pl.read_parquet(kept).drop("register_lengkap").write_parquet(kept)
    content["tables"]["wilayah"]["sha256"] = hashlib.sha256(kept.read_bytes()).hexdigest()
    (places.release / old / "manifest.json").write_text(json.dumps(content))
    named = json.loads(pointer.read_text())
    named["sha256"] = hashlib.sha256((places.release / old / "manifest.json").read_bytes()).hexdigest()
    pointer.write_text(json.dumps(named))
    assert set(suppression_history(places)) == {"wilayah", "realisasi"}
    new = commit(places, "2023-01", build_release_of(members("3604052001", 20), periode="2023-01"), INPUTS)
    assert manifest(places, new)["versi_sebelumnya"] == old
    assert pl.read_parquet(places.release / new / "perubahan.parquet").is_empty()
