"""Quiet shops raise hardly an alarm; a day that is missing its orders does."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from orchestration.lib.data_quality.anomalies import THRESHOLD, judge_day

_DAY = date(2026, 11, 20)
_SEASON = np.array([1.0, 0.9, 0.9, 1.0, 1.3, 1.6, 0.5])


def _quiet(
    rng: np.random.Generator, mean: float, dispersion: float, days: int = 57
) -> dict[date, float]:
    """Counts with a weekly season, up to and including the day that is judged."""
    dates = [_DAY - timedelta(days=n) for n in range(days)]
    means = mean * _SEASON[[day.weekday() for day in dates]]
    if dispersion:
        # Negative binomial: the mean itself varies by this share.
        means = means * rng.gamma(1 / dispersion**2, dispersion**2, days)
    return dict(zip(dates, rng.poisson(means).astype(float).tolist(), strict=True))


@pytest.mark.parametrize("mean", [0.3, 3, 40, 1000])
@pytest.mark.parametrize(
    ("dispersion", "at_most"), [(0, 0.01), (0.15, 0.01), (0.3, 0.03)]
)
def test_quiet_days_are_hardly_ever_unusual(
    mean: float, dispersion: float, at_most: float
) -> None:
    rng = np.random.default_rng(7)
    alarms = 0
    for _ in range(600):
        found = judge_day(_quiet(rng, mean, dispersion), _DAY)
        alarms += found is not None and found.is_unusual

    assert alarms / 600 <= at_most


@pytest.mark.parametrize("dispersion", [0, 0.15])
def test_a_day_without_most_of_its_orders_is_found(dispersion: float) -> None:
    rng = np.random.default_rng(11)
    found = 0
    for _ in range(200):
        days = _quiet(rng, 60, dispersion)
        days[_DAY] = round(days[_DAY] * 0.1)
        judged = judge_day(days, _DAY)
        found += judged is not None and judged.score < -THRESHOLD

    assert found / 200 > 0.9


def test_a_small_sunday_is_no_alarm_where_a_small_saturday_is() -> None:
    days = {
        _DAY - timedelta(days=n): 400.0 * _SEASON[(_DAY - timedelta(days=n)).weekday()]
        for n in range(70)
    }
    sunday, saturday = date(2026, 11, 15), date(2026, 11, 14)
    days[saturday] = days[sunday]

    on_sunday, on_saturday = judge_day(days, sunday), judge_day(days, saturday)

    assert on_sunday is not None
    assert on_saturday is not None
    assert not on_sunday.is_unusual
    assert on_saturday.is_unusual
    assert (on_saturday.value, on_saturday.expected) == (200, 640)


def test_revenue_is_judged_in_its_own_unit() -> None:
    # One order of 100 a day, give or take one: in euros as usual as in orders.
    days = {_DAY - timedelta(days=n): 100.0 for n in range(1, 60)} | {_DAY: 400.0}

    in_euros, as_counts = judge_day(days, _DAY, unit=100), judge_day(days, _DAY)

    assert in_euros is not None
    assert as_counts is not None
    assert in_euros.score == pytest.approx(3)
    assert as_counts.score == pytest.approx(30)


def test_a_young_shop_is_not_judged() -> None:
    young = {_DAY - timedelta(days=n): 10.0 for n in range(30)}

    assert judge_day(young, _DAY) is None
    assert judge_day({}, _DAY) is None


def test_a_unit_without_size_is_refused() -> None:
    with pytest.raises(ValueError, match="above zero"):
        judge_day({}, _DAY, unit=0)
