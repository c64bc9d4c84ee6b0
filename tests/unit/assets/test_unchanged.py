"""Steps with unchanged sources keep their results; after a new file only its own source is read again."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import dagster as dg
import polars as pl
import pytest

from assets.promise import promised_asset
from assets.raw import berkas, extracts
from assets.staged import staged
from assets.store import DataDirectory, ParquetStore
from pipeline.extracts import read
from pipeline.extracts.files.containers import Part
from pipeline.extracts.files.unreadable import NOT_OPENED, UnreadableError
from pipeline.places import Places
from schemas.extracts.kinds import ADDITIONAL_LAYOUTS

_PERIODE = "2022-12"
_TARGETS = "PROGRAM;TAHUN;TAHAP;KODE_WILAYAH;KPM_ALOKASI;NOMINAL_ALOKASI\nPKH;2022;1;3604;{};90000000\n"
_FAMILIES = "|".join(ADDITIONAL_LAYOUTS["dtsen_keluarga"].headers)
_REPORTS = (
    "PERIODE;ID_PENDAMPING;NAMA_PENDAMPING;KODE_KABUPATEN;NIK_KPM;ANAK_SEKOLAH;ANAK_SEKOLAH_HADIR;BALITA;"
    "BALITA_KE_FASKES;IBU_HAMIL;IBU_HAMIL_KE_FASKES;STATUS_KPM\n2022-11;P1;SITI;3604;3604010101010001;1;1;0;0;0;0;AKTIF\n"
)


@pytest.fixture(scope="module")
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as instance:
        yield instance


def _of(steps: Sequence[dg.AssetsDefinition], *sources: str) -> list[dg.AssetsDefinition]:
    """The ledger and the steps of these sources."""
    return [berkas, *(step for step in steps if not {key.path[-1] for key in step.keys}.isdisjoint(sources))]


def _run(
    assets: list[dg.AssetsDefinition],
    folder: Path,
    instance: dg.DagsterInstance,
    only: str | None = None,
    *,
    may_fail: bool = False,
) -> dict[str, bool]:
    """Each materialised asset, and whether its earlier result was kept; a failing step raises here, with its cause."""
    resources = {"io_manager": ParquetStore(path=str(folder)), "data": DataDirectory(path=str(folder))}
    result = dg.materialize(
        assets,
        instance=instance,
        partition_key=_PERIODE,
        resources=resources,
        raise_on_error=not may_fail,
        selection=only and [only],
    )
    materializations = [event.materialization for event in result.get_asset_materialization_events()]
    return {each.asset_key.to_user_string(): "dipakai_lagi" in each.metadata for each in materializations}


def _stored(folder: Path) -> dict[str, bytes]:
    store = Places(folder).store
    return {str(path.relative_to(store)): path.read_bytes() for path in sorted(store.rglob("*.parquet"))}


def test_only_the_source_of_a_changed_file_is_read_and_staged_again(tmp_path: Path, instance: dg.DagsterInstance):
    targets, reports = tmp_path / "raw" / "alokasi" / "a.csv", tmp_path / "raw" / "pendamping" / "b.csv"
    for file, text in ((targets, _TARGETS.format(300)), (reports, _REPORTS)):
        file.parent.mkdir(parents=True)
        file.write_text(text)
    steps = _of([*extracts, *staged], "alokasi", "pendamping")
    assert not any(_run(steps, tmp_path, instance).values())
    first = _stored(tmp_path)
    kept = _run(steps, tmp_path, instance)
    assert [name for name, was_kept in kept.items() if not was_kept] == ["raw/berkas"]
    assert _stored(tmp_path) == first
    targets.write_text(_TARGETS.format(301))
    kept = _run(steps, tmp_path, instance)
    again = {"raw/berkas", "raw/alokasi", "staged/alokasi", "staged/alokasi_karantina"}
    assert {name for name, was_kept in kept.items() if not was_kept} == again
    assert pl.read_parquet(Places(tmp_path).stored("staged/alokasi", _PERIODE))["kpm_alokasi"].to_list() == [301]
    # As of when a file holds may be told by nothing but its date.
    os.utime(targets, (1, 1))
    kept = _run(steps, tmp_path, instance)
    assert kept["raw/alokasi"]
    assert not kept["staged/alokasi"]
    # Limits of the gates are asked when they are judged.
    for limits, of_steps in (("[gerbang]\nbaris_ditolak = 90\n", False), ("[memori]\nbaris_sekaligus = 9\n", True)):
        (tmp_path / "ambang.toml").write_text(limits)
        assert _run(steps, tmp_path, instance)["staged/pendamping"] is not of_steps


def test_a_file_that_is_no_longer_what_the_ledger_names_is_read_and_read_again(
    tmp_path: Path, instance: dg.DagsterInstance
):
    file, steps = tmp_path / "raw" / "alokasi" / "a.csv", _of(extracts, "alokasi")
    file.parent.mkdir(parents=True)
    file.write_text(_TARGETS.format(300))
    date = (file.stat().st_atime_ns, file.stat().st_mtime_ns)
    _run([berkas], tmp_path, instance)
    file.write_text(_TARGETS.format(301))
    os.utime(file, ns=date)
    _run(steps, tmp_path, instance, only="raw/alokasi")
    file.write_text(_TARGETS.format(300))
    os.utime(file, ns=date)
    assert [_run(steps, tmp_path, instance)["raw/alokasi"] for _ in range(2)] == [False, True]
    file.write_text(_TARGETS.format(301))
    assert _run(steps, tmp_path, instance, only="raw/alokasi") == {"raw/alokasi": False}
    read = pl.read_parquet(Places(tmp_path).stored("raw/alokasi", _PERIODE))
    assert read["kpm_alokasi"].to_list() == ["301", None]
    assert read["rusak"].to_list() == [None, "BERKAS_DITOLAK"], "and it is told that it is another one"


def test_a_source_with_a_file_that_could_not_be_read_is_read_again(tmp_path: Path, instance: dg.DagsterInstance):
    for name, data in (("a.csv", _TARGETS.format(300).encode()), ("b.csv.gz", b"\x1f\x8b\x08 torn")):
        file = tmp_path / "raw" / "alokasi" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    steps = _of(extracts, "alokasi", "pos")
    _run(steps, tmp_path, instance)
    kept = _run(steps, tmp_path, instance)
    assert not kept["raw/alokasi"]
    assert kept["raw/pos"]


def test_families_in_a_file_that_was_out_of_reach_are_read_again(
    tmp_path: Path, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
):
    file = tmp_path / "raw" / "dtks" / "keluarga.csv"
    file.parent.mkdir(parents=True)
    file.write_text(f"{_FAMILIES}\n7271010101100001|SITI|3|7271|PALU|TATANGA|PALUPI|0|1|1\n")
    steps = _of(extracts, "dtsen_keluarga")
    with monkeypatch.context() as away:
        away.setattr(read, "unpack", lambda *_: iter([Part(None, UnreadableError(NOT_OPENED))]))
        _run(steps, tmp_path, instance)
    assert [_run(steps, tmp_path, instance)["raw/dtsen_keluarga"] for _ in range(2)] == [False, True]
    assert pl.read_parquet(Places(tmp_path).stored("raw/dtsen_keluarga", _PERIODE)).height == 1


def test_a_table_that_broke_its_promise_is_made_again(tmp_path: Path, instance: dg.DagsterInstance):
    good = pl.DataFrame({"id_dtks_a": ["1"], "id_dtks_b": ["2"], "jenis": ["ORANG_SAMA"], "bobot": [1.0]})
    fills = iter([pl.concat([good, good]), good])

    @promised_asset("link.ganda", group="matched", ins={})
    def table() -> pl.DataFrame:
        return next(fills)

    assert [_run([table], tmp_path, instance, may_fail=True) for _ in range(3)] == [
        {"link/ganda": False},
        {"link/ganda": False},
        {"link/ganda": True},
    ]
