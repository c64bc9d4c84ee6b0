"""Identifiers of 16 digits as packed integers, and all numbers one slip away.

A number is stored as 64-bit BCD, four bits per digit, 0 for none. Belongs here: packing, neighbours, where two numbers
differ. Does not: what a difference means (`pipeline.matching.levels.nik` and `comparison`).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from pipeline.matching.records.arrays import Flags, Ints, Rows

Packed = npt.NDArray[np.uint64]
DIGITS = 16
_ONES = np.uint64(0x1111111111111111)
_DAY, _MONTH, _BIRTH_ENDS = 6, 8, 11


def pack(numbers: pl.Series, digits: int = DIGITS) -> Packed:
    """Strings of so many digits as BCD; 0 for null and for any other string."""
    written = pl.col("number")
    usable = pl.when((written.str.len_bytes() == digits) & ~written.str.starts_with("+")).then(written)
    packed = (
        numbers.to_frame("number")
        .select(usable.str.to_integer(base=16, strict=False, dtype=pl.UInt64).fill_null(0))
        .to_series()
        .to_numpy()
    )
    # Four bits also hold the letters A to F.
    letters = (packed >> np.uint64(3)) & ((packed >> np.uint64(2)) | (packed >> np.uint64(1))) & _ONES
    return np.where(letters == 0, packed, np.uint64(0))


def unpack(packed: Packed) -> pl.Series:
    """The 16 digits of each number, null for 0."""
    pairs = packed.byteswap().view(np.uint8).reshape(-1, DIGITS // 2)
    digits = np.empty((len(packed), DIGITS), dtype=np.uint8)
    digits[:, 0::2], digits[:, 1::2] = (pairs >> 4) + ord("0"), (pairs & 15) + ord("0")
    ends = np.arange(0, DIGITS * len(packed) + 1, DIGITS, dtype=np.int64)
    texts = pa.LargeStringArray.from_buffers(len(packed), pa.py_buffer(ends), pa.py_buffer(digits))
    texts_or_empty = pl.DataFrame({"number": pl.Series(texts), "known": packed != 0})
    return texts_or_empty.select(pl.when("known").then("number")).to_series()


def shift_to(place: int) -> np.uint64:
    """Bits to the right of the digit at `place` (0 is the first)."""
    return np.uint64(4 * (DIGITS - 1 - place))


def digit(numbers: Packed, place: int) -> Packed:
    """The digit at `place`."""
    return (numbers >> shift_to(place)) & np.uint64(15)


def with_last_zeroed(numbers: Packed) -> Packed:
    """The numbers with 0 as their last digit, as spreadsheets write them."""
    return numbers & ~np.uint64(15)


def birth_digits(numbers: Packed) -> Packed:
    """The six digits of a NIK with day (women: plus 40), month and year of birth."""
    return (numbers >> shift_to(_BIRTH_ENDS)) & _mask_right_of(DIGITS - 1 - (_BIRTH_ENDS - _DAY + 1))


def differing_digits(left: Packed, right: Packed) -> Packed:
    """One set bit per digit that differs: bit 4·k for the k-th digit from the right."""
    mixed = left ^ right
    return (mixed | mixed >> np.uint64(1) | mixed >> np.uint64(2) | mixed >> np.uint64(3)) & _ONES


def is_swap(left: Packed, right: Packed) -> Flags:
    """Whether the numbers differ by two swapped neighbouring digits."""
    places = differing_digits(left, right)
    low = places & (~places + np.uint64(1))
    adjacent = places == (low | low << np.uint64(4))
    base = np.where(low == 0, np.uint64(1), low)
    left_pair, right_pair = (left // base) & np.uint64(255), (right // base) & np.uint64(255)
    return (
        adjacent
        & (low != 0)
        & (left_pair == ((right_pair >> np.uint64(4)) | (right_pair << np.uint64(4)) & np.uint64(255)))
    )


def differ_only_within(places: Packed, first: int, last: int) -> Flags:
    """Whether all differing digits (`differing_digits`) stand at `first`..`last`, counted from 0, inclusive."""
    mask = np.uint64(0)
    for place in range(first, last + 1):
        mask |= np.uint64(1) << shift_to(place)
    return (places & ~mask) == 0


def float_neighbours(numbers: Packed) -> tuple[Packed, Packed]:
    """The number minus 1 and plus 1, to which float64 rounds numbers beyond 2^53."""
    one = np.uint64(1)
    last = np.uint64(15)
    # Without borrow or carry, BCD numbers are counted like integers; the few others are converted.
    below, above = numbers - one, numbers + one
    borrows, carries = np.flatnonzero((numbers & last) == 0), np.flatnonzero((numbers & last) == np.uint64(9))
    below[borrows] = _to_bcd(_to_integer(numbers[borrows]) - 1)
    above[carries] = _to_bcd(_to_integer(numbers[carries]) + 1)
    return below, above


def slip_variants(numbers: Packed) -> Iterator[Packed]:
    """All numbers one slip away: one digit wrong, two neighbours swapped, day and month swapped, the number off by 1.

    Yields:
        Arrays of variants, each as long as `numbers`; some variants equal the number itself.
    """
    for place in range(DIGITS):
        shift = shift_to(place)
        bare = numbers & ~(np.uint64(15) << shift)
        for value in range(10):
            yield bare | np.uint64(value) << shift
    for place in range(DIGITS - 1):
        yield _swap_digits(numbers, place, place + 1)
    yield swapped_day_month(numbers)
    yield from float_neighbours(numbers)


def swapped_day_month(numbers: Packed) -> Packed:
    """The NIK with day and month of birth swapped (a woman's 40 stays with the day)."""
    woman = digit(numbers, _DAY) >= 4  # noqa: PLR2004
    without_forty = numbers - np.where(woman, np.uint64(4) << shift_to(_DAY), np.uint64(0))
    swapped = _swap_digits(_swap_digits(without_forty, _DAY, _MONTH), _DAY + 1, _MONTH + 1)
    return swapped + np.where(woman, np.uint64(4) << shift_to(_DAY), np.uint64(0))


def without_unreadable_character(written: pl.Series) -> pl.Series:
    """The numbers without their only character that is no digit, since the others still say most of the number."""
    number = pl.col("number")
    readable = pl.when(number.str.count_matches(r"\D") == 1).then(number.str.replace(r"\D", "")).otherwise(number)
    return written.to_frame("number").select(readable).to_series()


def length_variants(written: pl.Series) -> tuple[Rows, Packed]:
    """All 16-digit numbers from those of 15 or 17 readable digits: one digit inserted or removed anywhere.

    Returns:
        Positions in `written` and numbers (BCD), with repetitions.
    """
    written = without_unreadable_character(written)
    digits_only = written.str.contains(r"^\d+$").fill_null(value=False)
    rows, numbers = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.uint64)]
    short = (digits_only & (written.str.len_bytes() == DIGITS - 1)).arg_true().to_numpy().astype(np.int64)
    if len(short):
        # The 15 digits are packed one position to the right.
        given = pack("0" + written.gather(short))
        for place in range(DIGITS):
            behind = given & _mask_right_of(place)
            ahead = (given & ~_mask_right_of(place)) << np.uint64(4)
            for value in range(10):
                numbers.append(ahead | np.uint64(value) << shift_to(place) | behind)
                rows.append(short)
    long = (digits_only & (written.str.len_bytes() == DIGITS + 1)).arg_true().to_numpy().astype(np.int64)
    if len(long):
        texts = written.gather(long)
        given, last = pack(texts.str.head(DIGITS)), texts.str.tail(1).cast(pl.UInt64).to_numpy()
        for place in range(DIGITS + 1):
            without = given & ~_mask_right_of(place - 1) | (given & _mask_right_of(place)) << np.uint64(4) | last
            numbers.append(without if place < DIGITS else given)
            rows.append(long)
    return np.concatenate(rows), np.concatenate(numbers)


class MislengthNumbers:
    """Numbers written with 15 or 17 digits (one unreadable character not counted), to be compared with 16-digit ones.

    Attributes:
        present: which of the numbers have 15 or 17 digits; words (TIDAK MEMPUNYAI NIK) are no number.
    """

    def __init__(self, written: pl.Series) -> None:
        written = without_unreadable_character(written)
        size = written.str.len_bytes().fill_null(0)
        mislength = size.is_in([DIGITS - 1, DIGITS + 1]) & written.str.contains("^[0-9]+$").fill_null(value=False)
        self.present: Flags = mislength.to_numpy()
        numbers = written.filter(mislength).to_frame("w")
        short = pl.col("w").str.len_bytes() < DIGITS
        # Aligned with the first and with the last digit of a 16-digit number.
        first = pl.when(short).then(pl.col("w") + "0").otherwise(pl.col("w").str.head(DIGITS))
        last = pl.when(short).then("0" + pl.col("w")).otherwise(pl.col("w").str.tail(DIGITS))
        self._first, self._last = (np.zeros(len(written), dtype=np.uint64) for _ in range(2))
        self._first[self.present], self._last[self.present] = (
            pack(numbers.select(side).to_series()) for side in (first, last)
        )
        self._short = (size == DIGITS - 1).to_numpy()
        self._common = np.minimum(size.to_numpy().astype(np.int64), DIGITS)

    def may_equal(self, rows: Rows, numbers: Packed) -> Flags:
        """Whether each row's digits are the number with one digit missing or added."""
        ahead = _common_prefix(differing_digits(self._first[rows], numbers))
        behind = _common_suffix(differing_digits(self._last[rows], numbers))
        return (self._last[rows] != 0) & (ahead + behind >= self._common[rows])

    def lacks_last_digit(self, rows: Rows, numbers: Packed) -> Flags:
        """Whether each row's digits are the number without its last one."""
        first = self._first[rows]
        return self._short[rows] & (first != 0) & (first >> np.uint64(4) == numbers >> np.uint64(4))


def _common_prefix(places: Packed) -> Ints:
    """Digits before the first difference (`differing_digits`); all of them if there is none."""
    # Only every fourth bit can be set, so no rounding reaches the next power of two.
    _, bits = np.frexp(places.astype(np.float64))
    return DIGITS - (bits.astype(np.int64) + 3) // 4


def _common_suffix(places: Packed) -> Ints:
    """Digits behind the last difference (`differing_digits`); all of them if there is none."""
    lowest = places & (~places + np.uint64(1))
    return np.where(lowest == 0, DIGITS, np.bitwise_count(lowest - np.uint64(1)).astype(np.int64) // 4)


def _mask_right_of(place: int) -> np.uint64:
    """Mask of the digits to the right of the one at `place`; all digits for -1."""
    return np.uint64((1 << 4 * max(DIGITS - 1 - place, 0)) - 1)


def _swap_digits(numbers: Packed, first: int, second: int) -> Packed:
    first_digit, second_digit = digit(numbers, first), digit(numbers, second)
    others = numbers & ~(np.uint64(15) << shift_to(first)) & ~(np.uint64(15) << shift_to(second))
    return others | second_digit << shift_to(first) | first_digit << shift_to(second)


def _to_integer(numbers: Packed) -> Ints:
    value = np.zeros(len(numbers), dtype=np.int64)
    for place in range(DIGITS):
        value = value * 10 + digit(numbers, place).astype(np.int64)
    return value


def _to_bcd(values: Ints) -> Packed:
    packed = np.zeros(len(values), dtype=np.uint64)
    rest = values.copy()
    for place in range(DIGITS - 1, -1, -1):
        rest, last = np.divmod(rest, 10)
        packed |= last.astype(np.uint64) << shift_to(place)
    return packed
