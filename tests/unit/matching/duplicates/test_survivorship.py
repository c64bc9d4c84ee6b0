from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

from pipeline.matching.duplicates.survivorship import filled_fields
from schemas.link import SURVIVING


def people(*rows: dict[str, Any]) -> pl.DataFrame:
    schema = {"id_dtks": pl.String, **dict.fromkeys(SURVIVING, pl.String), "tanggal_lahir": pl.Date}
    return pl.DataFrame([{**dict.fromkeys(SURVIVING), **row} for row in rows], schema=schema)


def test_what_the_survivor_lacks_comes_from_the_fullest_double() -> None:
    rows = people(
        {"id_dtks": "1", "nik": "A", "rt": "001"},
        {"id_dtks": "2", "nik": "B", "rw": "002", "tanggal_lahir": date(1987, 11, 12)},
        {"id_dtks": "3", "rw": "003", "alamat": "KP PASIR"},
        {"id_dtks": "4", "alamat": "KP LEBAK"},
    )
    survivors = pl.DataFrame({"id_dtks": ["2", "3"], "ganda_dari": ["1", "1"]})
    assert filled_fields(rows, survivors).rows() == [
        ("1", "alamat", "KP PASIR", "3"),
        ("1", "rw", "002", "2"),
        ("1", "tanggal_lahir", "1987-11-12", "2"),
    ]


def test_without_doubles_nothing_is_filled() -> None:
    nobody = pl.DataFrame(schema={"id_dtks": pl.String, "ganda_dari": pl.String})
    assert filled_fields(people({"id_dtks": "1"}), nobody).is_empty()
