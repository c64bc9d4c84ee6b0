from __future__ import annotations

import json
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipeline.matching.levels.comparison import COMPARERS
from pipeline.matching.model.calibration import Calibration
from pipeline.matching.model.file import MODEL_FILE, ModelError, load_model, save_model, validated
from pipeline.matching.model.linkage import Group, LinkageModel, weights
from schemas.reasons import REASONS


@pytest.fixture(scope="module")
def model() -> LinkageModel:
    return load_model()


def test_the_saved_model_is_read_and_written_unchanged(model: LinkageModel, tmp_path: Path) -> None:
    save_model(model, tmp_path / "model.json")
    assert (tmp_path / "model.json").read_bytes() == MODEL_FILE.read_bytes()


def test_every_comparison_and_reason_of_the_saved_model_is_known(model: LinkageModel) -> None:
    assert {one.kind for one in model.comparisons} <= {*COMPARERS, "household"}
    reasons = {level.reason for one in model.comparisons for level in one.levels if level.reason}
    assert reasons <= REASONS.keys()


def test_what_cannot_be_compared_weighs_nothing_and_a_relative_shares_the_family_facts(model: LinkageModel) -> None:
    for comparison in model.comparisons:
        assert (weights(comparison, 1000).match[:, 0] == 0).all()
    kk = weights(model.comparison("kk"), 1000)
    assert (kk.match == kk.relative).all()


def test_an_equal_nik_tells_more_in_a_larger_registry(model: LinkageModel) -> None:
    nik = model.comparison("nik")
    small, large = (weights(nik, residents).match[0, 1] for residents in (1_000, 1_024_000))
    assert large - small == pytest.approx(10)


def test_a_model_whose_best_level_speaks_against_the_person_is_refused(model: LinkageModel) -> None:
    sex = model.comparison("kelamin")
    turned = (sex.levels[0], replace(sex.levels[1], m=0.005), replace(sex.levels[2], m=0.995))
    with pytest.raises(ModelError, match="kelamin"):
        validated(model.with_levels({"kelamin": turned}))


@pytest.mark.parametrize(
    ("name", "change", "refused"),
    [
        ("tanggal", 0.01, True),
        ("tanggal", -0.01, True),
        # Outcomes that the birth date tells apart may both be the likeliest.
        ("nik", 0.01, False),
    ],
)
def test_shares_of_lookalikes_that_do_not_add_up_are_refused(
    model: LinkageModel, name: str, change: float, *, refused: bool
) -> None:
    first, *rest = model.lookalikes[0].levels[name]
    shares = {**model.lookalikes[0].levels, name: (first + change, *rest)}
    changed = replace(model, lookalikes=(replace(model.lookalikes[0], levels=shares), *model.lookalikes[1:]))
    with pytest.raises(ModelError, match=f"SENAMA.{name}") if refused else nullcontext():
        assert validated(changed) == changed


@pytest.mark.parametrize(
    ("wrong", "name"),
    [
        ({"spelled": {"SLIP": (0.5,)}}, "SLIP"),
        ({"spelled": {"SLIP": (0.5, 0.3, 0.2)}}, "SLIP"),
        ({"spelled": {"SLIPS": (0.5, 0.3)}}, "SLIPS"),
        ({"impossible_number_ratio": 0.0}, "impossible_number_ratio"),
    ],
)
def test_figures_of_lookalikes_that_cannot_be_are_refused(
    model: LinkageModel, wrong: dict[str, Any], name: str
) -> None:
    with pytest.raises(ModelError, match=f"SENAMA.{name}$"):
        validated(replace(model, lookalikes=(replace(model.lookalikes[0], **wrong), *model.lookalikes[1:])))


@pytest.mark.parametrize(
    "name", ["version", "absent", "contested", "slip", "impossible_number_ratio", "spelled", "calibration"]
)
def test_a_model_that_lacks_a_figure_is_refused(tmp_path: Path, name: str) -> None:
    data = json.loads(MODEL_FILE.read_text(encoding="utf-8"))
    for figures in (data, data["cutoffs"], data["lookalikes"][0]):
        figures.pop(name, None)
    (tmp_path / "model.json").write_text(json.dumps(data), encoding="utf-8")
    with pytest.raises(ModelError, match="version None" if name == "version" else name):
        load_model(tmp_path / "model.json")


@pytest.mark.parametrize("group", [{"kk": ("SAMA", "KEMBAR")}, {"kartu": ("SAMA",)}])
def test_a_group_of_outcomes_that_there_are_not_is_refused(model: LinkageModel, group: Group) -> None:
    with pytest.raises(ModelError, match=r"same_kk\.(kk\.KEMBAR|kartu\.SAMA)$"):
        validated(replace(model, groups=replace(model.groups, same_kk=group)))
    with pytest.raises(ModelError, match=r"left_home\.(kk\.KEMBAR|kartu\.SAMA)$"):
        validated(replace(model, left_home=replace(model.left_home, levels=group)))


@pytest.mark.parametrize("absent", [0.0, 1.0])
def test_impossible_shares_are_refused(model: LinkageModel, absent: float) -> None:
    with pytest.raises(ModelError, match="absent"):
        validated(replace(model, absent=absent))


def test_a_model_of_another_version_is_refused(tmp_path: Path) -> None:
    other = tmp_path / "model.json"
    other.write_text(MODEL_FILE.read_text(encoding="utf-8").replace('"version": 4', '"version": 99'), encoding="utf-8")
    with pytest.raises(ModelError, match="99"):
        load_model(other)


def test_a_calibration_that_turns_the_order_round_is_refused(model: LinkageModel) -> None:
    assert model.calibration.others[1] > 0
    turned = replace(model, calibration=Calibration(others=(0.0, -1.0)))
    with pytest.raises(ModelError, match=r"calibration\.others"):
        validated(turned)
