from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
import pytest

from pipeline.synthetic.draws import random_stream
from pipeline.synthetic.population import ANAK, ISTRI, KEPALA, Population, draw_population
from pipeline.synthetic.rates import Rates
from pipeline.synthetic.registry import MATI, Villages, register_residents
from pipeline.synthetic.territory import draw_villages

TODAY = date(2022, 12, 1)


@pytest.fixture(scope="module")
def villages() -> pl.DataFrame:
    return draw_villages(3_000, random_stream(4, "wilayah"))


@pytest.fixture(scope="module")
def population(villages: pl.DataFrame) -> Population:
    return draw_population(villages, Rates(), TODAY, random_stream(4, "penduduk"))


@pytest.fixture(scope="module")
def residents(population: Population, villages: pl.DataFrame) -> pl.DataFrame:
    registered = register_residents(population, Villages.of(villages), Rates(), TODAY, random_stream(4, "dukcapil"))
    return registered.with_columns(pl.col("nik", "nik_alt").cast(pl.String))


def test_families_have_about_three_and_a_half_members_and_one_head(population: Population) -> None:
    people = population.people
    assert 3.3 < people.height / population.families.height < 3.8
    heads = people.group_by("fid").agg((pl.col("shdk") == KEPALA).sum())
    assert heads["shdk"].unique().to_list() == [1]
    assert people["pid"].to_list() == list(range(people.height))


def test_ages_are_plausible(population: Population) -> None:
    people = population.people
    assert people["lahir"].max() < TODAY  # type: ignore[operator]
    head = people.filter(pl.col("shdk") == KEPALA).select("fid", kepala="lahir")
    children = people.filter(pl.col("shdk") == ANAK).join(head, on="fid")
    assert children.filter(pl.col("lahir").dt.year() - pl.col("kepala").dt.year() < 13).height < children.height * 0.01
    wives = people.filter(pl.col("shdk") == ISTRI)
    assert wives["jk"].unique().to_list() == ["P"]


def test_children_know_their_mother(population: Population) -> None:
    people = population.people
    wives = people.filter(pl.col("shdk") == ISTRI).select("fid", istri="nama")
    children = people.filter(pl.col("shdk") == ANAK).join(wives, on="fid")
    assert (children["nama_ibu"] == children["istri"]).all()


def test_twins_share_a_birthday_and_sons_a_fathers_name(population: Population) -> None:
    twins = population.people.filter("kembar")
    assert twins.height > 0
    assert (twins.group_by("fid", "lahir").len()["len"] == 2).all()
    named = population.people.filter("ayah_anak").group_by("fid").agg(pl.col("nama").n_unique(), pl.len())
    assert named.height > 0
    assert named.select("nama", "len").unique().rows() == [(1, 2)]


def test_clones_are_neighbours_with_equal_name_and_birth_date(population: Population) -> None:
    people = population.people.join(population.families.select("fid", "desa"), on="fid")
    pairs = people.join(people, left_on="klon", right_on="pid")
    assert pairs.height >= 6
    for column in ("nama", "lahir", "jk", "desa"):
        assert (pairs[column] == pairs[f"{column}_right"]).all(), column


def test_niks_are_unique_and_tell_birth_date_and_sex(residents: pl.DataFrame) -> None:
    every = pl.concat([residents["nik"], residents["nik_alt"].drop_nulls()])
    assert every.is_unique().all()
    assert every.str.contains(r"^\d{16}$").all()
    plain = residents.filter(~pl.col("nik_tgl_beda"))
    day = plain["nik"].str.slice(6, 2).cast(pl.Int64)
    assert ((day > 40) == (plain["jk"] == "P")).all()
    born = plain.select(pl.format("{}{}", (pl.lit(day) - 40 * (pl.col("jk") == "P")).cast(pl.String).str.zfill(2),
                                  pl.col("lahir").dt.strftime("%m%y"))).to_series()  # fmt: skip
    written = plain.select(
        pl.format("{}{}", pl.col("lahir").dt.strftime("%d"), pl.col("nik").str.slice(8, 4))
    ).to_series()
    assert (born == written).all()


def test_nik_serials_count_from_one_without_gaps(residents: pl.DataFrame) -> None:
    every = pl.concat([residents["nik"], residents["nik_alt"].drop_nulls()])
    serials = pl.DataFrame({"awal": every.str.head(12), "seri": every.str.slice(12).cast(pl.Int64)})
    ranked = serials.group_by("awal").agg(pl.col("seri").max(), pl.len())
    assert (ranked["seri"] == ranked["len"]).all()


def test_old_papua_codes_stand_in_niks_of_before_the_split(residents: pl.DataFrame) -> None:
    old = residents.filter("kode_lama")
    assert old.height > 0
    assert old["nik"].str.head(2).is_in(["91", "92"]).all()
    assert (old["lahir"].dt.year() < 2022).all()


def test_old_kk_numbers_never_meet_living_ones(residents: pl.DataFrame) -> None:
    living = set(residents["kk"]) | set(residents["kk_keluarga"])
    assert living.isdisjoint(residents["kk_lama"])
    assert living.isdisjoint(residents["kk_sendiri"])


def test_status_shares_follow_the_rates(residents: pl.DataFrame) -> None:
    dead = (residents["status"] == MATI).sum() / residents.height
    assert 0.001 < dead < 0.006
    assert 0.005 < 1 - residents["terdaftar"].sum() / residents.height < 0.02


def test_without_rates_nothing_odd_happens(villages: pl.DataFrame) -> None:
    quiet = Rates(kembar=0, ayah_anak=0, klon=0)
    people = draw_population(villages, quiet, TODAY, random_stream(4, "penduduk")).people
    assert not people["kembar"].any()
    assert not people["ayah_anak"].any()
    assert people["klon"].null_count() == people.height
    assert np.unique(people["jk"].to_numpy()).tolist() == ["L", "P"]
