from __future__ import annotations

import polars as pl
import pytest

from pipeline.matching.households import count_relatives, evidence_levels, households_of

CLAIMS = pl.DataFrame(
    [(1, 101, 10), (1, 102, 10), (1, 103, 10), (2, 201, 20), (2, 301, 30), (3, 401, 40), (-1, 501, 50)],
    schema={"h": pl.Int64, "resident": pl.Int64, "k": pl.Int64},
    orient="row",
)


def relatives(**pair: int) -> tuple[int, int, int]:
    pairs = pl.DataFrame([{"own": -1, "own_k": -1, **pair}])
    counts = count_relatives(CLAIMS, pairs)
    return (*counts.row(0), int(evidence_levels(counts)[0]))


@pytest.mark.parametrize(
    ("pair", "expected"),
    [
        ({"h": 1, "resident": 104, "k": 10}, (3, 0, 1)),
        # The resident being judged is no evidence for himself, claimed by whom it may be.
        ({"h": 1, "resident": 101, "k": 10, "own": 101, "own_k": 10}, (2, 0, 1)),
        ({"h": 3, "resident": 401, "k": 40, "own": 401, "own_k": 40}, (0, 0, 0)),
        # Nor is the row's present link to somebody else.
        ({"h": 1, "resident": 104, "k": 10, "own": 101, "own_k": 10}, (2, 0, 1)),
        ({"h": 2, "resident": 202, "k": 20}, (1, 1, 3)),
        ({"h": 2, "resident": 202, "k": 20, "own": 301, "own_k": 30}, (1, 0, 2)),
        ({"h": 1, "resident": 999, "k": 90}, (0, 3, 4)),
        ({"h": -1, "resident": 502, "k": 50}, (0, 0, 0)),
    ],
)
def test_relatives_are_counted_without_the_row_being_judged(
    pair: dict[str, int], expected: tuple[int, int, int]
) -> None:
    assert relatives(**pair) == expected


def test_a_family_without_a_number_is_known_by_its_full_address() -> None:
    rows = pl.DataFrame(
        {
            "id_keluarga": ["K1", "K1", None, None, None, None, None],
            "berkas": ["a"] * 7,
            "lembar": [None] * 7,
            "baris": [2, 3, 4, 5, 6, 9, 10],
            "kode_desa": ["3604012001"] * 7,
            "alamat": ["KP A", "KP A", "KP A", "KP A", "KP B", "KP B", "KP B"],
            "rt": ["001"] * 6 + [None],
            "rw": ["002"] * 7,
        },
        schema_overrides={"lembar": pl.String},
    )
    numbers = households_of(rows).tolist()
    assert numbers[0] == numbers[1]
    assert numbers[2] == numbers[3]
    assert numbers[4] == numbers[5]
    assert len({numbers[0], numbers[2], numbers[4]}) == 3
    assert numbers[6] == -1


def test_a_crowd_at_one_address_is_no_family() -> None:
    place = {"id_keluarga": None, "kode_desa": "3604012001", "alamat": "KP A", "rt": "001", "rw": "002"}
    rows = pl.DataFrame([place] * 9, schema_overrides={"id_keluarga": pl.String})
    assert set(households_of(rows).tolist()) == {-1}
