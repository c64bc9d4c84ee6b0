"""Parents named after their child."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from pipeline.matching.names.agreement import DIFFERENT, EQUAL
from pipeline.matching.names.teknonyms import CHILDS_NAME, raise_by_childs_name
from tests.unit.matching.conftest import MODEL, levels

NAME = MODEL.comparisons.index(MODEL.comparison("nama"))


def test_the_level_is_the_models() -> None:
    assert MODEL.comparisons[NAME].levels[CHILDS_NAME].code == "ANAK"


@pytest.mark.parametrize(
    ("written", "before", "after"),
    [
        ("PAK RIZKI", DIFFERENT, CHILDS_NAME),
        ("INAQ DEWI", DIFFERENT, CHILDS_NAME),
        ("BAPAKNYA RIZKI PRATAMA", DIFFERENT, CHILDS_NAME),
        ("IBU. DEVI LESTARI", DIFFERENT, CHILDS_NAME),
        ("PAK SUKIRNO", DIFFERENT, DIFFERENT),
        ("RIZKI", DIFFERENT, DIFFERENT),
        ("PAKPAHAN RIZKI", DIFFERENT, DIFFERENT),
        ("IBU DEWI", EQUAL, EQUAL),
        (None, DIFFERENT, DIFFERENT),
    ],
)
def test_a_parent_is_known_by_the_child(written: str | None, before: int, after: int) -> None:
    seen = levels({}, {"tanggal": "SAMA"})
    seen[1, NAME] = before
    rows = pl.DataFrame({"nama": [written]}, schema={"nama": pl.String})

    def children(_: np.ndarray) -> pl.DataFrame:
        return pl.DataFrame({"parent": [0, 0], "name": ["RISKI FRATAMA", "DEWI LESTARI"]})

    assert raise_by_childs_name(MODEL, seen, (rows, np.array([0, 0])), children)[:, NAME].tolist() == [0, after]


@pytest.mark.parametrize(
    ("born", "nik", "after"),
    [
        ("SAMA", "LAIN", CHILDS_NAME),
        ("TAHUN", "SAMA", CHILDS_NAME),
        # So is the grandfather, whose number may have been taken for his son's.
        ("LAIN", "SAMA", DIFFERENT),
        # The child's stepfather is called so too.
        ("TAHUN", "LAIN", DIFFERENT),
        ("SAMA_TAKSIRAN", "KOSONG", DIFFERENT),
    ],
)
def test_day_or_number_must_tell_which_parent(born: str, nik: str, after: int) -> None:
    seen, rows = levels({"nama": "BEDA", "tanggal": born, "nik": nik}), pl.DataFrame({"nama": ["PAK RIZKI"]})
    children = pl.DataFrame({"parent": [0], "name": ["RISKI"]})
    assert raise_by_childs_name(MODEL, seen, (rows, np.array([0])), lambda _: children)[0, NAME] == after
