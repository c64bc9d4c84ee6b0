"""A step's result is kept only if all its inputs and its own bytes agree with its trace."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from pipeline.places import Places
from pipeline.warehouse.store import unchanged
from pipeline.warehouse.store.parquet import write_parquet
from pipeline.warehouse.store.unchanged import Made

_KEY, _PERIODE = "staged/pos", "2022-12"


@pytest.fixture
def made(tmp_path: Path) -> Made:
    places = Places(tmp_path)
    (tmp_path / "bahan").write_text("a")
    write_parquet(pl.DataFrame({"baris": [1]}), places.stored(_KEY, _PERIODE))
    files = {"bahan": tmp_path / "bahan", "lama": None}
    step = Made.frames(places, _KEY, _PERIODE, [_KEY], files=files, facts={"bulan": "2022-11"})
    step.note()
    return step


def _stored(made: Made) -> Path:
    return made.results[_KEY]


def test_what_was_noted_stands_and_is_of_its_own_periode_and_step(made: Made):
    assert made.stands()
    assert not replace(made, trace=made.trace.with_name("2023-01.json")).stands()


def _source(made: Made) -> Path:
    source = made.files["bahan"]
    assert source is not None
    return source


def _other_frame(made: Made) -> None:
    write_parquet(pl.DataFrame({"baris": [2]}), _stored(made))


def _damaged(made: Made) -> None:
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
def test_a_change_of_anything_has_it_made_again(made: Made, change: Callable[[Made], object]):
    change(made)
    assert not made.stands()


def test_what_is_told_and_which_files_are_read_count_too(made: Made, tmp_path: Path):
    assert not replace(made, facts={"bulan": "2022-12"}).stands()
    assert not replace(made, files={"bahan": tmp_path / "bahan", "lama": tmp_path / "bahan"}).stands()
    assert not replace(made, files={"bahan": tmp_path / "bahan"}).stands()
    assert not replace(made, results={**made.results, "staged/pos_karantina": tmp_path / "lain"}).stands()


def test_what_differs_is_named_as_long_as_what_was_left_is_whole(made: Made, tmp_path: Path):
    other = replace(made, files={"bahan": tmp_path / "bahan", "baru": None}, facts={"bulan": "2022-12"})
    assert other.differing() == {"lama", "baru", "bulan"}
    _damaged(made)
    assert other.differing() is None


def test_other_code_reference_or_libraries_have_everything_made_again(made: Made, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(unchanged, "_ways", lambda: "lain")
    assert not made.stands()
