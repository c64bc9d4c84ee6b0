"""The run history: one connection per file unless settings were changed, and a full disk."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._core.storage.noop_compute_log_manager import NoOpComputeLogManager
from dagster._loggers import default_system_loggers
from sqlalchemy.exc import OperationalError

from assets.history import OneConnectionPerFile, history_instance
from assets.running import HistoryError, prepare_home, run_main_job
from pipeline.definitions import main_job_over
from pipeline.places import Places
from schemas.limits_file import SettingsError


@pytest.mark.parametrize("adapted", [False, True])
def test_settings_that_name_a_storage_keep_it(adapted: bool, tmp_path: Path) -> None:
    elsewhere = f"storage:\n  sqlite:\n    base_dir: {tmp_path / 'lain'}\n"
    (tmp_path / "dagster.yaml").write_text(elsewhere if adapted else "", encoding="utf-8")
    with history_instance(str(tmp_path)) as instance:
        assert type(instance.event_log_storage) is (SqliteEventLogStorage if adapted else OneConnectionPerFile)
        # Without processes that copy output, which Ctrl+C would reach.
        assert isinstance(instance.compute_log_manager, NoOpComputeLogManager)
    assert (tmp_path / "lain").exists() == adapted
    assert (tmp_path / "history" / "runs" / "index.db").exists() != adapted


def test_a_table_that_is_there_is_looked_for_once_and_one_that_is_not_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    made: list[str] = []
    asked: list[str] = []
    monkeypatch.setattr(SqliteEventLogStorage, "has_table", lambda _, name: asked.append(name) or name in made)
    storage = OneConnectionPerFile(str(tmp_path))
    asked.clear()
    assert not storage.has_table("later")
    made.append("later")
    assert all(storage.has_table("later") for _ in range(3))
    assert asked == ["later", "later"]


@pytest.mark.parametrize("settings", ["concurrency:\n  pools:\n", "run_queue: 5", "a: [", "x"])
def test_settings_of_dagster_that_are_cut_off_or_wrong_are_told_in_a_sentence(settings: str, tmp_path: Path) -> None:
    home = Places(tmp_path).home
    home.mkdir()
    (home / "dagster.yaml").write_text(settings, encoding="utf-8")
    with pytest.raises(SettingsError, match=r"dagster\.yaml rusak atau keliru"):
        prepare_home(Places(tmp_path))


def test_settings_that_a_full_disk_left_empty_are_written_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    (tmp_path / "dagster.yaml").touch()
    prepare_home(Places(tmp_path))
    with history_instance(str(tmp_path)) as instance:
        assert not instance.telemetry_enabled


def test_a_history_that_cannot_be_written_stops_the_run_with_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    """And with that alone."""

    @dg.job
    def nothing() -> None: ...

    def full(*_: object) -> None:
        raise OperationalError("COMMIT", None, sqlite3.OperationalError("database or disk is full"))

    def execute(_: object, instance: dg.DagsterInstance, **__: object) -> dg.ExecuteInProcessResult:
        monkeypatch.setattr(OneConnectionPerFile, "store_event", full)
        return nothing.execute_in_process(instance=instance)

    with pytest.raises(HistoryError, match=r"Riwayat proses di .*ruang penyimpanan penuh") as raised:
        _run(tmp_path, monkeypatch, execute)
    assert "disk is full" not in str(raised.value) + capsys.readouterr().err


@pytest.mark.parametrize("stop", [dg.DagsterExecutionInterruptedError(), RuntimeError("Query interrupted")])
def test_a_run_that_somebody_stops_is_no_failure_of_a_step(
    stop: BaseException, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    @dg.op
    def step() -> None:
        raise stop

    @dg.job
    def stopped() -> None:
        step()

    def execute(_: object, instance: dg.DagsterInstance, **__: object) -> dg.ExecuteInProcessResult:
        return stopped.execute_in_process(instance=instance, raise_on_error=False)

    with pytest.raises(KeyboardInterrupt):
        _run(tmp_path, monkeypatch, execute)


def test_events_of_runs_are_kept_although_terminals_do_not_show_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    @dg.op
    def step() -> None: ...

    @dg.job
    def quiet() -> None:
        step()

    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "home"))
    with dg.DagsterInstance.from_config(str(prepare_home(Places(tmp_path)))) as instance:
        ((_, console),) = default_system_loggers(instance)
        run = quiet.execute_in_process(instance=instance)
        assert console["log_level"] == "INFO"
        assert instance.all_logs(run.run_id, of_type=dg.DagsterEventType.STEP_SUCCESS)


def _run(root: Path, monkeypatch: pytest.MonkeyPatch, execute: Callable[..., object]) -> None:
    monkeypatch.setenv("DAGSTER_HOME", str(root / "home"))
    prepare_home(Places(root))
    monkeypatch.setattr(dg, "execute_job", execute)
    job = dg.build_reconstructable_job(main_job_over.__module__, main_job_over.__name__, (str(root),))
    run_main_job(job, Places(root), "2022-12", lambda *_: None, {})
