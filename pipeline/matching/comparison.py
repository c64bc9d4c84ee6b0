"""Pairs of records to levels of agreement, one small number per pair and comparison.

Belongs here: how each kind of fact is compared, in bulk. Does not: which facts and columns (the model says), what a
level weighs, which pairs are compared (`pipeline.matching.blocking`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import polars as pl

from pipeline.matching import identifiers_near as near
from pipeline.matching.model import LinkageModel
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
from pipeline.normalise.names import comparable_name

Rows = npt.NDArray[np.int64]

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
) = range(1, 11)
DATE_EQUAL, DATE_SWAPPED, DATE_DAY, DATE_NEW_YEAR, DATE_YEAR, DATE_SAME_YEAR, DATE_NEAR, DATE_OTHER = range(1, 9)
NUMBER_EQUAL, NUMBER_NEAR, NUMBER_OTHER = range(1, 4)
HUSBAND = DIFFERENT + 1
HOME, HOUSE, RT_RW, DESA, KEC, KAB, ELSEWHERE = range(1, 8)

_ROAD_WORDS = (
    r"\b(?:JL|JLN|JALAN|GG|GANG|KP|KAMP|KAMPUNG|KMP|DUSUN|DSN|DS|DK|DKH|DUKUH|DESA|LINGK|LINGKUNGAN"
    r"|NO|NOMOR|RT|RW|BLOK)\b"
)
_SEED = 20221231


@dataclass
class Sides:
    """Two frames whose rows are compared; columns are turned into numbers once, when first needed.

    Attributes:
        left: rows of DTKS.
        right: residents (or DTKS again).
        calls: similarities calculated so far, per comparison.
    """

    left: pl.DataFrame
    right: pl.DataFrame
    calls: dict[str, int] = field(default_factory=dict)

    def both(self, column: str) -> tuple[pl.Series, pl.Series]:
        """The column of both frames."""
        return self.left[column], self.right[column]

    def hashed(self, column: str) -> tuple[near.Packed, near.Packed]:
        """Both columns as 64-bit hashes, 0 for null."""
        one, two = (
            np.where(series.is_null().to_numpy(), np.uint64(0), series.hash(_SEED).to_numpy() | np.uint64(1))
            for series in self.both(column)
        )
        return one, two

    def only(self, column: str, left: Rows, right: Rows) -> tuple[Sides, Rows, Rows]:
        """One column of the rows that some pairs name, and the pairs in the new numbers."""
        one, one_at = _present(left, self.left.height)
        two, two_at = _present(right, self.right.height)
        some = Sides(self.left.select(column)[one], self.right.select(column)[two])
        return some, one_at[left], two_at[right]

    def coded(self, column: str, folding: Callable[[pl.Expr], pl.Expr] | None = None) -> tuple[Codes, Codes, pl.Series]:
        """Both columns as positions in one list of distinct (folded) values, and that list; -1 for null."""
        left, right = self.both(column)
        values = pl.concat([left.rename("v"), right.rename("v")]).to_frame()
        distinct = values.unique().drop_nulls().sort("v")
        folded = distinct.select("v", folded=folding(pl.col("v")) if folding else pl.col("v"))
        unique = folded.select("folded").unique().drop_nulls().sort("folded").with_row_index("code")
        codes = (
            values.join(folded.join(unique, on="folded", how="left"), on="v", how="left", maintain_order="left")["code"]
            .cast(pl.Int32)
            .fill_null(-1)
            .to_numpy()
        )
        return codes[: left.len()], codes[left.len() :], unique["folded"]


def _present(rows: Rows, count: int) -> tuple[Rows, Rows]:
    """The distinct rows, and per row of the frame its place among them."""
    named = np.zeros(count, dtype=np.bool_)
    named[rows] = True
    return np.flatnonzero(named), np.cumsum(named) - 1


Comparer = Callable[[Sides, Mapping[str, str], Rows, Rows], Levels]


def compare(model: LinkageModel, sides: Sides, left: Rows, right: Rows) -> npt.NDArray[np.uint8]:
    """Levels of all pairs, shape pairs × comparisons; `left` and `right` are row numbers of the frames in `sides`.

    Comparisons whose evidence comes from other pairs (kind "household") stay at level 0.
    """
    levels = np.zeros((len(left), len(model.comparisons)), dtype=np.uint8)
    for number, comparison in enumerate(model.comparisons):
        if comparison.kind in KINDS:
            levels[:, number] = KINDS[comparison.kind](sides, comparison.columns, left, right)
    return levels


def birth_in_number(packed: near.Packed) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Day (women: 40 less), month and year of the century as a NIK states them."""
    tens = [near.digit(packed, place).astype(np.int64) * 10 for place in (6, 8, 10)]
    ones = [near.digit(packed, place).astype(np.int64) for place in (7, 9, 11)]
    day, month, year = (ten + one for ten, one in zip(tens, ones, strict=True))
    return np.where(day > 40, day - 40, day), month, year  # noqa: PLR2004


def _nik(sides: Sides, columns: Mapping[str, str], left: Rows, right: Rows) -> Levels:
    """NIK with the place of the slip: in the region, in the birth date, or in the serial (a neighbour's, mostly).

    A row that bears the NIK of another member of the resident's KK (`owner`, the KK of the NIK's owner) is told apart.
    """
    own, theirs = (near.pack(series) for series in sides.both(columns["number"]))
    written = (
        sides.left[columns["written"]] if columns["written"] in sides.left.columns else sides.left[columns["number"]]
    )
    born = sides.left[columns["date"]]
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
    levels[slip & ~near.within(places, 0, 5) & ~in_serial] = NIK_DATE
    levels[slip & near.within(places, 0, 5)] = NIK_REGION
    # A NIK that tells the row's own birth date is nobody else's NIK with a slip in the date.
    day, month, year = birth_in_number(own)
    consistent = ((born.dt.day() == day) & (born.dt.month() == month) & (born.dt.year() % 100 == year)).fill_null(
        value=False
    )
    elsewhere = ~near.within(places, 0, 5) & ~in_serial & consistent.to_numpy()[left]
    levels[elsewhere & ((levels == NIK_DATE) | (levels == NIK_TWO))] = NIK_OTHER
    zeroed = near.within(places, 15, 15) & (near.digit(a, 15) == 0)
    moved = (near.float_neighbours(own)[left] == b[:, None]).any(axis=1) & (a >= np.uint64(0x9007199254740992))
    levels[zeroed | moved] = NIK_DAMAGED
    if columns["owner"] in sides.left.columns and columns["family"] in sides.right.columns:
        owner, family = sides.left[columns["owner"]].to_numpy()[left], sides.right[columns["family"]].to_numpy()[right]
        levels[(owner == family) & (owner != -1)] = NIK_RELATIVE
    levels[a == b] = NIK_EQUAL
    levels[(a == 0) | (b == 0)] = 0
    odd = (written.str.len_bytes().is_in([15, 17]).fill_null(value=False)).to_numpy() & (own == 0)
    levels[odd[left]] = np.where(_refills(written, odd, left, b)[odd[left]], NIK_LENGTH, NIK_OTHER)
    return levels


def _refills(written: pl.Series, odd: npt.NDArray[np.bool_], left: Rows, numbers: near.Packed) -> npt.NDArray[np.bool_]:
    """Whether the number is what a row's 15 or 17 digits may have been; only rows marked `odd` are looked at."""
    rows = np.flatnonzero(odd)
    made = near.refilled(written.gather(rows))
    made = made.select(left=pl.Series(rows[made["row"].to_numpy()]), number="number")
    pairs = pl.DataFrame({"left": left, "number": numbers}).with_row_index("pair")
    hits = np.zeros(len(left), dtype=np.bool_)
    hits[pairs.join(made, on=["left", "number"], how="semi")["pair"].to_numpy()] = True
    return hits


def _date(sides: Sides, columns: Mapping[str, str], left: Rows, right: Rows) -> Levels:
    one, two = (
        [part.fill_null(0).to_numpy().astype(np.int32) for part in (s.dt.day(), s.dt.month(), s.dt.year())]
        for s in sides.both(columns["date"])
    )
    d1, m1, y1 = (part[left] for part in one)
    d2, m2, y2 = (part[right] for part in two)
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
    one, two = sides.hashed(columns["value"])
    a, b = one[left], two[right]
    return np.where((a == 0) | (b == 0), 0, np.where(a == b, 1, 2)).astype(np.uint8)


def _text(sides: Sides, columns: Mapping[str, str], left: Rows, right: Rows) -> Levels:
    """Equal after folding, different or unknown."""
    levels = _code(sides, columns, left, right)
    unlike = np.flatnonzero(levels == 2)  # noqa: PLR2004
    some, a, b = sides.only(columns["value"], left[unlike], right[unlike])
    one, two, _ = some.coded(columns["value"], comparable_name)
    levels[unlike[one[a] == two[b]]] = 1
    return levels


def _number(sides: Sides, columns: Mapping[str, str], left: Rows, right: Rows) -> Levels:
    """A number of 16 digits without inner structure: equal, one or two slips, different."""
    own, theirs = (near.pack(series) for series in sides.both(columns["number"]))
    a, b = own[left], theirs[right]
    levels = np.full(len(left), NUMBER_OTHER, dtype=np.uint8)
    places = near.different_digits(a, b)
    # Two numbers of one office and day differ in the serial by nature.
    slip = (np.bitwise_count(places) <= 2) & ~near.within(places, 12, 15)  # noqa: PLR2004
    levels[slip] = NUMBER_NEAR
    levels[a == b] = NUMBER_EQUAL
    levels[(a == 0) | (b == 0)] = 0
    return levels


def _name(sides: Sides, columns: Mapping[str, str], left: Rows, right: Rows) -> Levels:
    folding = comparable_name if "tidy" in columns else None
    column = columns.get("tidy") or columns["folded"]
    one, two = sides.hashed(column)
    levels = np.full(len(left), EQUAL, dtype=np.uint8)
    unlike = np.flatnonzero(one[left] != two[right])
    levels[unlike] = _unlike_names(sides, column, folding, left[unlike], right[unlike])
    levels[(one[left] == 0) | (two[right] == 0)] = 0
    husband = columns.get("husband")
    if husband is not None and husband in sides.right.columns:
        weak = np.flatnonzero((levels >= PARTLY) & sides.right[husband].is_not_null().to_numpy()[right])
        view = Sides(sides.left.select(column), sides.right.select(pl.col(husband).alias(column)), sides.calls)
        by_husband = _unlike_names(view, column, None, left[weak], right[weak])
        levels[weak[(by_husband > 0) & (by_husband <= SHORTER)]] = HUSBAND
    return levels


def _unlike_names(
    sides: Sides, column: str, folding: Callable[[pl.Expr], pl.Expr] | None, left: Rows, right: Rows
) -> Levels:
    some, a, b = sides.only(column, left, right)
    one, two, distinct = some.coded(column, folding)
    names = take_apart(pl.concat([distinct, pl.Series([None], dtype=pl.String)]))
    levels, calls = name_levels(names, one[a], two[b])
    sides.calls[column] = sides.calls.get(column, 0) + calls
    return levels


def folded_address(address: pl.Expr) -> pl.Expr:
    """An address without road words and punctuation: `JLN. MAWAR NO.7` and `JL MAWAR 7` are `MAWAR 7`."""
    bare = address.str.to_uppercase().str.replace_all(r"[^A-Z0-9]+", " ").str.replace_all(_ROAD_WORDS, " ")
    words = bare.str.replace_all(" +", " ").str.strip_chars(" ")
    return pl.when(words != "").then(words)


def _place(sides: Sides, columns: Mapping[str, str], left: Rows, right: Rows) -> Levels:
    """Where they live: home (desa, RT, RW and address), house, RT and RW, desa, kecamatan, kabupaten, elsewhere."""

    def same(part: str) -> npt.NDArray[np.bool_]:
        one, two = sides.hashed(columns[part])
        return (one[left] == two[right]) & (one[left] != 0)

    desa, kec, kab = same("desa"), same("kec"), same("kab")
    rt_rw = same("rt") & same("rw")
    house = same("address")
    unlike = np.flatnonzero(desa & ~house)
    some, a, b = sides.only(columns["address"], left[unlike], right[unlike])
    one, two, _ = some.coded(columns["address"], folded_address)
    house[unlike] = (one[a] == two[b]) & (one[a] >= 0)
    levels = np.full(len(left), ELSEWHERE, dtype=np.uint8)
    levels[kab] = KAB
    levels[kec] = KEC
    levels[desa] = DESA
    levels[desa & rt_rw] = RT_RW
    levels[desa & house] = HOUSE
    levels[desa & rt_rw & house] = HOME
    unknown = [series.is_null().to_numpy() for series in sides.both(columns["kab"])]
    levels[unknown[0][left] | unknown[1][right]] = 0
    return levels


KINDS: dict[str, Comparer] = {
    "nik": _nik,
    "date": _date,
    "code": _code,
    "text": _text,
    "number": _number,
    "name": _name,
    "place": _place,
}
