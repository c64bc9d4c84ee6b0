"""One side of a linkage as numbers: columns are converted to packed identifiers, hashes and dates on first use.

Everything between reading and results works on such numbers and on row positions; strings are read only for the few
rows that need them. Belongs here: that conversion. Does not: storing rows (`pipeline.matching.records.tables`), what is
compared or joined.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from threading import RLock
from typing import Any, TypeVar, cast

import numpy as np
import numpy.typing as npt
import polars as pl

from pipeline.matching.records import bcd
from pipeline.matching.records.arrays import Dates, Hashes, Rows

Result = TypeVar("Result")
# A function from strings as written to strings as compared.
Folding = Callable[[pl.Expr], pl.Expr]

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
# Seed of every hash and sample, so that the same input gives the same output.
SEED = 20221231
_AFFIX_LETTERS = 4
# Digits of a NIK or KK number that are the code of the kecamatan that issued it.
_KECAMATAN_DIGITS = 6
# 1 January 1900 as days since 1970, and the number of days from then on that are precomputed.
_FIRST_DAY, _DAYS = -25_567, 60_000
# Parts of a column of 16-digit numbers, as string or packed: the number itself, and the birth date in a NIK.
_NUMBER_PARTS: dict[str, Callable[[bcd.Packed], bcd.Packed]] = {
    "angka": lambda number: number,
    "lahir": bcd.birth_digits,
}

PARTS: dict[str, Callable[[pl.Expr], pl.Expr]] = {
    "": lambda value: value,
    "awal": lambda value: value.str.head(_AFFIX_LETTERS),
    "akhir": lambda value: value.str.tail(_AFFIX_LETTERS),
}


class Records:
    """Rows whose columns are used as numbers.

    Args:
        frame: the rows.
        numbers: columns already available as packed numbers; the frame may lack them.
    """

    def __init__(self, frame: pl.DataFrame, numbers: Mapping[str, bcd.Packed] | None = None) -> None:
        self.frame = frame
        self._packed: dict[str, bcd.Packed] = dict(numbers or {})
        self._hashes: dict[str, Hashes] = {}
        self._dates: dict[str, Dates] = {}
        self._derived: dict[str, object] = {}
        # Several threads may need the same column at once.
        self._lock = RLock()

    @property
    def height(self) -> int:
        """Number of rows."""
        return self.frame.height

    def __contains__(self, column: str) -> bool:
        return column in self._packed or column in self.frame.columns

    def __getitem__(self, column: str) -> pl.Series:
        return self.frame[column]

    def take(self, rows: Rows) -> Records:
        """Some of the rows."""
        return Records(self.frame[rows], {column: packed[rows] for column, packed in self._packed.items()})

    def packed(self, column: str) -> bcd.Packed:
        """A column of 16-digit numbers as BCD, 0 for none."""
        with self._lock:
            if column not in self._packed:
                self._packed[column] = bcd.pack(self.frame[column])
        return self._packed[column]

    def hashed(self, spec: str) -> Hashes:
        """Hashes of a column, or of `column:part` (`PARTS`, `_NUMBER_PARTS`, `_DATE_PARTS`); 0 for null."""
        self.hash_all([spec])
        return self._hashes[spec]

    def hash_all(self, specs: Sequence[str]) -> None:
        """Hash several columns or parts at once, which Polars does in parallel."""
        with self._lock:
            missing = [spec for spec in dict.fromkeys(specs) if spec not in self._hashes]
            if not missing:
                return
            values = {}
            for spec in missing:
                column, _, part = spec.partition(":")
                if part in _NUMBER_PARTS:
                    self._hashes[spec] = hash_numbers(_NUMBER_PARTS[part](self.packed(column)))
                elif part in _DATE_PARTS:
                    self._hashes[spec] = _date_parts(self.frame[column], _DATE_PARTS[part])
                else:
                    values[spec] = PARTS[part](pl.col(column))
            self._hashes |= _hash_expressions(self.frame, values)

    def issuing_kecamatan(self, column: str) -> bcd.Packed:
        """The code of the kecamatan that issued each number of a column, as BCD, 0 for none."""
        return self.packed(column) >> bcd.shift_to(_KECAMATAN_DIGITS - 1)

    def kecamatan(self, column: str) -> bcd.Packed:
        """A column of kecamatan codes in the format of `issuing_kecamatan`."""
        return self.cached(f"{column} kecamatan", lambda: bcd.pack(self.frame[column], _KECAMATAN_DIGITS))

    def dates(self, column: str) -> Dates:
        """A column of dates as numbers yyyymmdd, 0 for none."""
        with self._lock:
            if column not in self._dates:
                self._dates[column] = _date_parts(self.frame[column], _as_yyyymmdd)
        return self._dates[column]

    def cached(self, name: str, compute: Callable[[], Result]) -> Result:
        """The cached result of a calculation over all rows, by name."""
        with self._lock:
            if name not in self._derived:
                self._derived[name] = compute()
        return cast("Result", self._derived[name])

    def key(self, specs: Sequence[str], rows: Rows | None = None) -> Hashes:
        """One hash of several columns or parts, of all or some rows; 0 if any of them is null."""
        first, *others = (self.hashed(spec) if rows is None else self.hashed(spec)[rows] for spec in specs)
        key, known = first, first != 0
        for part in others:
            known &= part != 0
            # Sums of hashes are distributed evenly as well; the factor makes the order of the columns count.
            key = hash_numbers(key) + part
        return np.where(known, key | np.uint64(1), np.uint64(0))


def hash_numbers(numbers: Hashes | Rows) -> Hashes:
    """Numbers of 64 bits as evenly distributed hashes; 0 stays 0."""
    return numbers.view(np.uint64) * _GOLDEN


def sample_by_hash(numbers: Hashes, size: int) -> Rows:
    """Positions of a sample of about `size` numbers; the same numbers whatever their order."""
    share = np.uint64(max(len(numbers) // size, 1))
    return np.flatnonzero((hash_numbers(numbers) >> np.uint64(32)) % share == 0)


def hash_values(values: pl.Series) -> Hashes:
    """Hashes of values, 0 for null."""
    return np.where(values.is_null().to_numpy(), np.uint64(0), values.hash(SEED).to_numpy() | np.uint64(1))


def _hash_expressions(frame: pl.DataFrame, expressions: Mapping[str, pl.Expr]) -> dict[str, Hashes]:
    """Hashes of the results of expressions over a frame, 0 for null."""
    results = frame.select(**expressions)
    hashes = results.select(
        pl.when(pl.col(spec).is_not_null()).then(pl.col(spec).hash(SEED) | 1).otherwise(0).alias(spec)
        for spec in expressions
    )
    return {spec: hashes[spec].to_numpy() for spec in expressions}


def _date_parts(dates: pl.Series, convert: Callable[[pl.Series], npt.NDArray[Any]]) -> npt.NDArray[Any]:
    """Hashes of parts of dates; precomputed for usual days, because splitting dates is slow."""
    usual = _parts_of_usual_days(convert)
    days = dates.to_physical().fill_null(_FIRST_DAY - 1).to_numpy() - _FIRST_DAY
    parts = usual[np.clip(days, 0, len(usual) - 1)]
    unusual = np.flatnonzero((days < 0) | (days >= len(usual)))
    parts[unusual] = convert(dates.gather(unusual))
    return parts


@cache
def _parts_of_usual_days(convert: Callable[[pl.Series], npt.NDArray[Any]]) -> npt.NDArray[Any]:
    """Hashes of the parts of every day from 1900 to 2064."""
    return convert(pl.Series(np.arange(_FIRST_DAY, _FIRST_DAY + _DAYS, dtype=np.int32)).cast(pl.Date))


def _year_hashes(dates: pl.Series) -> Hashes:
    return _hash_expressions(dates.to_frame("day"), {"year": pl.col("day").dt.year()})["year"]


def _day_of_year_hashes(dates: pl.Series) -> Hashes:
    day = pl.col("day").dt
    return _hash_expressions(dates.to_frame("day"), {"day": day.month().cast(pl.Int32) * 100 + day.day()})["day"]


def _as_yyyymmdd(dates: pl.Series) -> Dates:
    day = pl.col("day").dt
    number = day.year() * 10_000 + day.month().cast(pl.Int32) * 100 + day.day().cast(pl.Int32)
    return dates.to_frame("day").select(number.cast(pl.Int32).fill_null(0)).to_series().to_numpy()


# Parts of dates, as hashes.
_DATE_PARTS = {"tahun": _year_hashes, "hari": _day_of_year_hashes}
