from __future__ import annotations

import polars as pl
import pytest

from pipeline import reference
from pipeline.synthetic.draws import random_stream
from pipeline.synthetic.territory import ETHNIC_GROUPS, draw_villages, ethnic_mix


@pytest.fixture(scope="module")
def villages() -> pl.DataFrame:
    return draw_villages(1_000, random_stream(5, "wilayah"))


def test_every_family_has_a_home(villages: pl.DataFrame) -> None:
    assert villages["keluarga"].sum() == 1_000
    assert villages["keluarga"].min() >= 1


def test_every_kind_of_trouble_has_its_kabupaten(villages: pl.DataFrame) -> None:
    kab = set(villages["kode_kab"])
    assert {"3604", "3673"} <= kab
    assert villages.filter("baru", "tertinggal", pl.col("kec_nik") != pl.col("kode_kec")).height > 0
    for prefix in ("12", "32", "33", "51", "53"):
        assert any(kode.startswith(prefix) for kode in kab), prefix


def test_villages_are_current_and_lie_in_their_kecamatan(villages: pl.DataFrame) -> None:
    current = reference.regions().filter("berlaku").select("kode", "nama")
    found = villages.join(current, left_on="kode_desa", right_on="kode", how="inner")
    assert found.height == villages.height
    assert found["nama"].equals(villages["desa"], check_names=False)


def test_no_two_villages_of_a_kecamatan_share_a_name(villages: pl.DataFrame) -> None:
    assert not villages.select(pl.struct("kode_kec", "desa").is_duplicated().any()).item()


def test_more_families_reach_more_kabupaten() -> None:
    assert draw_villages(30_000, random_stream(5, "wilayah"))["kode_kab"].n_unique() > 12


@pytest.mark.parametrize("kode_kab", ["3604", "1212", "5107", "9501", "7401"])
def test_shares_of_peoples_add_up(kode_kab: str) -> None:
    assert len(ethnic_mix(kode_kab)) == len(ETHNIC_GROUPS)
    assert sum(ethnic_mix(kode_kab)) == pytest.approx(1.0)
