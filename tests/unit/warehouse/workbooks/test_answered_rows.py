from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from pipeline.places import Places
from pipeline.warehouse.store.parquet import write_parquet
from pipeline.warehouse.workbooks.answered_rows import store_answered_rows, without_reassigned_rows

BORN = date(1987, 11, 12)
ANSWER = pl.DataFrame({"id_dtks": ["1"], "nik_dukcapil": ["3604041211870001"]})


def _rows(nama: str, born: date | None) -> pl.DataFrame:
    values = {"id_dtks": ["1"], "nama": [nama], "tanggal_lahir": [born]}
    return pl.DataFrame(values, schema_overrides={"tanggal_lahir": pl.Date})


@pytest.mark.parametrize(
    ("nama", "born", "holds"),
    [
        ("SITI", BORN, True),
        ("SITI AMINAH", BORN, True),  # a correction
        ("SITI", date(1988, 11, 12), True),
        ("BUDI", None, True),  # who it is is not certain
        ("BUDI", date(1960, 3, 4), False),
    ],
)
def test_an_answer_holds_until_its_row_is_another_persons(tmp_path: Path, nama: str, born: date | None, *, holds: bool):
    places = Places(tmp_path)
    places.decisions.mkdir()
    store_answered_rows(ANSWER, "0.parquet", places)  # before any run
    write_parquet(_rows("SITI", BORN), places.stored("staged/dtks", "2022-12"))
    store_answered_rows(ANSWER, "1.parquet", places)
    now = _rows(nama, born)
    assert without_reassigned_rows(ANSWER, now.lazy(), places).height == holds
    assert [file.stat().st_mode & 0o777 for file in places.decisions.rglob("*.parquet")] == [0o600]
    # Answered again, it is about who stands there now.
    write_parquet(now, places.stored("staged/dtks", "2022-12"))
    store_answered_rows(ANSWER, "2.parquet", places)
    assert without_reassigned_rows(ANSWER, now.lazy(), places).height == 1
