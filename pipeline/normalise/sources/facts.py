"""`Survey`, the facts of a whole source that no single row contains, and helpers that several sources share.

Does not belong here: how the facts of one source are found (`dtks`, `dukcapil`, `payments`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import polars as pl

from pipeline.normalise.regions import resolve_stated
from pipeline.normalise.sources.parts import ROW


def _none() -> pl.Series:
    return pl.Series(ROW, [], dtype=pl.Int64)


@dataclass(frozen=True)
class Survey:
    """Facts of a whole source; a fact that does not apply to the source is empty.

    Attributes:
        repeated: rows with the identifier of a row that stands: an earlier acceptable one, or for orders, where rows of
            one number are deliveries of one order, that of another payee.
        replaced: those among them that a correction replaces.
        copied: rows whose NIK several persons of one KK have.
        zeroed: files whose numbers lost their last digit.
        rounded: files whose Papua numbers went through a float.
        stated: region names as stated and their codes (`pipeline.normalise.regions.named.resolve_stated`).
        places: SIAK tuples and their region codes (`pipeline.normalise.regions.siak.resolve_siak_tuples`).
        as_of: `berkas` and `berlaku_per`, the moment it describes (`pipeline.normalise.sources.deliveries`).
        batches: `batch` and the programme, year and stage that its rows agree on.
        with_status: `berkas` and `lembar` of sheets in which at least one order states its payment status.
        shortened: `berkas`, `kode_tulis` and `kode_wilayah`, codes of targets that lost a zero as numbers.
        stating: `daftar` (`list_text`), and whether any target there states its program, tahun, tahap, kode_wilayah.
        month_first: columns whose dates have the month first (`month_first.find_month_first`).
        usual_change: `berkas` and `hari`, the day on which most rows of a large file were changed.
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
    with_status: pl.DataFrame = field(default_factory=pl.DataFrame)
    shortened: pl.DataFrame = field(default_factory=pl.DataFrame)
    stating: pl.DataFrame = field(default_factory=pl.DataFrame)
    month_first: pl.DataFrame = field(default_factory=pl.DataFrame)
    usual_change: pl.DataFrame = field(default_factory=pl.DataFrame)


def resolve_regions(named: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """The codes of all regions named in the parts of a source (`pipeline.normalise.regions.named.stated_tuples`)."""
    return resolve_stated(pl.concat(named).unique(maintain_order=True))
