"""Forecasts of several horizons, graded in one run."""

import datetime as dt
from typing import Any

import pandas as pd
import psycopg
import pytest

from ml_assets.assets.forecast_ledger import (
    grade_due_forecasts,
    read_backtests,
    write_backtest,
)
from ml_assets.assets.prediction_inputs import FitIdentity
from ml_assets.clv.purchases import purchase_days
from ml_assets.clv.rolling import month_end_origins, rolling_backtests
from tests.ml_assets.clv.shops import AS_OF, shop

TODAY = dt.date(2026, 10, 20)
CUSTOMERS = ("ana", "berta", "carla", "dora")
IDENTITY = FitIdentity(
    company_id="acme",
    fit_id="today",
    as_of_date=TODAY,
    data_through_date=TODAY,
    data_hash="",
    currency_code="EUR",
    settings={},
    fitted_at=dt.datetime(2026, 10, 21, tzinfo=dt.UTC),
)
HISTORY = """
    insert into predictions.predictions_customer_history (company_id, customer_id,
        as_of_date, fit_id, model_version, frequency, recency_days, age_days,
        order_count, historic_value, currency_code, probability_no_purchase_90d,
        expected_orders_30d, expected_orders_90d, expected_orders_365d,
        expected_order_value, predicted_value_12m, data_through_date, fitted_at,
        expected_orders_30d_lower, expected_orders_30d_upper,
        expected_orders_90d_lower, expected_orders_90d_upper)
    values ('acme', %(customer)s, %(made)s, %(fit)s, '2', 1, 1, 1, 2, 20, 'EUR',
        %(none)s, 1, 1, 4, 10, 40, %(made)s, now(), 0, 2, 0, 2)
"""
TOTAL = """
    insert into predictions.forecast_totals
    values ('acme', %(fit)s, %(days)s, %(made)s, %(due)s, '2', 'fitted', 4, 4, 2, 6,
        40, 20, 60, 'EUR', now())
"""


def publish(database: psycopg.Connection, fit: str, days: int, due: dt.date) -> None:
    made = due - dt.timedelta(days=days)
    facts: dict[str, Any] = {"fit": fit, "days": days, "made": made, "due": due}
    for customer, none in zip(CUSTOMERS, (0.1, 0.2, 0.8, 0.9), strict=True):
        database.execute(HISTORY, facts | {"customer": customer, "none": none})
    database.execute(TOTAL, facts)


@pytest.mark.parametrize("first", [30, 90])
def test_forecasts_of_30_and_of_90_days_are_graded_in_one_run(
    database_url: str, first: int
) -> None:
    """Only 90 days have a probability to grade, whichever was made first."""
    with psycopg.connect(database_url) as database:
        # The one made first is graded first: 30 days long overdue, or 90 days.
        publish(database, "fit_90", 90, TODAY)
        overdue = TODAY - dt.timedelta(days=80 if first == 30 else 0)
        publish(database, "fit_30", 30, overdue)
        bought = [dt.date(2026, 1, 1)] * 4 + [TODAY - dt.timedelta(days=10)]
        log, _ = purchase_days(
            pd.DataFrame(
                {
                    "customer_id": [*CUSTOMERS, "ana"],
                    "ordered_at": pd.to_datetime(bought),
                    "amount": 10.0,
                }
            ),
            TODAY,
        )

        graded = grade_due_forecasts(database, IDENTITY, log)

        grades: dict[int, float | None] = dict(
            database.execute(
                "select horizon_days, auc from predictions.forecast_grades"
            ).fetchall()
        )
    assert graded == 2
    assert grades[30] is None
    assert grades[90] is not None


def test_what_came_without_a_penalizer_is_written_beside_the_chosen(
    database_url: str,
) -> None:
    log, _ = purchase_days(shop(3, 150, 400), AS_OF)
    (origin, *_) = month_end_origins(log, AS_OF, 0.1)
    ((_, test),) = rolling_backtests(log, [origin], 0.1)

    with psycopg.connect(database_url) as database:
        write_backtest(database, IDENTITY, origin, test, {})
        totals: dict[str, float | None] = dict(
            database.execute(
                "select model, expected_value::float from predictions.backtests"
            ).fetchall()
        )
        stored = read_backtests(database, "acme", [origin])

    other = test.without_penalizer
    assert other is not None
    assert totals["chosen"] == pytest.approx(test.total["expected_value"], abs=0.01)
    assert totals["without_penalizer"] == pytest.approx(
        other.total["expected_value"], abs=0.01
    )
    assert totals["naive"] is None
    found = stored.set_index("model")["value_bias"]
    assert found["chosen"] == test.scores["model"]["value_bias"]
    assert found["without_penalizer"] == other.scores["model"]["value_bias"]


def test_grades_of_the_next_order_are_written_where_dates_are_told(
    database_url: str,
) -> None:
    log, _ = purchase_days(shop(3, 150, 400), AS_OF)
    (origin, *_) = month_end_origins(log, AS_OF)
    ((_, test),) = rolling_backtests(log, [origin])

    with psycopg.connect(database_url) as database:
        write_backtest(database, IDENTITY, origin, test, {})
        rows = database.execute(
            """select model, next_order_share, next_order_mae, next_order_coverage
            from predictions.backtests"""
        ).fetchall()

    found = {model: scores for model, *scores in rows}
    told = test.scores.loc[["next_order_share", "next_order_mae"]]
    assert found["chosen"][:2] == told["model"].tolist()
    assert found["naive"][0] is None
    assert found["naive"][1] == told["naive"]["next_order_mae"]
    assert found["bg_nbd"] == [None, None, None]


def test_what_channels_won_is_written_beside_what_came_of_it(
    database_url: str,
) -> None:
    """Of the customers won in the year before whose channel is known."""
    log, _ = purchase_days(shop(3, 150, 700), AS_OF)
    (origin, *_) = month_end_origins(log, AS_OF)
    ((_, test),) = rolling_backtests(log, [origin])
    rows = test.predictions.assign(age=test.model.seen.histories.age_days)
    told = rows.iloc[::2]
    channels = {
        name: ("meta_ads", "email")[position % 2]
        for position, name in enumerate(told["customer_id"])
    }
    recent = told[told["age"] < 365]
    wanted = recent.groupby(recent["customer_id"].map(channels.get)).agg(
        {"age": "size", "expected_value": "sum", "actual_value": "sum"}
    )

    with psycopg.connect(database_url) as database:
        for _ in range(2):
            write_backtest(database, IDENTITY, origin, test, channels)
        found = database.execute(
            """select channel_id, customer_count, expected_value::float,
                actual_value::float, expected_value_lower::float,
                expected_value_upper::float
            from predictions.backtest_channels order by channel_id"""
        ).fetchall()

    assert len(recent) < len(told)
    assert [row[0] for row in found] == ["email", "meta_ads"]
    each = wanted.T.to_dict("list")
    for channel, *numbers, low, high in found:
        assert numbers == pytest.approx(each[channel], abs=0.01)
        assert low < numbers[1] < high
