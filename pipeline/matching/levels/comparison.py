"""Compares pairs of records: one comparison level (a small number, 0 for unknown) per pair and comparison.

Belongs here: how each kind of fact is compared, vectorised. Does not: which facts and columns are compared (the model),
what a level weighs, which pairs are compared (`pipeline.matching.candidates.blocking`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import numpy.typing as npt
import polars as pl

from pipeline.matching.levels.nik import nik_levels
from pipeline.matching.levels.sides import Sides
from pipeline.matching.model.linkage import Comparison, LinkageModel
from pipeline.matching.names.agreement import DIFFERENT, EQUAL, PARTLY, SHORTER, name_levels, split_names
from pipeline.matching.records import bcd
from pipeline.matching.records.arrays import Dates, Flags, Levels, Rows
from pipeline.matching.records.records import Folding, Records
from pipeline.normalise.values.names import comparable_name
from pipeline.parallel import map_on_all_cores

(
    DATE_EQUAL,
    DATE_ASSUMED,
    DATE_SWAPPED,
    DATE_DAY,
    DATE_NEW_YEAR,
    DATE_YEAR,
    DATE_SAME_YEAR,
    DATE_NEAR,
    DATE_OTHER,
) = range(1, 10)
ROLE_SOLE, ROLE_EQUAL, ROLE_OWN_FAMILY, ROLE_OTHER = range(1, 5)
# Codes of roles in a family.
HEAD, SPOUSE, CHILD, CHILD_IN_LAW, GRANDCHILD = range(1, 6)
NUMBER_EQUAL, NUMBER_DAMAGED, NUMBER_NEAR, NUMBER_OTHER = range(1, 5)
HUSBAND = DIFFERENT + 1
HOME, HOUSE, RT_RW, DESA, ORIGIN, KEC, KAB, ELSEWHERE = range(1, 9)

_ROAD_WORDS = (
    r"\b(?:JL|JLN|JALAN|GG|GANG|KP|KAMP|KAMPUNG|KMP|DUSUN|DSN|DS|DK|DKH|DUKUH|DESA|LINGK|LINGKUNGAN"
    r"|NO|NOMOR|RT|RW|BLOK)\b"
)
# Most years between a true and a guessed year of birth.
_MOST_YEARS_MISGUESSED = 12
# Month and day (mmdd) written when only the year is known.
ASSUMED_DAYS = (101, 701, 1231)
# Pairs per batch: as many as fit into the processor's cache.
_PAIRS_PER_BATCH = 65_536
# Level not yet determined: the values are known and unequal, their letters are still to be compared.
UNDETERMINED = 255


Comparer = Callable[[Sides, Mapping[str, str], Rows, Rows], Levels]


def compare(model: LinkageModel, sides: Sides, left: Rows, right: Rows) -> Levels:
    """Levels of all pairs, shape pairs × comparisons; `left` and `right` are row numbers of the two sides.

    Comparisons whose evidence comes from other pairs (kind "household") keep level 0.
    """
    levels = quick_levels(model, sides, left, right)
    for number in undetermined_comparisons(model):
        levels[:, number] = determined_levels(model.comparisons[number], sides, left, right, levels[:, number])
    return levels


def quick_levels(model: LinkageModel, sides: Sides, left: Rows, right: Rows) -> Levels:
    """Levels without comparing letters; `UNDETERMINED` where that is needed."""
    levels = np.zeros((len(left), len(model.comparisons)), dtype=np.uint8, order="F")

    def compare_batch(start: int) -> None:
        batch = slice(start, start + _PAIRS_PER_BATCH)
        for number, comparison in enumerate(model.comparisons):
            if comparison.kind in COMPARERS:
                levels[batch, number] = COMPARERS[comparison.kind](sides, comparison.columns, left[batch], right[batch])

    map_on_all_cores(compare_batch, range(0, len(left), _PAIRS_PER_BATCH))
    return levels


def undetermined_comparisons(model: LinkageModel) -> list[int]:
    """Numbers of the comparisons that can leave `UNDETERMINED` levels, in the order of the model."""
    return [number for number, comparison in enumerate(model.comparisons) if comparison.kind in LETTER_COMPARERS]


def determined_levels(comparison: Comparison, sides: Sides, left: Rows, right: Rows, levels: Levels) -> Levels:
    """The levels of one comparison with those that were `UNDETERMINED` filled in."""
    undetermined = np.flatnonzero(levels == UNDETERMINED)
    determined = levels.copy()
    determined[undetermined] = LETTER_COMPARERS[comparison.kind](
        sides, comparison.columns, left[undetermined], right[undetermined]
    )
    return determined


def _date_levels(sides: Sides, columns: Mapping[str, str], left: Rows, right: Rows) -> Levels:
    left_dates, right_dates = sides.left.dates(columns["date"])[left], sides.right.dates(columns["date"])[right]
    y1, m1, d1 = left_dates // 10_000, left_dates // 100 % 100, left_dates % 100
    y2, m2, d2 = right_dates // 10_000, right_dates // 100 % 100, right_dates % 100
    levels = np.full(len(left), DATE_OTHER, dtype=np.uint8)
    same_year, same_month, same_day = y1 == y2, m1 == m2, d1 == d2
    levels[np.abs(y1 - y2) <= 2] = DATE_NEAR  # noqa: PLR2004
    levels[same_year] = DATE_SAME_YEAR
    levels[same_day & same_month & _is_slip_of_year(y1, y2)] = DATE_YEAR
    levels[same_year & (d1 == 1) & (m1 == 1)] = DATE_NEW_YEAR
    levels[same_year & (same_day ^ same_month) & ~((d1 == 1) & (m1 == 1))] = DATE_DAY
    levels[same_year & (d1 == m2) & (m1 == d2)] = DATE_SWAPPED
    equal = same_year & same_month & same_day
    levels[equal] = DATE_EQUAL
    levels[equal & np.isin(left_dates % 10_000, ASSUMED_DAYS)] = DATE_ASSUMED
    levels[(y1 == 0) | (y2 == 0)] = 0
    return levels


def _is_slip_of_year(one: Dates, two: Dates) -> Flags:
    """Whether two years may be the same, one of them badly guessed or with one digit wrong."""
    wrong = np.sum([one // place % 10 != two // place % 10 for place in (1, 10, 100, 1000)], axis=0)
    return (wrong == 1) | (np.abs(one - two) <= _MOST_YEARS_MISGUESSED)


def _code_levels(sides: Sides, columns: Mapping[str, str], left: Rows, right: Rows) -> Levels:
    """Equal, different or unknown."""
    a, b = sides.hashed(columns["value"], left, right)
    return np.where((a == 0) | (b == 0), 0, np.where(a == b, 1, 2)).astype(np.uint8)


def _role_levels(sides: Sides, columns: Mapping[str, str], left: Rows, right: Rows) -> Levels:
    """Role in the family: sole (head or spouse on both sides), equal, a child now in a family of its own, different."""
    left_roles, right_roles = _roles(sides.left, columns["value"])[left], _roles(sides.right, columns["value"])[right]
    levels = np.where(left_roles == right_roles, ROLE_EQUAL, ROLE_OTHER).astype(np.uint8)
    levels[(left_roles == right_roles) & ((left_roles == HEAD) | (left_roles == SPOUSE))] = ROLE_SOLE
    levels[
        (left_roles == CHILD) & ((right_roles == HEAD) | (right_roles == SPOUSE) | (right_roles == CHILD_IN_LAW))
    ] = ROLE_OWN_FAMILY
    levels[(left_roles == 0) | (right_roles == 0)] = 0
    return levels


def _roles(records: Records, column: str) -> npt.NDArray[np.int8]:
    return records.cached(f"{column} role", lambda: records[column].fill_null(0).cast(pl.Int8).to_numpy())


def _text_levels(sides: Sides, columns: Mapping[str, str], left: Rows, right: Rows) -> Levels:
    """Equal as written or folded, different or unknown."""
    levels = _code_levels(sides, columns, left, right)
    unlike = np.flatnonzero(levels == 2)  # noqa: PLR2004
    one, two = sides.folded_hashes(columns["value"], comparable_name, left[unlike], right[unlike])
    levels[unlike[one == two]] = 1
    return levels


def _number_levels(sides: Sides, columns: Mapping[str, str], left: Rows, right: Rows) -> Levels:
    """A number of 16 digits compared without its inner structure: equal, last digit lost, one slip, different.

    Two wrong digits are not a slip: numbers issued by one office within a few days often differ in two.
    """
    a = sides.left.packed(columns["number"])[left]
    b = sides.right.packed(columns["number"])[right]
    levels = np.full(len(left), NUMBER_OTHER, dtype=np.uint8)
    places = bcd.differing_digits(a, b)
    near = np.flatnonzero(np.bitwise_count(places) <= 2)  # noqa: PLR2004
    # Numbers that one office issues on one day differ only in the serial: that is no slip.
    near = near[~bcd.differ_only_within(places[near], 12, 15)]
    one_slip = (np.bitwise_count(places[near]) == 1) | bcd.is_swap(a[near], b[near])
    levels[near[one_slip]] = NUMBER_NEAR
    levels[bcd.differ_only_within(places, 15, 15) & (bcd.digit(a, 15) == 0)] = NUMBER_DAMAGED
    levels[a == b] = NUMBER_EQUAL
    levels[(a == 0) | (b == 0)] = 0
    return levels


def _quick_name_levels(sides: Sides, columns: Mapping[str, str], left: Rows, right: Rows) -> Levels:
    """Equal, unknown, or to be compared word by word."""
    a, b = sides.hashed(columns.get("tidy") or columns["folded"], left, right)
    return np.where((a == 0) | (b == 0), 0, np.where(a == b, EQUAL, UNDETERMINED)).astype(np.uint8)


def _unequal_name_levels(sides: Sides, columns: Mapping[str, str], left: Rows, right: Rows) -> Levels:
    """Level of unequal names; a wife may be listed under her husband's name."""
    folding = comparable_name if "tidy" in columns else None
    column = columns.get("tidy") or columns["folded"]
    levels = _name_levels_by_words(sides, (column, column), folding, left, right)
    husband = columns.get("husband")
    if husband is not None and husband in sides.right:
        weak = np.flatnonzero((levels >= PARTLY) & sides.right[husband].is_not_null().to_numpy()[right])
        by_husband = _name_levels_by_words(sides, (column, husband), None, left[weak], right[weak])
        levels[weak[(by_husband > 0) & (by_husband <= SHORTER)]] = HUSBAND
    return levels


def _name_levels_by_words(
    sides: Sides,
    columns: tuple[str, str],
    folding: Folding | None,
    left: Rows,
    right: Rows,
) -> Levels:
    one, two, distinct_names = sides.factorized(columns, folding, left, right)
    names = split_names(pl.concat([distinct_names, pl.Series([None], dtype=pl.String)], rechunk=True))
    levels, calls = name_levels(names, one, two)
    sides.calls[columns[0]] = sides.calls.get(columns[0], 0) + calls
    return levels


def folded_address(address: pl.Expr) -> pl.Expr:
    """An address without road words and punctuation: `JLN. MAWAR NO.7` and `JL MAWAR 7` are `MAWAR 7`."""
    bare = address.str.to_uppercase().str.replace_all(r"[^A-Z0-9]+", " ").str.replace_all(_ROAD_WORDS, " ")
    words = bare.str.replace_all(" +", " ").str.strip_chars(" ")
    return pl.when(words != "").then(words)


def _place_levels(sides: Sides, columns: Mapping[str, str], left: Rows, right: Rows) -> Levels:
    """Place of living: home (desa, RT, RW and address), house, RT and RW, desa, kecamatan, kabupaten, elsewhere.

    A person in another kecamatan may have moved: a number issued in the other one shows it (origin).
    """

    def same(part: str) -> Flags:
        one, two = sides.hashed(columns[part], left, right)
        return (one == two) & (one != 0)

    desa, kec, kab = same("desa"), same("kec"), same("kab")
    rt_rw = same("rt") & same("rw")
    house = same("address")
    unlike = np.flatnonzero(desa & ~house)
    one, two = sides.folded_hashes(columns["address"], folded_address, left[unlike], right[unlike])
    house[unlike] = (one == two) & (one != 0)
    levels = np.full(len(left), ELSEWHERE, dtype=np.uint8)
    levels[kab] = KAB
    levels[kec] = KEC
    levels[desa] = DESA
    levels[desa & rt_rw] = RT_RW
    levels[desa & house] = HOUSE
    levels[desa & rt_rw & house] = HOME
    away = np.flatnonzero(levels >= KAB)
    levels[away[_same_origin(sides, columns, left[away], right[away])]] = ORIGIN
    one_kab, two_kab = sides.hashed(columns["kab"], left, right)
    levels[(one_kab == 0) | (two_kab == 0)] = 0
    return levels


def _same_origin(sides: Sides, columns: Mapping[str, str], left: Rows, right: Rows) -> Flags:
    """Whether the row's KK was issued at the resident's home or origin, or the resident's NIK at the row's home."""
    kk, nik, kec = (columns[part] for part in ("kk", "nik", "kec"))
    if kk not in sides.left or kk not in sides.right or nik not in sides.right:
        return np.zeros(len(left), dtype=np.bool_)
    issued, native = sides.left.issuing_kecamatan(kk)[left], sides.left.kecamatan(kec)[left]
    origin = sides.right.issuing_kecamatan(nik)[right]
    resident_kecamatan = (sides.right.issuing_kecamatan(kk)[right], origin, sides.right.kecamatan(kec)[right])
    return ((issued != 0) & np.logical_or.reduce([issued == kecamatan for kecamatan in resident_kecamatan])) | (
        (native != 0) & (native == origin)
    )


COMPARERS: dict[str, Comparer] = {
    "nik": nik_levels,
    "date": _date_levels,
    "code": _code_levels,
    "role": _role_levels,
    "text": _text_levels,
    "number": _number_levels,
    "name": _quick_name_levels,
    "place": _place_levels,
}
# Kinds that compare letters for `UNDETERMINED` pairs.
LETTER_COMPARERS: dict[str, Comparer] = {"name": _unequal_name_levels}
