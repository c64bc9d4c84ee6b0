"""Expected error rates, estimated from the probabilities alone, for registers without ground truth.

Does not belong here: measuring against the truth (`pipeline.synthetic.score.curve`).
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl


@dataclass(frozen=True)
class Expected:
    """Expected numbers of links.

    Attributes:
        linked: automatic links.
        wrong: of these, links to the wrong person.
        waiting: right links that wait for a human.
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
    """Expected numbers of links that no human has looked at.

    The missed share is a lower bound: it lacks persons without any candidate shown.

    Args:
        links: keputusan and probabilitas; rows decided by an officer are left out.
    """
    chance = pl.col("probabilitas")
    automatic, waiting = (links.filter(keputusan=decision) for decision in ("OTOMATIS", "TINJAU"))
    return Expected(
        linked=automatic.height,
        wrong=float(automatic.select((1 - chance).sum()).item()),
        waiting=float(waiting.select(chance.sum()).item()),
    )
