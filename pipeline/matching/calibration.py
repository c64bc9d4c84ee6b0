"""Probabilities that keep their word: of the pairs given 0.9, nine tenths are right.

The facts of a pair are not as independent as their weights assume, so that sums of bits are surer of themselves than
they should be. One curve on the log odds takes that back; it never changes an order. Belongs here: the curve, and
fitting it to pairs whose truth is known. Does not: where such pairs come from (the benchmarks).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

# Probabilities beyond this cannot be told from certainty.
_LEAST = 1e-9
_STEPS = 100
_ENOUGH = 1e-10
# How many observations the identity counts for: a handful of pairs must not bend the curve.
_TRUST = 5.0


@dataclass(frozen=True)
class Calibration:
    """A line on the log odds (natural logarithm).

    Attributes:
        shift: added to them.
        slope: what they are multiplied by, above 0.
    """

    shift: float = 0.0
    slope: float = 1.0


def calibrated(probability: Floats, curve: Calibration) -> Floats:
    """Probabilities after the curve, in the shape given."""
    return _chance(curve.shift + curve.slope * _log_odds(probability))


def fit(probability: Floats, right: Floats, weight: Floats) -> Calibration:
    """The curve under which what was observed is likeliest (logistic regression on the log odds).

    Args:
        probability: uncalibrated, per pair.
        right: 1 for pairs that are right, 0 for the others.
        weight: how much each pair counts.
    """
    odds = _log_odds(probability)
    facts = np.stack([np.ones_like(odds), odds], axis=1)
    identity = np.array([0.0, 1.0])
    figures = identity
    for _ in range(_STEPS):
        chance = _chance(facts @ figures)
        slope = facts.T @ (weight * (right - chance)) - _TRUST * (figures - identity)
        bend = (facts * (weight * chance * (1 - chance))[:, None]).T @ facts + _TRUST * np.eye(2)
        step = np.linalg.solve(bend, slope)
        figures = figures + step
        if np.abs(step).max() < _ENOUGH:
            break
    return Calibration(float(figures[0]), float(figures[1]))


def _log_odds(probability: Floats) -> Floats:
    inside = np.clip(probability, _LEAST, 1 - _LEAST)
    return np.log(inside) - np.log1p(-inside)


def _chance(log_odds: Floats) -> Floats:
    return 1 / (1 + np.exp(-log_odds))
