"""Which pairs are worth comparing: keyed passes over hashed keys, their cost known before they run.

Belongs here: keys, passes, their cost and budget, one list of distinct pairs with the passes that found each. Does not:
comparing (`pipeline.matching.comparison`). A pair is two row numbers in one u64; passes are bits of a mask.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from pipeline.matching import identifiers_near as near

Keys = npt.NDArray[np.uint64]
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_SEED = 20221231
_LETTERS = 4
# A key that pairs more than this is refined; what is still larger afterwards is left out and counted.
KEY_BUDGET = 2_000
_SLIP_CHUNK = 50_000
_FILTER_BITS = 24

PARTS: dict[str, Callable[[pl.Expr], pl.Expr]] = {
    "": lambda value: value,
    "tahun": lambda value: value.dt.year(),
    "hari": lambda value: value.dt.month().cast(pl.Int32) * 100 + value.dt.day(),
    "awal": lambda value: value.str.head(_LETTERS),
    "akhir": lambda value: value.str.tail(_LETTERS),
}


@dataclass(frozen=True)
class Pass:
    """One way of finding pairs.

    Attributes:
        code: name, as in `link.anggota_dukcapil.aturan`.
        keys: columns that must agree, `column` or `column:part` with a part of `PARTS`.
        refine: further keys for values so common that they would pair too many.
    """

    code: str
    keys: tuple[str, ...]
    refine: tuple[str, ...] = ()


@dataclass(frozen=True)
class Candidates:
    """Distinct pairs.

    Attributes:
        pairs: left, right (row numbers, UInt32) and found_by (bitmask over `codes`), sorted.
        codes: pass codes, bit 0 first.
        plan: per pass aturan, biaya (pairs it costs, counted before it ran), pasangan (pairs it found), kunci_besar
            (keys over the budget), ditinggal (pairs of those keys left out after refining).
    """

    pairs: pl.DataFrame
    codes: tuple[str, ...]
    plan: pl.DataFrame


def find_pairs(
    left: pl.DataFrame, right: pl.DataFrame, passes: Sequence[Pass], extra: Sequence[tuple[str, pl.DataFrame]] = ()
) -> Candidates:
    """All pairs that some pass finds.

    Args:
        left: rows to find partners for.
        right: residents.
        passes: keyed passes.
        extra: code and pairs (left, right) of passes that are no equality of keys, already found.
    """
    keys_left, keys_right = _Keys(left, passes), _Keys(right, passes)
    found: list[pl.DataFrame] = []
    plan: list[tuple[str, int, int, int, int]] = []
    for bit, rule in enumerate(passes):
        pairs, cost, large, dropped = _run(rule, keys_left, keys_right)
        found.append(_packed(pairs, bit))
        plan.append((rule.code, cost, pairs.height, large, dropped))
    for bit, (code, pairs) in enumerate(extra, start=len(passes)):
        found.append(_packed(pairs, bit))
        plan.append((code, pairs.height, pairs.height, 0, 0))
    columns = ["aturan", "biaya", "pasangan", "kunci_besar", "ditinggal"]
    return Candidates(
        _united(pl.concat(found)),
        tuple(code for code, *_ in plan),
        pl.DataFrame(plan, schema=columns, orient="row"),
    )


def near_pairs(left: pl.Series, right: pl.Series) -> pl.DataFrame:
    """Pairs (left, right) whose numbers of 16 digits are one slip apart.

    Args:
        left: numbers as written; 15 and 17 digits are made 16 again.
        right: usable numbers, each once.
    """
    known = pl.DataFrame({"number": near.pack(right)}).with_row_index("right").filter(pl.col("number") != 0)
    packed = near.pack(left)
    rows = np.flatnonzero(packed)
    shift = np.uint64(64 - _FILTER_BITS)
    seen = np.zeros(1 << _FILTER_BITS, dtype=np.bool_)
    seen[(known["number"].to_numpy() * _GOLDEN) >> shift] = True
    parts = []
    for start in range(0, len(rows), _SLIP_CHUNK):
        chosen = rows[start : start + _SLIP_CHUNK]
        variants = near.slips(packed[chosen])
        numbers = variants.ravel()
        hits = np.flatnonzero(seen[(numbers * _GOLDEN) >> shift] & (numbers != 0))
        flat = pl.DataFrame({"left": chosen.astype(np.uint32)[hits // variants.shape[1]], "number": numbers[hits]})
        parts.append(flat.join(known, on="number", how="inner").select("left", "right"))
    refilled = near.refilled(left).select(left="row", number="number")
    parts.append(refilled.join(known, on="number", how="inner").select("left", "right"))
    return pl.concat(parts).unique().sort("left", "right")


def codes_of(mask: pl.Expr, codes: Sequence[str]) -> pl.Expr:
    """The bitmask as a list of pass codes."""
    bits = [pl.when(mask & (1 << bit) > 0).then(pl.lit(code)) for bit, code in enumerate(codes)]
    return pl.concat_list(bits).list.drop_nulls()


class _Keys:
    """Hashed keys of one frame; every part is hashed once, all together. 0 stands for a missing key."""

    def __init__(self, frame: pl.DataFrame, passes: Sequence[Pass]) -> None:
        specs = sorted({spec for rule in passes for spec in rule.keys + rule.refine})
        parts = [PARTS[part](pl.col(column)) for column, _, part in (spec.partition(":") for spec in specs)]
        hashed = frame.select(
            pl.when(value.is_not_null()).then(value.hash(_SEED) | 1).otherwise(0).alias(spec)
            for spec, value in zip(specs, parts, strict=True)
        )
        self._hashes: dict[str, Keys] = {spec: hashed[spec].to_numpy() for spec in specs}

    def __call__(self, specs: Sequence[str]) -> Keys:
        key: Keys = np.zeros(1, dtype=np.uint64)
        known: npt.NDArray[np.bool_] = np.ones(1, dtype=np.bool_)
        for spec in specs:
            part = self._hashes[spec]
            known = known & (part != 0)
            key = (key ^ part) * _GOLDEN
            key ^= key >> np.uint64(29)
        return np.where(known, key | np.uint64(1), np.uint64(0))


def _run(rule: Pass, left: _Keys, right: _Keys) -> tuple[pl.DataFrame, int, int, int]:
    """Pairs of one pass, its cost, and how many keys were too common and pairs left out for it."""
    keys_left, keys_right = left(rule.keys), right(rule.keys)
    one = _keyed(keys_left, np.flatnonzero(keys_left), "left")
    two = _keyed(keys_right, _maybe_among(keys_right, keys_left), "right")
    counts = _cost(one, two)
    cost = int(counts["pairs"].sum())
    large = counts.filter(pl.col("pairs") > KEY_BUDGET).select("key")
    if large.is_empty():
        return _joined(one, two), cost, 0, 0
    pairs = _joined(one.join(large, on="key", how="anti"), two)
    if not rule.refine:
        return pairs, cost, large.height, cost - pairs.height
    fine_one = _refined(one.join(large, on="key", how="semi"), left(rule.keys + rule.refine), "left")
    fine_two = _refined(two.join(large, on="key", how="semi"), right(rule.keys + rule.refine), "right")
    finer = _cost(fine_one, fine_two)
    still = finer.filter(pl.col("pairs") > KEY_BUDGET)
    kept = _joined(fine_one.join(still, on="key", how="anti"), fine_two)
    return pl.concat([pairs, kept]), cost, large.height, int(still["pairs"].sum())


def _maybe_among(keys: Keys, wanted: Keys) -> npt.NDArray[np.int64]:
    """Rows whose key may be among the wanted ones: a table of bits tells most of the others at once."""
    seen = np.zeros(1 << _FILTER_BITS, dtype=np.bool_)
    shift = np.uint64(64 - _FILTER_BITS)
    seen[wanted[wanted != 0] >> shift] = True
    return np.flatnonzero(seen[keys >> shift] & (keys != 0))


def _keyed(keys: Keys, rows: npt.NDArray[np.int64], row: str) -> pl.DataFrame:
    return pl.DataFrame({"key": keys[rows], row: rows.astype(np.uint32)})


def _refined(rows: pl.DataFrame, keys: Keys, row: str) -> pl.DataFrame:
    finer = rows.with_columns(key=pl.Series(keys[rows[row].to_numpy()]))
    return finer.filter(pl.col("key") != 0)


def _cost(one: pl.DataFrame, two: pl.DataFrame) -> pl.DataFrame:
    counted = (
        one.group_by("key")
        .agg(n=pl.len().cast(pl.Int64))
        .join(two.group_by("key").agg(k=pl.len().cast(pl.Int64)), on="key")
    )
    return counted.select("key", pairs=pl.col("n") * pl.col("k"))


def _joined(one: pl.DataFrame, two: pl.DataFrame) -> pl.DataFrame:
    return one.join(two, on="key", how="inner").select("left", "right")


def _packed(pairs: pl.DataFrame, bit: int) -> pl.DataFrame:
    packed = pl.col("left").cast(pl.UInt64) * (1 << 32) + pl.col("right").cast(pl.UInt64)
    return pairs.select(pair=packed, found_by=pl.lit(1 << bit, pl.UInt32))


def _united(found: pl.DataFrame) -> pl.DataFrame:
    return (
        found.group_by("pair")
        .agg(pl.col("found_by").bitwise_or())
        .sort("pair")
        .select(
            left=(pl.col("pair") // (1 << 32)).cast(pl.UInt32),
            right=(pl.col("pair") % (1 << 32)).cast(pl.UInt32),
            found_by="found_by",
        )
    )
