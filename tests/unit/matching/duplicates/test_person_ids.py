from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest

from pipeline.matching.duplicates.person_ids import person_ids
from schemas.cleansed import Anggota
from schemas.link import AnggotaDukcapil
from tests.unit.frames import frame

# Per periode the persons, each by the rows that are his, the survivor first.
Persons = list[str]


def ids_of(
    persons: Persons,
    before: dict[str, str],
    had: dict[str, str] | None = None,
    are: dict[str, str] | None = None,
    others: str = "",
) -> dict[str, str]:
    """IDs of rows; `had` and `are` are the residents that a row was linked to before, and is linked to now.

    All rows have the same name and birth date, except `others`, which had them before and have others now.
    """
    rows = [row for person in persons for row in person]
    doubles = [(row, person[0]) for person in persons for row in person[1:]]
    survivors = pl.DataFrame(doubles, schema={"id_dtks": pl.String, "ganda_dari": pl.String}, orient="row")
    linked = [{"id_dtks": row, "nik_dukcapil": nik} for row, nik in (are or {}).items()]
    links = frame(AnggotaDukcapil, linked, keputusan="OTOMATIS").lazy()
    listed = [{"id_dtks": row, "id_orang": person, "nik": (had or {}).get(row)} for row, person in before.items()]
    published = frame(Anggota, listed, status_padan="PADAN", **SITI).lazy()
    people = frame(Anggota, [{"id_dtks": row, **(BUDI if row in others else SITI)} for row in rows])
    found = dict(zip(rows, person_ids(people, survivors, links, published), strict=True))
    again = person_ids(people.reverse(), survivors.reverse(), links.reverse(), published.reverse())
    assert again.to_list() == [found[row] for row in rows[::-1]]
    # One person, one ID, whatever came before.
    assert [len({found[row] for row in person}) for person in persons] == [1] * len(persons)
    assert len(set(found.values())) == len(persons)
    return found


SITI: dict[str, Any] = {"nama": "SITI", "tanggal_lahir": date(1987, 11, 12)}
BUDI: dict[str, Any] = {"nik": "3604010403600002", "nama": "BUDI", "tanggal_lahir": date(1960, 3, 4)}
FIRST = ids_of(["59", "7"], {})


@pytest.mark.parametrize(
    ("persons", "kept"),
    [
        (["59", "7"], "597"),
        (["95", "7"], "597"),  # another row survives
        (["195", "7"], "597"),  # a row of a smaller ID came
        (["9", "7"], "97"),  # the row that the ID was made of went
        (["597"], "59"),  # two are found to be one: the ID of most rows
        (["5", "9", "7"], "57"),  # one was two: the row that the ID was made of
        (["19", "5", "7"], "57"),
        ([], ""),
    ],
)
def test_a_person_keeps_the_id_of_the_periode_before(persons: Persons, kept: str) -> None:
    now = ids_of(persons, FIRST)
    assert {row: now[row] for row in kept} == {row: FIRST[row] for row in kept}


def test_who_comes_back_as_somebody_else_leaves_an_id_with_who_has_had_it_since() -> None:
    second = ids_of(["9", "7"], FIRST)
    third = ids_of(["5", "9", "7"], second)
    assert third["9"] == second["9"] == FIRST["5"]
    assert third["5"] not in FIRST.values()
    fourth = ids_of(["5", "9", "7"], third)
    assert fourth == third
    # Even where who had it is found to be somebody with another, and for one after the other.
    merged = ids_of(["5", "79"], second)
    assert merged["5"] not in second.values()
    fifth = ids_of(["59", "7"], ids_of(["9", "7"], third))
    assert fifth["9"] == third["9"]


def test_who_has_lost_an_id_to_its_row_has_one_of_his_own() -> None:
    apart = ids_of(["9", "5", "7"], FIRST)
    assert apart["5"] == FIRST["5"]
    assert apart["9"] == ids_of(["9"], {})["9"]


NIK, OTHER, THIRD = "3604041211870001", "3604041211870005", "3604041211870009"


@pytest.mark.parametrize(
    ("persons", "had", "are", "row", "of"),
    [
        (["3", "7"], {"9": NIK}, {"3": NIK}, "3", "9"),  # listed under another ID
        (["39", "7"], {"9": NIK}, {"3": NIK, "9": NIK}, "3", "9"),  # and under the old one too
        (["3", "9"], {"9": NIK, "7": OTHER}, {"3": OTHER, "9": NIK}, "3", "7"),
        (["3", "9"], {"9": NIK}, {"3": NIK, "9": OTHER}, "9", "9"),  # the old row is still there, as somebody else
    ],
)
def test_who_is_listed_anew_keeps_the_id_of_his_resident(
    persons: Persons, had: dict[str, str], are: dict[str, str], row: str, of: str
) -> None:
    first = ids_of(["9", "7"], {})
    assert ids_of(persons, first, had, are)[row] == first[of]


def test_a_resident_who_was_two_persons_or_none_hands_no_id_on() -> None:
    first = ids_of(["9", "7"], {})
    alone = ids_of(["3"], {})
    assert ids_of(["3"], first, {"9": NIK, "7": NIK}, {"3": NIK}) == alone
    assert ids_of(["3"], first, {"9": OTHER}, {"3": NIK}) == alone


def test_a_row_that_is_still_there_keeps_its_id_whoever_is_linked_to_its_resident() -> None:
    second = ids_of(["7"], ids_of(["9"], {}), {"9": NIK}, {"7": NIK})
    for now in ({"7": OTHER, "3": NIK}, {"3": NIK}):  # its link was wrong, or is no longer sure
        assert ids_of(["7", "3"], second, {"7": NIK}, now)["7"] == second["7"]


def test_an_id_dtks_that_is_given_to_another_person_does_not_hand_on_who_bore_it() -> None:
    first = ids_of(["9", "7"], {})
    had = {"9": NIK, "7": OTHER}
    assert ids_of(["9", "7"], first, had, {"9": OTHER, "7": NIK}, "97") == {"9": first["7"], "7": first["9"]}
    assert ids_of(["9", "7"], first, had, {"9": OTHER, "7": NIK}) == first  # links were mended, rows are as they were
    assert ids_of(["9"], first, had, {"9": THIRD}, "9")["9"] not in first.values()
    assert ids_of(["9"], first, had, {}, "9")["9"] not in first.values()  # nobody knows who it is, but who it is not
    assert ids_of(["9"], first, {"7": OTHER}, {}, "9")["9"] == first["9"]
