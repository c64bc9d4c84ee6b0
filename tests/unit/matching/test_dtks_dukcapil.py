"""Preparation of DTKS rows before they are compared."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np
import pytest

from pipeline.matching.dtks_dukcapil import dtks_listing
from tests.unit.matching.conftest import people_of

EPOCH = date(1970, 1, 1)


@pytest.mark.parametrize(
    ("desa", "alike", "others", "believed"),
    [("3604012001", 20, 78, False), ("3604012001", 20, 79, True), ("3604012001", 19, 0, True), (None, 20, 0, True)],
    ids=["much of the village", "a fifth of it", "a few", "no village"],
)
def test_a_birth_that_much_of_a_village_shares_is_nobodys(
    listed: Callable[..., dict[str, Any]], desa: str | None, alike: int, others: int, believed: bool
) -> None:
    born = [EPOCH] * alike + [date(1900 + number, 7, 3) for number in range(others)]
    rows = dtks_listing(people_of([listed(0, 0, kode_desa=desa, tanggal_lahir=day) for day in [*born, None]]))
    result = rows.read(np.arange(len(born) + 1))["tanggal_lahir"].to_list()
    assert result == [day if believed or day != EPOCH else None for day in born] + [None]
