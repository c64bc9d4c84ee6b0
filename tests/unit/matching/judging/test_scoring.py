from __future__ import annotations

import numpy as np
import pytest

from pipeline.matching.judging.scoring import (
    Bits,
    Prior,
    may_have_left_home,
    odds_against_rest,
    posterior,
    raised_if_left_home,
)
from tests.unit.matching.conftest import MODEL, levels

PRIOR = Prior(rows=2, absent=0.01, residents=1024)


def bits(match: list[float], relative: list[float]) -> Bits:
    return Bits(np.array(match), np.array(relative), np.array(match))


def test_probabilities_of_a_row_add_up_to_one_with_nobody() -> None:
    left = np.array([0, 0, 1])
    belief = posterior(left, bits([20.0, 18.0, 3.0], [-5.0, -5.0, -5.0]), PRIOR)
    assert belief.pair[0] + belief.pair[1] + belief.nobody[0] == pytest.approx(1)
    assert belief.pair[0] / belief.pair[1] == pytest.approx(4)
    assert belief.nobody[1] > 0.5


def test_evidence_about_the_family_alone_does_not_decide_against_an_unknown_relative() -> None:
    only = np.array([0])
    family = posterior(only, bits([12.0], [12.0]), Prior(1, 0.5, 1024)).pair[0]
    person = posterior(only, bits([24.0], [12.0]), Prior(1, 0.5, 1024)).pair[0]
    assert family < 0.5
    assert person > 0.99


def test_equal_candidates_share_the_probability() -> None:
    belief = posterior(np.array([0, 0]), bits([30.0, 30.0], [0.0, 0.0]), PRIOR)
    assert belief.pair == pytest.approx([0.5, 0.5], abs=1e-6)


def test_odds_stay_exact_where_probabilities_are_all_one() -> None:
    left = np.array([0, 0, 1])
    evidence = bits([80.0, 40.0, 90.0], [-40.0, -40.0, -40.0])
    odds = odds_against_rest(left, np.array([0, 2]), evidence, PRIOR)
    assert odds[0] == pytest.approx(40, abs=0.01)
    assert odds[1] == pytest.approx(90 - 10 + np.log2(0.99 / 0.01), abs=0.01)


@pytest.mark.parametrize(
    ("facts", "credited"),
    [
        ({"nama": "SAMA", "ibu": "SAMA"}, True),
        ({"nama": "MIRIP", "ibu": "SAMA"}, False),
        ({"nama": "SAMA", "tempat_tinggal": "RUMAH"}, True),
        ({"nama": "SAMA", "tempat_tinggal": "DESA"}, False),
        ({"nama": "SAMA", "tempat_tinggal": "RUMAH", "ibu": "BEDA"}, False),
    ],
)
def test_a_registered_person_who_has_left_is_likelier_than_an_unknown_relative_in_the_family(
    facts: dict[str, str], *, credited: bool
) -> None:
    child = {"tanggal": "SAMA", **facts}
    mother, stranger = {"nik": "SAMA", "nama": "BEDA"}, {"hubungan": "PECAH"}
    pairs = levels(mother, child, stranger)
    result = raised_if_left_home(
        MODEL, may_have_left_home(MODEL, pairs), np.array([0, 0, 1]), bits([5.0, 26.0, 3.0], [38.0, 14.0, 2.0])
    )
    assert result.match.tolist() == [5.0, 38.0 + MODEL.left_home.bits if credited else 26.0, 3.0]
    assert result.relative.tolist() == [38.0, 14.0, 2.0]
