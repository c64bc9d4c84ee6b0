from __future__ import annotations

from collections.abc import Callable
from typing import Any

import polars as pl
import pytest

from pipeline.matching.link import Linkage, link
from pipeline.matching.model.file import load_model
from pipeline.matching.outcome.waterfall import FACTS as NAMES
from pipeline.matching.outcome.waterfall import choose_examples, waterfall_steps
from tests.unit.matching.conftest import people_of, registry_of

FACTS = {"id_dtks": "x", "nik": "SALAH_DUA", "bobot_nik": 4.0, "nama": "SAMA", "bobot_nama": 10.5, "kk": "KOSONG",
         "bobot_kk": None}  # fmt: skip


@pytest.fixture(scope="module")
def people(listed: Callable[..., dict[str, Any]]) -> pl.DataFrame:
    rows = [listed(family, member) for family in range(60) for member in range(4)]
    wrong = listed(3, 0)["nik"]
    rows[12] = listed(3, 0, nik=wrong[:9] + str((int(wrong[9]) + 1) % 10) + wrong[10:])
    rows.append(
        listed(70, 0, nik=None, no_kk=None, nama="BUKAN SIAPA SIAPA", tanggal_lahir=None, nama_ibu_kandung=None)
    )
    return people_of(rows)


@pytest.fixture(scope="module")
def linkage(people: pl.DataFrame, residents: list[dict[str, Any]]) -> Linkage:
    return link(people, registry_of(residents))


def test_every_outcome_of_the_model_has_words() -> None:
    for comparison in load_model().comparisons:
        facts = {comparison.name: "", f"bobot_{comparison.name}": 1.0}
        for level in comparison.levels:
            (step,) = waterfall_steps(facts | {comparison.name: level.code}, 1.0)
            assert step.fact in NAMES.values()
            assert step.level != level.code.lower() or level.code in {"SAMA", "MIRIP"}, level.code


def test_steps_add_up_and_a_limit_is_a_step() -> None:
    result = waterfall_steps(FACTS, 12.0)
    assert [(step.fact, step.level, step.bits, step.total) for step in result] == [
        ("NIK", "2 angka berbeda", 4.0, 4.0),
        ("Nama", "sama", 10.5, 14.5),
        ("Penyesuaian bukti keluarga dan nama", "", -2.5, 12.0),
    ]
    assert len(waterfall_steps(FACTS, 14.5)) == 2


def test_every_link_can_be_followed_to_its_weight(linkage: Linkage) -> None:
    facts = {row["id_dtks"]: row for row in linkage.facts.iter_rows(named=True)}
    assert linkage.links.height >= 240
    for pair in linkage.links.iter_rows(named=True):
        result = waterfall_steps(facts[pair["id_dtks"]], pair["bobot"])
        assert result[-1].total == pytest.approx(pair["bobot"], abs=0.05)


def test_examples_are_the_same_whatever_the_order_of_the_links(linkage: Linkage) -> None:
    found = choose_examples(linkage.links, linkage.facts)
    assert found == choose_examples(linkage.links.reverse(), linkage.facts.reverse())
    assert found[0].title.startswith("NIK yang salah tulis")
    assert all(example.steps for example in found)


def test_no_link_is_an_example_of_two_things(linkage: Linkage) -> None:
    """The weakest link is usually one with a corrected NIK."""
    two = linkage.links.filter(keputusan="OTOMATIS").head(2)
    mended = two.with_columns(alasan=pl.Series([["NIK_SALAH_1"]] * 2), bobot=pl.Series([20.0, 30.0]))
    assert [each.steps[-1].total for each in choose_examples(mended, linkage.facts)] == [30, 20]
