from __future__ import annotations

import numpy as np
import pytest

from pipeline.matching.calibration import Calibration, calibrated, fit


def test_the_curve_keeps_the_order_and_its_ends() -> None:
    chance = np.linspace(0, 1, 101)
    bent = calibrated(chance, Calibration(-0.6, 0.87))
    assert (np.diff(bent) > 0).all()
    assert bent[0] < 1e-6
    assert bent[-1] > 1 - 1e-6
    assert bent[90] == pytest.approx(1 / (1 + np.exp(0.6 - 0.87 * np.log(9))))
    assert calibrated(chance[1:-1], Calibration()) == pytest.approx(chance[1:-1])


def test_what_was_too_sure_of_itself_is_mended() -> None:
    rng = np.random.default_rng(5)
    odds = rng.normal(2, 3, 40_000)
    truth = (rng.random(len(odds)) < 1 / (1 + np.exp(0.8 - 0.7 * odds))).astype(np.float64)
    stated = 1 / (1 + np.exp(-odds))
    curve = fit(stated, truth, np.ones(len(odds)))
    assert curve.shift == pytest.approx(-0.8, abs=0.06)
    assert curve.slope == pytest.approx(0.7, abs=0.03)
    near = np.abs(calibrated(stated, curve) - 0.9) < 0.03
    assert truth[near].mean() == pytest.approx(0.9, abs=0.02)
    assert truth[np.abs(stated - 0.9) < 0.03].mean() < 0.75


def test_weights_count_as_repetitions_and_few_pairs_change_little() -> None:
    stated, right = np.array([0.9, 0.9, 0.3]), np.array([1.0, 0.0, 0.0])
    twice = fit(np.repeat(stated, 2), np.repeat(right, 2), np.ones(6))
    weighed = fit(stated, right, np.full(3, 2.0))
    assert (twice.shift, twice.slope) == pytest.approx((weighed.shift, weighed.slope))
    assert fit(stated[:1], right[1:2], np.ones(1)).shift > -0.3
