"""Surveys all DTKS rows: which ones repeat an ID, which NIKs are copied, which files are damaged as a whole."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import polars as pl

from pipeline.normalise.regions import stated_tuples
from pipeline.normalise.sources.facts import HIDDEN, REGIONS, Survey, resolved
from pipeline.normalise.sources.month_first import DATES, count_orders, sampled, with_month_first
from pipeline.normalise.sources.parts import ROW, Parts, repeated
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
from schemas.rules import CORRECTIONS


def survey_dtks(parts: Parts, damage_limits: DamageLimits) -> Survey:
    """The facts of all DTKS rows; `damage_limits`: when a file counts as damaged as a whole."""
    damage: list[pl.DataFrame] = []
    named: list[pl.DataFrame] = []
    dated: list[pl.DataFrame] = []
    dates = DATES["dtks"]

    def typed(part: pl.DataFrame) -> tuple[pl.DataFrame, ...]:
        numbers = part.select(
            ROW, *PLACE, *dates, id=plain_key(pl.col("id_dtks")), nik_tulis=written_number(pl.col("nik"))
        ).with_columns(nik=usable_number("nik_tulis"))
        ordered = count_orders(numbers.select(*PLACE, *dates, "nik").filter(sampled()), *dates)
        return numbers.select(ROW, "id", "nik"), count_damage(numbers), stated_tuples(part), ordered

    def keys() -> Iterator[pl.DataFrame]:
        for numbers, damaged, names, ordered in parts.map(typed, *PLACE, "id_dtks", "nik", *REGIONS, *dates):
            damage.append(damaged)
            named.append(names)
            dated.append(ordered)
            yield numbers

    ids, niks = repeated(keys(), ("id", "nik"), parts)
    counted = pl.concat(damage)
    # Looking up region names is many small steps on one core: the row facts run beside it.
    with ThreadPoolExecutor(1) as pool:
        stated = pool.submit(resolved, named)
        again, replaced = _repeated_ids(parts, ids)
        copied = _copied(parts, niks)
        return Survey(
            again,
            replaced,
            copied=copied,
            zeroed=files_zeroed(counted, damage_limits),
            rounded=files_rounded(counted, damage_limits),
            stated=stated.result(),
            month_first=with_month_first(dated),
        )


def _repeated_ids(parts: Parts, candidates: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Rows that repeat the ID of an earlier acceptable row, and those among them that a correction replaces.

    A row that is refused for another reason does not count as earlier, so that its corrected copy is accepted.
    """
    rows = parts.rows(candidates, "berkas", "lembar", "id_dtks", "nik", "no_kk", "nama").select(
        ROW,
        HIDDEN,
        id=plain_key(pl.col("id_dtks")),
        nama=tidy_name(pl.col("nama")),
        nik=written_number(pl.col("nik")),
        no_kk=written_number(pl.col("no_kk")),
        perbaikan=pl.col("berkas").str.contains(CORRECTIONS),
    )
    # Corrections come first; within them and within the other files visible sheets come first.
    acceptable = rows.sort(~pl.col("perbaikan"), "tersembunyi", maintain_order=True).filter(
        pl.col("id").is_not_null()
        & pl.col("nama").is_not_null()
        & (pl.col("nik").is_not_null() | pl.col("no_kk").is_not_null())
    )
    again = acceptable.filter(~pl.col("id").is_first_distinct())
    corrected = acceptable.filter("perbaikan").select("id").unique()
    replaced = again.filter(~pl.col("perbaikan")).join(corrected, on="id", how="semi")
    return again[ROW].sort(), replaced[ROW].sort()


def _copied(parts: Parts, candidates: pl.Series) -> pl.Series:
    rows = parts.rows(candidates, "nik", "no_kk", "nama").select(
        ROW,
        nama=comparable_name(tidy_name(pl.col("nama"))),
        nik_tulis=written_number(pl.col("nik")),
        no_kk_tulis=written_number(pl.col("no_kk")),
    )
    known = rows.with_columns(nik=usable_number("nik_tulis"), no_kk=usable_number("no_kk_tulis"))
    known = known.drop_nulls(["nik", "no_kk"])
    return known.filter(pl.col("nama").n_unique().over("nik", "no_kk") > 1)[ROW]
