"""The weight of an address depends on how many strangers share it."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from pipeline.matching.judging.shared_homes import learn_shared_homes
from pipeline.matching.levels.comparison import DESA, HOME, HOUSE, RT_RW
from pipeline.matching.model.file import validated
from pipeline.matching.records.records import Records
from tests.unit.matching.conftest import MODEL

FAMILIES, SIZE = 300, 4


def village(addresses: int) -> tuple[Records, np.ndarray]:
    """A village of ten RT with its families divided over a number of addresses."""
    family = np.repeat(np.arange(FAMILIES), SIZE)
    frame = pl.DataFrame(
        {
            "kode_desa": ["3604012001"] * len(family),
            "kode_kec": ["360401"] * len(family),
            "kode_kab": ["3604"] * len(family),
            "rt": [f"{one % 10:03d}" for one in family],
            "rw": ["001"] * len(family),
            "alamat": [f"KP {chr(65 + one * 7 % addresses)}" for one in family],
        }
    )
    return Records(frame), family


def test_a_hamlets_name_is_a_weak_address() -> None:
    crowded = learn_shared_homes(MODEL, *village(2), 2 * FAMILIES * SIZE)
    place = [level.u[0] for level in crowded.comparison("tempat_tinggal").levels]
    # One of ten RT and, as they go together, one of two addresses: a tenth of both villages' people, less one's family.
    assert place[HOME] == pytest.approx(2 * SIZE * (FAMILIES / 10 - 1))
    assert place[HOUSE] == pytest.approx(2 * SIZE * FAMILIES * 0.4)
    namesake = crowded.lookalikes[0].levels["tempat_tinggal"]
    assert namesake[HOME - 1] == pytest.approx(0.09, abs=0.01)
    assert sum(namesake[:DESA]) == pytest.approx(sum(MODEL.lookalikes[0].levels["tempat_tinggal"][:DESA]))
    validated(crowded)


def test_houses_of_their_own_leave_the_model_as_it_is() -> None:
    frame, family = village(2)
    own = frame.frame.with_columns(
        alamat=pl.Series([f"JL MAWAR NO {one}" for one in family]), rt=pl.lit(None, pl.String)
    )
    same = learn_shared_homes(MODEL, Records(own), family, 2 * FAMILIES * SIZE)
    levels = [level.u for level in same.comparison("tempat_tinggal").levels]
    assert levels == [level.u for level in MODEL.comparison("tempat_tinggal").levels]
    assert (
        same.lookalikes[0].levels["tempat_tinggal"][RT_RW - 1]
        == MODEL.lookalikes[0].levels["tempat_tinggal"][RT_RW - 1]
    )
