"""Surveys all DTKS rows: which ones repeat an ID, which NIKs are copied, which files are damaged as a whole."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import polars as pl

from pipeline.normalise.regions import LEVELS, stated_tuples
from pipeline.normalise.sources.facts import Survey, resolve_regions
from pipeline.normalise.sources.month_first import DATES, count_date_orders, find_month_first, is_sampled
from pipeline.normalise.sources.parts import ROW, Parts, find_repeated
from pipeline.normalise.sources.repeats import ORDER_COLUMNS, find_repeated_rows
from pipeline.normalise.values.identifiers import (
    count_damage,
    files_rounded,
    files_zeroed,
    usable_number,
    written_number,
)
from pipeline.normalise.values.names import comparable_name, tidy_name
from pipeline.normalise.values.text import plain_key
from pipeline.settings import DamageLimits
from schemas.keys import PLACE


def survey_dtks(parts: Parts, damage_limits: DamageLimits) -> Survey:
    """The facts of all DTKS rows; `damage_limits`: when a file counts as damaged as a whole."""
    damage: list[pl.DataFrame] = []
    stated_regions: list[pl.DataFrame] = []
    date_orders: list[pl.DataFrame] = []
    dates = DATES["dtks"]

    def collect_facts(part: pl.DataFrame) -> tuple[pl.DataFrame, ...]:
        numbers = part.select(
            ROW, *PLACE, *dates, id=plain_key(pl.col("id_dtks")), nik_tulis=written_number(pl.col("nik"))
        ).with_columns(nik=usable_number("nik_tulis"))
        ordered = count_date_orders(numbers.select(*PLACE, *dates, "nik").filter(is_sampled()), *dates)
        return numbers.select(ROW, "id", "nik"), count_damage(numbers), stated_tuples(part), ordered

    def keys() -> Iterator[pl.DataFrame]:
        for numbers, damaged, names, ordered in parts.map(collect_facts, *PLACE, "id_dtks", "nik", *LEVELS, *dates):
            damage.append(damaged)
            stated_regions.append(names)
            date_orders.append(ordered)
            yield numbers

    ids, niks = find_repeated(keys(), ("id", "nik"), parts)
    damage_counts = pl.concat(damage)
    # Looking up region names is many small steps on one core: meanwhile the row facts are found.
    with ThreadPoolExecutor(1) as pool:
        stated = pool.submit(resolve_regions, stated_regions)
        rows = parts.rows(ids, *ORDER_COLUMNS, "id_dtks", "nik", "no_kk", "nama")
        repeated, replaced = find_repeated_rows(rows, plain_key(pl.col("id_dtks")), _is_acceptable())
        copied = _copied_niks(parts, niks)
        return Survey(
            repeated,
            replaced,
            copied=copied,
            zeroed=files_zeroed(damage_counts, damage_limits),
            rounded=files_rounded(damage_counts, damage_limits),
            stated=stated.result(),
            month_first=find_month_first(date_orders),
        )


def _is_acceptable() -> pl.Expr:
    numbers = (written_number(pl.col(name)).is_not_null() for name in ("nik", "no_kk"))
    return tidy_name(pl.col("nama")).is_not_null() & pl.any_horizontal(numbers)


def _copied_niks(parts: Parts, candidates: pl.Series) -> pl.Series:
    rows = parts.rows(candidates, "nik", "no_kk", "nama").select(
        ROW,
        nama=comparable_name(tidy_name(pl.col("nama"))),
        nik_tulis=written_number(pl.col("nik")),
        no_kk_tulis=written_number(pl.col("no_kk")),
    )
    known = rows.with_columns(nik=usable_number("nik_tulis"), no_kk=usable_number("no_kk_tulis"))
    known = known.drop_nulls(["nik", "no_kk"])
    return known.filter(pl.col("nama").n_unique().over("nik", "no_kk") > 1)[ROW]
