from __future__ import annotations

import polars as pl

from pipeline.matching.outcome.households import households_of, paired


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
    linked = pl.DataFrame(
        {
            "id_keluarga": ["K1"] * 3,
            "nik_dukcapil": ["a", "b", "c"],
            "no_kk_dukcapil": ["1"] * 3,
            "bobot": [0.1, 0.2, 0.3],
        }
    )
    residents = pl.DataFrame({"no_kk": ["1"] * 3, "sah": [True] * 3})
    for members in (linked, linked.reverse()):
        assert paired(linked.select("id_keluarga"), members, residents)["bobot"].to_list() == [0.6]
