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
from schemas.extracts import place_of
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
    """Rows that repeat the ID of a row that stands, and those among them that a correction replaces.

    A row that is refused for another reason does not stand, so that its corrected copy is accepted.
    """
    named = (tidy_name(pl.col("nama")), written_number(pl.col("nik")), written_number(pl.col("no_kk")))
    name, *numbers = (told.is_not_null() for told in named)
    rows = parts.rows(candidates, *PLACE, "asal_baris", "id_dtks", "nik", "no_kk", "nama").select(
        ROW,
        HIDDEN,
        *PLACE,
        "asal_baris",
        id=plain_key(pl.col("id_dtks")),
        layak=name & pl.any_horizontal(numbers),
        perbaikan=pl.col("berkas").str.contains(CORRECTIONS),
    )
    acceptable = _in_turn(rows.drop_nulls("id")).filter("layak")
    stands = pl.col("id").is_first_distinct()
    again = acceptable.filter(~stands)
    corrected = acceptable.filter(stands, "perbaikan").select("id")
    replaced = again.filter(~pl.col("perbaikan"), ~pl.col("tamu")).join(corrected, on="id", how="semi")
    return again[ROW].sort(), replaced[ROW].sort()


def _in_turn(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows of repeated IDs in the order in which they may have them, and `tamu`: whether a form brought the ID.

    Corrections come before other rows, visible sheets before hidden ones. The row of a form takes the turn of the row
    that it was made of. With an ID that that row did not have it comes last, for the ID may be mistyped.
    """
    of_form = pl.col("asal_baris").is_not_null()
    ordered = rows.sort(
        of_form, ~pl.col("layak"), ~pl.col("perbaikan"), "tersembunyi", maintain_order=True
    ).with_row_index("giliran")
    origins = ordered.join(ordered.filter(of_form), on="id", how="semi").select(
        "id", asal_baris=place_of(), giliran_asal="giliran"
    )
    with_origin = ordered.join(origins, on=["id", "asal_baris"], how="left", maintain_order="left")
    tamu = of_form & pl.col("giliran_asal").is_null()
    turn = pl.coalesce("giliran_asal", "giliran")
    return with_origin.with_columns(tamu=tamu).sort(turn, ~of_form, maintain_order=True)


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
