"""From an order log to purchase days and histories."""

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
import pytest

from ml_assets.clv.errors import InvalidTransactions
from ml_assets.clv.purchases import purchase_days
from ml_assets.clv.summaries import summarise_purchases

LOG = pd.DataFrame(
    {
        "customer_id": ["b", "a", "a", "a", "b"],
        "ordered_at": [
            "2026-01-05",
            "2026-01-01T09:00",
            "2026-01-11T10:00",
            "2026-01-11T23:59",
            "2026-02-04",
        ],
        "amount": [10.0, 20.0, 5.0, 7.0, 30.0],
    }
)
LOG["ordered_at"] = pd.to_datetime(LOG["ordered_at"], format="ISO8601")


def test_histories_by_hand() -> None:
    log, as_of = purchase_days(LOG, dt.date(2026, 1, 31))
    seen = log.seen_at(as_of)

    assert log.customers.tolist() == ["a", "b"]
    assert seen.histories.frequency.tolist() == [1, 0]
    assert seen.histories.recency_days.tolist() == [10, 0]
    assert seen.histories.age_days.tolist() == [30, 26]
    assert seen.monetary_value[0] == 12
    assert np.isnan(seen.monetary_value[1])
    assert seen.log_intervals == pytest.approx([np.log(10), 0])
    assert seen.spent.days.tolist() == [2, 1]
    assert seen.spent.mean.tolist() == [16, 10]


def test_what_comes_later_by_hand() -> None:
    log, _ = purchase_days(LOG)
    start = int(np.datetime64("2026-01-05", "D").astype(int))
    seen = log.seen_at(start)

    later = log.later(seen, start, 30)

    assert later.purchases.tolist() == [1, 1]
    assert later.amount.tolist() == [12, 30]
    assert log.later(seen, start, 29).purchases.tolist() == [1, 0]


def test_histories_equal_those_of_the_slow_way(cdnow_purchases: pd.DataFrame) -> None:
    end = dt.date(1997, 9, 30)
    slow = summarise_purchases(cdnow_purchases, end)
    log, as_of = purchase_days(
        cdnow_purchases.rename(columns={"date": "ordered_at"}), end
    )

    fast = log.seen_at(as_of)

    assert log.customers[fast.customer].tolist() == slow["customer_id"].tolist()
    for name, column in zip(
        ("frequency", "recency_days", "age_days"), fast.histories, strict=True
    ):
        assert column.tolist() == slow[name].tolist()
    assert fast.monetary_value == pytest.approx(slow["monetary_value"], nan_ok=True)


def test_a_day_is_the_day_of_the_shop() -> None:
    moments = pd.to_datetime(["2026-01-01T23:30-03:00", "2026-01-02T00:30-03:00"])
    log = pd.DataFrame(
        {"customer_id": ["a", "a"], "ordered_at": moments, "amount": [1.0, 1.0]}
    )
    assert log["ordered_at"].dt.tz is not None

    days, _ = purchase_days(log)

    assert days.day.size == 2


def test_rows_of_one_second_are_one_purchase() -> None:
    twice = pd.concat([LOG, LOG])

    log, as_of = purchase_days(twice)

    assert log.seen_at(as_of).histories.frequency.tolist() == [1, 1]
    assert log.amount.sum() == 2 * LOG["amount"].sum()


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("amount", np.nan, r"column amount, row 1: .*is not an amount \(1 of 5"),
        ("amount", np.inf, "is not an amount"),
        ("amount", -3.0, "is below 0: take refunds off"),
        ("amount", "ten", "'ten' is not an amount"),
        ("customer_id", None, "column customer_id, row 1: None is empty"),
        ("ordered_at", "soon", "column ordered_at, row 1: 'soon' is not a date"),
        ("ordered_at", None, "is not a date"),
    ],
)
def test_a_row_that_cannot_be_used_is_named(
    column: str, value: Any, words: str
) -> None:
    broken = LOG.astype(object)
    broken.loc[1, column] = value

    with pytest.raises(InvalidTransactions, match=words):
        purchase_days(broken)


def test_a_missing_column_is_named() -> None:
    with pytest.raises(InvalidTransactions, match="column amount is missing"):
        purchase_days(LOG.drop(columns="amount"))


def test_an_empty_log_is_refused() -> None:
    with pytest.raises(InvalidTransactions, match="have no rows"):
        purchase_days(LOG.head(0))


def test_currencies_are_not_added_up() -> None:
    mixed = LOG.assign(currency_code=["EUR", "EUR", "USD", "EUR", "EUR"])

    with pytest.raises(InvalidTransactions, match="EUR, USD"):
        purchase_days(mixed)


def test_an_as_of_date_before_every_order_is_refused() -> None:
    with pytest.raises(InvalidTransactions, match="the first is of 2026-01-01"):
        purchase_days(LOG, dt.date(2025, 12, 31))
