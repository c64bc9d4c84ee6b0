"""Parents whom a row calls by their child."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from pipeline.matching.model_file import load_model
from pipeline.matching.name_levels import DIFFERENT, EQUAL
from pipeline.matching.teknonyms import BY_CHILD, by_child

MODEL = load_model()
NAME = MODEL.comparisons.index(MODEL.comparison("nama"))


def test_the_level_is_the_models() -> None:
    assert MODEL.comparisons[NAME].levels[BY_CHILD].code == "ANAK"


@pytest.mark.parametrize(
    ("written", "before", "after"),
    [
        ("PAK RIZKI", DIFFERENT, BY_CHILD),
        ("INAQ DEWI", DIFFERENT, BY_CHILD),
        ("BAPAKNYA RIZKI PRATAMA", DIFFERENT, BY_CHILD),
        ("IBU. DEVI LESTARI", DIFFERENT, BY_CHILD),
        ("PAK SUKIRNO", DIFFERENT, DIFFERENT),
        ("RIZKI", DIFFERENT, DIFFERENT),
        ("PAKPAHAN RIZKI", DIFFERENT, DIFFERENT),
        ("IBU DEWI", EQUAL, EQUAL),
        (None, DIFFERENT, DIFFERENT),
    ],
)
def test_a_parent_is_known_by_the_child(written: str | None, before: int, after: int) -> None:
    levels = np.zeros((2, len(MODEL.comparisons)), dtype=np.uint8)
    levels[1, NAME] = before
    rows = pl.DataFrame({"nama": [written]}, schema={"nama": pl.String})

    def children(pairs: np.ndarray) -> pl.DataFrame:
        assert pairs.tolist() == [1]
        return pl.DataFrame({"parent": [0, 0], "name": ["RISKI FRATAMA", "DEWI LESTARI"]})

    assert by_child(MODEL, levels, (rows, np.array([0, 0])), children)[:, NAME].tolist() == [0, after]
