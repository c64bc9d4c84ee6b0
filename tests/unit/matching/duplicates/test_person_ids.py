from __future__ import annotations

import polars as pl
import pytest

from pipeline.matching.duplicates.person_ids import person_ids

# Per periode the persons, each by the rows that are his, the survivor first.
Persons = list[str]


def ids_of(persons: Persons, before: dict[str, str]) -> dict[str, str]:
    rows = [row for person in persons for row in person]
    doubles = [(row, person[0]) for person in persons for row in person[1:]]
    survivors = pl.DataFrame(doubles, schema={"id_dtks": pl.String, "ganda_dari": pl.String}, orient="row")
    published = pl.LazyFrame({"id_dtks": list(before), "id_orang": list(before.values())}, schema=_PUBLISHED)
    found = dict(zip(rows, person_ids(pl.Series(rows, dtype=pl.String), survivors, published), strict=True))
    shuffled = pl.Series(rows[::-1], dtype=pl.String)
    assert person_ids(shuffled, survivors.reverse(), published.reverse()).to_list() == [found[row] for row in shuffled]
    # One person, one ID, whatever came before.
    assert [len({found[row] for row in person}) for person in persons] == [1] * len(persons)
    assert len(set(found.values())) == len(persons)
    return found


_PUBLISHED = {"id_dtks": pl.String, "id_orang": pl.String}
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
