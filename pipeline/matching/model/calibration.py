"""Probabilities that keep their word: of the links given 0.9, nine tenths are right.

Two things speak against a link: the other persons the row could be (the odds of `scoring.odds_against_rest`), and
people outside the registry who resemble the resident (the margins of `lookalikes`). Facts are not as independent as
the weights assume, so both are surer of themselves than they should be; each gets a line on its log odds, and what
they leave to be wrong adds up. Belongs here: that curve, and fitting it to links whose truth is known. Does not: where
such links come from (the benchmarks), decisions, which are cut on the odds and margins themselves.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipeline.matching.records.arrays import Floats

_STEPS = 200
_ENOUGH = 1e-9
_ARMIJO = 1e-4
_MOST_EXPONENT = 500.0
# How many links the curve that fitting starts from counts for.
_TRUST = 5.0


@dataclass(frozen=True)
class Calibration:
    """Two lines on log odds, both in bits.

    Attributes:
        others: shift and slope of the odds against everybody else the row could be.
        lookalikes: shift and slope of the margin by which lookalikes are ruled out.
    """

    others: tuple[float, float] = (0.0, 1.0)
    lookalikes: tuple[float, float] = (5.0, 1.0)


AS_IT_IS = Calibration()


def calibrated(odds: Floats, margin: Floats, curve: Calibration) -> Floats:
    """Probability that a link is right.

    Args:
        odds: log2 odds against everything else its row could be, per link.
        margin: bits by which the least unlikely lookalike is ruled out, per link.
        curve: the lines.
    """
    return 1 / (1 + _against(np.array([*curve.others, *curve.lookalikes]), odds, margin).sum(axis=0))


def fit(odds: Floats, margin: Floats, right: Floats, start: Calibration) -> Calibration:
    """The curve under which what was observed is likeliest (quasi-Newton on the log likelihood).

    Args:
        odds: as for `calibrated`.
        margin: as for `calibrated`.
        right: 1 for links that are right, 0 for the others.
        start: where fitting starts, and what it stays near where little was observed.
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
    """How likely others and lookalikes are, as multiples of the link itself; shape 2 × links."""
    bits = np.stack([figures[0] + figures[1] * odds, figures[2] + figures[3] * margin])
    return np.exp2(np.clip(-bits, -_MOST_EXPONENT, _MOST_EXPONENT))


def _loss(figures: Floats, origin: Floats, odds: Floats, margin: Floats, right: Floats) -> tuple[float, Floats]:
    """Negative log likelihood with the pull to the origin, and its slope."""
    parts = _against(figures, odds, margin)
    whole = parts.sum(axis=0)
    pull = figures - origin
    loss = np.log1p(whole).sum() - ((1 - right) * np.log(whole)).sum() + _TRUST / 2 * (pull @ pull)
    by_whole = 1 / (1 + whole) - (1 - right) / whole
    by_bits = -np.log(2) * by_whole * parts
    slope = np.array([by_bits[0].sum(), (by_bits[0] * odds).sum(), by_bits[1].sum(), (by_bits[1] * margin).sum()])
    return float(loss), slope + _TRUST * pull


def _updated(inverse: Floats, moved: Floats, turned: Floats) -> Floats:
    """The estimate of the inverse second derivative after one more step (Broyden, Fletcher, Goldfarb, Shanno)."""
    share = 1 / (moved @ turned)
    left = np.eye(len(moved)) - share * np.outer(moved, turned)
    return left @ inverse @ left.T + share * np.outer(moved, moved)
