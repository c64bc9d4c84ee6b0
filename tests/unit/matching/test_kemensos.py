from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from pipeline.matching.kemensos import exact_rule, kemensos_rule, likeness

BORN = date(1987, 11, 21)
REGISTRY = pl.DataFrame(
    {
        "nik": ["3604041211870001", "3604041211870001", "3604046103900002", "3604040101600003", None],
        "nama": ["HERMAWAN", "ORANG LAIN", "SRI WAHYUNI", "SUPARMAN", "TANPA NIK"],
        "tanggal_lahir": [BORN, BORN, BORN, None, BORN],
    }
)


def dtks(nik: str | None, nama: str | None, born: date | None = BORN) -> pl.DataFrame:
    return pl.DataFrame(
        {"id_dtks": ["1"], "nik_asal": [nik], "nama_asal": [nama], "tanggal_lahir": [born]},
        schema={"id_dtks": pl.String, "nik_asal": pl.String, "nama_asal": pl.String, "tanggal_lahir": pl.Date},
    )


@pytest.mark.parametrize(
    ("name", "other", "expected"),
    [
        ("HERMAWAN", "WAWAN", 61.5),
        ("SRI WAHYUNI", "SRI WAHYUDI", 90.9),
        ("SUPARMAN", "SUPARMI", 80.0),
        ("MUHAMMAD YUSUF", "M YUSUP", 57.1),
        ("SITI", "SITI NURJANAH", 47.1),
        ("SITI", "MARSINAH / SITI", 100.0),  # alias: the best part
        ("SITI / AMINAH", "SITI", 100.0),
    ],
)
def test_likeness_is_ratcliff_obershelp_in_percent(name: str, other: str, expected: float) -> None:
    assert likeness(name, other) == pytest.approx(expected, abs=0.05)


@pytest.mark.parametrize(
    "written", ["'3604041211870001", '"3604041211870001"', "3604041211870001\u00a0", "36O4041211870001"]
)
def test_nik_is_looked_up_after_lossless_cleaning(written: str) -> None:
    found = kemensos_rule(dtks(written, "\u00a0Wawan "), REGISTRY)
    assert found.select("id_dtks", "nik_dukcapil", "padan").rows() == [("1", "3604041211870001", True)]
    assert found["kemiripan"].item() == pytest.approx(61.54, abs=0.01)


def test_first_registry_row_of_a_repeated_nik_counts() -> None:
    assert kemensos_rule(dtks("3604041211870001", "ORANG LAIN"), REGISTRY)["padan"].to_list() == [False]


@pytest.mark.parametrize("nik", ["3604041211870009", "360404121187001", "", None])
def test_unknown_short_or_missing_nik_finds_nobody(nik: str | None) -> None:
    assert kemensos_rule(dtks(nik, "HERMAWAN"), REGISTRY).is_empty()
    assert exact_rule(dtks(nik, "HERMAWAN"), REGISTRY).is_empty()


def test_a_missing_name_is_not_padan() -> None:
    found = kemensos_rule(dtks("3604041211870001", None), REGISTRY)
    assert found.select("kemiripan", "padan").rows() == [(None, False)]


@pytest.mark.parametrize(
    ("nik", "name", "born", "expected"),
    [
        ("'3604046103900002", "sri wahyuni", BORN, True),
        ("3604046103900002", "SRI WAHYUDI", BORN, False),
        ("3604046103900002", "SRI WAHYUNI", date(1987, 11, 22), False),
        ("3604046103900002", "SRI WAHYUNI", None, False),
        ("3604040101600003", "SUPARMAN", None, False),  # two unknown dates do not agree
    ],
)
def test_exact_rule_needs_nik_name_and_birth_date(nik: str, name: str, born: date | None, expected: bool) -> None:
    assert exact_rule(dtks(nik, name, born), REGISTRY)["padan"].to_list() == [expected]
