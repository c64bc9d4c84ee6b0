"""Families that DTKS records twice, as evidence that their other members are duplicates too.

A whole family is entered again more often than a single member: by another operator, after a move, in another
kabupaten. Once one person is known to be in both households, their other rows are likely duplicates too, though each
alone proves nothing. Belongs here: which households record the same persons. Does not: weighing that evidence
(`pipeline.matching.judging.scoring`), which rows are duplicates (`pipeline.matching.duplicates.dedupe`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from pipeline.matching.levels.evidence import Relatives
from pipeline.matching.records.arrays import Levels, Rows

# A household with more rows is no family.
_LARGEST = 20


@dataclass(frozen=True)
class RecordedTwice:
    """Pairs of households with persons in common.

    Attributes:
        household: household of each row, -1 for none.
        person: number of each row's person, -1 if uncertain.
        shared: home, other, person: the persons in both households, each pair of households in both orders. Only pairs
            with more than half of the smaller one's known members in common: a grandmother or husband listed in two
            families does not make them one.
    """

    household: Rows
    person: Rows
    shared: pl.DataFrame

    @staticmethod
    def of(household: Rows, person: Rows, duplicates: tuple[Rows, Rows]) -> RecordedTwice:
        """From household and person of each row, and pairs of rows of one person (`row_pairs_of_residents`)."""
        one, two = duplicates
        homes = household[one], household[two]
        apart = np.flatnonzero((homes[0] != homes[1]) & (homes[0] != -1) & (homes[1] != -1))
        known = person[one[apart]]
        pairs = (
            pl.DataFrame({"home": homes[side][apart], "other": homes[1 - side][apart], "person": known})
            for side in (0, 1)
        )
        shared = pl.concat(pairs).unique()
        listed = pl.DataFrame({"home": household, "person": person}).filter(
            pl.col("home").is_in(shared["home"].implode())
        )
        families = listed.group_by("home").agg(
            rows=pl.len(), known=pl.col("person").filter(pl.col("person") != -1).n_unique()
        )
        families = families.filter(pl.col("rows") <= _LARGEST).select("home", "known")
        both = shared.join(families, on="home").join(families.rename({"home": "other"}), on="other", suffix="_other")
        is_same_family = 2 * pl.len().over("home", "other") > pl.min_horizontal("known", "known_other")
        return RecordedTwice(household, person, both.filter(is_same_family).select("home", "other", "person"))

    def pairs_across_households(self, rows: Rows) -> tuple[Rows, Rows]:
        """Pairs (position in `rows`, row of another household that records the same family)."""
        homes = self.shared.select("home", "other").unique()
        everybody = pl.DataFrame({"home": self.household, "row": np.arange(len(self.household))})
        members = everybody.filter(pl.col("home").is_in(homes["home"].implode()))
        own = pl.DataFrame({"row": rows, "own": np.arange(len(rows))}).join(members, on="row").join(homes, on="home")
        pairs = own.join(members.select(other="home", right="row"), on="other")
        return pairs["own"].to_numpy(), pairs["right"].to_numpy()

    def household_levels(self, one: Rows, two: Rows) -> Levels:
        """Levels of household evidence per pair of rows (`Relatives`): other persons in both households, or none.

        Pairs within one household or without a household have no evidence.
        """
        homes = self.household[one], self.household[two]
        pairs = pl.DataFrame(
            {"home": homes[0], "other": homes[1], "mine": self.person[one], "his": self.person[two]}
        ).with_row_index("pair")
        common = pairs.join(self.shared, on=["home", "other"]).filter(
            (pl.col("person") != pl.col("mine")) & (pl.col("person") != pl.col("his"))
        )
        there = np.bincount(common["pair"].to_numpy(), minlength=len(one))
        apart = (there == 0) & (homes[0] != homes[1]) & (homes[0] != -1) & (homes[1] != -1)
        return Relatives(there, apart.astype(np.int64)).levels()
