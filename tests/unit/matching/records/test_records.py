"""Text columns encoded as numbers."""

from datetime import date

import polars as pl

from pipeline.matching.records.records import Records

DAYS = [date(1980, 3, 7), date(1870, 3, 7), date(2099, 3, 8), None, date(1980, 12, 31), date(1899, 12, 31)]


def test_parts_of_days_are_told_alike_in_usual_years_and_others() -> None:
    records = Records(pl.DataFrame({"lahir": DAYS}))

    days, years = records.hashed("lahir:hari"), records.hashed("lahir:tahun")

    assert days[0] == days[1] != days[2]
    assert days[4] == days[5]
    assert years[0] == years[4]
    assert len({*years.tolist()}) == 5
    assert days[3] == years[3] == 0


def test_a_key_tells_apart_who_agrees_crosswise() -> None:
    records = Records(pl.DataFrame({"rt": ["001", "002", "001", None], "rw": ["002", "001", "002", "001"]}))

    key = records.key(("rt", "rw"))

    assert key[0] == key[2] != key[1]
    assert key[3] == 0
