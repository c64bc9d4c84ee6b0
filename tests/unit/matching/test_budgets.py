"""Machine-independent cost limits of matching: pairs and similarities per DTKS row, on generated registers.

Each budget is the measured figure plus a quarter; `make bench` measures wall time.
"""

from __future__ import annotations

import polars as pl
import pytest

from pipeline.matching.link import Linkage, link
from tests.benchmarks.frames import draw_frames

# Per profile and DTKS row: pairs that keys promise before they run, pairs compared, similarities calculated.
BUDGETS = {"clean": (1.0, 0.16, 0.08), "hard": (7.1, 1.5, 0.7)}


@pytest.fixture(scope="module", params=sorted(BUDGETS))
def measured(request: pytest.FixtureRequest) -> tuple[str, int, Linkage]:
    frames = draw_frames(6_000, request.param, 2)
    truth = frames.truth.select("id_dtks", nik="nik_benar")
    return request.param, frames.people.height, link(frames.people, frames.registry, truth=truth)


def test_pairs_and_similarities_stay_within_their_budget(measured: tuple[str, int, Linkage]) -> None:
    profile, rows, linkage = measured
    whole = linkage.persons.plan.filter(aturan="SEMUA").row(0, named=True)
    cost, pairs, calls = BUDGETS[profile]
    assert whole["biaya"] <= cost * rows
    assert whole["pasangan"] <= pairs * rows
    assert 0 < sum(linkage.persons.calls.values()) <= calls * rows


def test_what_is_saved_is_not_saved_on_true_pairs(measured: tuple[str, int, Linkage]) -> None:
    _, _, linkage = measured
    assert linkage.persons.plan.filter(aturan="SEMUA")["recall"].item() >= 0.999
    assert linkage.persons.plan.filter(pl.col("aturan") != "SEMUA")["ditinggal"].sum() == 0


def test_every_pass_tells_its_cost_before_it_runs_and_what_it_found(measured: tuple[str, int, Linkage]) -> None:
    _, _, linkage = measured
    passes = linkage.persons.plan.filter(pl.col("aturan") != "SEMUA")
    assert (passes["pasangan"] <= passes["biaya"]).all()
    assert passes["recall"].is_between(0, 1).all()


def test_one_value_in_the_column_of_households_does_not_pair_every_row_with_every_family() -> None:
    frames = draw_frames(3_000, "hard", 2)
    linkage = link(frames.people.with_columns(id_keluarga=pl.lit("1")), frames.registry)
    assert linkage.persons.plan["biaya"].sum() <= BUDGETS["hard"][0] * frames.people.height
