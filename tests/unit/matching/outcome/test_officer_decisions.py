"""Officers' decisions affect the rest of the household; a row whose pair was rejected gets its next candidate."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import polars as pl
import pytest

from pipeline.matching.link import Linkage, link
from pipeline.matching.outcome.review import DECISIONS, apply_decisions
from tests.unit.matching.conftest import people_of, registry_of

Row = dict[str, Any]
Listed = Callable[..., Row]
LOST = "3604010101059999"
FAMILY = 135


@pytest.fixture(scope="module")
def rows(residents: list[Row], listed: Listed) -> list[Row]:
    """A hundred faultless families; D00400 is an unknown man, D00401 his child with too few facts."""
    clean = [listed(family, member) for family in range(20, 120) for member in range(4)]
    bare = {"no_kk": LOST, "nik": None, "nama_ibu_kandung": None, "alamat": None, "rt": None, "rw": None}
    born = residents[4 * FAMILY + 2]["tanggal_lahir"].replace(month=1, day=1)
    known = [
        listed(FAMILY, 0, **bare, nama="PAK RT", tanggal_lahir=None),
        listed(FAMILY, 2, **bare, tanggal_lahir=born),
    ]
    return [*clean, *known]


@pytest.fixture(scope="module")
def unanswered(residents: list[Row], rows: list[Row]) -> Linkage:
    """The result without any officer's decision."""
    return link(people_of(rows), registry_of(residents))


def decided(*answers: tuple[str, str, str]) -> pl.DataFrame:
    return pl.DataFrame([(*answer, "Sari", None, None) for answer in answers], schema=DECISIONS, orient="row")


def found(linkage: Linkage, id_dtks: str) -> list[tuple[str, str]]:
    return linkage.links.filter(pl.col("id_dtks") == id_dtks).select("nik_dukcapil", "keputusan").rows()


def test_a_decision_is_evidence_for_the_rest_of_the_household(
    residents: list[Row], rows: list[Row], unanswered: Linkage
) -> None:
    man, child = residents[4 * FAMILY]["nik"], residents[4 * FAMILY + 2]["nik"]
    assert found(unanswered, "D00401") == [(child, "TINJAU")]
    after = link(people_of(rows), registry_of(residents), decisions=decided(("D00400", man, "SAMA")))
    assert found(after, "D00400") == [(man, "PETUGAS")]
    assert found(after, "D00401") == [(child, "OTOMATIS")]
    correction = after.corrections.filter(pl.col("id_dtks") == "D00400", pl.col("kolom") == "nik")
    assert correction["nilai_usulan"].to_list() == [man]


def test_a_refused_pair_is_none_and_stays_in_the_table(residents: list[Row], rows: list[Row]) -> None:
    exact = rows[0]["nik"]
    answers = decided(("D00000", exact, "BEDA"))
    linkage = link(people_of(rows), registry_of(residents), decisions=answers)
    assert (exact, "OTOMATIS") not in found(linkage, "D00000")
    kept = apply_decisions(linkage.links, answers).filter(pl.col("id_dtks") == "D00000")
    assert (exact, "DITOLAK") in kept.select("nik_dukcapil", "keputusan").rows()


def test_a_refused_resident_stays_refused_under_a_new_number(residents: list[Row], rows: list[Row]) -> None:
    old = rows[0]["nik"]
    new = old[:12] + "0088"
    renumbered = [{**one, "nik": new} if one["nik"] == old else one for one in residents]
    gone = next({**one, "status_penduduk": "TIDAK_VALID"} for one in residents if one["nik"] == old)
    registry = registry_of([*renumbered, gone])
    assert found(link(people_of(rows), registry), "D00000") == [(new, "OTOMATIS")]
    after = link(people_of(rows), registry, decisions=decided(("D00000", old, "BEDA")))
    assert new not in dict(found(after, "D00000"))


def test_answers_about_unknown_rows_or_residents_change_nothing(
    residents: list[Row], rows: list[Row], unanswered: Linkage
) -> None:
    answers = decided(("D99999", residents[0]["nik"], "SAMA"), ("D00000", "1101010101010001", "SAMA"))
    assert link(people_of(rows), registry_of(residents), decisions=answers).links.equals(unanswered.links)


def test_who_was_refused_for_a_resident_is_no_double_of_the_row_that_is_him(
    residents: list[Row], rows: list[Row]
) -> None:
    people, registry = people_of([*rows, rows[0]]), registry_of(residents)
    double = people["id_dtks"][-1]
    assert ("D00000", double) in link(people, registry).duplicates.select("id_dtks_a", "id_dtks_b").rows()
    answers = decided((double, rows[0]["nik"], "BEDA"))
    after = link(people, registry, decisions=answers)
    assert double not in {*after.duplicates["id_dtks_a"], *after.duplicates["id_dtks_b"]}
    assert (rows[0]["nik"], "OTOMATIS") in found(after, "D00000")
