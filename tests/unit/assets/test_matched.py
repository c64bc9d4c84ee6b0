"""Which answers of officers matching heeds."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from assets.matched import _valid_decisions
from assets.store import DataDirectory
from pipeline.matching.outcome.review import DECISIONS, SAME

ANSWERED, RESIDENT = "D1", "3604041211870001"


@pytest.mark.parametrize(
    ("id_dtks", "nik", "valid"),
    [(ANSWERED, RESIDENT, True), ("D2", RESIDENT, False), (ANSWERED, "3604041211870002", False)],
)
def test_an_answer_about_a_row_or_resident_that_is_gone_is_left_out(
    tmp_path: Path, id_dtks: str, nik: str, *, valid: bool
) -> None:
    data = DataDirectory(path=str(tmp_path))
    data.places.decisions.mkdir(parents=True)
    answer = pl.DataFrame([(id_dtks, nik, SAME, "A", None, date(2022, 12, 1))], DECISIONS, orient="row")
    answer.write_parquet(data.places.decisions / "2022-12-01.parquet")
    people = pl.LazyFrame({"id_dtks": [ANSWERED], "nama": ["SITI"], "tanggal_lahir": [date(1987, 11, 12)]})
    decisions = _valid_decisions(data, people, pl.LazyFrame({"nik": [RESIDENT]}))
    assert decisions.equals(answer if valid else answer.clear())
