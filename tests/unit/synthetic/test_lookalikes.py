from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from pipeline.synthetic.draws import random_stream
from pipeline.synthetic.lookalikes import add_lookalikes
from pipeline.synthetic.population import ANAK, ISTRI, LOOKALIKE_FLAGS, Population, draw_population
from pipeline.synthetic.rates import Rates
from pipeline.synthetic.registry import Villages, register_residents
from pipeline.synthetic.territory import draw_villages

TODAY = date(2022, 12, 1)
RATES = Rates().scaled(3.0, traps=True)


@pytest.fixture(scope="module")
def villages() -> pl.DataFrame:
    return draw_villages(2_000, random_stream(5, "wilayah"))


@pytest.fixture(scope="module")
def plain(villages: pl.DataFrame) -> Population:
    return draw_population(villages, RATES, TODAY, random_stream(5, "penduduk"))


@pytest.fixture(scope="module")
def trapped(plain: Population) -> pl.DataFrame:
    return add_lookalikes(plain, RATES, TODAY, random_stream(5, "rupa")).people


def test_without_traps_nobody_changes(plain: Population) -> None:
    assert_frame_equal(add_lookalikes(plain, Rates(), TODAY, random_stream(5, "rupa")).people, plain.people)


def test_every_kind_of_lookalike_is_there(trapped: pl.DataFrame) -> None:
    counts = trapped.select(pl.col(LOOKALIKE_FLAGS).sum()).row(0)
    assert all(count > least for count, least in zip(counts, (10, 50, 100, 20, 50), strict=True)), counts


def test_twins_named_alike_share_their_birth_date_and_not_their_name(trapped: pl.DataFrame) -> None:
    pairs = trapped.filter("kembar_mirip").group_by("fid", "lahir").agg(pl.col("nama").n_unique(), n=pl.len())
    assert pairs["n"].unique().to_list() == [2]
    assert pairs["nama"].unique().to_list() == [2]


def test_absent_namesakes_have_a_neighbour_of_their_name(plain: Population, trapped: pl.DataFrame) -> None:
    homes = trapped.with_columns(desa=plain.families["desa"].gather(trapped["fid"].to_numpy()))
    absent = homes.filter("absen_senama")
    others = homes.filter(~pl.col("absen_senama")).select("desa", "jk", "nama", lahir_lain="lahir")
    met = absent.join(others, on=["desa", "jk", "nama"])
    near = met.filter((pl.col("lahir_lain") - pl.col("lahir")).dt.total_days().abs() < 400)
    assert near["pid"].n_unique() == absent.height
    assert (near["lahir"] == near["lahir_lain"]).any()


def test_children_name_their_renamed_mother(trapped: pl.DataFrame) -> None:
    wives = trapped.filter(pl.col("shdk") == ISTRI).select("fid", istri="nama")
    children = trapped.filter(pl.col("shdk") == ANAK).join(wives, on="fid")
    assert (children["nama_ibu"] == children["istri"]).all()


def test_who_is_marked_absent_is_not_registered(villages: pl.DataFrame, plain: Population) -> None:
    population = add_lookalikes(plain, RATES, TODAY, random_stream(5, "rupa"))
    residents = register_residents(population, Villages.of(villages), RATES, TODAY, random_stream(5, "dukcapil"))
    assert not residents.filter("absen")["terdaftar"].any()
