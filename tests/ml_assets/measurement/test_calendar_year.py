"""What the year brings is learned from the other years, and only what comes again."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from numpy.typing import NDArray

from ml_assets.measurement.calendar_year import YEAR_DAYS, year_factors

Floats = NDArray[np.float64]
LAST = date(2026, 12, 6)
DAYS = 3 * YEAR_DAYS
DATES = [LAST - timedelta(days=DAYS - 1 - n) for n in range(DAYS)]
# The day after the fourth Thursday of November, of each year.
FRIDAYS = [date(2024, 11, 29), date(2025, 11, 28), date(2026, 11, 27)]


def _orders(**times: dict[date, float]) -> Floats:
    """A hundred a day by chance, and so many times as much on some days."""
    mean = np.full(DAYS, 100.0)
    for factors in times.values():
        for day, factor in factors.items():
            mean[DATES.index(day)] *= factor
    return np.random.default_rng(7).poisson(mean).astype(np.float64)


def _factors(orders: Floats) -> dict[date, float]:
    known = np.ones(len(orders), dtype=np.bool_)
    found = year_factors(orders, np.ones(len(orders)), known, 1.0, LAST)
    assert found is not None
    return dict(zip(DATES[-len(orders) :], found, strict=True))


def test_black_friday_is_known_by_its_event_from_the_years_before() -> None:
    # 29, 28 and 27 November: 364 days apart it would be two days of three off.
    found = _factors(_orders(friday=dict.fromkeys(FRIDAYS[:2], 3.0)))

    # This year's own is not asked: it had none, and three times were to be expected.
    # Of two days a little less is believed.
    assert 2.4 <= found[FRIDAYS[2]] <= 3.1
    assert found[date(2026, 11, 18)] == pytest.approx(1, abs=0.05)


def test_a_slow_month_of_each_year_has_edges() -> None:
    august = {day: 0.6 for day in DATES if day.month == 8}

    found = _factors(_orders(august=august))

    month = [found[day] for day in DATES[-YEAR_DAYS:] if day.month == 8]
    assert np.mean(month) == pytest.approx(0.6, abs=0.05)
    inside = found[date(2026, 8, 3)] / found[date(2026, 7, 30)]
    assert inside == pytest.approx(0.6, abs=0.06)


def test_what_came_once_is_no_season() -> None:
    sale = {date(2025, 6, 10) + timedelta(days=n): 3.0 for n in range(5)}

    found = _factors(_orders(sale=sale))

    assert found[date(2026, 6, 12)] == pytest.approx(1, abs=0.1)


def test_a_shop_without_a_year_of_its_own_has_none() -> None:
    found = np.array(list(_factors(_orders()).values()))

    # A day's own chance is a tenth.
    assert np.abs(found - 1).max() < 0.07
    assert found.std() < 0.01


def test_less_than_two_years_tell_nothing() -> None:
    orders = _orders()[: 2 * YEAR_DAYS - 1]
    known = np.ones(len(orders), dtype=np.bool_)

    assert year_factors(orders, np.ones(len(orders)), known, 1.0, LAST) is None
