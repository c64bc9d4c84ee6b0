"""Candidate pairs that are dropped before they are compared."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl

from pipeline.matching import dtks_dukcapil
from pipeline.matching.candidates.blocking import Candidates
from pipeline.matching.candidates.comparing import count_skipped
from pipeline.matching.candidates.open_rows import open_rows
from pipeline.matching.candidates.registers import settle_exact_rows
from pipeline.matching.levels.nik import NIK_EQUAL, NIK_OTHER, NIK_RELATIVE
from pipeline.matching.model.file import load_model
from tests.unit.matching.conftest import people_of, registry_of

_SOMEBODY, _BROTHER, _STRANGER = 2, 3, 6


def test_pairs_that_are_not_compared_are_counted_by_their_numbers(
    residents: list[dict[str, Any]], listed: Callable[..., dict[str, Any]]
) -> None:
    model = load_model()
    people = people_of([listed(0, _SOMEBODY, nik=residents[_BROTHER]["nik"])])
    register = dtks_dukcapil.resident_register(registry_of(residents), model)
    rows = open_rows(
        dtks_dukcapil.dtks_listing(people),
        register,
        settle_exact_rows(dtks_dukcapil.dtks_listing(people), register, ()),
    )
    everybody = np.array([_SOMEBODY, _BROTHER, _STRANGER])
    pairs = Candidates(np.zeros(3, dtype=np.int64), everybody, np.ones(3, dtype=np.uint32), ("KK",), pl.DataFrame())
    relatives, strangers = count_skipped(model, rows, pairs, register.family[[_SOMEBODY]])
    assert {level: relatives[level] for level in np.flatnonzero(relatives)} == {NIK_RELATIVE: 1, NIK_EQUAL: 1}
    assert {level: strangers[level] for level in np.flatnonzero(strangers)} == {NIK_OTHER: 1}
