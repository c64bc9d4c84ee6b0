"""Failures of steps as sentences for officers."""

import errno
from collections.abc import Callable
from pathlib import Path

import dagster as dg
import duckdb
import polars as pl
import pytest

from assets.failures import is_damaged_file, sentence_for, step_failures, unforeseen_sentence
from assets.store import DataDirectory
from pipeline.places import Places
from pipeline.settings import load_limits
from pipeline.warehouse.store.parquet import damaged_files, write_parquet
from schemas.limits_file import LIMITS


def test_the_end_of_a_parquet_file_that_does_not_fit_is_a_full_disk() -> None:
    """The message of Polars does not mention the disk."""
    message = "parquet: File out of specification: Invalid thrift: transport error"
    assert unforeseen_sentence("ComputeError", message, Places(Path())) == "ruang penyimpanan penuh"


@pytest.mark.parametrize("read", [pl.read_parquet, lambda file: duckdb.read_parquet(file).fetchall()])
@pytest.mark.parametrize(
    "damage",
    [lambda whole: b"", lambda whole: whole[:-9], lambda whole: whole[:8] + bytes(64) + whole[72:]],
    ids=["emptied", "cut off", "overwritten"],
)
def test_what_readers_say_of_a_damaged_file_is_taken_for_that(
    tmp_path: Path, read: Callable[[str], object], damage: Callable[[bytes], bytes]
) -> None:
    file = tmp_path / "a.parquet"
    write_parquet(pl.DataFrame({"id": [str(n) for n in range(999)]}), file)
    file.write_bytes(damage(file.read_bytes()))
    with pytest.raises((pl.exceptions.PolarsError, duckdb.Error)) as raised:
        read(str(file))
    assert is_damaged_file(str(raised.value))
    assert damaged_files(tmp_path) == [file]


def test_a_damaged_file_of_ours_is_named(tmp_path: Path) -> None:
    message = "parquet: File out of specification: no PAR1"
    places = Places(tmp_path)
    whole, damaged = places.stored("staged/pos", "2022-12"), places.published / "a" / "2022-12.parquet"
    write_parquet(pl.DataFrame({"id": [1]}), whole)
    damaged.parent.mkdir(parents=True)
    damaged.write_bytes(whole.read_bytes()[:-9])
    sentence = unforeseen_sentence("ComputeError", message, places)
    assert "(home/published/a/2022-12.parquet)" in sentence
    assert "hapus" in sentence
    released = places.release / "2022-12-0" / "wilayah.parquet"
    released.parent.mkdir(parents=True)
    damaged.rename(released)
    assert "hapus berkas itu" in unforeseen_sentence("ComputeError", message, places)
    assert "pembaca yang masih menyimpan rilis itu" in unforeseen_sentence("ComputeError", message, places), (
        "what it costs"
    )
    decided = places.decisions / "2022-12.parquet"
    decided.parent.mkdir()
    released.rename(decided)
    sentence = unforeseen_sentence("ComputeError", message, places)
    assert "(keputusan/2022-12.parquet)" in sentence
    assert "hapus" not in sentence, "no run makes decisions again"


@pytest.mark.parametrize("read", [pl.read_parquet, lambda file: duckdb.read_parquet(file).fetchall()])
def test_a_table_of_a_month_never_run_is_told_what_to_run_first(tmp_path: Path, read: Callable[[str], object]) -> None:
    places = Places(tmp_path / "data dinsos")
    missing = places.stored("mart/rekap_bayar", "2023-01")
    with pytest.raises((FileNotFoundError, duckdb.Error)) as raised:
        read(str(missing))
    kind, message = type(raised.value).__name__, str(raised.value)
    text = unforeseen_sentence(kind, message, places)
    assert "hasil periode 2023-01 yang diperlukan belum ada; jalankan dahulu padan run --data-dir '" in text
    write_parquet(pl.DataFrame({"id": [1]}), missing)
    assert "tidak terduga" in unforeseen_sentence(kind, message, places), "it is there"


def test_the_history_of_a_failed_run_ends_with_plain_words(tmp_path: Path) -> None:
    """Dagster itself shows the stack trace."""

    @dg.op
    def step(data: DataDirectory) -> None:
        del data
        raise OSError(errno.ENOSPC, "No space left on device", "SITI")

    @dg.job(resource_defs={"data": DataDirectory(path=str(tmp_path))})
    def failing() -> None:
        step()

    with dg.DagsterInstance.ephemeral() as instance:
        run_id = failing.execute_in_process(instance=instance, raise_on_error=False).run_id
        actual = [each.user_message for each in instance.all_logs(run_id) if each.level == 40]
    assert "Proses gagal; tidak ada yang diterbitkan.\nstep: ruang penyimpanan penuh" in actual


def test_a_check_that_is_not_passed_is_told_by_its_table() -> None:
    spec = dg.AssetCheckSpec("kontrak", asset="anggota", blocking=True)

    @dg.asset(check_specs=[spec])
    def anggota() -> dg.MaterializeResult:
        return dg.MaterializeResult(check_results=[dg.AssetCheckResult(check_name="kontrak", passed=False)])

    failed = step_failures(dg.materialize([anggota], raise_on_error=False).all_events)
    assert [(step, sentence_for(error, Places(Path()))) for step, error in failed] == [
        ("anggota", "pemeriksaan tidak lulus (anggota: kontrak)")
    ]


def test_limits_that_cannot_be_read_are_told_in_their_own_sentence(tmp_path: Path) -> None:
    @dg.op
    def step() -> None:
        (tmp_path / LIMITS).write_text("[gerbang", encoding="utf-8")
        load_limits(tmp_path)

    @dg.job
    def limits() -> None:
        step()

    ((_, root),) = step_failures(limits.execute_in_process(raise_on_error=False).all_events)
    assert LIMITS in sentence_for(root, Places(tmp_path))
    assert "tidak terduga" not in sentence_for(root, Places(tmp_path))
