"""The sensors against a real Dagster instance: each new snapshot starts one run, and downstream tables follow."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import dagster as dg
import polars as pl
import pytest

from assets.arrival import FOLLOW, RESTING_SECONDS, arrival_sensor, follow_sensor
from assets.jobs import PERIODE_TAG, WHOLE_RUN, daily_schedule
from assets.running import process_tags
from pipeline.definitions import build_defs
from pipeline.extracts.arrival import UnreadableSnapshotError
from pipeline.extracts.files.ledger import NO_FINGERPRINT, build_ledger, fingerprint
from pipeline.places import Places
from pipeline.warehouse.store.parquet import write_parquet
from schemas.limits_file import LIMITS, SettingsError
from tests.unit.runs import write_publications

ROW = "ID DTKS|NAMA|NIK\n1|SITI|3604041211870001\n"


@pytest.fixture(scope="module")
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.instance_for_test() as real:
        yield real


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return Places(tmp_path)


class Ticks:
    """The sensor as the daemon runs it: each tick receives the cursor of the previous one."""

    def __init__(self, places: Places, instance: dg.DagsterInstance) -> None:
        self._sensor, self._instance = arrival_sensor(places), instance
        self.cursor: str | None = None

    def tick(self) -> dg.SensorResult:
        with dg.build_sensor_context(instance=self._instance, cursor=self.cursor) as context:
            result = self._sensor(context)
        assert isinstance(result, dg.SensorResult)
        self.cursor = result.cursor
        return result

    def asks(self) -> list[tuple[str, str]]:
        return [(str(run.run_key), str(run.partition_key)) for run in self.tick().run_requests or []]

    def settled(self) -> list[str]:
        """The periodes requested after two ticks that saw the same files."""
        self.tick()
        return [periode for _, periode in self.asks()]

    def says(self) -> str:
        return str(self.tick().skip_reason.skip_message)  # type: ignore[union-attr]


@pytest.fixture
def ticks(places: Places, instance: dg.DagsterInstance) -> Ticks:
    return Ticks(places, instance)


def drop(places: Places, name: str, text: str = ROW, *, seconds_ago: float = 2 * RESTING_SECONDS) -> Path:
    file = places.raw / "dtks" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    os.utime(file, (time.time() - seconds_ago,) * 2)
    return file


def test_an_empty_folder_is_nothing_to_run(ticks: Ticks) -> None:
    assert ticks.says() == "Belum ada berkas di raw/dtks."


def test_a_settled_snapshot_is_run_once(places: Places, ticks: Ticks) -> None:
    file = drop(places, "periode=2022-12/serang.csv")
    assert "ditunggu" in ticks.says()
    (asked,) = ticks.tick().run_requests or []
    key = asked.run_key
    assert (asked.partition_key, asked.tags[PERIODE_TAG]) == ("2022-12", "menurut folder periode=2022-12")
    assert ticks.says() == "Tidak ada data DTKS baru."
    # Touched or moved it is still the same snapshot: the same run key, which the daemon never runs twice.
    file.rename(file.with_name("banten.csv"))
    ticks.tick()
    assert ticks.asks() == [(key, "2022-12")]
    drop(places, "periode=2022-12/banten.csv", ROW + "2|BUDI|3604041211870002\n")
    ticks.tick()
    ((other, _),) = ticks.asks()
    assert other != key


def _publish(places: Places, periode: str) -> None:
    """Leave the results of a run over the files in the folder."""
    ledger = build_ledger(places.raw, periode)
    rows = [
        (places.raw / name).read_text().count("\n") - 1 if status == "DIBACA" else 0
        for name, status in ledger.select("berkas", "status_berkas").iter_rows()
    ]
    write_parquet(ledger, places.stored("raw/berkas", periode))
    write_parquet(
        ledger.with_columns(baris_masuk=pl.Series(rows, dtype=pl.Int64)), places.stored("quality/rekonsiliasi", periode)
    )
    write_publications(places, periode)


@pytest.mark.parametrize("name", ["a.csv", "periode=2022-12/a.csv"])
@pytest.mark.parametrize("by_hand", [False, True])
def test_older_files_that_come_back_are_run_again(places: Places, ticks: Ticks, name: str, by_hand: bool) -> None:
    asked: list[tuple[str, str]] = []
    for text in (ROW, ROW + "2|BUDI|3604041211870002\n", ROW):
        drop(places, name, text)
        # The second files may be run by the command before the sensor ticks.
        if not (by_hand and text != ROW):
            ticks.tick()
            asked += ticks.asks()
        _publish(places, asked[-1][1])
    periodes, keys = {periode for _, periode in asked}, [key for key, _ in asked]
    assert (len(keys), len(set(keys)), len(periodes)) == (3 - by_hand, 3 - by_hand, 1)


def test_half_copied_files_are_not_taken(places: Places, ticks: Ticks) -> None:
    drop(places, "periode=2022-12/a.csv")
    growing = drop(places, "periode=2022-12/b.csv", ROW[:20])
    ticks.tick()
    growing.write_text(ROW[:30])
    os.utime(growing, (time.time() - 2 * RESTING_SECONDS,) * 2)
    assert "ditunggu" in ticks.says()
    growing.write_text(ROW)
    assert "ditunggu" in ticks.says()
    assert "ditunggu" in ticks.says()  # at rest, but only just
    partial = drop(places, "periode=2022-12/c.csv.part")
    assert ticks.says() == "Masih disalin: c.csv.part."
    partial.unlink()
    os.utime(growing, (time.time() - 2 * RESTING_SECONDS,) * 2)
    assert len(ticks.settled()) == 1


def test_each_periode_is_a_snapshot_and_other_sources_are_none(places: Places, ticks: Ticks) -> None:
    drop(places, "periode=2022-11/a.csv")
    drop(places, "periode=2022-12/a.csv", ROW + "2|BUDI|\n")
    drop(places, "perbaikan/b.csv", ROW + "3|ANI|\n")
    drop(places, "../pos/c.csv")
    assert ticks.settled() == ["2022-11", "2022-12"]
    drop(places, "../pos/d.csv")
    assert ticks.says() == "Tidak ada data DTKS baru."


def test_what_is_published_as_it_is_is_not_run_again(places: Places, ticks: Ticks) -> None:
    drop(places, "periode=2022-12/a.csv")
    _publish(places, "2022-12")
    ticks.tick()
    assert ticks.says() == "Semua data DTKS sudah diterbitkan."


def test_a_correction_without_month_starts_a_run_of_the_newest_month_alone(places: Places, ticks: Ticks) -> None:
    drop(places, "perbaikan/b.csv", ROW.replace("SITI", "SITTI"))
    for month in ("2022-12", "2023-01"):
        drop(places, f"periode={month}/a.csv", ROW.replace("SITI", month))
        _publish(places, month)
    ticks.tick()
    assert ticks.says() == "Semua data DTKS sudah diterbitkan."
    drop(places, "perbaikan/c.csv", ROW.replace("1|", "2|"))
    assert ticks.settled() == ["2023-01"]


@pytest.mark.parametrize(("name", "asked"), [("a.csv", []), ("periode=2022-12/a.csv", ["2022-12"])])
def test_files_without_a_month_are_known_under_the_newest_published_periode(
    places: Places, ticks: Ticks, name: str, asked: list[str]
) -> None:
    drop(places, name)
    # Undated, like the demo's files, and run as a month long ago.
    _publish(places, "2022-11")
    assert ticks.settled() == asked
    if name == "a.csv":
        # A correction of that month's rows starts one run about that month.
        drop(places, "perbaikan/a.csv", ROW.replace("SITI", "SITTI"))
        assert ticks.settled() == ["2022-11"]
        assert ticks.asks() == []
    drop(places, name, ROW + "2|BUDI|3604041211870002\n")
    assert len(ticks.settled()) == 1


def _nightly(places: Places) -> tuple[str, str]:
    """The periode of the nightly run, and why."""
    # 31 December 20:00 UTC is already 1 January in Jakarta.
    night = datetime(2022, 12, 31, 20, tzinfo=UTC).astimezone(ZoneInfo("Asia/Jakarta"))
    asked = daily_schedule(places)(dg.build_schedule_context(scheduled_execution_time=night))
    if isinstance(asked, dg.SkipReason):
        return "", asked.skip_message
    return asked.partition_key, asked.tags[PERIODE_TAG]  # type: ignore[union-attr]


def test_every_night_is_about_the_newest_snapshot_and_says_why(places: Places) -> None:
    assert _nightly(places) == ("", "Belum ada berkas di raw/dtks.")
    file = drop(places, "a.csv")
    periode, why = _nightly(places)
    assert (periode, "dianggap data bulan berjalan" in why) == ("2023-01", True)
    _publish(places, "2022-12")
    periode, why = _nightly(places)
    assert (periode, "terbit sebagai periode 2022-12" in why) == ("2022-12", True)
    drop(places, "perbaikan/a.csv", ROW * 3)
    assert _nightly(places)[0] == "2022-12"
    file.write_text(ROW * 2)
    assert _nightly(places)[0] == "2023-01"
    drop(places, "periode=2022-11/a.csv")
    assert _nightly(places) == ("2022-11", "menurut folder periode=2022-11")
    # Payments of a later month count in a run about that month.
    drop(places, "../pos/periode=2022-12/a.csv")
    drop(places, "../pos/periode=2023-02/a.csv")
    asked = _nightly(places)
    assert (asked[0], "lebih baru daripada data DTKS" in asked[1]) == ("2022-12", True)
    # A month in the future is a typing error and does not block runs.
    drop(places, "periode=2203-01/a.csv")
    assert _nightly(places) == asked


@pytest.mark.parametrize("text", ["", "ID DTKS|NAMA|NIK\n", "PK\x03\x04 rusak", "catatan saja"])
def test_a_file_without_a_row_makes_no_new_snapshot_whether_it_comes_or_goes(
    places: Places, ticks: Ticks, text: str
) -> None:
    drop(places, "a.csv")
    _publish(places, "2022-12")
    broken = drop(places, "rusak.xlsx", text)
    assert _nightly(places)[0] == "2022-12"
    # It is reported once, in the month in which it arrived.
    assert ticks.settled() == ["2022-12"]
    _publish(places, "2022-12")
    broken.unlink()
    assert _nightly(places)[0] == "2022-12"
    # A month before the newest one is also known; only files with rows are new.
    drop(places, "a.csv", ROW * 2)
    _publish(places, "2023-01")
    drop(places, "a.csv")
    assert _nightly(places)[0] == "2022-12"
    drop(places, "b.csv", ROW * 3)
    assert "dianggap data bulan berjalan" in _nightly(places)[1]


def test_what_is_left_of_a_month_is_no_other_month(places: Places) -> None:
    first, second = drop(places, "a.csv"), drop(places, "b.csv", ROW * 2)
    _publish(places, "2022-11")
    drop(places, "c.csv", ROW * 3)
    _publish(places, "2022-12")
    manifest = places.release / "2022-12-0123456789" / "manifest.json"
    manifest.parent.mkdir(parents=True)
    manifest.write_text(json.dumps({"inputs": [fingerprint(first), fingerprint(second)]}))
    first.unlink()
    assert _nightly(places)[0] == "2022-12"
    _publish(places, "2022-12")
    # It comes back, and another file becomes damaged.
    drop(places, "a.csv")
    second.write_text("")
    assert _nightly(places)[0] == "2022-12"
    drop(places, "b.csv", ROW * 4)
    assert _nightly(places)[0] == "2023-01"


def test_a_file_that_cannot_be_opened_leaves_the_month_as_it_is_or_open(
    places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop(places, "a.csv")
    _publish(places, "2022-12")
    drop(places, "b.csv", ROW * 2)
    closed = "b.csv"
    monkeypatch.setattr(
        "pipeline.extracts.arrival.fingerprint",
        lambda file: NO_FINGERPRINT if file.name == closed else fingerprint(file),
    )
    assert _nightly(places)[0] == "2022-12"
    closed = "a.csv"
    with pytest.raises(UnreadableSnapshotError, match=r"tidak dapat dibuka: a\.csv"):
        _nightly(places)


def test_what_only_looks_like_a_file_does_not_keep_a_snapshot_waiting(places: Places, ticks: Ticks) -> None:
    folder = places.raw / "dtks" / "periode=2022-12"
    folder.mkdir(parents=True)
    (folder / "tautan.csv").symlink_to(folder / "tidak-ada")
    os.mkfifo(folder / "pipa.csv")
    assert ticks.says() == "Belum ada berkas di raw/dtks."
    drop(places, "periode=2022-12/a.csv")
    assert ticks.settled() == ["2022-12"]
    ledger = build_ledger(places.raw, "2022-12")
    assert sorted(ledger["status_berkas"]) == ["DIBACA", "DITOLAK", "DITOLAK"]
    write_parquet(ledger, places.stored("raw/berkas", "2022-12"))
    write_publications(places, "2022-12")
    ticks.cursor = None
    ticks.tick()
    assert ticks.says() == "Semua data DTKS sudah diterbitkan."


def test_a_periode_that_cannot_be_is_said(places: Places, ticks: Ticks) -> None:
    drop(places, "periode=2001-01/a.csv")
    ticks.tick()
    assert ticks.says() == "Periode di luar rentang yang dapat diproses: 2001-01."


def test_a_file_that_cannot_be_opened_fails_the_tick_and_is_tried_again(
    places: Places, ticks: Ticks, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop(places, "periode=2022-12/a.csv")
    ticks.tick()
    with monkeypatch.context() as patched:
        patched.setattr("pipeline.extracts.arrival.fingerprint", lambda _: "0" * 64)
        with pytest.raises(UnreadableSnapshotError, match=r"tidak dapat dibuka: a\.csv"):
            ticks.tick()
    assert len(ticks.asks()) == 1


def test_limits_that_cannot_be_read_fail_the_tick_and_the_snapshot_is_run_once_they_can(
    places: Places, ticks: Ticks
) -> None:
    drop(places, "periode=2022-12/a.csv")
    assert "ditunggu" in ticks.says()
    (places.root / LIMITS).write_text('[gerbang]\ntidak_padan = "abc"\n')
    with pytest.raises(SettingsError, match="harus angka"):
        ticks.tick()
    (places.root / LIMITS).unlink()
    assert [periode for _, periode in ticks.asks()] == ["2022-12"]


def test_no_run_is_asked_for_while_another_is_at_work(
    places: Places, ticks: Ticks, instance: dg.DagsterInstance
) -> None:
    drop(places, "periode=2022-12/a.csv")
    ticks.tick()
    run = dg.DagsterRun(job_name="padan", status=dg.DagsterRunStatus.STARTED, tags=process_tags())
    instance.add_run(run)
    assert "sedang berjalan" in ticks.says()
    instance.report_run_failed(run)
    assert len(ticks.asks()) == 1


def _materialise(instance: dg.DagsterInstance, *keys: dg.AssetKey, tags: dict[str, str]) -> None:
    """Write the events of a run that refreshes these assets, each a moment after the previous one."""

    @dg.op
    def step(context):
        for key in keys:
            context.log_event(dg.AssetMaterialization(key, partition="2022-12"))

    @dg.job(tags=tags)
    def job():
        step()

    assert job.execute_in_process(instance=instance).success


def test_what_hangs_on_a_refreshed_table_follows_and_nothing_else(tmp_path: Path) -> None:
    defs = build_defs(tmp_path)
    graph = defs.resolve_asset_graph()
    keys = [key for key in graph.toposorted_asset_keys if key in graph.materializable_asset_keys]
    households, people = dg.AssetKey(["cleansed", "keluarga"]), dg.AssetKey(["cleansed", "anggota"])
    looked_at = dg.AssetSelection.assets(households, people)
    with dg.DagsterInstance.ephemeral() as instance:
        cursor = dg.evaluate_automation_conditions(defs, instance, looked_at).cursor
        _materialise(instance, *keys, tags=WHOLE_RUN)
        settled = dg.evaluate_automation_conditions(defs, instance, looked_at, cursor=cursor)
        assert settled.total_requested == 0
        _materialise(instance, dg.AssetKey(["link", "keluarga_dukcapil"]), tags={})
        result = dg.evaluate_automation_conditions(defs, instance, looked_at, cursor=settled.cursor)
    assert {key for key in keys if result.get_num_requested(key)} == {households}
    assert result.get_requested_partitions(households) == {"2022-12"}
    followers = {key for key in keys if graph.get(key).automation_condition == FOLLOW}
    assert {graph.get(key).group_name for key in set(keys) - followers} == {"raw", "staged"}


def test_both_sensors_are_alive_wherever_the_ui_runs(tmp_path: Path) -> None:
    sensors = {sensor.name: sensor for sensor in build_defs(tmp_path).sensors or []}
    assert set(sensors) == {"potret_dtks_baru", follow_sensor.name}
    assert all(sensor.default_status is dg.DefaultSensorStatus.RUNNING for sensor in sensors.values())
    assert all(sensor.description for sensor in sensors.values())
