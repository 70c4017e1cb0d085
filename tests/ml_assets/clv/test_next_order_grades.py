"""Dates of the next order, held against the orders that came: counted by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from ml_assets.clv.histories import Histories
from ml_assets.clv.next_order_grades import (
    days_until_next,
    grade_next_order,
    own_wait,
)
from ml_assets.clv.purchases import purchase_days
from ml_assets.clv.rolling import month_end_origins, rolling_backtests
from tests.ml_assets.clv.shops import AS_OF, shop

DAYS = 90


def _said(*dates: tuple[float, float, float]) -> pd.DataFrame:
    names = ["days_until_order_lower", "days_until_order", "days_until_order_upper"]
    return pd.DataFrame(dates, columns=names)


def test_the_first_order_after_a_day_counts_and_none_is_infinite() -> None:
    orders = pd.DataFrame(
        {
            "customer_id": ["a", "a", "a", "b", "b", "c"],
            "ordered_at": pd.to_datetime(
                [
                    *("2026-01-01", "2026-01-11", "2026-01-12"),
                    *("2026-01-01", "2026-04-12"),
                    "2026-01-01",
                ]
            ),
            "amount": 1.0,
        }
    )
    log, _ = purchase_days(orders)
    day = log.first_day

    # b comes on the hundredth day and one: after all that is looked at.
    assert days_until_next(log, log.seen_at(day), day, DAYS).tolist() == [
        10,
        np.inf,
        np.inf,
    ]


def test_the_simple_date_is_a_mean_wait_after_the_last_order() -> None:
    # Three orders in 20 days and 4 days of silence; overdue; and bought once, 5 days
    # ago, who waits like the mean of the others: (10 + 30) / 2.
    seen = Histories(
        np.array([2.0, 1.0, 0.0]), np.array([20.0, 30.0, 0.0]), np.array([24, 90, 5.0])
    )

    assert own_wait(seen).tolist() == [6.0, 1.0, 15.0]


def test_where_nobody_came_back_there_is_no_simple_date() -> None:
    seen = Histories(np.zeros(2), np.zeros(2), np.array([10.0, 20.0]))

    assert np.isnan(own_wait(seen)).all()


def test_dates_are_graded_by_hand() -> None:
    said = _said((5, 20, 60), (10, 40, 80), (30, 80, 200), (100, 300, np.nan))
    came = np.array([25.0, np.inf, 70.0, 3.0])
    own = np.array([10.0, 60.0, 100.0, 1.0])

    scores = grade_next_order(said, own, came, DAYS)

    # Three dates lie within 90 days: off by 5, 50 (never came: as on day 90) and 10.
    assert scores["model"]["next_order_share"] == 0.75
    assert scores["model"]["next_order_mae"] == pytest.approx(65 / 3)
    # 15, 30 and 20 for the same three: 100 days is as far as 90.
    assert scores["naive"]["next_order_mae"] == pytest.approx(65 / 3)
    # Of the two ranges that end within the days the first held.
    assert scores["model"]["next_order_coverage"] == 0.5
    assert np.isnan(scores["naive"]["next_order_coverage"])


def test_who_tells_no_date_is_graded_by_nothing() -> None:
    scores = grade_next_order(
        _said((np.nan, np.nan, np.nan)), np.array([3.0]), np.array([3.0]), DAYS
    )

    assert scores["model"]["next_order_share"] == 0
    assert np.isnan(scores.loc["next_order_mae"]).all()


def test_dates_of_a_shop_that_does_not_change_beat_the_simple_ones() -> None:
    log, _ = purchase_days(shop(3, 800, 700), AS_OF)

    ((_, test),) = rolling_backtests(log, month_end_origins(log, AS_OF)[:1])

    error = test.scores.loc["next_order_mae"]
    assert error["model"] < error["naive"]
