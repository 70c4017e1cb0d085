"""The threshold of what is looked at every day makes the rate it was asked for."""

from __future__ import annotations

import numpy as np
import pytest

from ml_assets.measurement.alarm_rates import alarm_threshold, false_alarm_rate


def test_the_rate_is_siegmund_s() -> None:
    # 182 * 2.5 * 0.0175283 / 14 * exp(-0.583 * 2.5 * sqrt(1 / 7))
    assert false_alarm_rate(2.5, 14) == pytest.approx(0.32836, rel=1e-3)


def test_a_moving_sum_of_chance_passes_it_as_often() -> None:
    rng = np.random.default_rng(1)
    quarters, window = 3000, 14
    days = rng.normal(size=quarters * 91 + window)
    moving = np.convolve(days, np.ones(window) / np.sqrt(window), mode="valid")
    threshold = alarm_threshold(window, 0.4)

    # What is above again within a window belongs to the same alarm.
    above = np.flatnonzero(np.abs(moving) > threshold)
    alarms = 1 + int((np.diff(above) > window).sum())

    assert alarms / quarters == pytest.approx(0.4, rel=0.15)


@pytest.mark.parametrize("window", [1, 7, 14])
def test_rarer_alarms_need_a_higher_threshold(window: int) -> None:
    thresholds = [alarm_threshold(window, rate) for rate in (0.5, 0.1, 0.01)]

    assert thresholds == sorted(thresholds)
    assert false_alarm_rate(thresholds[1], window) == pytest.approx(0.1)


@pytest.mark.parametrize("rate", [0, -1, 5, float("nan")])
def test_a_rate_that_is_none_is_refused(rate: float) -> None:
    with pytest.raises(ValueError, match="false alarms a quarter"):
        alarm_threshold(14, rate)
