"""Compares two NIKs: equal, damaged, with a slip in region, birth date or serial, a relative's, another.

Belongs here: the level of a pair of NIKs, given what the row itself states. Does not: numbers without inner structure
(`pipeline.matching.levels.comparison`), packed numbers and their neighbours
(`pipeline.matching.records.bcd`).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from pipeline.matching.levels.sides import Sides
from pipeline.matching.records import bcd
from pipeline.matching.records.arrays import Dates, Flags, Ints, Levels, Rows
from pipeline.matching.records.records import Records

# Levels of a NIK, in the order of the model.
(
    NIK_EQUAL,
    NIK_DAMAGED,
    NIK_REGION,
    NIK_DATE,
    NIK_LENGTH,
    NIK_TWO,
    NIK_SERIAL,
    NIK_SEGMENT,
    NIK_RELATIVE,
    NIK_OTHER,
    NIK_OWN,
    NIK_TWIN,
) = range(1, 13)
# Levels of NIKs that are one slip apart.
SLIPPED = (NIK_DAMAGED, NIK_REGION, NIK_DATE, NIK_LENGTH, NIK_SERIAL)
_LEAST_ROUNDED = np.uint64(0x9007199254740992)
# 1 January as mmdd, written when only the year is known.
_NEW_YEAR = 101


def birth_in_number(packed: bcd.Packed) -> tuple[Ints, Ints, Ints]:
    """Day (for women without the added 40), month and two-digit year in a NIK."""
    tens = [bcd.digit(packed, place).astype(np.int64) * 10 for place in (6, 8, 10)]
    ones = [bcd.digit(packed, place).astype(np.int64) for place in (7, 9, 11)]
    day, month, year = (ten + one for ten, one in zip(tens, ones, strict=True))
    return np.where(day > 40, day - 40, day), month, year  # noqa: PLR2004


def nik_levels(sides: Sides, columns: Mapping[str, str], left: Rows, right: Rows) -> Levels:
    """Levels of NIKs by the place of the slip: region, birth date, or serial (mostly a neighbour's number).

    Separate levels: the NIK belongs to another member of the resident's KK (`owner` is the KK of the NIK's owner), or
    the NIK contains the row's own birth date, which is not the resident's.
    """
    a, b = sides.left.packed(columns["number"])[left], sides.right.packed(columns["number"])[right]
    # If the last digit is lost, look for a slip in the other digits.
    cut = np.flatnonzero(bcd.digit(a, 15) == 0)
    cut = cut[_one_slip(a[cut], bcd.with_last_zeroed(b[cut]))]
    b[cut] = bcd.with_last_zeroed(b[cut])
    places = bcd.differing_digits(a, b)
    levels = _levels_by_place(a, b, places, _usual_serial_of(sides, columns))
    _exclude_slips_in_own_numbers(levels, places, sides, columns, numbers=(a, b), pairs=(left, right))
    # If the last digit is lost as well, a slip in the birth date could also mean a twin's number.
    levels[cut[levels[cut] == NIK_DATE]] = NIK_TWO
    has_owners = columns["owner"] in sides.left
    owner = sides.left[columns["owner"]].to_numpy()[left] if has_owners else np.full(len(left), -1)
    # A number that belongs to somebody is not a slip in another one.
    levels[(owner != -1) & (levels != NIK_SEGMENT)] = NIK_OTHER
    levels[(levels == NIK_OTHER) & _has_own_birth(sides, columns, left, right)] = NIK_OWN
    levels[bcd.differ_only_within(places, 15, 15) & (bcd.digit(a, 15) == 0)] = NIK_DAMAGED
    levels[_is_rounded(sides.left, columns, (a, b), left)] = NIK_DAMAGED
    if has_owners and columns["family"] in sides.right:
        family = sides.right[columns["family"]].to_numpy()[right]
        relative = (owner == family) & (owner != -1)
        # A relative's number with the resident's birth date is a twin's.
        levels[relative] = np.where(levels[relative] == NIK_SEGMENT, NIK_TWIN, NIK_RELATIVE)
    levels[a == b] = NIK_EQUAL
    levels[(a == 0) | (b == 0)] = 0
    if has_owners and columns["copied"] in sides.left:
        # A number copied over a household is no evidence against its other members.
        copied = sides.left[columns["copied"]].fill_null(value=False).to_numpy()[left]
        levels[copied & (owner != -1) & (levels == NIK_OTHER)] = 0
    _set_levels_of_mislength_numbers(levels, sides.left, columns["written"], b, left)
    return levels


def _levels_by_place(a: bcd.Packed, b: bcd.Packed, places: bcd.Packed, usual_serial: np.uint64) -> Levels:
    """Levels by the digits alone: how many differ (`places`), and in which part of the number."""
    slip, two_wrong = _one_slip(a, b), np.bitwise_count(places) == 2  # noqa: PLR2004
    in_region, in_serial = bcd.differ_only_within(places, 0, 5), bcd.differ_only_within(places, 12, 15)
    levels = np.full(len(a), NIK_OTHER, dtype=np.uint8)
    levels[in_serial] = NIK_SEGMENT
    levels[two_wrong] = NIK_TWO
    levels[in_serial & (slip | two_wrong)] = NIK_SERIAL
    # A serial low enough to have been issued is more likely a twin's or neighbour's number than a slip.
    serial = a & np.uint64(0xFFFF)
    levels[in_serial & (serial > 0) & (serial <= usual_serial)] = NIK_SEGMENT
    levels[slip & ~in_region & ~in_serial] = NIK_DATE
    levels[slip & in_region] = NIK_REGION
    return levels


def _exclude_slips_in_own_numbers(
    levels: Levels,
    places: bcd.Packed,
    sides: Sides,
    columns: Mapping[str, str],
    *,
    numbers: tuple[bcd.Packed, bcd.Packed],
    pairs: tuple[Rows, Rows],
) -> None:
    """Change levels of a slip where what the row states shows that the number is its own."""
    (a, b), (left, right) = numbers, pairs
    in_region, in_serial = bcd.differ_only_within(places, 0, 5), bcd.differ_only_within(places, 12, 15)
    # A NIK that contains the row's own birth date is not another person's NIK with a slip in the date.
    in_date = np.flatnonzero(((levels == NIK_DATE) | (levels == NIK_TWO)) & ~in_region & ~in_serial)
    own_birth = _contains_stated_birth_date(sides.left, columns, (a[in_date], b[in_date]), left[in_date])
    levels[in_date[own_birth]] = NIK_OTHER
    # A twin of the other sex has the same number but for the 40 in the day, and the row states that sex.
    of_twin = np.flatnonzero((levels == NIK_DATE) & bcd.differ_only_within(places, 6, 6))
    levels[of_twin[_contains_sex_unlike_residents(sides, columns, a[of_twin], left[of_twin], right[of_twin])]] = NIK_OWN
    # A NIK issued in the row's own kecamatan is not another person's NIK with a slip in the region.
    of_region = np.flatnonzero(((levels == NIK_REGION) | (levels == NIK_TWO)) & in_region)
    levels[of_region[_issued_at_home(sides.left, columns, left[of_region])]] = NIK_OTHER


def _set_levels_of_mislength_numbers(
    levels: Levels, rows: Records, column: str, residents: bcd.Packed, left: Rows
) -> None:
    """Set the levels of rows whose number as written has a digit too few or too many."""
    if column not in rows:
        return
    mislength = rows.cached(f"{column} mislength", lambda: bcd.MislengthNumbers(rows[column]))
    pairs = np.flatnonzero(mislength.present[left] & (residents != 0))
    levels[pairs] = np.where(mislength.may_equal(left[pairs], residents[pairs]), NIK_LENGTH, NIK_OTHER)
    levels[pairs[mislength.lacks_last_digit(left[pairs], residents[pairs])]] = NIK_DAMAGED


def _is_rounded(rows: Records, columns: Mapping[str, str], numbers: tuple[bcd.Packed, bcd.Packed], left: Rows) -> Rows:
    """Pairs whose row may have the resident's number rounded by a float: even, as are all numbers of its file."""
    number, residents = numbers
    even = (number >= _LEAST_ROUNDED) & (number & np.uint64(1) == 0)
    if columns["rounded"] in rows:
        even &= rows[columns["rounded"]].fill_null(value=False).to_numpy()[left]
    large = np.flatnonzero(even)
    below, above = bcd.float_neighbours(number[large])
    return large[(below == residents[large]) | (above == residents[large])]


def _one_slip(one: bcd.Packed, other: bcd.Packed) -> Flags:
    """Whether numbers differ by one digit, by two swapped neighbouring digits, or by swapped day and month."""
    swapped = bcd.is_swap(one, other) | (one == bcd.swapped_day_month(other))
    return (np.bitwise_count(bcd.differing_digits(one, other)) == 1) | (swapped & (one != other))


def _has_own_birth(sides: Sides, columns: Mapping[str, str], left: Rows, right: Rows) -> Flags:
    """Whether the row's NIK contains its stated birth date, and the resident has another one."""
    column, number = columns["date"], columns["number"]
    if column not in sides.left or column not in sides.right:
        return np.zeros(len(left), dtype=np.bool_)
    own_birth = sides.left.cached(f"{number} own birth", lambda: _stated_birth_in_number(sides.left, columns))[left]
    registered = sides.right.cached(f"{column} of the century", lambda: sides.right.dates(column) % 1_000_000)[right]
    return (own_birth != 0) & (registered != 0) & (own_birth != registered)


def _stated_birth_in_number(rows: Records, columns: Mapping[str, str]) -> Dates:
    """The birth date (yymmdd) in a row's NIK if it agrees with the date that the row states, else 0.

    A stated 1 January agrees with any day of the year.
    """
    number, born = rows.packed(columns["number"]), rows.dates(columns["date"])
    all_rows = np.arange(len(number))
    day, month, year = birth_in_number(number)
    only_year = (
        (born % 10_000 == _NEW_YEAR) & (born // 10_000 % 100 == year) & _contains_sex(rows, columns, number, all_rows)
    )
    own = (number != 0) & (only_year | _contains_birth(rows, columns, number, all_rows))
    return np.where(own, year * 10_000 + month * 100 + day, 0).astype(np.int32)


def _contains_stated_birth_date(
    rows: Records, columns: Mapping[str, str], numbers: tuple[bcd.Packed, bcd.Packed], which: Rows
) -> Flags:
    """Whether some rows state the birth date in their number, so that it is not the resident's number with a slip.

    The sex must agree only if the two numbers differ in it; a stated 1 January only if they differ in the year.
    """
    number, residents = numbers
    (day, month, year), (_, _, other_year) = birth_in_number(number), birth_in_number(residents)
    born = rows.dates(columns["date"])[which]
    same_year = (born != 0) & (born // 10_000 % 100 == year)
    same_sex = bcd.digit(number, 6) // 4 == bcd.digit(residents, 6) // 4
    same_day = (born % 10_000 == month * 100 + day) & (same_sex | _contains_sex(rows, columns, number, which))
    return same_year & (same_day | ((born % 10_000 == _NEW_YEAR) & (year != other_year)))


def _contains_birth(rows: Records, columns: Mapping[str, str], number: bcd.Packed, which: Rows) -> Flags:
    """Whether the number of some rows contains the birth date, and the sex if it is a column, that the row states."""
    day, month, year = birth_in_number(number)
    born = rows.dates(columns["date"])[which]
    contained = (
        (born != 0) & (born // 100 % 100 * 100 + born % 100 == month * 100 + day) & (born // 10_000 % 100 == year)
    )
    return contained & _contains_sex(rows, columns, number, which)


def _contains_sex(rows: Records, columns: Mapping[str, str], number: bcd.Packed, which: Rows) -> Flags:
    """Whether the sex in the number of some rows (40 added to the day for women) is the one that the row states."""
    if columns["sex"] not in rows:
        return np.ones(len(which), dtype=np.bool_)
    woman = bcd.digit(number, 6) >= 4  # noqa: PLR2004
    return woman == (rows[columns["sex"]].gather(which) == "P").fill_null(value=False).to_numpy()


def _contains_sex_unlike_residents(
    sides: Sides, columns: Mapping[str, str], number: bcd.Packed, left: Rows, right: Rows
) -> Flags:
    """Whether a row states the sex in its number, and the resident is of the other sex."""
    sex = columns["sex"]
    if sex not in sides.left or sex not in sides.right:
        return np.zeros(len(left), dtype=np.bool_)
    unlike = sides.left[sex].gather(left) != sides.right[sex].gather(right)
    return unlike.fill_null(value=False).to_numpy() & _contains_sex(sides.left, columns, number, left)


def _issued_at_home(rows: Records, columns: Mapping[str, str], which: Rows) -> Flags:
    """Whether the number of some rows was issued in the kecamatan that the row states."""
    if columns["kec"] not in rows:
        return np.zeros(len(which), dtype=np.bool_)
    kec = rows.kecamatan(columns["kec"])[which]
    return (kec != 0) & (kec == rows.issuing_kecamatan(columns["number"])[which])


def _usual_serial_of(sides: Sides, columns: Mapping[str, str]) -> np.uint64:
    """The highest serial that is usual among all residents; cached."""
    number = columns["number"]
    numbers = sides.right.packed(number) if sides.all_numbers is None else sides.all_numbers
    return sides.right.cached(f"{number} usual serial", lambda: _usual_serial(numbers))


def _usual_serial(numbers: bcd.Packed) -> np.uint64:
    """The 99th percentile of the serials (packed, as in a NIK), at least 9."""
    serials = np.sort(numbers & np.uint64(0xFFFF))
    usual = serials[int(len(serials) * 0.99)] if len(serials) else np.uint64(0)
    return max(usual, np.uint64(9))
