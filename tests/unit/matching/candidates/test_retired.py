"""A retired NIK belongs to a person recorded twice, not to somebody who resembles him."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np
import pytest

from pipeline.matching.candidates.open_rows import open_rows
from pipeline.matching.candidates.registers import Register, settle_exact_rows
from pipeline.matching.dtks_dukcapil import EXACT_FACTS, WITNESSES, dtks_listing, resident_register
from pipeline.matching.model.file import load_model
from tests.unit.matching.conftest import people_of, registry_of

Row = dict[str, Any]
OLD_KK = "3604019901150001"
OTHER_PLACE = {"kode_prov": "52", "kode_kab": "5203", "kode_kec": "520301", "kode_desa": "5203012001"}
MOTHERLESS = {"nama_ibu_kandung": None}
NEW_YEAR = {"tanggal_lahir": date(1960, 1, 1)}


def register_of(*rows: Row) -> Register:
    return resident_register(registry_of(rows), load_model())


def pair(resident: Row, name: str, living: str, gone: Row, both: Row) -> list[Row]:
    """A resident with a retired NIK and one with a valid NIK."""
    one = {**resident, **both, "nama": living}
    return [one, {**one, "nik": one["nik"][:12] + "0077", "status_penduduk": "TIDAK_VALID", **gone, "nama": name}]


@pytest.mark.parametrize(
    ("name", "living", "gone", "both", "same"),
    [
        ("SUDARMAN HADI", "SUDARMAN HADI", {"no_kk": OLD_KK}, {}, True),
        ("SUDARMAN HADI", "SUDARMAN HADI", {"no_kk": OLD_KK, **OTHER_PLACE}, {}, True),
        ("SUDARMAM HADI", "SUDARMAN HADI", {"no_kk": OLD_KK}, {}, True),
        ("SUDARMAM HADI", "SUDARMAN HADI", {"kode_desa": None}, {}, True),
        ("SUDARMAM HADI", "SUDARMAN HADI", {"no_kk": OLD_KK, **OTHER_PLACE}, {}, False),
        # One of two twins may be retired.
        ("DINA LESTARI", "DINI LESTARI", {}, {}, False),
        # Without a family both are in none, not in one.
        ("SUDARMAM HADI", "SUDARMAN HADI", OTHER_PLACE, {"no_kk": None}, False),
        # Too many were born that day.
        ("SITI AMINAH", "SITI AMINAH", {"no_kk": OLD_KK}, NEW_YEAR, True),
        ("SITI AMINAH", "SITI AMINAH", {"no_kk": OLD_KK, **OTHER_PLACE}, NEW_YEAR, False),
        ("SUDARMAN HADI", "SUDARMAN HADI", {"no_kk": OLD_KK, "nama_ibu_kandung": None}, {}, False),
        # No mother is known, and he lives in the same home.
        ("SUDARMAN HADI", "SUDARMAN HADI", {"no_kk": OLD_KK}, MOTHERLESS, True),
        ("SUDARMAM HADI", "SUDARMAN HADI", {"no_kk": OLD_KK}, MOTHERLESS, True),
        ("SUDARMAN HADI", "SUDARMAN HADI", {"no_kk": OLD_KK, "rt": "009"}, MOTHERLESS, False),
        ("DINA LESTARI", "DINI LESTARI", {"no_kk": OLD_KK}, MOTHERLESS, False),
        ("SITI AMINAH", "SITI AMINAH", {"no_kk": OLD_KK}, {**NEW_YEAR, **MOTHERLESS}, False),
    ],
)
def test_a_retired_number_is_a_living_persons(  # noqa: PLR0917 - the parameters of one case
    residents: list[Row], name: str, living: str, gone: Row, both: Row, same: bool
) -> None:
    register = register_of(*pair(residents[2], name, living, gone, both))
    assert register.person.tolist() == [0, 0 if same else 1]


def test_of_two_living_people_it_is_neither(residents: list[Row]) -> None:
    living, gone = pair(residents[0], "SUPARMAN", "SUPARMAN", {"no_kk": OLD_KK}, {})
    other = {**living, "nik": living["nik"][:12] + "0078", "no_kk": OLD_KK[:15] + "2"}
    assert register_of(living, gone, other).person.tolist() == [0, 1, 2]


def test_his_relatives_are_those_of_today(residents: list[Row], listed: Callable[..., Row]) -> None:
    living, gone = pair(residents[0], residents[0]["nama"], residents[0]["nama"], {"no_kk": OLD_KK}, {})
    register = register_of(living, gone)
    his, wifes = (listed(0, member, nik=gone["nik"]) for member in (0, 1))
    rows = dtks_listing(people_of([his, wifes]))
    settled = settle_exact_rows(rows, register, EXACT_FACTS, WITNESSES)
    assert settled.entries.tolist() == [1]
    assert settled.claims.family.tolist() == [register.family[0]]
    (owner,) = open_rows(rows, register, settled).read(np.arange(1), ["nama_ibu_kandung"])["keluarga_pemilik"]
    assert owner == register.family[0]
