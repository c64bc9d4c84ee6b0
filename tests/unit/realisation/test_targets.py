from __future__ import annotations

from datetime import date, datetime
from typing import Any

import polars as pl
import pytest

from pipeline.realisation.targets import targets_in_force
from schemas.catalogue import promised_tables
from schemas.staged import AlokasiStaged
from schemas.table import enforce
from tests.unit.frames import frame

FIRST, SECOND = (datetime.fromisoformat(f"2022-03-0{day}") for day in (1, 2))
TOLD = ("kpm_alokasi", "nominal_alokasi", "nominal_transfer")


def target_after(*rows: dict[str, Any]) -> pl.DataFrame:
    """The target in force after these rows about one kabupaten, in file order."""
    given = {"kode_wilayah": "3604", "berkas": "alokasi/a.csv", "kpm_alokasi": 10, "nominal_alokasi": 100, "revisi": 0}
    deliveries = frame(
        AlokasiStaged, [{"baris": n} | row for n, row in enumerate(rows, 2)], **given, program="SEMBAKO", tahun=2022,
        tahap=1,
    )  # fmt: skip
    return enforce(targets_in_force(deliveries), promised_tables()["mart.alokasi"])


def test_a_target_says_its_level_and_where_it_was_told() -> None:
    found = target_after({}, {"kode_wilayah": "360405"})
    assert found.select("kode_wilayah", "tingkat", "sumber_berkas", "sumber_baris").rows() == [
        ("3604", "KABUPATEN", "alokasi/a.csv", 2),
        ("360405", "KECAMATAN", "alokasi/a.csv", 3),
    ]


@pytest.mark.parametrize(
    "newer",
    [
        {"berlaku_per": SECOND, "berkas": "alokasi/0.csv"},
        {"berlaku_per": FIRST, "revisi": 1, "berkas": "alokasi/0.csv"},
        {"berlaku_per": FIRST, "berkas": "alokasi/b.csv", "baris": 1},
        {"berlaku_per": FIRST, "lembar": "B", "baris": 1},
        {"berlaku_per": FIRST, "baris": 3},
    ],
)
def test_of_a_target_told_again_the_newest_counts(newer: dict[str, Any]) -> None:
    older = {"kpm_alokasi": 9, "berlaku_per": FIRST, "lembar": "A"}
    for rows in ((older, {"lembar": "A"} | newer), ({"lembar": "A"} | newer, {"baris": 2} | older)):
        assert target_after(*rows)["kpm_alokasi"].to_list() == [10]


def test_what_says_of_when_it_is_counts_before_what_does_not() -> None:
    assert target_after({"berlaku_per": FIRST}, {"kpm_alokasi": 9})["kpm_alokasi"].to_list() == [10]


@pytest.mark.parametrize(
    ("rupiah", "numbers", "days", "expected"),
    [
        # Transfers still to come.
        ((40, None), ("A", "B"), (1, None), (10, 100, 40)),
        ((40, 0), ("A", "B"), (1, None), (10, 100, 40)),
        ((100, None), (None, None), (1, 9), (10, 100, 100)),
        ((40, 60), ("A", "B"), (1, 1), (10, 100, 100)),
        ((40, 50), ("A", "B"), (1, 9), (10, 100, 90)),
        ((40, 60), (None, None), (1, 9), (10, 100, 100)),
        # A corrected error, a running total, a repeated transfer: the last row counts.
        ((40, 50), (None, None), (1, 9), (10, 100, 50)),
        ((50, 50), (None, None), (1, 1), (10, 100, 50)),
        ((40, 60), ("A", "A"), (1, 9), (10, 100, 60)),
        ((40, 0), ("A", "A"), (1, 1), (10, 100, 0)),
        # More than the allotment: one transfer under two numbers, or running totals.
        ((60, 100), ("A", "B"), (1, 9), (10, 100, 100)),
        ((40, 60, 60), ("A", "B", "B"), (1, 9, 9), (10, 100, 100)),
        ((40, 60, 40, 60), (None,) * 4, (1, 9, 1, 9), (10, 100, 100)),
        ((40, 0, 60), ("A", None, "B"), (1, 5, 9), (10, 100, 100)),
    ],
)
def test_the_money_of_a_target_may_come_by_several_sp2d(
    rupiah: tuple[int | None, ...],
    numbers: tuple[str | None, ...],
    days: tuple[int | None, ...],
    expected: tuple[int, ...],
) -> None:
    rows = [
        {"nominal_transfer": each, "no_sp2d": number, "tgl_transfer": day and date(2022, 3, day)}
        for each, number, day in zip(rupiah, numbers, days, strict=True)
    ]
    if numbers[0] != numbers[1]:
        # A further row need not repeat the allotment.
        rows[1:] = [{**row, "kpm_alokasi": None, "nominal_alokasi": None} for row in rows[1:]]
    assert target_after(*rows).select(TOLD).rows() == [expected]


def test_what_other_rows_tell_otherwise_of_a_target_is_not_added_to_its_last() -> None:
    of_ten = {"no_sp2d": "A", "nominal_transfer": 60, "tgl_transfer": date(2022, 3, 1)}
    of_nine = {"kpm_alokasi": 9, "nominal_alokasi": 90, "nominal_transfer": 54}
    assert target_after(of_ten, of_ten | {"no_sp2d": "B"} | of_nine).select(TOLD).rows() == [(9, 90, 54)]
