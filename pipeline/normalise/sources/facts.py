"""The facts of a whole source that none of its rows tells by itself (`Survey`), and what several sources tell alike.

Does not belong here: how the facts of one source are found (`dtks`, `dukcapil`, `payments`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import polars as pl

from pipeline.normalise.regions import resolve_stated
from pipeline.normalise.sources.parts import ROW
from schemas.rules import IN_HIDDEN_SHEET

# A hidden sheet may be an old copy: of rows that repeat each other that of a sheet that officers see counts.
HIDDEN = IN_HIDDEN_SHEET.fill_null(value=False).alias("tersembunyi")
# The columns in which rows state their places.
REGIONS = ("provinsi", "kabupaten", "kecamatan", "desa")


def _none() -> pl.Series:
    return pl.Series(ROW, [], dtype=pl.Int64)


@dataclass(frozen=True)
class Survey:
    """Facts of a whole source; what a source has none of is empty.

    Attributes:
        repeated: rows whose identifier an earlier acceptable row has.
        replaced: those among them that a correction replaces.
        copied: rows whose NIK stands at several persons of one KK.
        zeroed: files whose numbers lost their last digit.
        rounded: files whose Papua numbers went through a float.
        stated: names of regions as rows state them and their codes (`pipeline.normalise.regions.resolve_stated`).
        places: SIAK tuples and their region codes (`pipeline.normalise.regions.resolve_siak_tuples`).
        as_of: `berkas` and `berlaku_per`, the moment whose state it tells (`pipeline.normalise.sources.deliveries`).
        batches: `batch` and the programme, year and stage that its rows agree on.
        with_states: `berkas` and `lembar` whose orders state how far they are, one of them at least.
        shortened: `berkas`, `kode_tulis` and `kode_wilayah`, codes of targets that lost a zero as numbers.
        stating: `daftar` (`list_of`), and whether any target there states its program, tahun, tahap, kode_wilayah.
        month_first: columns whose dates have the month first (`month_first.with_month_first` beside this).
        usual_change: `berkas` and `hari`, the day on which most of its rows were changed, of large files.
    """

    repeated: pl.Series = field(default_factory=_none)
    replaced: pl.Series = field(default_factory=_none)
    copied: pl.Series = field(default_factory=_none)
    zeroed: pl.Series = field(default_factory=_none)
    rounded: pl.Series = field(default_factory=_none)
    stated: pl.DataFrame = field(default_factory=pl.DataFrame)
    places: pl.DataFrame = field(default_factory=pl.DataFrame)
    as_of: pl.DataFrame = field(default_factory=pl.DataFrame)
    batches: pl.DataFrame = field(default_factory=pl.DataFrame)
    with_states: pl.DataFrame = field(default_factory=pl.DataFrame)
    shortened: pl.DataFrame = field(default_factory=pl.DataFrame)
    stating: pl.DataFrame = field(default_factory=pl.DataFrame)
    month_first: pl.DataFrame = field(default_factory=pl.DataFrame)
    usual_change: pl.DataFrame = field(default_factory=pl.DataFrame)


def resolved(named: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """The codes of all places that parts of a source name (`pipeline.normalise.regions.stated_tuples`)."""
    return resolve_stated(pl.concat(named).unique(maintain_order=True))
