"""Backtests at month ends: which ones, found again, and the ledger's grades."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from ml_assets.clv.grading import grade_forecast
from ml_assets.clv.purchases import PurchaseDays, purchase_days
from ml_assets.clv.rolling import (
    better_than_naive,
    judging,
    log_hash,
    month_end_origins,
    rolling_backtests,
    scored,
)
from tests.ml_assets.clv.conftest import read_cdnow


@pytest.fixture(scope="module")
def log() -> PurchaseDays:
    days, _ = purchase_days(read_cdnow("CDNOW sample"))
    return days


@pytest.mark.parametrize(
    ("as_of", "dates"),
    [
        ("1998-06-30", ["1998-03-31", "1998-02-28", "1998-01-31"]),
        ("1998-06-28", ["1998-02-28", "1998-01-31", "1997-12-31"]),
        # The first purchase is of January 1: 56 days before a month end.
        ("1997-06-29", ["1997-03-31", "1997-02-28"]),
        ("1997-04-30", []),
    ],
)
def test_the_last_month_ends_that_are_over_judge(
    log: PurchaseDays, as_of: str, dates: list[str]
) -> None:
    origins = month_end_origins(log, dt.date.fromisoformat(as_of))

    assert [str(origin.date) for origin in origins if origin.is_judging] == dates


def test_a_quarter_and_a_year_back_are_told_and_judge_nothing(
    log: PurchaseDays,
) -> None:
    origins = month_end_origins(log, dt.date(1998, 6, 30))

    told = [str(one.date) for one in origins if not one.is_judging]
    assert told == ["1997-12-31", "1997-03-31"]
    assert [one.days for one in origins] == [90, 90, 90, 90, 365]
    scores = pd.DataFrame({"origin_date": [one.date for one in origins], "rmse": 1.0})
    assert list(judging(scores, origins)["origin_date"]) == [
        dt.date(1998, 3, 31),
        dt.date(1998, 2, 28),
        dt.date(1998, 1, 31),
    ]


def test_a_year_back_the_forecast_of_a_year_is_graded(log: PurchaseDays) -> None:
    (*_, origin) = month_end_origins(log, dt.date(1998, 6, 30))

    ((_, test),) = rolling_backtests(log, [origin])

    day = log.first_day + (dt.date(1997, 3, 31) - dt.date(1997, 1, 1)).days
    came = ((log.day > day) & (log.day <= day + 365)).astype(bool)
    known = set(log.customer[log.day <= day])
    ours = [one in known for one in log.customer]
    assert test.days == 365
    assert test.total["actual_orders"] == (came & ours).sum()


def test_an_origin_is_the_same_on_every_day_of_a_month(log: PurchaseDays) -> None:
    early, late = (
        month_end_origins(log.up_to(log.day.max() - days), dt.date(1998, 6, 30 - days))
        for days in (27, 5)
    )

    assert early[0] == late[0]


def test_a_changed_purchase_or_setting_makes_another_origin(log: PurchaseDays) -> None:
    dearer = PurchaseDays(
        log.customers, log.customer, log.day, log.amount + (log.day == log.day[0])
    )

    assert log_hash(log) != log_hash(dearer)
    assert log_hash(log) != log_hash(log, 0.1)


def test_nobody_and_nothing_has_no_origin() -> None:
    assert month_end_origins(PurchaseDays.empty(), dt.date(2026, 1, 1)) == []


def test_a_backtest_is_scored_beside_the_plain_model_and_the_own_rate(
    log: PurchaseDays,
) -> None:
    origins = month_end_origins(log, dt.date(1998, 6, 30))[:1]

    ((origin, test),) = rolling_backtests(log, origins)

    scores = scored(test)
    errors = scores.to_dict()
    assert origin.date == dt.date(1998, 3, 31)
    assert set(scores) == {"chosen", "naive", "bg_nbd"}
    assert errors["chosen"]["rmse"] < errors["naive"]["rmse"]
    assert errors["chosen"]["brier"] < errors["naive"]["brier"]


def test_a_forecast_is_graded_by_hand() -> None:
    """Four customers; two buy within ten days, one of them twice, one a day late."""
    orders = pd.DataFrame(
        {
            "customer_id": ["a", "a", "a", "b", "b", "c", "c", "d"],
            "ordered_at": pd.to_datetime(
                [
                    *("2026-01-01", "2026-01-05", "2026-01-09"),
                    *("2026-01-01", "2026-01-11"),
                    *("2026-01-01", "2026-01-12"),
                    "2026-01-01",
                ]
            ),
            "amount": [1.0, 10.0, 20.0, 1.0, 5.0, 1.0, 7.0, 1.0],
        }
    )
    log, _ = purchase_days(orders)
    said = pd.DataFrame(
        {
            "customer_id": ["a", "b", "c", "d"],
            "expected_orders": [1.0, 1.0, 0.5, 0.5],
            "expected_orders_lower": [0.0, 0.0, 0.0, 1.0],
            "expected_orders_upper": [1.0, 2.0, 1.0, 2.0],
            "probability_no_purchase": [0.2, 0.4, 0.5, 0.9],
        }
    )

    grades = grade_forecast(said, log, dt.date(2026, 1, 1), 10)

    assert grades["actual_orders"] == 3
    assert grades["actual_value"] == 35
    # |1-2| + |1-1| + .5 + .5 over 4; sqrt((1 + 0 + .25 + .25) / 4); 3 expected of 3.
    assert grades["mae"] == pytest.approx(0.5)
    assert grades["rmse"] == pytest.approx(np.sqrt(0.375))
    assert grades["bias"] == pytest.approx(0)
    # a is above its interval, d below.
    assert grades["orders_coverage"] == 0.5
    # (.8-1)^2 + (.6-1)^2 + .5^2 + .1^2 over 4; both buyers above both others.
    assert grades["brier"] == pytest.approx((0.04 + 0.16 + 0.25 + 0.01) / 4)
    assert grades["auc"] == 1


def test_without_a_probability_only_orders_are_graded() -> None:
    log, _ = purchase_days(
        pd.DataFrame(
            {
                "customer_id": ["a"],
                "ordered_at": [pd.Timestamp("2026-01-01")],
                "amount": [1.0],
            }
        )
    )
    said = pd.DataFrame({"customer_id": ["a", "gone"], "expected_orders": [0.5, 0.1]})

    grades = grade_forecast(said, log, dt.date(2026, 1, 1), 30)

    assert "brier" not in grades
    assert grades["mae"] == pytest.approx(0.3)


def test_a_shop_that_had_hardly_begun_has_no_backtest() -> None:
    """Nine customers at the month end, many purchases of others after it."""
    early = pd.DataFrame(
        {"customer_id": [f"e{n}" for n in range(9)], "ordered_at": "2025-11-01"}
    )
    later = pd.DataFrame(
        {
            "customer_id": [f"c{n % 90}" for n in range(180)],
            "ordered_at": pd.date_range("2026-02-01", periods=180, freq="12h").date,
        }
    )
    log, _ = purchase_days(pd.concat([early, later]).assign(amount=10.0))

    origins = month_end_origins(log, dt.date(2026, 5, 1))

    assert list(rolling_backtests(log, origins)) == []


def test_a_penalizer_is_told_beside_what_came_without_it(log: PurchaseDays) -> None:
    origins = month_end_origins(log, dt.date(1998, 6, 30))[:1]
    ((_, penalized),) = rolling_backtests(log, origins, 0.1)
    ((origin, plain),) = rolling_backtests(log, origins)

    scores = scored(penalized)

    assert "without_penalizer" not in scored(plain)
    assert scores["without_penalizer"].equals(
        scored(plain)["chosen"].rename("without_penalizer")
    )
    rows = scores.T.rename_axis("model").reset_index().assign(origin_date=origin.date)
    gate = better_than_naive(rows)
    errors = scores.loc["value_bias"].abs()
    assert f"off by {errors['chosen']:.1%} on average" in gate.message
    assert f"without it by {errors['without_penalizer']:.1%}" in gate.message


@pytest.mark.parametrize(
    ("with_it", "without", "outcome"),
    [(0.1, -0.3, "passed"), (-0.3, 0.1, "warned"), (0.105, 0.1, "passed")],
)
def test_a_penalizer_that_makes_totals_worse_is_warned_of(
    with_it: float, without: float, outcome: str
) -> None:
    rows = pd.DataFrame(
        [
            ("chosen", 0.9, 0.1, with_it),
            ("naive", 1.0, 0.2, 0.5),
            ("without_penalizer", 0.9, 0.1, without),
        ],
        columns=["model", "rmse", "brier", "value_bias"],
    ).assign(origin_date=dt.date(2026, 1, 31))

    assert better_than_naive(rows).outcome == outcome
