"""A step's result is kept only if all its inputs and its own bytes agree with its trace."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from pipeline.places import Places
from pipeline.warehouse.store import traces
from pipeline.warehouse.store.parquet import write_parquet
from pipeline.warehouse.store.traces import Trace

_KEY, _PERIODE = "staged/pos", "2022-12"


@pytest.fixture
def trace(tmp_path: Path) -> Trace:
    places = Places(tmp_path)
    (tmp_path / "bahan").write_text("a")
    write_parquet(pl.DataFrame({"baris": [1]}), places.stored(_KEY, _PERIODE))
    files = {"bahan": tmp_path / "bahan", "lama": None}
    trace = Trace.of_frames(places, _KEY, _PERIODE, [_KEY], files=files, facts={"bulan": "2022-11"})
    trace.write()
    return trace


def _stored(trace: Trace) -> Path:
    return trace.results[_KEY]


def test_what_was_noted_stands_and_is_of_its_own_periode_and_step(trace: Trace):
    assert trace.is_current()
    assert not replace(trace, path=trace.path.with_name("2023-01.json")).is_current()


def _source(trace: Trace) -> Path:
    source = trace.files["bahan"]
    assert source is not None
    return source


def _other_frame(trace: Trace) -> None:
    write_parquet(pl.DataFrame({"baris": [2]}), _stored(trace))


def _damaged(trace: Trace) -> None:
    whole = bytearray(_stored(trace).read_bytes())
    whole[len(whole) // 2] ^= 255
    _stored(trace).write_bytes(whole)


@pytest.mark.parametrize(
    "change",
    [
        lambda trace: _source(trace).write_text("b"),
        lambda trace: _source(trace).unlink(),
        lambda trace: trace.path.write_text('{"dari": {'),
        lambda trace: trace.path.unlink(),
        lambda trace: _stored(trace).unlink(),
        _other_frame,
        _damaged,
    ],
)
def test_a_change_of_anything_has_it_made_again(trace: Trace, change: Callable[[Trace], object]):
    change(trace)
    assert not trace.is_current()


def test_facts_and_the_names_of_files_count_too(trace: Trace, tmp_path: Path):
    assert not replace(trace, facts={"bulan": "2022-12"}).is_current()
    assert not replace(trace, files={"bahan": tmp_path / "bahan", "lama": tmp_path / "bahan"}).is_current()
    assert not replace(trace, files={"bahan": tmp_path / "bahan"}).is_current()
    assert not replace(trace, results={**trace.results, "staged/pos_karantina": tmp_path / "lain"}).is_current()


def test_what_differs_is_named_as_long_as_what_was_left_is_whole(trace: Trace, tmp_path: Path):
    other = replace(trace, files={"bahan": tmp_path / "bahan", "baru": None}, facts={"bulan": "2022-12"})
    assert other.changed_inputs() == {"lama", "baru", "bulan"}
    _damaged(trace)
    assert other.changed_inputs() is None


def test_other_code_reference_or_libraries_have_everything_made_again(trace: Trace, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(traces, "_code_checksum", lambda: "lain")
    assert not trace.is_current()
