"""When a best pair is well supported, and when its name may be another person's."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.matching.judging.lookalikes import LONGER, PERHAPS_TWO, TWO_NAMES, PairFeatures
from pipeline.matching.outcome.results import _BestPairs, _is_named_otherwise, _is_well_supported
from tests.unit.matching.conftest import MODEL, levels

NEVER, ALWAYS = np.array([False]), np.array([True])
CERTAIN, UNCERTAIN = np.array([50.0]), np.array([0.0])
HEAD_BY_ANOTHER_NAME = {"hubungan": "SAMA_TUNGGAL", "tanggal": "SAMA", "nama": "BEDA"}
NAMESAKE_NEXT_DOOR = {"tanggal": "SAMA", "nama": "SAMA", "ibu": "BEDA", "kk": "LAIN", "tempat_tinggal": "RUMAH"}
SAME_NUMBER_AND_BIRTH = {"nik": "SAMA", "tanggal": "SAMA", "nama": "MIRIP"}


def features(outcome: dict[str, str], names: int = 0) -> PairFeatures:
    return PairFeatures(levels(outcome), NEVER, np.array([names], dtype=np.uint8))


@pytest.mark.parametrize(
    ("outcome", "odds", "contested", "expected"),
    [
        (HEAD_BY_ANOTHER_NAME, CERTAIN, False, True),
        (HEAD_BY_ANOTHER_NAME, UNCERTAIN, False, False),
        # At one home there are hardly two of one name and birth date, unless another row claims to be the other one.
        (NAMESAKE_NEXT_DOOR, UNCERTAIN, False, True),
        (NAMESAKE_NEXT_DOOR, UNCERTAIN, True, False),
        (NAMESAKE_NEXT_DOOR, CERTAIN, True, True),
    ],
)
def test_who_may_be_a_namesake_or_goes_by_another_name_must_be_certain(
    outcome: dict[str, str], odds: np.ndarray, *, contested: bool, expected: bool
) -> None:
    best = _BestPairs(np.array([0]), odds, UNCERTAIN, NEVER, ALWAYS if contested else NEVER, NEVER)
    assert _is_well_supported(MODEL, features(outcome), best, CERTAIN).tolist() == [expected]


@pytest.mark.parametrize(
    ("outcome", "names", "nearest", "expected"),
    [
        ({"nama": "BEDA"}, 0, CERTAIN, True),
        ({"nama": "MIRIP"}, TWO_NAMES, CERTAIN, True),
        ({"nama": "MIRIP"}, PERHAPS_TWO, UNCERTAIN, True),
        ({"nama": "SINGKAT"}, LONGER, UNCERTAIN, True),
        ({"nama": "MIRIP"}, PERHAPS_TWO, CERTAIN, False),
        (SAME_NUMBER_AND_BIRTH, TWO_NAMES, CERTAIN, False),
        ({**SAME_NUMBER_AND_BIRTH, "nama": "BEDA"}, TWO_NAMES, CERTAIN, True),
        # A head of family under two names.
        ({**SAME_NUMBER_AND_BIRTH, "nama": "BEDA", "hubungan": "SAMA_TUNGGAL"}, TWO_NAMES, CERTAIN, False),
    ],
)
def test_an_unlike_name_may_be_anothers_unless_number_and_birth_agree(
    outcome: dict[str, str], names: int, nearest: np.ndarray, *, expected: bool
) -> None:
    assert _is_named_otherwise(MODEL, features(outcome, names), CERTAIN, nearest).tolist() == [expected]
