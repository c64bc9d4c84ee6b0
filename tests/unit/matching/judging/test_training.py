"""What the registry itself tells of relatives and strangers."""

from typing import Any

import numpy as np

from pipeline.matching import dtks_dukcapil
from pipeline.matching.judging.training import learn_background
from pipeline.matching.model.file import load_model
from tests.unit.matching.conftest import registry_of


def test_one_number_in_the_column_of_families_tells_nothing_of_relatives(residents: list[dict[str, Any]]) -> None:
    model = load_model()
    register = dtks_dukcapil.residents(registry_of(residents[:100]), model)
    sample, families = register.sample(1_000)
    nobody, everybody, true = (
        learn_background(model, sample, each, register.count, 1).comparisons
        for each in (np.full_like(families, -1), np.zeros_like(families), families)
    )
    assert everybody == nobody != true
