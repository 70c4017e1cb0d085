"""A webinar is forecast by those before it, of the people registered for it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from ml_assets.webinars.attendance import forecast_attendance
from ml_assets.webinars.events import Events
from ml_assets.webinars.forecasts import forecast_webinars
from tests.ml_assets.webinars.registrant_draws import WEIGHTS, drawn_events


def webinars(*rows: tuple[str, str, bool, int, int]) -> pd.DataFrame:
    columns = ["webinar_id", "series", "is_held", "registrant_count", "show_count"]
    told = pd.DataFrame(list(rows), columns=columns)
    days = pd.date_range("2026-01-01", periods=len(rows), tz="UTC")
    return told.assign(starts_at=days)


HELD = (
    ("a", "x", True, 100, 40),
    ("b", "y", True, 120, 60),
    ("c", "x", True, 90, 35),
    ("d", "x", True, 110, 50),
)


def test_what_was_held_is_a_backtest_and_what_comes_a_forecast() -> None:
    found = forecast_webinars(webinars(*HELD, ("e", "y", False, 80, 0)))

    assert found[["webinar_id", "kind", "past_webinar_count"]].to_numpy().tolist() == [
        ["d", "backtest", 3],
        ["e", "forecast", 4],
    ]
    past = Events.of([100, 120, 90, 110], [40, 60, 35, 50], ["x", "y", "x", "x"])
    said = forecast_attendance(past, 80, "y")
    last = found.iloc[1]
    assert last["expected_count"] == pytest.approx(said.expected)
    assert (last["lower_count"], last["upper_count"]) == (said.lower, said.upper)


def test_a_webinar_to_come_tells_nothing_of_the_next_one() -> None:
    coming = (("e", "y", False, 80, 0), ("f", "y", False, 80, 0))

    found = forecast_webinars(webinars(*HELD, *coming)).set_index("webinar_id")

    assert found["past_webinar_count"].to_dict() == {"d": 3, "e": 4, "f": 4}
    assert found["expected_count"].loc[["e", "f"]].nunique() == 1


def test_without_three_before_or_anybody_registered_nothing_is_said() -> None:
    assert forecast_webinars(webinars(*HELD[:2], ("e", "y", False, 80, 0))).empty
    assert (
        list(
            forecast_webinars(webinars(*HELD[:3], ("e", "y", False, 0, 0)))[
                "webinar_id"
            ]
        )
        == []
    )


def told_by_registrants(weights: np.ndarray, count: int) -> pd.DataFrame:
    """What is forecast of webinars whose registrants are known, the last to come."""
    drawn = drawn_events(np.random.default_rng(8), count, weights)
    ids = np.array([f"W{at:02}" for at in range(count)])
    columns = zip(
        ids,
        drawn.series,
        np.arange(count) < count - 1,
        np.bincount(drawn.event, drawn.registrants).astype(int),
        np.bincount(drawn.event, drawn.shows).astype(int),
        strict=True,
    )
    groups = pd.DataFrame(
        {
            "webinar_id": ids[drawn.event],
            "channel_id": np.where(drawn.features[:, 3] == 1, "meta_ads", "email"),
            "lead_days": np.expm1(drawn.features[:, 0]),
            "last_time": np.select(
                [drawn.features[:, 1] == 1, drawn.features[:, 2] == 1],
                ["came", "stayed_away"],
                "first",
            ),
            "registrant_count": drawn.registrants,
            "show_count": drawn.shows,
        }
    )
    return forecast_webinars(webinars(*columns), groups)


def test_who_is_registered_is_used_once_it_was_nearer_over_ten_webinars() -> None:
    found = told_by_registrants(WEIGHTS, 60)

    # 30 teach who comes, 10 are forecast by both.
    is_used = found["model_name"] == "registrants"
    assert not is_used[found["webinar_id"] < "W40"].any()
    assert is_used.iloc[-1]


def test_who_is_registered_is_not_used_where_it_tells_nothing() -> None:
    found = told_by_registrants(np.array([-0.5, 0, 0, 0, 0, 0]), 46)

    assert found["model_name"].iloc[-1] == "series"
