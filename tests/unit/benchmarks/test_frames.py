from __future__ import annotations

import polars as pl
import pytest

from schemas.staged import DtksStaged, DukcapilStaged
from schemas.table import polars_schema
from tests.benchmarks.frames import Frames, draw_frames
from tests.benchmarks.profiles import PROFILES


@pytest.fixture(scope="module")
def hard() -> Frames:
    return draw_frames(2_000, "hard", 5)


def test_frames_are_what_the_matching_reads(hard: Frames) -> None:
    assert dict(hard.people.drop("id_keluarga").schema) == dict(polars_schema(DtksStaged))
    assert dict(hard.registry.schema) == dict(polars_schema(DukcapilStaged))
    assert hard.people["id_dtks"].is_in(hard.truth["id_dtks"].implode()).all()
    assert hard.people["kode_desa"].null_count() < 0.02 * hard.people.height
    assert hard.registry["kode_desa"].null_count() == 0


def test_frames_have_the_size_and_the_trouble_asked_for(hard: Frames) -> None:
    assert 1_800 < hard.registry.height < 2_200
    assert 0.3 < hard.people.height / hard.registry.height < 0.42
    wrong = pl.col("kelas").list.contains("KK_LAIN") | pl.col("kelas").list.contains("KK_ASING")
    assert 0.14 < hard.truth.filter(wrong).height / hard.truth.height < 0.24


def test_profiles_stand_in_the_order_of_their_trouble() -> None:
    rates = [PROFILES[name] for name in ("clean", "documented", "hard")]
    assert sorted(rate.nik_salah_1 for rate in rates) == [rate.nik_salah_1 for rate in rates]
