"""Training on relatives and strangers in the registry."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from pipeline.matching import dtks_dukcapil
from pipeline.matching.judging.training import is_plausible, learn_background
from pipeline.matching.model.file import load_model
from tests.unit.matching.conftest import registry_of


def test_one_number_in_the_column_of_families_tells_nothing_of_relatives(residents: list[dict[str, Any]]) -> None:
    model = load_model()
    register = dtks_dukcapil.resident_register(registry_of(residents[:100]), model)
    sample, families = register.sample(1_000)
    nobody, everybody, true = (
        learn_background(model, sample, each, register.count, 1).comparisons
        for each in (np.full_like(families, -1), np.zeros_like(families), families)
    )
    assert everybody == nobody != true


@pytest.mark.parametrize(
    ("rows", "linked", "absent", "expected"),
    [(100, 90, 0.1, True), (100, 10, 0.1, False), (100, 90, 0.5, False), (10, 0, 0.5, True)],
)
def test_files_in_which_few_are_found_or_most_are_absent_do_not_belong_together(
    rows: int, linked: int, absent: float, *, expected: bool
) -> None:
    assert is_plausible(replace(load_model(), absent=absent), rows, linked) == expected
