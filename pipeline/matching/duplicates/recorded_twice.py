"""Families that DTKS records twice: what their members known to be in both tell about the others.

A family is entered again as a whole more often than one of its members is: by another operator, after a move, in
another kabupaten. Once two of its rows are known to be one person's, its other rows are likely doubles too, though
each alone proves nothing. Belongs here: which households record the same persons. Does not: weighing that evidence
(`pipeline.matching.judging.scoring`), which rows are doubles (`pipeline.matching.duplicates.dedupe`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from pipeline.matching.levels.evidence import Relatives
from pipeline.matching.records.arrays import Levels, Rows

# No family has more rows.
_LARGEST = 20


@dataclass(frozen=True)
class RecordedTwice:
    """Households with persons in common.

    Attributes:
        household: of each row, -1 for none.
        person: number of each row's person, -1 where nobody is certain.
        shared: home, other, person: whom a household has in common with another; each pair of households twice, and
            only those where more than half of the smaller one's known members are in both. A grandmother or a husband
            listed in two families makes them no one family.
    """

    household: Rows
    person: Rows
    shared: pl.DataFrame

    @staticmethod
    def of(household: Rows, person: Rows, doubles: tuple[Rows, Rows]) -> RecordedTwice:
        """From what is known of each row, and pairs of rows that are one person's (`doubles.rows_of_one`)."""
        one, two = doubles
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
        whole = 2 * pl.len().over("home", "other") > pl.min_horizontal("known", "known_other")
        return RecordedTwice(household, person, both.filter(whole).select("home", "other", "person"))

    def beside(self, loose: Rows) -> tuple[Rows, Rows]:
        """Positions in `loose` of rows whose family others record too, and those families' rows."""
        homes = self.shared.select("home", "other").unique()
        everybody = pl.DataFrame({"home": self.household, "row": np.arange(len(self.household))})
        members = everybody.filter(pl.col("home").is_in(homes["home"].implode()))
        own = pl.DataFrame({"row": loose, "own": np.arange(len(loose))}).join(members, on="row").join(homes, on="home")
        pairs = own.join(members.select(other="home", right="row"), on="other")
        return pairs["own"].to_numpy(), pairs["right"].to_numpy()

    def levels(self, one: Rows, two: Rows) -> Levels:
        """Evidence of the household per pair of rows (`Relatives`): others whom both families record, or that none is.

        Nothing is told within one household, nor by families of whom nobody else is known.
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
