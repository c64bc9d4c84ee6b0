"""A table under damage: rows, and which defect class struck which row.

Belongs here: applying an expression to chosen rows and keeping the record. Does not: any particular defect.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from pipeline.synthetic.draws import Bools, Ints
from pipeline.synthetic.rates import Rates
from schemas.spelling import NUMBER

# Factor of every error rate in badly surveyed households.
_BAD_SURVEY = 4.0


@dataclass
class Draft:
    """Rows being damaged.

    Attributes:
        rows: the table; every defect replaces it with a changed one.
        rng: random numbers of the damage.
        badly_surveyed: rows of badly surveyed households.
        marks: per defect class, the rows it struck.
    """

    rows: pl.DataFrame
    rng: np.random.Generator
    badly_surveyed: Bools
    marks: dict[str, Bools] = field(default_factory=dict)

    @classmethod
    def of(cls, rows: pl.DataFrame, rng: np.random.Generator) -> Draft:
        """A draft without any damage or bad survey yet."""
        return cls(rows, rng, np.zeros(rows.height, dtype=np.bool_))

    def mark(self, kelas: str, chosen: Bools) -> None:
        """Record that a class struck the chosen rows."""
        self.marks[kelas] = self.marked(kelas) | chosen

    def marked(self, kelas: str) -> Bools:
        """Rows struck by a class so far."""
        return self.marks.get(kelas, np.zeros(self.rows.height, dtype=np.bool_))

    def has_full_number(self, column: str) -> Bools:
        """Rows that have all sixteen digits in a column of numbers."""
        return self.rows[column].str.contains(NUMBER).fill_null(value=False).to_numpy()

    def sample_rows(self, rate: float, among: Bools | None = None, *, steady: bool = False) -> Bools:
        """Random rows `among` the given ones at this rate, which bad surveys raise unless `steady`."""
        strength = 1.0 if steady else np.where(self.badly_surveyed, _BAD_SURVEY, 1.0)
        drawn = self.rng.random(self.rows.height) < rate * strength
        return drawn if among is None else drawn & among

    def sample_families(self, rate: float) -> Bools:
        """Rows of random families at this rate, all rows of a family alike; needs them sorted by fid."""
        family = self.rows["fid"].rle_id().to_numpy()
        return (self.rng.random(int(family[-1]) + 1) < rate)[family]

    def assign_kinds(self, rates: Rates, kinds: Sequence[str], among: Bools) -> dict[str, Bools]:
        """At most one of the kinds per row, each at the rate of its (lower-case) name."""
        chance = self.rng.random(self.rows.height) / np.where(self.badly_surveyed, _BAD_SURVEY, 1.0)
        bounds = np.cumsum([getattr(rates, kind.lower()) for kind in kinds])
        kind_of = np.searchsorted(bounds, chance, side="right")
        return {kind: among & (kind_of == number) for number, kind in enumerate(kinds)}

    def overwrite(self, kelas: str | None, chosen: Bools, column: str, value: pl.Expr | pl.Series) -> Bools:
        """Write a value into the chosen rows of a column; only rows that actually change are marked.

        Returns:
            The rows that changed.
        """
        replaced = self.rows.with_columns(
            pl.when(pl.Series(chosen)).then(value).otherwise(pl.col(column)).alias(column)
        )
        changed = replaced[column].ne_missing(self.rows[column]).to_numpy()
        self.rows = replaced
        if kelas is not None:
            self.mark(kelas, changed)
        return changed

    def overwrite_chosen(self, kelas: str | None, chosen: Bools, column: str, values: pl.Series) -> Bools:
        """Like `overwrite`, with one value for each of the chosen rows only."""
        filled = self.rows[column].clone().scatter(np.flatnonzero(chosen), values)
        return self.overwrite(kelas, chosen, column, filled)

    def append(self, rows: pl.DataFrame, inherit: Ints | None) -> Bools:
        """Add rows at the end; they inherit the classes of the rows at the given positions, or none.

        Returns:
            Which rows are the new ones.
        """
        before = self.rows.height
        self.rows = pl.concat([self.rows, rows.select(self.rows.columns)])
        none_marked = np.zeros(rows.height, dtype=np.bool_)
        for kelas, struck in self.marks.items():
            self.marks[kelas] = np.r_[struck, none_marked if inherit is None else struck[inherit]]
        self.badly_surveyed = np.r_[
            self.badly_surveyed, none_marked if inherit is None else self.badly_surveyed[inherit]
        ]
        return np.arange(self.rows.height) >= before

    def classes(self) -> pl.Series:
        """The classes of each row as sorted lists of names."""
        names = sorted(self.marks)
        packed = np.packbits(np.stack([self.marks[name] for name in names], axis=1), axis=1)
        patterns, inverse = np.unique(packed, axis=0, return_inverse=True)
        lists = [
            [name for name, bit in zip(names, np.unpackbits(pattern), strict=False) if bit] for pattern in patterns
        ]
        return pl.Series("kelas", lists, dtype=pl.List(pl.String)).gather(inverse.ravel())

    def unmarked(self) -> pl.Series:
        """Rows that no class has struck yet."""
        return ~pl.Series(np.any(np.stack(list(self.marks.values())), axis=0))
