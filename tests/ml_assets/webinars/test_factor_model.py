"""What surrounds a webinar moves its forecast, where enough webinars tell how."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit, logit

from ml_assets.webinars.attendance import forecast_of_chances
from ml_assets.webinars.events import Events
from ml_assets.webinars.factor_model import FACTORS, factor_shift, moved
from ml_assets.webinars.forecasts import forecast_webinars

HIGH, LOW = 60, 20


def past(count: int) -> tuple[Events, np.ndarray]:
    """Half of the events with a factor of 3, and 60 of 99 who came; half 1, and 20."""
    is_high = np.arange(count) % 2 == 0
    shows = np.where(is_high, HIGH, LOW)
    factors = np.full((count, len(FACTORS)), np.nan)
    factors[:, 0] = np.where(is_high, 3.0, 1.0)
    events = Events.of([99] * count, shows.tolist(), ["x"] * count)
    return events, factors


def test_the_shift_is_the_ridge_regression_by_hand() -> None:
    events, factors = past(40)
    now = np.array([3.0, np.nan, np.nan, np.nan])

    # Standardised +-1; 40 events pull against a penalty of 10.
    half = (logit(60.5 / 100) - logit(20.5 / 100)) / 2
    assert factor_shift(events, factors, now) == pytest.approx(half * 40 / 50)


def test_too_few_events_or_an_event_that_says_nothing_shift_nothing() -> None:
    events, factors = past(29)
    now = np.array([3.0, np.nan, np.nan, np.nan])
    assert factor_shift(events, factors, now) is None

    events, factors = past(40)
    assert factor_shift(events, factors, np.full(4, np.nan)) is None
    assert factor_shift(events, np.where(factors > 0, 2.0, np.nan), now) is None


def test_a_moved_forecast_keeps_its_chances_and_moves_its_shares() -> None:
    chances = np.zeros(100)
    chances[49] = 1.0
    forecast = forecast_of_chances(chances)

    same, more = moved(forecast, 0.0), moved(forecast, 1.0)

    assert same.chances == pytest.approx(chances)
    # (49 + 1/2) / 100, one logit further.
    assert more.expected == pytest.approx(100 * expit(logit(0.495) + 1) - 0.5)
    assert more.chances.sum() == pytest.approx(1)


def told(count: int, *, tells: bool) -> pd.DataFrame:
    rng = np.random.default_rng(2)
    factor = rng.random(count)
    line = -0.4 - (3 * (factor - 0.5) if tells else 0) + rng.normal(0, 0.2, count)
    shows = rng.binomial(100, expit(line))
    return pd.DataFrame(
        {
            "webinar_id": [f"W{at:02}" for at in range(count)],
            "series": "x",
            "is_held": np.arange(count) < count - 1,
            "registrant_count": 100,
            "show_count": shows,
            "starts_at": pd.date_range("2026-01-01", periods=count, tz="UTC"),
            "competitor_activity_score": factor,
        }
    )


def test_factors_are_used_once_they_were_nearer_over_ten_webinars() -> None:
    found = forecast_webinars(told(48, tells=True))

    is_used = found["model_name"] == "factors"
    assert not is_used[found["webinar_id"] < "W40"].any()
    assert is_used.iloc[-1]
    useless = told(48, tells=False)
    without = useless.drop(columns="competitor_activity_score")
    pd.testing.assert_frame_equal(
        forecast_webinars(useless), forecast_webinars(without)
    )
