"""Adjusts the weight of an equal address: some registers have one per house, others one per hamlet.

The saved model assumes a handful of strangers at one home. If more share an address, as where it is only a hamlet's
name, agreement weighs less, and a namesake in the village is as likely to live there as anybody. Belongs here:
counting neighbours in a sample of the register. Does not: how places are compared
(`pipeline.matching.levels.comparison`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import polars as pl

from pipeline.matching.levels.comparison import DESA, HOME, HOUSE, RT_RW, folded_address
from pipeline.matching.levels.sides import folded_hashes
from pipeline.matching.model.linkage import LinkageModel
from pipeline.matching.records.arrays import Rows
from pipeline.matching.records.records import Records

# Number of pairs within one village that the saved shares of lookalikes count for.
_TRUST = 500.0
# Least share of lookalikes elsewhere in the village.
_LEAST = 0.001


def learn_shared_homes(model: LinkageModel, registry: Records, families: Rows, residents: int) -> LinkageModel:
    """The model with the number of strangers at one home, house or RT as observed, but not below the saved number.

    Args:
        model: has the comparison of places, and lookalikes with shares of it.
        registry: a sample of the residents, whole families.
        families: number of each resident's family, -1 for none.
        residents: size of the registry.
    """
    number = model.index_of_kind("place")
    if number is None:
        return model
    place = model.comparisons[number]
    pairs_by_level = _pairs_by_place_level(registry, place.columns, families)
    per_resident = residents / registry.height**2
    levels = tuple(
        replace(level, u=(max(level.u[0], pairs_by_level[number_of_level] * per_resident),))
        if level.per_row and number_of_level in pairs_by_level
        else level
        for number_of_level, level in enumerate(place.levels)
    )
    lookalikes = (
        replace(
            lookalike,
            levels={**lookalike.levels, place.name: _lookalike_shares(lookalike.levels[place.name], pairs_by_level)},
        )
        if place.name in lookalike.levels
        else lookalike
        for lookalike in model.lookalikes
    )
    return replace(model.with_levels({place.name: levels}), lookalikes=tuple(lookalikes))


def _pairs_by_place_level(registry: Records, columns: Mapping[str, str], families: Rows) -> dict[int, float]:
    """Number of ordered pairs of strangers in the sample per level of place; at `DESA` all pairs of one village."""
    people = pl.DataFrame(
        {
            "family": families,
            "desa": registry.hashed(columns["desa"]),
            "rt_rw": registry.key([columns["desa"], columns["rt"], columns["rw"]]),
            "address": folded_hashes(registry, columns["address"], folded_address),
        }
    )
    home = _stranger_pairs(people, ["rt_rw", "address"])
    return {
        HOME: home,
        HOUSE: _stranger_pairs(people, ["desa", "address"]) - home,
        RT_RW: _stranger_pairs(people, ["rt_rw"]) - home,
        DESA: _stranger_pairs(people, ["desa"]),
    }


def _stranger_pairs(people: pl.DataFrame, alike: list[str]) -> float:
    """Number of ordered pairs of people, not of one family, who agree in the columns `alike` (0 is unknown)."""
    known = people.filter(pl.all_horizontal(pl.col(alike) != 0), pl.col("family") != -1)
    ordered_pairs = pl.col("len").cast(pl.Float64).pow(2).sum()
    total, related = (known.group_by(keys).len().select(ordered_pairs).item() for keys in (alike, [*alike, "family"]))
    return float(total - related)


def _lookalike_shares(saved: tuple[float, ...], pairs_by_level: dict[int, float]) -> tuple[float, ...]:
    """Shares of a lookalike's place: within the village as observed, but never farther away than the saved shares."""
    village = sum(saved[:DESA])
    nearer = [
        max(share, village * (pairs_by_level[at] + _TRUST * share / village) / (pairs_by_level[DESA] + _TRUST))
        for at, share in enumerate(saved[: DESA - 1], start=1)
    ]
    return (*nearer, max(village - sum(nearer), _LEAST), *saved[DESA:])
