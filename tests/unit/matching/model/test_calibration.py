from __future__ import annotations

import numpy as np
import pytest

from pipeline.matching.model.calibration import Calibration, calibrated, fit
from pipeline.matching.records.arrays import Floats

FAR = 99.0


def drawn(curve: Calibration, count: int) -> tuple[Floats, ...]:
    """Odds, margins and outcomes under a curve."""
    rng = np.random.default_rng(5)
    odds, margin = rng.normal(6, 5, count), np.where(rng.random(count) < 0.5, FAR, rng.normal(2, 6, count))
    return odds, margin, (rng.random(count) < calibrated(odds, margin, curve)).astype(np.float64)


def test_without_lookalikes_the_identity_is_the_probability_itself() -> None:
    odds = np.array([-3.0, 0.0, 3.17, 20.0])
    found = calibrated(odds, np.full(4, FAR), Calibration())
    assert found == pytest.approx(1 / (1 + 2.0**-odds))


def test_more_odds_and_wider_margins_never_make_a_link_less_probable() -> None:
    curve = Calibration((0.2, 0.8), (4.0, 0.7))
    odds, margin = np.linspace(-50, 900, 200), np.linspace(-50, 900, 200)
    assert (np.diff(calibrated(odds, np.full(200, FAR), curve)) >= 0).all()
    assert (np.diff(calibrated(np.full(200, 30.0), margin, curve)) >= 0).all()
    assert np.isfinite(calibrated(odds, -odds, curve)).all()


def test_a_possible_lookalike_leaves_doubt_whatever_the_odds() -> None:
    assert calibrated(np.array([40.0]), np.array([-4.0]), Calibration((0.0, 1.0), (4.0, 1.0)))[0] == pytest.approx(0.5)


def test_what_was_too_sure_of_itself_is_mended() -> None:
    truth = Calibration((-1.0, 0.7), (4.0, 0.6))
    odds, margin, right = drawn(truth, 60_000)
    found = fit(odds, margin, right, Calibration())
    assert found.others == pytest.approx(truth.others, abs=0.1)
    assert found.lookalikes == pytest.approx(truth.lookalikes, abs=0.15)
    fresh = calibrated(odds, margin, found)
    near = np.abs(fresh - 0.9) < 0.03
    assert right[near].mean() == pytest.approx(0.9, abs=0.02)
    stated = calibrated(odds, margin, Calibration())
    assert right[np.abs(stated - 0.9) < 0.03].mean() < 0.8


def test_a_handful_of_links_changes_little() -> None:
    found = fit(np.array([3.0]), np.array([FAR]), np.array([0.0]), Calibration())
    assert found.others == pytest.approx((0.0, 1.0), abs=0.6)
    assert fit(np.zeros(0), np.zeros(0), np.zeros(0), Calibration()) == Calibration()
