"""NIK and KK numbers as Dukcapil issues them.

Belongs here: composing true numbers, with serials per region and date. Does not: wrong numbers
(`pipeline.synthetic.defects.number`).
"""

from __future__ import annotations

import numpy as np
import polars as pl

from pipeline.synthetic.draws import Bools, Ints, occurrence_numbers

# KK serials in the registry are 37k + 1..18, those of invented old numbers 37k + 19..36, so that they never collide.
_SERIAL_STEP = 37
_HALF = 18


def nik_numbers(region: Ints, born: pl.Series, woman: Bools) -> Ints:
    """NIKs as 16-digit integers: region, day of birth (women + 40), serial from 0001 per region and date.

    Args:
        region: 6-digit kecamatan code of first registration, per person.
        born: birth date as registered (Date).
        woman: true for women.
    """
    day = born.dt.day().to_numpy().astype(np.int64) + 40 * woman
    ddmmyy = day * 10_000 + born.dt.month().to_numpy().astype(np.int64) * 100 + born.dt.year().to_numpy() % 100
    prefix = region * 1_000_000 + ddmmyy
    return prefix * 10_000 + occurrence_numbers(prefix) + 1


def kk_numbers(region: Ints, issued: pl.Series, rng: np.random.Generator, *, living: bool) -> Ints:
    """KK numbers as 16-digit integers: region, date of issue, serial.

    Args:
        region: 6-digit kecamatan code of issue, per family.
        issued: date of issue (Date).
        rng: random numbers.
        living: true for numbers of the registry, false for old ones that it no longer knows.
    """
    ddmmyy = issued.dt.strftime("%d%m%y").cast(pl.Int64).to_numpy()
    prefix = region * 1_000_000 + ddmmyy
    within = rng.integers(1, _HALF + 1, len(region)) + (0 if living else _HALF)
    return prefix * 10_000 + occurrence_numbers(prefix) * _SERIAL_STEP + within


def issue_dates(count: int, first_year: int, last_year: int, rng: np.random.Generator) -> pl.Series:
    """`count` days between 1 January of the first and 30 November of the last year."""
    start, end = np.datetime64(f"{first_year}-01-01", "D"), np.datetime64(f"{last_year}-11-30", "D")
    return pl.Series(start + rng.integers(0, int((end - start).astype(int)) + 1, count).astype("timedelta64[D]"))


def region_of(numbers: Ints) -> Ints:
    """The 6-digit region code of 16-digit numbers; none begins with 0."""
    return numbers // 10**10
