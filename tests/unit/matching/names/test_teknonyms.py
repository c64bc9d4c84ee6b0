"""Parents whom a row calls by their child."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from pipeline.matching.levels.comparison import DATE_ASSUMED, DATE_EQUAL, DATE_OTHER, DATE_YEAR
from pipeline.matching.levels.nik import NIK_EQUAL, NIK_OTHER
from pipeline.matching.model.file import load_model
from pipeline.matching.names.agreement import DIFFERENT, EQUAL
from pipeline.matching.names.teknonyms import BY_CHILD, by_child

MODEL = load_model()
NAME, BIRTH, NIK = (MODEL.comparisons.index(MODEL.comparison(name)) for name in ("nama", "tanggal", "nik"))


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
    levels[1, [NAME, BIRTH]] = before, DATE_EQUAL
    rows = pl.DataFrame({"nama": [written]}, schema={"nama": pl.String})

    def children(_: np.ndarray) -> pl.DataFrame:
        return pl.DataFrame({"parent": [0, 0], "name": ["RISKI FRATAMA", "DEWI LESTARI"]})

    assert by_child(MODEL, levels, (rows, np.array([0, 0])), children)[:, NAME].tolist() == [0, after]


@pytest.mark.parametrize(
    ("born", "nik", "after"),
    [
        (DATE_EQUAL, NIK_OTHER, BY_CHILD),
        (DATE_YEAR, NIK_EQUAL, BY_CHILD),
        # So is the grandfather, whose number may have been taken for his son's.
        (DATE_OTHER, NIK_EQUAL, DIFFERENT),
        # The child's stepfather is called so too.
        (DATE_YEAR, NIK_OTHER, DIFFERENT),
        (DATE_ASSUMED, 0, DIFFERENT),
    ],
)
def test_day_or_number_must_tell_which_parent(born: int, nik: int, after: int) -> None:
    levels = np.zeros((1, len(MODEL.comparisons)), dtype=np.uint8)
    levels[0, [NAME, BIRTH, NIK]] = DIFFERENT, born, nik
    rows = pl.DataFrame({"nama": ["PAK RIZKI"]})
    children = pl.DataFrame({"parent": [0], "name": ["RISKI"]})
    assert by_child(MODEL, levels, (rows, np.array([0])), lambda _: children)[0, NAME] == after
