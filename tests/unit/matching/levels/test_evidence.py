from __future__ import annotations

import numpy as np
import pytest

from pipeline.matching.levels.evidence import Claims, RelativeCounter, may_have_linked_relatives


def claims(*rows: tuple[int, int, int]) -> Claims:
    """Household, person and KK of each row."""
    return Claims(*(np.array(column, dtype=np.int64) for column in zip(*rows, strict=True)))


SETTLED = claims((1, 101, 10), (1, 102, 10), (1, 103, 10), (2, 201, 20), (2, 301, 30), (3, 401, 40), (-1, 501, 50))


def relatives(*pairs: tuple[int, int, int], own: list[int]) -> tuple[list[int], list[int], list[int]]:
    found = RelativeCounter(claims(*pairs), SETTLED).count(np.array(own))
    return found.there.tolist(), found.elsewhere.tolist(), found.levels().tolist()


@pytest.mark.parametrize(
    ("pair", "expected"),
    [
        ((1, 104, 10), (3, 0, 1)),
        # The resident being judged is no evidence for himself, claimed by whom it may be.
        ((1, 101, 10), (2, 0, 1)),
        ((3, 401, 40), (0, 0, 0)),
        ((2, 202, 20), (1, 1, 3)),
        ((1, 999, 90), (0, 3, 4)),
        ((1, 999, -1), (0, 3, 4)),
        ((-1, 502, 50), (0, 0, 0)),
    ],
)
def test_relatives_are_counted_without_the_resident_being_judged(
    pair: tuple[int, int, int], expected: tuple[int, int, int]
) -> None:
    assert relatives(pair, own=[-1]) == tuple([value] for value in expected)


def test_the_present_link_of_the_row_itself_is_no_evidence_for_its_other_candidates() -> None:
    # Row one is taken for 105 of KK 10 and may be 106; row two, of the same household, is taken for 107.
    pairs = (1, 105, 10), (1, 106, 10), (1, 107, 10)
    there, elsewhere, _ = relatives(*pairs, own=[0, 0, 2])
    assert there == [4, 4, 4]
    assert elsewhere == [0, 0, 0]


def test_a_link_that_another_row_of_the_household_shares_still_counts() -> None:
    # Both rows are taken for 101, whom a settled row is as well: for 104 that is a relative all the same.
    there, _, _ = relatives((1, 101, 10), (1, 104, 10), own=[0, 0])
    assert there == [2, 3]


def test_a_link_elsewhere_counts_against() -> None:
    # The row is taken for 301 of another KK at present, which settled row of its household is too.
    assert relatives((2, 202, 20), (2, 301, 30), own=[1, 1]) == ([1, 0], [1, 1], [3, 4])


def test_only_other_rows_of_the_household_can_support_a_pair() -> None:
    pairs = claims((1, 104, 10), (7, 701, 70), (7, 702, 70), (8, 801, 80), (8, 802, 80), (-1, 901, 90), (-1, 902, 90))
    left = np.array([0, 1, 2, 3, 3, 4, 5])
    assert may_have_linked_relatives(pairs, left, SETTLED).tolist() == [True, True, True, False, False, False, False]
