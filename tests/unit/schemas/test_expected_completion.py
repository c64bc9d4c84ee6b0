"""When a stage will be done, as `mart.realisasi_harian` expects it: the arithmetic, and how often it holds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

import numpy as np
import polars as pl
import pytest

from pipeline import reference
from schemas.marts.realisasi import Realisasi
from schemas.marts.rekap_bayar import RekapBayar
from tests.unit.frames import frame, query_mart
from tests.unit.schemas.test_levels import allotments, marts, orders

FAMILIES, DRAWN = 300, 20
NO_SCHEDULE = {"program": "PKH", "tahun": 2001, "tahap": 1}


def expected_completion(paid: Sequence[int], allotted: int) -> tuple[date | None, date | None, date | None, str | None]:
    """The last row's perkiraan_awal, selesai, akhir and their method; paid: how many per day from 1 September."""
    rows = [{"tgl_bayar": date(2022, 9, day)} for day, count in enumerate(paid, 1) for _ in range(count)]
    found = marts(orders(*rows), allotments(_3604=allotted))["mart.realisasi_harian"].filter(tingkat="KABUPATEN")
    names = [*(f"perkiraan_{name}" for name in ("awal", "selesai", "akhir")), "metode_perkiraan"]
    return found.sort("tanggal").select(names).row(-1)


def test_an_even_pace_tells_its_method_and_interval() -> None:
    earliest, expected, latest, how = expected_completion([3] * 14, 63)
    # 21 are left at 21 in 7 days. EXP(1.64 * SQRT(2 / 21)) is 1.66: 5 and 12 days, and two days off.
    assert (earliest, expected, latest) == (date(2022, 9, 17), date(2022, 9, 21), date(2022, 9, 28))
    assert how is not None
    assert "selang 90 persen" in how


def test_a_pace_that_differs_from_usual_may_change_as_much_again() -> None:
    earliest, expected, latest, _ = expected_completion([2] * 7 + [4] * 7, 70)
    # 28 are left at 28 in 7 days, twice the usual: 7 days by or times 2 * EXP(1.64 * SQRT(2 / 28)).
    assert (earliest, expected, latest) == (date(2022, 9, 15), date(2022, 9, 21), date(2022, 10, 8))


def test_a_falling_pace_pays_the_same_part_of_those_left_each_week_and_nobody_knows_how_late() -> None:
    earliest, expected, latest, how = expected_completion([5] * 7 + [1] * 7, 49)
    # 7 are left at 7 a week: 7 days at this pace; if half of them each week, 7 * LN(14) / LN(2) = 26.7 days.
    assert (earliest, expected, latest) == (date(2022, 9, 15), date(2022, 10, 11), None)
    assert how is not None
    assert how.startswith("Laju menurun")


@pytest.mark.parametrize("paid", [[5] * 7 + [1] * 6, [20] + [0] * 6 + [1] * 14, [1] * 7 + [9] * 7 + [4] * 7])
def test_a_pace_falls_only_below_the_week_before_and_below_usual(paid: list[int]) -> None:
    *_, how = expected_completion(paid, sum(paid) + 7)
    assert how is not None
    assert how.startswith("Sisa alokasi dibagi laju 7 hari")


def test_how_late_it_may_be_is_not_told_before_two_weeks_and_nothing_of_what_is_too_far_ahead() -> None:
    earliest, expected, latest, how = expected_completion([1, 1, 1], 10)
    assert (expected, latest) == (date(2022, 9, 10), None)
    assert earliest is not None
    assert earliest < expected
    assert how is not None
    assert "belum berjalan dua pekan" in how
    assert expected_completion([1], 100_000) == (None, None, None, None)


def test_all_paid_is_done_on_that_day() -> None:
    day = date(2022, 9, 2)
    assert expected_completion([1, 1], 2) == (day, day, day, "Seluruh alokasi sudah dibayar.")


def working_days(days: np.ndarray) -> np.ndarray:
    """Working days, counted, as days from a Monday."""
    return days // 5 * 7 + days % 5


CURVES: dict[str, Callable[[np.random.Generator], np.ndarray]] = {
    "even": lambda draw: draw.integers(0, 40, FAMILIES),
    "on working days": lambda draw: working_days(draw.integers(0, 28, FAMILIES)),
    "long tail": lambda draw: draw.exponential(8, FAMILIES).astype(int),
    "long tail on working days": lambda draw: working_days(draw.exponential(6, FAMILIES).astype(int)),
    "fast and then even": lambda draw: np.where(
        draw.random(FAMILIES) < 0.6, draw.integers(0, 6, FAMILIES), draw.integers(6, 45, FAMILIES)
    ),
}


@pytest.mark.parametrize("curve", CURVES)
def test_the_interval_holds_the_true_end_and_the_estimate_is_near_it(curve: str) -> None:
    draw = np.random.default_rng(20221231)
    regions = reference.regions().filter(tingkat="KABUPATEN")["kode"].head(DRAWN).to_list()
    first = pl.lit(date(2001, 1, 1))
    sums = pl.concat(
        pl.DataFrame({"kode_kab": code, "hari": CURVES[curve](draw)}).group_by("kode_kab", "hari").agg(kpm=pl.len())
        for code in regions
    ).with_columns(tanggal=first + pl.duration(days=pl.col("hari")), kode_prov=pl.col("kode_kab").str.head(2))
    paid = sums.drop("hari").to_dicts()
    targets = [{"tingkat": "KABUPATEN", "kode_wilayah": code, "kpm_alokasi": FAMILIES} for code in regions]
    known = {
        "mart.rekap_bayar": frame(RekapBayar, paid, **NO_SCHEDULE, status_bayar="DIBAYAR", nominal=1),
        "mart.realisasi": frame(Realisasi, targets, **NO_SCHEDULE),
        "reference.program_tahap": reference.program_stages(),
    }
    estimates = (
        query_mart("realisasi_harian", known)
        .filter(tingkat="KABUPATEN")
        .with_columns(end=pl.col("tanggal").max().over("kode_wilayah"))
        .filter(pl.col("tanggal") < pl.col("end"), pl.col("tanggal") >= first + pl.duration(days=13))
    )
    held = pl.col("end").is_between("perkiraan_awal", pl.col("perkiraan_akhir").fill_null(pl.col("end")))
    assert estimates.select(held.mean()).item() >= 0.9
    error = (pl.col("perkiraan_selesai") - pl.col("end")).dt.total_days()
    assert abs(estimates.select(error.median()).item()) <= 7
    left_open = estimates.select(pl.col("perkiraan_akhir").is_null().mean()).item()
    assert left_open > 0.5 if "tail" in curve else left_open < 0.5
