"""Calibration of probabilities: of the links with probability 0.9, nine tenths are right.

A link can be wrong in two ways: the row is another person (the odds of `scoring.odds_against_rest`), or somebody
outside the registry who resembles the resident (the margins of `lookalikes`). Facts are not as independent as the
weights assume, so both are overconfident; each gets a linear correction of its log odds, and the remaining odds of
error add up. Belongs here: that curve, and fitting it to links whose truth is known. Does not: where such links come
from (the benchmarks), decisions, whose thresholds apply to the uncalibrated odds and margins.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipeline.matching.records.arrays import Floats

_STEPS = 200
_ENOUGH = 1e-9
_ARMIJO = 1e-4
_MOST_EXPONENT = 500.0
# Number of links that the starting curve counts for.
_TRUST = 5.0


@dataclass(frozen=True)
class Calibration:
    """Two linear functions of log odds in bits, each as (shift, slope).

    Attributes:
        others: of the odds against everybody else the row could be.
        lookalikes: of the margin by which lookalikes are ruled out.
    """

    others: tuple[float, float] = (0.0, 1.0)
    lookalikes: tuple[float, float] = (5.0, 1.0)


AS_IT_IS = Calibration()


def calibrated(odds: Floats, margin: Floats, curve: Calibration) -> Floats:
    """Probability that a link is right.

    Args:
        odds: log2 odds against everything else its row could be, per link.
        margin: bits by which the likeliest lookalike is ruled out, per link.
        curve: the calibration.
    """
    return 1 / (1 + _against(np.array([*curve.others, *curve.lookalikes]), odds, margin).sum(axis=0))


def fit(odds: Floats, margin: Floats, right: Floats, start: Calibration) -> Calibration:
    """The maximum likelihood calibration (quasi-Newton on the log likelihood).

    Args:
        odds: as for `calibrated`.
        margin: as for `calibrated`.
        right: 1 for links that are right, 0 for the others.
        start: starting point, and the prior to which few observations are shrunk.
    """
    origin = np.array([*start.others, *start.lookalikes])
    figures = origin
    inverse = np.eye(len(figures)) / max(len(odds), 1)
    loss, slope = _loss(figures, origin, odds, margin, right)
    for _ in range(_STEPS):
        direction = -inverse @ slope
        step, allowed = 1.0, _ARMIJO * (slope @ direction)
        while (new := _loss(figures + step * direction, origin, odds, margin, right))[0] > loss + step * allowed:
            step /= 2
        moved, turned = step * direction, new[1] - slope
        figures, (loss, slope) = figures + moved, new
        if np.abs(moved).max() < _ENOUGH:
            break
        if moved @ turned > 0:
            inverse = _updated(inverse, moved, turned)
    return Calibration((float(figures[0]), float(figures[1])), (float(figures[2]), float(figures[3])))


def _against(figures: Floats, odds: Floats, margin: Floats) -> Floats:
    """Odds of others and of lookalikes relative to the link itself; shape 2 × links."""
    bits = np.stack([figures[0] + figures[1] * odds, figures[2] + figures[3] * margin])
    return np.exp2(np.clip(-bits, -_MOST_EXPONENT, _MOST_EXPONENT))


def _loss(figures: Floats, origin: Floats, odds: Floats, margin: Floats, right: Floats) -> tuple[float, Floats]:
    """Negative log likelihood with the penalty for distance from the origin, and its gradient."""
    parts = _against(figures, odds, margin)
    whole = parts.sum(axis=0)
    pull = figures - origin
    loss = np.log1p(whole).sum() - ((1 - right) * np.log(whole)).sum() + _TRUST / 2 * (pull @ pull)
    by_whole = 1 / (1 + whole) - (1 - right) / whole
    by_bits = -np.log(2) * by_whole * parts
    slope = np.array([by_bits[0].sum(), (by_bits[0] * odds).sum(), by_bits[1].sum(), (by_bits[1] * margin).sum()])
    return float(loss), slope + _TRUST * pull


def _updated(inverse: Floats, moved: Floats, turned: Floats) -> Floats:
    """The BFGS update of the inverse Hessian after one more step."""
    share = 1 / (moved @ turned)
    left = np.eye(len(moved)) - share * np.outer(moved, turned)
    return left @ inverse @ left.T + share * np.outer(moved, moved)
