"""Surveys all residents: repeated NIKs, the kabupaten of SIAK lists, days on which a whole register was changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import polars as pl

from pipeline.normalise.regions import (
    SIAK_NUMBERS,
    SIAK_TUPLE,
    named_by_numbers,
    resolve_siak_tuples,
    siak_tuples,
    stated_tuples,
)
from pipeline.normalise.sources.facts import REGIONS, Survey, resolved
from pipeline.normalise.sources.month_first import DATES, count_orders, read_again, sampled, with_month_first
from pipeline.normalise.sources.parts import ROW, Parts, repeated
from pipeline.normalise.sources.repeats import READ, repeated_rows
from pipeline.normalise.values.dates import to_date
from pipeline.normalise.values.identifiers import usable_number, written_number
from pipeline.normalise.values.names import tidy_name
from schemas.keys import PLACE

# From so many rows a day that most of them share is no coincidence; forms and answers about single residents are
# shorter and state the day of each.
_ENOUGH_ROWS = 20


def survey_dukcapil(parts: Parts) -> Survey:
    """The facts of all residents."""
    votes: list[pl.DataFrame] = []
    changes: list[pl.DataFrame] = []
    named: list[pl.DataFrame] = []
    dated: list[pl.DataFrame] = []
    dates = DATES["dukcapil"]
    columns = (*PLACE, *REGIONS, *SIAK_NUMBERS, "nik", "no_kk", *dates)

    def typed(part: pl.DataFrame) -> tuple[pl.DataFrame, ...]:
        part = named_by_numbers(part)
        numbers = part.with_columns(
            nik_tulis=written_number(pl.col("nik")), no_kk_tulis=written_number(pl.col("no_kk"))
        ).with_columns(nik=usable_number("nik_tulis"), no_kk=usable_number("no_kk_tulis"))
        return (
            numbers.select(ROW, "nik"),
            siak_tuples(numbers.filter(pl.col("kabupaten").is_null())),
            numbers.group_by("berkas", hari=to_date(pl.col("tgl_ubah"))).len(),
            stated_tuples(part.filter(pl.col("kabupaten").is_not_null())),
            count_orders(numbers.select(*PLACE, *dates, "nik").filter(sampled()), *dates),
        )

    def keys() -> Iterator[pl.DataFrame]:
        for numbers, voted, changed, names, ordered in parts.map(typed, *columns):
            votes.append(voted)
            changes.append(changed)
            named.append(names)
            dated.append(ordered)
            yield numbers

    (niks,) = repeated(keys(), ("nik",), parts)
    rows = parts.rows(niks, *READ, "nik", "nama").with_columns(nik_tulis=written_number(pl.col("nik")))
    again, _ = repeated_rows(rows, usable_number("nik_tulis"), tidy_name(pl.col("nama")).is_not_null())
    counted = _added_up(votes, SIAK_TUPLE, "baris")
    month_first = with_month_first(dated)
    changed = read_again(_added_up(changes, ("berkas", "hari"), "len"), month_first, "tgl_ubah")
    return Survey(
        repeated=again,
        stated=resolved(named),
        places=resolve_siak_tuples(counted),
        month_first=month_first,
        usual_change=_usual_change(changed),
    )


def _usual_change(days: pl.DataFrame) -> pl.DataFrame:
    """The day that more than half of a file's rows share: a change of the whole register; none for small files."""
    rows = pl.col("len").sum().over("berkas")
    usual = (rows >= _ENOUGH_ROWS) & (pl.col("len") * 2 > rows)
    return days.filter(usual, pl.col("hari").is_not_null()).select("berkas", "hari")


def _added_up(parts: list[pl.DataFrame], keys: Iterable[str], count: str) -> pl.DataFrame:
    if len(parts) == 1:
        return parts[0]
    return pl.concat(parts).group_by(list(keys), maintain_order=True).agg(pl.col(count).sum())
