from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from pipeline.matching.names import agreement as names
from pipeline.normalise.values.names import comparable_name


def level(one: str | None, two: str | None) -> int:
    values = pl.Series([one, two], dtype=pl.String).to_frame("n").select(comparable_name(pl.col("n"))).to_series()
    apart = names.split_names(values)
    code = np.array([0], dtype=np.int32), np.array([1], dtype=np.int32)
    return int(names.name_levels(apart, *code)[0][0])


@pytest.mark.parametrize(
    ("one", "two", "expected"),
    [
        ("SITI AMINAH", None, names.MISSING),
        ("AMINAH SITI", "SITI AMINAH", names.SAME_WORDS),
        ("DEWISARTIKA", "DEWI SARTIKA", names.SAME_WORDS),
        ("HENDRA WIJAYA", "HENDRA WIJAAY", names.ALIKE),
        ("DIAN DWI", "DINA DWI", names.ALIKE),
        ("SUPRIYADI", "UPRIYADI", names.ALIKE),
        ("RATNA", "RATNA DEWI LESTARI", names.SHORTER),
        ("RATNA LESTARI", "RATNA DEWI LESTARI", names.SHORTER),
        ("ENDANG S", "ENDANG SULASTRI", names.SHORT_FORM),
        ("WAWAN", "HERMAWAN SUSANTO", names.SHORT_FORM),
        ("MAMAT", "MUHAMAD YUSUF", names.SHORT_FORM),
        # What stands for one name may be cut from another, or be another with a slip.
        # Nothing of the one is in the other, and brothers are called so.
        ("CECEP", "ASEP SUHERMAN", names.DIFFERENT),
        ("MAMAT", "SELAMAT RIYADI", names.SHORT_FORM),
        ("AMAT", "RAHMAT", names.ALIKE),
        # Two men of one clan, one of them glued to it.
        ("PAULUSYIKWA", "MARKUS YIKWA", names.DIFFERENT),
        ("PAULUS YIKWA", "YIKWA", names.SHORTER),
        ("MAWAN", "HERMAWAN SUSANTO", names.SHORT_FORM),
        ("MARKUS HILAPOK", "YOSEF HILAPOK", names.PARTLY),
        ("SUPARMAN", "YUYUN YULIANI", names.DIFFERENT),
    ],
)
def test_levels(one: str, two: str | None, expected: int) -> None:
    assert level(one, two) == expected
    assert level(two, one) == expected  # type: ignore[arg-type]


def test_similarities_are_calculated_once_per_pair_of_words_and_only_where_they_may_agree() -> None:
    values = pl.Series(["HENDRA WIJAYA", "HENDRI WIJAYA", "YUYUN MURNI"])
    apart = names.split_names(values)
    left = np.zeros(1000, dtype=np.int32)
    assert names.name_levels(apart, left, left + 1)[1] <= 2
    assert names.name_levels(apart, left, left + 2)[1] == 0
    assert names.name_levels(apart, left, left)[1] == 0


def test_names_are_never_told_apart_unlooked_at_where_two_words_may_agree() -> None:
    pool = ["SITI", "AMINAH", "AMINUDIN", "SUPRIYADI", "UPRIYADI", "ENDANG", "S", "YULIANI", "MAWAR", "HERMAWAN"]
    values = pl.Series([f"{one} {two}" for one in pool for two in pool] + [None])
    apart = names.split_names(values)
    left, right = (side.ravel().astype(np.int32) for side in np.indices((len(values), len(values))))
    words = [
        apart.may_agree(one[left], two[right]) & (one[left] >= 0) & (two[right] >= 0)
        for one in apart.words
        for two in apart.words
    ]
    may = np.logical_or.reduce(words)
    shared = apart.may_share_a_word(left, right)
    assert not (may & ~shared).any()
    assert shared.mean() < may.mean() + 0.2
