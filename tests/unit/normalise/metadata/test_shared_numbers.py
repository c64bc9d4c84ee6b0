"""Rows of orders whose number their file uses again for another NIK."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import polars as pl
import pytest

from pipeline.normalise.metadata import shared_numbers
from pipeline.normalise.metadata.shared_numbers import SHARED_NUMBER, uncounted_notes, uncounted_rows
from pipeline.quality.findings import apply_rules
from schemas.staged import PosStaged
from tests.unit.frames import frame

ANI, BUDI, CITRA = "3604041211870001", "3604041211870002", "3604041211870003"
_ORDER = {"program": "PKH", "tahun": 2022, "tahap": 1, "no_danom": "29400", "kode_kab": "3604", "berkas": "pos/a.xlsx"}


def orders(*rows: dict[str, Any]) -> pl.LazyFrame:
    given = [_ORDER | {"lembar": "Sheet1", "baris": line, "nominal": 300_000} | row for line, row in enumerate(rows, 2)]
    return frame(PosStaged, given).lazy()


SEVERAL = orders(
    {"nik": ANI}, {"nik": ANI, "nominal": 450_000}, {"nik": BUDI}, {"nik": CITRA, "nominal": 750_000}, {"nik": None}
)


def test_the_last_row_of_every_nik_but_the_last_one_does_not_count() -> None:
    assert uncounted_rows(SEVERAL).select("baris", "nik", "nominal").rows() == [(3, ANI, 450_000), (4, BUDI, 300_000)]


def test_of_sheets_the_one_of_the_latest_day_counts() -> None:
    sheets = orders(
        {"nik": ANI, "lembar": "1 Des", "berlaku_per": datetime.fromisoformat("2022-12-01")},
        {"nik": BUDI, "lembar": "30 Nov", "berlaku_per": datetime.fromisoformat("2022-11-30")},
    )
    assert uncounted_rows(sheets)["nik"].to_list() == [BUDI]


def test_orders_of_their_own_and_other_deliveries_are_not_meant() -> None:
    alone = orders(
        {"nik": ANI}, {"nik": ANI}, {"nik": BUDI, "no_danom": "29401"}, {"nik": BUDI, "tahap": 2},
        {"nik": BUDI, "berkas": "pos/b.xlsx"}, {"nik": None},
    )  # fmt: skip
    assert uncounted_rows(alone).is_empty()
    assert uncounted_notes(alone).is_empty()


def test_it_is_the_same_however_many_files_are_looked_at_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    files = [SEVERAL.with_columns(berkas=pl.lit(f"pos/{name}.xlsx")) for name in "cab"]
    uncounted = [uncounted_rows(pl.concat(files))]
    for rows in (1, 7):
        monkeypatch.setattr(shared_numbers, "_ROWS_PER_GROUP", rows)
        uncounted.append(uncounted_rows(pl.concat(files)))
    assert [each.height for each in uncounted] == [6, 6, 6]
    assert uncounted[0].equals(uncounted[1])
    assert uncounted[0].equals(uncounted[2])


def test_without_orders_there_are_none() -> None:
    assert uncounted_rows(orders()).is_empty()


def test_they_are_findings_in_their_kabupaten() -> None:
    found = apply_rules([SHARED_NUMBER], "pos", uncounted_rows(SEVERAL).lazy())
    assert found.select("sumber", "id", "kode", "kode_kab", "baris").rows() == [
        ("pos", "29400", "DANOM_BERSAMA", "3604", line) for line in (3, 4)
    ]


def test_their_file_is_told_how_many_they_are_and_of_what_worth() -> None:
    ((file, note),) = uncounted_notes(SEVERAL).rows()
    assert file == "pos/a.xlsx"
    assert note.startswith("2 baris senilai Rp750.000 tidak dihitung")
    assert "(1 nomor)" in note
