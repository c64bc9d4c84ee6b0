"""How many mistakes to expect, told from the probabilities alone: what a register without truth has to go by.

Belongs here: expectations over links. Does not: measuring against truth (`pipeline.synthetic.score.curve`).
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl


@dataclass(frozen=True)
class Expected:
    """Expected numbers of links.

    Attributes:
        linked: automatic links.
        wrong: of them, links to somebody else.
        waiting: right residents that wait for a human.
    """

    linked: int
    wrong: float
    waiting: float

    @property
    def wrong_share(self) -> float | None:
        """Expected share of wrong links among the automatic ones (false discovery rate); None without links."""
        return self.wrong / self.linked if self.linked else None

    @property
    def missed_share(self) -> float | None:
        """Expected share of persons not linked among those found (false negative rate); None without links."""
        found = self.linked - self.wrong
        return self.waiting / (found + self.waiting) if found + self.waiting else None


def expected_mistakes(links: pl.DataFrame) -> Expected:
    """What the probabilities let expect of links that no human has looked at.

    Args:
        links: keputusan and probabilitas; rows decided by an officer say nothing about the machine and are left out.

    A person of whom no candidate is shown at all is not expected by anybody: the missed share is a lower bound.
    """
    chance = pl.col("probabilitas")
    automatic, waiting = (links.filter(keputusan=decision) for decision in ("OTOMATIS", "TINJAU"))
    return Expected(
        linked=automatic.height,
        wrong=float(automatic.select((1 - chance).sum()).item()),
        waiting=float(waiting.select(chance.sum()).item()),
    )
