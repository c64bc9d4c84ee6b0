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
def made(tmp_path: Path) -> Trace:
    places = Places(tmp_path)
    (tmp_path / "bahan").write_text("a")
    write_parquet(pl.DataFrame({"baris": [1]}), places.stored(_KEY, _PERIODE))
    files = {"bahan": tmp_path / "bahan", "lama": None}
    step = Trace.of_frames(places, _KEY, _PERIODE, [_KEY], files=files, facts={"bulan": "2022-11"})
    step.write()
    return step


def _stored(made: Trace) -> Path:
    return made.results[_KEY]


def test_what_was_noted_stands_and_is_of_its_own_periode_and_step(made: Trace):
    assert made.is_current()
    assert not replace(made, trace=made.trace.with_name("2023-01.json")).is_current()


def _source(made: Trace) -> Path:
    source = made.files["bahan"]
    assert source is not None
    return source


def _other_frame(made: Trace) -> None:
    write_parquet(pl.DataFrame({"baris": [2]}), _stored(made))


def _damaged(made: Trace) -> None:
    whole = bytearray(_stored(made).read_bytes())
    whole[len(whole) // 2] ^= 255
    _stored(made).write_bytes(whole)


@pytest.mark.parametrize(
    "change",
    [
        lambda made: _source(made).write_text("b"),
        lambda made: _source(made).unlink(),
        lambda made: made.trace.write_text('{"dari": {'),
        lambda made: made.trace.unlink(),
        lambda made: _stored(made).unlink(),
        _other_frame,
        _damaged,
    ],
)
def test_a_change_of_anything_has_it_made_again(made: Trace, change: Callable[[Trace], object]):
    change(made)
    assert not made.is_current()


def test_what_is_told_and_which_files_are_read_count_too(made: Trace, tmp_path: Path):
    assert not replace(made, facts={"bulan": "2022-12"}).is_current()
    assert not replace(made, files={"bahan": tmp_path / "bahan", "lama": tmp_path / "bahan"}).is_current()
    assert not replace(made, files={"bahan": tmp_path / "bahan"}).is_current()
    assert not replace(made, results={**made.results, "staged/pos_karantina": tmp_path / "lain"}).is_current()


def test_what_differs_is_named_as_long_as_what_was_left_is_whole(made: Trace, tmp_path: Path):
    other = replace(made, files={"bahan": tmp_path / "bahan", "baru": None}, facts={"bulan": "2022-12"})
    assert other.changed_inputs() == {"lama", "baru", "bulan"}
    _damaged(made)
    assert other.changed_inputs() is None


def test_other_code_reference_or_libraries_have_everything_made_again(made: Trace, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(traces, "_code_checksum", lambda: "lain")
    assert not made.is_current()
