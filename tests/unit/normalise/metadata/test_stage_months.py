"""Stages found by the months that they pay for."""

from __future__ import annotations

import polars as pl
import pytest

from pipeline.normalise.metadata.stage_months import fill_stage_from_months
from pipeline.normalise.metadata.titles import titles_below

STAGE = {"program": pl.String, "tahun": pl.Int32, "tahap": pl.Int32}


def stage_of(program: str, tahun: int, **stated: str) -> int | None:
    """The stage of a row whose cells and title have no stage number."""
    stage = pl.DataFrame([(program, tahun, None)], schema=STAGE, orient="row")
    cells = {"tahap": None, "bulan": None, "judul": None} | stated
    found: int | None = fill_stage_from_months(stage, pl.DataFrame(cells, schema=dict.fromkeys(cells, pl.String)))[
        "tahap"
    ].item()
    return found


@pytest.mark.parametrize(
    "months",
    [
        "April - Juni", "Apr-Jun 2022", "APRIL S/D JUNI", "April s.d. Juni 2022", "April, Mei, Juni", "APR/MEI/JUN",
        "April, Mei dan Juni", "Alokasi bulan April sampai dengan Juni",
    ],
)  # fmt: skip
def test_months_of_a_stage_in_a_cell(months: str) -> None:
    assert stage_of("PKH", 2022, tahap=months) == stage_of("PKH", 2022, bulan=months) == 2
    # PKH is paid for a quarter, and in 2020 no stage is known.
    assert stage_of("PKH", 2020, bulan=months) is None


@pytest.mark.parametrize("months", ["Mei", "April/Juni", "April - Mei", "Juni - April", "April - Juni 2021", "4-6"])
def test_other_months_than_those_of_one_stage_tell_none(months: str) -> None:
    assert stage_of("PKH", 2022, bulan=months) is None


def test_a_stage_of_one_month_is_told_by_a_cell_alone() -> None:
    assert stage_of("BST", 2020, bulan="Mei 2020") == 2
    assert stage_of("BST", 2020, judul="DAFTAR BAYAR BST / BULAN MEI 2020") is None


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("PKH / BULAN APRIL S.D. JUNI 2022 / JAKARTA, 5 JULI 2022", 2),
        ("POSISI S.D. 31 MARET 2022 / ALOKASI BULAN APRIL, MEI, JUNI", 2),
        # When it was paid, or of more than one stage.
        *((title, None) for title in ("PKH APRIL - JUNI 2022", "PERIODE 1 APRIL S.D. 30 JUNI 2022")),
        *((title, None) for title in ("BULAN JAN - MAR DAN APRIL - JUNI", "BULAN JAN - MAR / BULAN APRIL - JUNI")),
    ],
)
def test_months_of_a_stage_in_a_title(title: str, expected: int | None) -> None:
    assert stage_of("PKH", 2022, judul=title) == expected


def test_a_list_below_has_the_months_of_its_own_title_and_without_any_those_of_the_title_above() -> None:
    above = "DAFTAR PKH TAHUN 2022 / BULAN JANUARI S.D. MARET"
    (own,) = titles_below(above, [(9, {8: "BULAN APRIL S.D. JUNI"})])
    (left,) = titles_below(above, [(9, {8: "DAFTAR SEMBAKO"})])
    assert (stage_of("PKH", 2022, judul=own[1]), stage_of("SEMBAKO", 2022, judul=left[1])) == (2, 1)


def test_months_that_no_programme_is_paid_for_leave_the_stage_of_the_title_above() -> None:
    assert titles_below("DAFTAR PKH TAHAP 2 TAHUN 2022", [(9, {8: "PERIODE JANUARI - DESEMBER 2022"})]) == []
