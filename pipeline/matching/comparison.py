"""Pairs of records to levels of agreement, one small number per pair and comparison.

Belongs here: how each kind of fact is compared, in bulk. Does not: which facts and columns (the model says), what a
level weighs, which pairs are compared (`pipeline.matching.blocking`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import polars as pl

from pipeline.matching import identifiers_near as near
from pipeline.matching.lookup import Lookup
from pipeline.matching.model import Comparison, LinkageModel
from pipeline.matching.name_levels import (
    DIFFERENT,
    EQUAL,
    PARTLY,
    SHORTER,
    Codes,
    Levels,
    name_levels,
    take_apart,
)
from pipeline.matching.records import Folding, Hashes, Records, Rows
from pipeline.normalise.names import comparable_name

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
) = range(1, 12)
DATE_EQUAL, DATE_SWAPPED, DATE_DAY, DATE_NEW_YEAR, DATE_YEAR, DATE_SAME_YEAR, DATE_NEAR, DATE_OTHER = range(1, 9)
ROLE_EQUAL, ROLE_OWN_FAMILY, ROLE_OTHER = range(1, 4)
HEAD, SPOUSE, CHILD, CHILD_IN_LAW = range(1, 5)
NUMBER_EQUAL, NUMBER_DAMAGED, NUMBER_NEAR, NUMBER_OTHER = range(1, 5)
HUSBAND = DIFFERENT + 1
HOME, HOUSE, RT_RW, DESA, ORIGIN, KEC, KAB, ELSEWHERE = range(1, 9)

_ROAD_WORDS = (
    r"\b(?:JL|JLN|JALAN|GG|GANG|KP|KAMP|KAMPUNG|KMP|DUSUN|DSN|DS|DK|DKH|DUKUH|DESA|LINGK|LINGKUNGAN"
    r"|NO|NOMOR|RT|RW|BLOK)\b"
)
# So many pairs at a time stay in the processor's cache.
_AT_A_TIME = 65_536
# A level that only a closer look can tell: the values are known and not equal.
OPEN = 255
_LEAST_ROUNDED = np.uint64(0x9007199254740992)
_SEED = 20221231
# 1 January as month and day, which stands for a year alone.
_NEW_YEAR = 101


@dataclass
class Sides:
    """Two sets of records whose rows are compared.

    Attributes:
        left: rows of DTKS.
        right: residents (or DTKS again).
        calls: similarities calculated so far, per column.
    """

    left: Records
    right: Records
    calls: dict[str, int] = field(default_factory=dict)

    def hashed(self, column: str, left: Rows, right: Rows) -> tuple[Hashes, Hashes]:
        """The column of both rows of each pair as 64-bit hashes, 0 for null."""
        return self.left.hashed(column)[left], self.right.hashed(column)[right]

    def folded(self, column: str, folding: Folding, left: Rows, right: Rows) -> tuple[Hashes, Hashes]:
        """The same of the folded column."""
        return self.left.folded(column, folding)[left], self.right.folded(column, folding)[right]

    def coded(
        self, columns: tuple[str, str], folding: Folding | None, left: Rows, right: Rows
    ) -> tuple[Codes, Codes, pl.Series]:
        """The columns of both rows of each pair as positions in one list of distinct (folded) values; -1 for null.

        Values are told apart by their hashes, so that only the distinct ones are ever looked at.
        """
        hashes = [side.hashed(column) for side, column in zip((self.left, self.right), columns, strict=True)]
        rows = [_distinct_rows(one, some) for one, some in zip(hashes, (left, right), strict=True)]
        values = [
            side[column].gather(some).rename("v")
            for side, column, some in zip((self.left, self.right), columns, rows, strict=True)
        ]
        distinct = pl.DataFrame(
            {
                "hash": np.concatenate([one[some] for one, some in zip(hashes, rows, strict=True)]),
                "v": pl.concat(values),
            }
        )
        known = distinct.unique("hash").sort("hash")
        folded = known.select(folding(pl.col("v")) if folding else pl.col("v")).to_series()
        spellings = np.where(folded.is_null().to_numpy(), np.uint64(0), folded.hash(_SEED).to_numpy() | np.uint64(1))
        told, first, code = np.unique(spellings, return_index=True, return_inverse=True)
        # Null comes first, if at all.
        null = int(len(told) > 0 and told[0] == 0)
        lookup = Lookup(known["hash"].to_numpy())
        found = [
            _codes(lookup, (code - null).astype(np.int32), one, some)
            for one, some in zip(hashes, (left, right), strict=True)
        ]
        return found[0], found[1], folded.gather(first[null:])


def _distinct_rows(hashes: Hashes, rows: Rows) -> Rows:
    """One row for each value that the rows have."""
    named = np.zeros(len(hashes), dtype=np.bool_)
    named[rows] = True
    present = np.flatnonzero(named)
    order = present[np.argsort(hashes[present])]
    return order[np.r_[True, hashes[order][1:] != hashes[order][:-1]]] if len(order) else order


def _codes(known: Lookup, code: Codes, hashes: Hashes, rows: Rows) -> Codes:
    """The code of each row's value, -1 where it has none."""
    named = np.zeros(len(hashes), dtype=np.bool_)
    named[rows] = True
    present = np.flatnonzero(named)
    at = known.find(hashes[present])
    codes = np.full(len(hashes), -1, dtype=np.int32)
    codes[present[at != -1]] = code[at[at != -1]]
    return codes[rows]


Comparer = Callable[[Sides, Mapping[str, str], Rows, Rows], Levels]


def compare(model: LinkageModel, sides: Sides, left: Rows, right: Rows) -> npt.NDArray[np.uint8]:
    """Levels of all pairs, shape pairs × comparisons; `left` and `right` are row numbers of the two sides.

    Comparisons whose evidence comes from other pairs (kind "household") stay at level 0.
    """
    levels = first_look(model, sides, left, right)
    for number in closer_looks(model):
        levels[:, number] = look_closer(model.comparisons[number], sides, left, right, levels[:, number])
    return levels


def first_look(model: LinkageModel, sides: Sides, left: Rows, right: Rows) -> npt.NDArray[np.uint8]:
    """Levels as far as numbers tell them; `OPEN` where values differ and only their letters tell how."""
    levels = np.zeros((len(left), len(model.comparisons)), dtype=np.uint8, order="F")

    def look(start: int) -> None:
        some = slice(start, start + _AT_A_TIME)
        for number, comparison in enumerate(model.comparisons):
            if comparison.kind in KINDS:
                levels[some, number] = KINDS[comparison.kind](sides, comparison.columns, left[some], right[some])

    with ThreadPoolExecutor(pl.thread_pool_size()) as pool:
        list(pool.map(look, range(0, len(left), _AT_A_TIME)))
    return levels


def closer_looks(model: LinkageModel) -> list[int]:
    """The comparisons that can leave `OPEN` levels, the one that tells persons apart best first."""
    return [number for number, comparison in enumerate(model.comparisons) if comparison.kind in CLOSER]


def look_closer(
    comparison: Comparison, sides: Sides, left: Rows, right: Rows, levels: npt.NDArray[np.uint8]
) -> npt.NDArray[np.uint8]:
    """The levels of one comparison with those that were `OPEN` filled in."""
    unlike = np.flatnonzero(levels == OPEN)
    told = levels.copy()
    told[unlike] = CLOSER[comparison.kind](sides, comparison.columns, left[unlike], right[unlike])
    return told


def birth_in_number(packed: near.Packed) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Day (women: 40 less), month and year of the century as a NIK states them."""
    tens = [near.digit(packed, place).astype(np.int64) * 10 for place in (6, 8, 10)]
    ones = [near.digit(packed, place).astype(np.int64) for place in (7, 9, 11)]
    day, month, year = (ten + one for ten, one in zip(tens, ones, strict=True))
    return np.where(day > 40, day - 40, day), month, year  # noqa: PLR2004


def _nik(sides: Sides, columns: Mapping[str, str], left: Rows, right: Rows) -> Levels:
    """NIK with the place of the slip: in the region, in the birth date, or in the serial (a neighbour's, mostly).

    A row that bears the NIK of another member of the resident's KK (`owner`, the KK of the NIK's owner) is told apart,
    and so is one whose NIK tells the row's own birth, which is not the resident's.
    """
    own, theirs = sides.left.packed(columns["number"]), sides.right.packed(columns["number"])
    a, b = own[left], theirs[right]
    places = near.different_digits(a, b)
    wrong = np.bitwise_count(places)
    swap = near.is_swap(a, b)
    slip = (wrong == 1) | swap | (a == near.swapped_day_month(b))
    levels = np.full(len(left), NIK_OTHER, dtype=np.uint8)
    levels[near.within(places, 12, 15)] = NIK_SEGMENT
    levels[wrong == 2] = NIK_TWO  # noqa: PLR2004
    in_serial = near.within(places, 12, 15)
    levels[in_serial & (slip | (wrong == 2))] = NIK_SERIAL  # noqa: PLR2004
    # A serial that may have been issued is rather a twin's or a neighbour's number than a slip.
    serial = a & np.uint64(0xFFFF)
    usual = sides.right.once(f"{columns['number']} usual serial", lambda: _usual_serial(theirs))
    levels[in_serial & (serial > 0) & (serial <= usual)] = NIK_SEGMENT
    levels[slip & ~near.within(places, 0, 5) & ~in_serial] = NIK_DATE
    levels[slip & near.within(places, 0, 5)] = NIK_REGION
    # A NIK that tells the row's own birth date is nobody else's NIK with a slip in the date.
    slipped = np.flatnonzero(((levels == NIK_DATE) | (levels == NIK_TWO)) & ~near.within(places, 0, 5) & ~in_serial)
    levels[slipped[_tells_birth(sides.left, columns, a[slipped], left[slipped])]] = NIK_OTHER
    # One that names the row's own kecamatan is nobody else's with a slip in the region.
    moved = np.flatnonzero(((levels == NIK_REGION) | (levels == NIK_TWO)) & near.within(places, 0, 5))
    levels[moved[_tells_home(sides.left, columns, left[moved])]] = NIK_OTHER
    family_known = columns["owner"] in sides.left
    owner = sides.left[columns["owner"]].to_numpy()[left] if family_known else np.full(len(left), -1)
    # A number that somebody bears is no slip in somebody else's.
    levels[(owner != -1) & (levels != NIK_SEGMENT)] = NIK_OTHER
    levels[(levels == NIK_OTHER) & _born_otherwise(sides, columns, left, right)] = NIK_OWN
    levels[near.within(places, 15, 15) & (near.digit(a, 15) == 0)] = NIK_DAMAGED
    # What went through a float is even.
    large = np.flatnonzero((a >= _LEAST_ROUNDED) & (a & np.uint64(1) == 0))
    below, above = near.float_neighbours(a[large])
    levels[large[(below == b[large]) | (above == b[large])]] = NIK_DAMAGED
    if family_known and columns["family"] in sides.right:
        family = sides.right[columns["family"]].to_numpy()[right]
        levels[(owner == family) & (owner != -1)] = NIK_RELATIVE
    levels[a == b] = NIK_EQUAL
    levels[(a == 0) | (b == 0)] = 0
    written = columns["written"]
    if written in sides.left:
        odd = sides.left.once(f"{written} odd", lambda: near.Odd(sides.left[written]))
        short = np.flatnonzero(odd.any[left] & (b != 0))
        levels[short] = np.where(odd.may_be(left[short], b[short]), NIK_LENGTH, NIK_OTHER)
        levels[short[odd.lacks_last(left[short], b[short])]] = NIK_DAMAGED
    return levels


def _born_otherwise(sides: Sides, columns: Mapping[str, str], left: Rows, right: Rows) -> npt.NDArray[np.bool_]:
    """Whether the row's NIK and birth date tell one birth, and the resident was born on another day."""
    column, number = columns["date"], columns["number"]
    if column not in sides.left or column not in sides.right:
        return np.zeros(len(left), dtype=np.bool_)
    told = sides.left.once(f"{number} own birth", lambda: _own_birth(sides.left, columns))[left]
    born = sides.right.once(f"{column} of the century", lambda: sides.right.dates(column) % 1_000_000)[right]
    return (told != 0) & (born != 0) & (told != born)


def _own_birth(rows: Records, columns: Mapping[str, str]) -> npt.NDArray[np.int32]:
    """The birth (yymmdd) that a row's NIK tells where the row's own date says the same, else 0.

    1 January stands for the year alone.
    """
    number, born = rows.packed(columns["number"]), rows.dates(columns["date"])
    every = np.arange(len(number))
    day, month, year = birth_in_number(number)
    only_year = (born % 10_000 == _NEW_YEAR) & (born // 10_000 % 100 == year) & _tells_sex(rows, columns, number, every)
    own = (number != 0) & (only_year | _tells_birth(rows, columns, number, every))
    return np.where(own, year * 10_000 + month * 100 + day, 0).astype(np.int32)


def _tells_birth(rows: Records, columns: Mapping[str, str], number: near.Packed, which: Rows) -> npt.NDArray[np.bool_]:
    """Whether the number of some rows tells the birth date, and where it is known the sex, that the row states."""
    day, month, year = birth_in_number(number)
    born = rows.dates(columns["date"])[which]
    told = (born != 0) & (born // 100 % 100 * 100 + born % 100 == month * 100 + day) & (born // 10_000 % 100 == year)
    return told & _tells_sex(rows, columns, number, which)


def _tells_sex(rows: Records, columns: Mapping[str, str], number: near.Packed, which: Rows) -> npt.NDArray[np.bool_]:
    """Whether the number of some rows tells the sex that the row states: a day with 40 added or missing is a slip."""
    if columns["sex"] not in rows:
        return np.ones(len(which), dtype=np.bool_)
    woman = near.digit(number, 6) >= 4  # noqa: PLR2004
    return woman == (rows[columns["sex"]].gather(which) == "P").fill_null(value=False).to_numpy()


def _tells_home(rows: Records, columns: Mapping[str, str], which: Rows) -> npt.NDArray[np.bool_]:
    """Whether the number of some rows was issued in the kecamatan that the row states."""
    if columns["kec"] not in rows:
        return np.zeros(len(which), dtype=np.bool_)
    kec = rows.kecamatan(columns["kec"])[which]
    return (kec != 0) & (kec == rows.issuer(columns["number"])[which])


def _usual_serial(numbers: near.Packed) -> np.uint64:
    """The serial (packed, as in a NIK) that hardly any number exceeds; serials of one digit are always usual."""
    serials = np.sort(numbers & np.uint64(0xFFFF))
    usual = serials[int(len(serials) * 0.99)] if len(serials) else np.uint64(0)
    return max(usual, np.uint64(9))


def _date(sides: Sides, columns: Mapping[str, str], left: Rows, right: Rows) -> Levels:
    one, two = sides.left.dates(columns["date"])[left], sides.right.dates(columns["date"])[right]
    y1, m1, d1 = one // 10_000, one // 100 % 100, one % 100
    y2, m2, d2 = two // 10_000, two // 100 % 100, two % 100
    levels = np.full(len(left), DATE_OTHER, dtype=np.uint8)
    same_year, same_month, same_day = y1 == y2, m1 == m2, d1 == d2
    levels[np.abs(y1 - y2) <= 2] = DATE_NEAR  # noqa: PLR2004
    levels[same_year] = DATE_SAME_YEAR
    levels[same_day & same_month] = DATE_YEAR
    levels[same_year & (d1 == 1) & (m1 == 1)] = DATE_NEW_YEAR
    levels[same_year & (same_day ^ same_month) & ~((d1 == 1) & (m1 == 1))] = DATE_DAY
    levels[same_year & (d1 == m2) & (m1 == d2)] = DATE_SWAPPED
    levels[same_year & same_month & same_day] = DATE_EQUAL
    levels[(y1 == 0) | (y2 == 0)] = 0
    return levels


def _code(sides: Sides, columns: Mapping[str, str], left: Rows, right: Rows) -> Levels:
    """Equal, different or unknown."""
    a, b = sides.hashed(columns["value"], left, right)
    return np.where((a == 0) | (b == 0), 0, np.where(a == b, 1, 2)).astype(np.uint8)


def _role(sides: Sides, columns: Mapping[str, str], left: Rows, right: Rows) -> Levels:
    """Role in the family: equal, a child that now heads a family of its own or is married into one, different."""
    one, two = _roles(sides.left, columns["value"])[left], _roles(sides.right, columns["value"])[right]
    levels = np.where(one == two, ROLE_EQUAL, ROLE_OTHER).astype(np.uint8)
    levels[(one == CHILD) & ((two == HEAD) | (two == SPOUSE) | (two == CHILD_IN_LAW))] = ROLE_OWN_FAMILY
    levels[(one == 0) | (two == 0)] = 0
    return levels


def _roles(records: Records, column: str) -> npt.NDArray[np.int8]:
    return records.once(f"{column} role", lambda: records[column].fill_null(0).cast(pl.Int8).to_numpy())


def _text(sides: Sides, columns: Mapping[str, str], left: Rows, right: Rows) -> Levels:
    """Equal as written or folded, different or unknown."""
    levels = _code(sides, columns, left, right)
    unlike = np.flatnonzero(levels == 2)  # noqa: PLR2004
    one, two = sides.folded(columns["value"], comparable_name, left[unlike], right[unlike])
    levels[unlike[one == two]] = 1
    return levels


def _number(sides: Sides, columns: Mapping[str, str], left: Rows, right: Rows) -> Levels:
    """A number of 16 digits without inner structure: equal, without its last digit, one or two slips, different."""
    a = sides.left.packed(columns["number"])[left]
    b = sides.right.packed(columns["number"])[right]
    levels = np.full(len(left), NUMBER_OTHER, dtype=np.uint8)
    places = near.different_digits(a, b)
    # Two numbers of one office and day differ in the serial by nature.
    slip = (np.bitwise_count(places) <= 2) & ~near.within(places, 12, 15)  # noqa: PLR2004
    levels[slip] = NUMBER_NEAR
    levels[near.within(places, 15, 15) & (near.digit(a, 15) == 0)] = NUMBER_DAMAGED
    levels[a == b] = NUMBER_EQUAL
    levels[(a == 0) | (b == 0)] = 0
    return levels


def _name(sides: Sides, columns: Mapping[str, str], left: Rows, right: Rows) -> Levels:
    """Equal, unknown, or to be compared word by word."""
    a, b = sides.hashed(columns.get("tidy") or columns["folded"], left, right)
    return np.where((a == 0) | (b == 0), 0, np.where(a == b, EQUAL, OPEN)).astype(np.uint8)


def _unlike_names(sides: Sides, columns: Mapping[str, str], left: Rows, right: Rows) -> Levels:
    """How names that are not equal agree; a wife may stand under her husband's."""
    folding = comparable_name if "tidy" in columns else None
    column = columns.get("tidy") or columns["folded"]
    levels = _names_by_words(sides, (column, column), folding, left, right)
    husband = columns.get("husband")
    if husband is not None and husband in sides.right:
        weak = np.flatnonzero((levels >= PARTLY) & sides.right[husband].is_not_null().to_numpy()[right])
        by_husband = _names_by_words(sides, (column, husband), None, left[weak], right[weak])
        levels[weak[(by_husband > 0) & (by_husband <= SHORTER)]] = HUSBAND
    return levels


def _names_by_words(
    sides: Sides,
    columns: tuple[str, str],
    folding: Folding | None,
    left: Rows,
    right: Rows,
) -> Levels:
    one, two, distinct = sides.coded(columns, folding, left, right)
    names = take_apart(pl.concat([distinct, pl.Series([None], dtype=pl.String)]))
    levels, calls = name_levels(names, one, two)
    sides.calls[columns[0]] = sides.calls.get(columns[0], 0) + calls
    return levels


def folded_address(address: pl.Expr) -> pl.Expr:
    """An address without road words and punctuation: `JLN. MAWAR NO.7` and `JL MAWAR 7` are `MAWAR 7`."""
    bare = address.str.to_uppercase().str.replace_all(r"[^A-Z0-9]+", " ").str.replace_all(_ROAD_WORDS, " ")
    words = bare.str.replace_all(" +", " ").str.strip_chars(" ")
    return pl.when(words != "").then(words)


def _place(sides: Sides, columns: Mapping[str, str], left: Rows, right: Rows) -> Levels:
    """Where they live: home (desa, RT, RW and address), house, RT and RW, desa, kecamatan, kabupaten, elsewhere.

    Who lives in another kecamatan may have moved: then a number that was issued in the other's (origin) tells it.
    """

    def same(part: str) -> npt.NDArray[np.bool_]:
        one, two = sides.hashed(columns[part], left, right)
        return (one == two) & (one != 0)

    desa, kec, kab = same("desa"), same("kec"), same("kab")
    rt_rw = same("rt") & same("rw")
    house = same("address")
    unlike = np.flatnonzero(desa & ~house)
    one, two = sides.folded(columns["address"], folded_address, left[unlike], right[unlike])
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


def _same_origin(sides: Sides, columns: Mapping[str, str], left: Rows, right: Rows) -> npt.NDArray[np.bool_]:
    """Whether the row's KK was issued where the resident lives or comes from, or his NIK where the row lives."""
    kk, nik, kec = (columns[part] for part in ("kk", "nik", "kec"))
    if kk not in sides.left or kk not in sides.right or nik not in sides.right:
        return np.zeros(len(left), dtype=np.bool_)
    issued, native = sides.left.issuer(kk)[left], sides.left.kecamatan(kec)[left]
    origin = sides.right.issuer(nik)[right]
    theirs = (sides.right.issuer(kk)[right], origin, sides.right.kecamatan(kec)[right])
    return ((issued != 0) & np.logical_or.reduce([issued == one for one in theirs])) | (
        (native != 0) & (native == origin)
    )


KINDS: dict[str, Comparer] = {
    "nik": _nik,
    "date": _date,
    "code": _code,
    "role": _role,
    "text": _text,
    "number": _number,
    "name": _name,
    "place": _place,
}
# Kinds whose `OPEN` pairs need their letters compared.
CLOSER: dict[str, Comparer] = {"name": _unlike_names}
