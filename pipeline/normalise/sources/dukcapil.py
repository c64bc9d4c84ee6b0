"""Surveys all residents: repeated NIKs, the kabupaten of SIAK lists, days on which a whole register was changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import polars as pl

from pipeline.normalise.regions import (
    LEVELS,
    SIAK_NUMBERS,
    SIAK_TUPLE,
    name_by_numbers,
    resolve_siak_tuples,
    siak_tuples,
    stated_tuples,
)
from pipeline.normalise.sources.facts import Survey, resolve_regions
from pipeline.normalise.sources.month_first import DATES, correct_days, count_date_orders, find_month_first, is_sampled
from pipeline.normalise.sources.parts import ROW, Parts, find_repeated
from pipeline.normalise.sources.repeats import ORDER_COLUMNS, find_repeated_rows
from pipeline.normalise.values.dates import to_date
from pipeline.normalise.values.identifiers import usable_number, written_number
from pipeline.normalise.values.names import tidy_name
from schemas.keys import PLACE

# From so many rows a day that most of them share is no coincidence; forms and answers about single residents are
# shorter and state the day of each.
_MIN_ROWS = 20


def survey_dukcapil(parts: Parts) -> Survey:
    """The facts of all residents."""
    votes: list[pl.DataFrame] = []
    changes: list[pl.DataFrame] = []
    stated_regions: list[pl.DataFrame] = []
    date_orders: list[pl.DataFrame] = []
    dates = DATES["dukcapil"]
    columns = (*PLACE, *LEVELS, *SIAK_NUMBERS, "nik", "no_kk", *dates)

    def collect_facts(part: pl.DataFrame) -> tuple[pl.DataFrame, ...]:
        part = name_by_numbers(part)
        numbers = part.with_columns(
            nik_tulis=written_number(pl.col("nik")), no_kk_tulis=written_number(pl.col("no_kk"))
        ).with_columns(nik=usable_number("nik_tulis"), no_kk=usable_number("no_kk_tulis"))
        return (
            numbers.select(ROW, "nik"),
            siak_tuples(numbers.filter(pl.col("kabupaten").is_null())),
            numbers.group_by("berkas", hari=to_date(pl.col("tgl_ubah"))).len(),
            stated_tuples(part.filter(pl.col("kabupaten").is_not_null())),
            count_date_orders(numbers.select(*PLACE, *dates, "nik").filter(is_sampled()), *dates),
        )

    def keys() -> Iterator[pl.DataFrame]:
        for numbers, voted, changed, names, ordered in parts.map(collect_facts, *columns):
            votes.append(voted)
            changes.append(changed)
            stated_regions.append(names)
            date_orders.append(ordered)
            yield numbers

    (niks,) = find_repeated(keys(), ("nik",), parts)
    rows = parts.rows(niks, *ORDER_COLUMNS, "nik", "nama").with_columns(nik_tulis=written_number(pl.col("nik")))
    repeated, _ = find_repeated_rows(rows, usable_number("nik_tulis"), tidy_name(pl.col("nama")).is_not_null())
    counted = _sum_counts(votes, SIAK_TUPLE, "baris")
    month_first = find_month_first(date_orders)
    changed = correct_days(_sum_counts(changes, ("berkas", "hari"), "len"), month_first, "tgl_ubah")
    return Survey(
        repeated=repeated,
        stated=resolve_regions(stated_regions),
        places=resolve_siak_tuples(counted),
        month_first=month_first,
        usual_change=_usual_change(changed),
    )


def _usual_change(days: pl.DataFrame) -> pl.DataFrame:
    """The day that more than half of a file's rows share: a change of the whole register; none for small files."""
    rows = pl.col("len").sum().over("berkas")
    usual = (rows >= _MIN_ROWS) & (pl.col("len") * 2 > rows)
    return days.filter(usual, pl.col("hari").is_not_null()).select("berkas", "hari")


def _sum_counts(parts: list[pl.DataFrame], keys: Iterable[str], count: str) -> pl.DataFrame:
    if len(parts) == 1:
        return parts[0]
    return pl.concat(parts).group_by(list(keys), maintain_order=True).agg(pl.col(count).sum())
