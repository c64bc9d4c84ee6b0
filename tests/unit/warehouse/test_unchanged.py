"""What a step left is kept only where all that it was made of, and its own bytes, are as its trace says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from pipeline.places import Places
from pipeline.warehouse import unchanged
from pipeline.warehouse.parquet import write_parquet
from pipeline.warehouse.unchanged import Made

_KEY, _PERIODE = "staged/pos", "2022-12"


@pytest.fixture
def made(tmp_path: Path) -> Made:
    places = Places(tmp_path)
    (tmp_path / "bahan").write_text("a")
    write_parquet(pl.DataFrame({"baris": [1]}), places.stored(_KEY, _PERIODE))
    step = Made(places, _KEY, _PERIODE, [_KEY], {"bahan": tmp_path / "bahan", "lama": None}, {"bulan": "2022-11"})
    step.note()
    return step


def _stored(made: Made) -> Path:
    return made.places.stored(_KEY, _PERIODE)


def test_what_was_noted_stands_and_is_of_its_own_periode_and_step(made: Made):
    assert made.stands()
    assert not replace(made, periode="2023-01").stands()
    assert not replace(made, step="staged/dtks").stands()


def _other_frame(made: Made) -> None:
    write_parquet(pl.DataFrame({"baris": [2]}), _stored(made))


def _damaged(made: Made) -> None:
    whole = bytearray(_stored(made).read_bytes())
    whole[len(whole) // 2] ^= 255
    _stored(made).write_bytes(whole)


@pytest.mark.parametrize(
    "change",
    [
        lambda made: (made.places.root / "bahan").write_text("b"),
        lambda made: (made.places.root / "bahan").unlink(),
        lambda made: made.places.trace(_KEY, _PERIODE).write_text('{"dari": {'),
        lambda made: made.places.trace(_KEY, _PERIODE).unlink(),
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
    assert not replace(made, results=[_KEY, "staged/pos_karantina"]).stands()


def test_other_code_reference_or_libraries_have_everything_made_again(made: Made, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(unchanged, "_ways", lambda: "lain")
    assert not made.stands()
