from __future__ import annotations

import numpy as np
import polars as pl

from pipeline.matching.levels.evidence import Claims
from pipeline.matching.outcome.households import households_of, pair_households


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


def test_weights_of_members_add_up_to_the_same_in_any_order() -> None:
    home, person, kk = np.zeros(3, dtype=np.int64), np.arange(3), np.ones(3, dtype=np.int64)
    weights = np.array([0.1, 0.2, 0.3])
    for bits in (weights, weights[::-1]):
        assert pair_households(home, Claims(home, person, kk), bits, kk)["bobot"].to_list() == [0.6]


def test_rows_of_one_person_are_one_member_and_whose_family_is_not_stated_is_none() -> None:
    home, person, kk = np.array([0, 0, 0, -1, 1]), np.array([5, 5, 6, 7, 8]), np.array([9, 9, 9, 9, -1])
    pairs = pair_households(home, Claims(home, person, kk), np.ones(5), np.array([9, 9, 3, -1]))
    assert pairs.select(
        "id_keluarga", "no_kk_dukcapil", "anggota_cocok", "anggota_dtks", "anggota_dukcapil"
    ).rows() == [(0, 9, 2, 3, 2)]
