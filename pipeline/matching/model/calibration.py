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


DEFAULT_CALIBRATION = Calibration()


def calibrated(odds: Floats, margin: Floats, curve: Calibration) -> Floats:
    """Probability that a link is right.

    Args:
        odds: log2 odds against everything else its row could be, per link.
        margin: bits by which the likeliest lookalike is ruled out, per link.
        curve: the calibration.
    """
    return 1 / (1 + _odds_of_error(np.array([*curve.others, *curve.lookalikes]), odds, margin).sum(axis=0))


def fit(odds: Floats, margin: Floats, right: Floats, start: Calibration) -> Calibration:
    """The maximum likelihood calibration (quasi-Newton on the log likelihood).

    Args:
        odds: as for `calibrated`.
        margin: as for `calibrated`.
        right: 1 for links that are right, 0 for the others.
        start: starting point, and the prior to which few observations are shrunk.
    """
    origin = np.array([*start.others, *start.lookalikes])
    parameters = origin
    inverse = np.eye(len(parameters)) / max(len(odds), 1)
    loss, gradient = _loss(parameters, origin, odds, margin, right)
    for _ in range(_STEPS):
        direction = -inverse @ gradient
        step, armijo = 1.0, _ARMIJO * (gradient @ direction)
        while (trial := _loss(parameters + step * direction, origin, odds, margin, right))[0] > loss + step * armijo:
            step /= 2
        step_taken, gradient_change = step * direction, trial[1] - gradient
        parameters, (loss, gradient) = parameters + step_taken, trial
        if np.abs(step_taken).max() < _ENOUGH:
            break
        if step_taken @ gradient_change > 0:
            inverse = _bfgs_update(inverse, step_taken, gradient_change)
    return Calibration((float(parameters[0]), float(parameters[1])), (float(parameters[2]), float(parameters[3])))


def _odds_of_error(parameters: Floats, odds: Floats, margin: Floats) -> Floats:
    """Odds of others and of lookalikes relative to the link itself; shape 2 × links."""
    bits = np.stack([parameters[0] + parameters[1] * odds, parameters[2] + parameters[3] * margin])
    return np.exp2(np.clip(-bits, -_MOST_EXPONENT, _MOST_EXPONENT))


def _loss(parameters: Floats, origin: Floats, odds: Floats, margin: Floats, right: Floats) -> tuple[float, Floats]:
    """Negative log likelihood with the penalty for distance from the origin, and its gradient."""
    odds_of_error = _odds_of_error(parameters, odds, margin)
    total = odds_of_error.sum(axis=0)
    pull = parameters - origin
    loss = np.log1p(total).sum() - ((1 - right) * np.log(total)).sum() + _TRUST / 2 * (pull @ pull)
    by_total = 1 / (1 + total) - (1 - right) / total
    by_bits = -np.log(2) * by_total * odds_of_error
    gradient = np.array([by_bits[0].sum(), (by_bits[0] * odds).sum(), by_bits[1].sum(), (by_bits[1] * margin).sum()])
    return float(loss), gradient + _TRUST * pull


def _bfgs_update(inverse: Floats, step_taken: Floats, gradient_change: Floats) -> Floats:
    """The BFGS update of the inverse Hessian after one more step."""
    share = 1 / (step_taken @ gradient_change)
    left = np.eye(len(step_taken)) - share * np.outer(step_taken, gradient_change)
    return left @ inverse @ left.T + share * np.outer(step_taken, step_taken)
