"""Prices that rise: found in what the same customers pay, named, and counted ahead."""

from __future__ import annotations

import numpy as np
import pytest

from ml_assets.clv.convergence import converged
from ml_assets.clv.customer_model import CustomerModel, fit_log
from ml_assets.clv.purchases import PurchaseDays, purchase_days
from ml_assets.clv.seasons.operational_time import Level, month_start
from ml_assets.clv.seasons.prices import growth, in_prices_of_today
from tests.ml_assets.clv.shops import shop

_RISE = 1.05


@pytest.fixture(scope="module")
def still() -> PurchaseDays:
    return purchase_days(shop(110, 1_500, 800))[0]


@pytest.fixture(scope="module")
def rising(still: PurchaseDays) -> PurchaseDays:
    months = (still.day - still.first_day) / 30.4
    amount = still.amount * _RISE**months
    return PurchaseDays(still.customers, still.customer, still.day, amount)


@pytest.fixture(scope="module")
def model(rising: PurchaseDays) -> CustomerModel:
    return fit_log(rising, rising.first_day + 640)


def test_amounts_are_brought_to_prices_of_today(
    rising: PurchaseDays, still: PurchaseDays
) -> None:
    today = rising.first_day + 640
    priced, level = in_prices_of_today(rising.up_to(today), today)
    assert level is not None
    assert level.slope == pytest.approx(np.log(_RISE), abs=0.02)
    # As if all had always been as dear as today, but for the month that today is of.
    as_today = still.up_to(today).amount * _RISE ** (640 / 30.4)
    assert np.median(priced.amount / as_today) == pytest.approx(1, abs=0.05)
    early = priced.day < rising.first_day + 90
    assert np.median((priced.amount / as_today)[early]) == pytest.approx(1, abs=0.12)


def test_a_shop_of_one_price_keeps_its_amounts(still: PurchaseDays) -> None:
    today = still.first_day + 640
    log = still.up_to(today)
    assert in_prices_of_today(log, today) == (log, None)
    # Too young for a trend to be told from a season.
    young = still.up_to(still.first_day + 400)
    assert in_prices_of_today(young, still.first_day + 400) == (young, None)


def test_days_ahead_are_dearer_by_a_damped_slope() -> None:
    level = Level(660, np.array([-0.1, 0.0]), 0.1, 0.0, 0.0)
    end = int(month_start(662)) - 1
    # 31 days of March 2025, dearer by .1 * .95.
    assert growth(level, end, 31) == pytest.approx((0.095, (0.1 - 0.085) / 2))


def test_dearer_purchases_are_named_and_foretold(
    rising: PurchaseDays, model: CustomerModel
) -> None:
    total = model.predict_total(90)
    came = rising.later(model.seen, model.as_of_day, 90).amount.sum()
    assert total["expected_value_lower"] <= came <= total["expected_value_upper"]
    assert "more on a purchase each month" in converged(model).message
    # What is told of the past is what was paid.
    paid = rising.up_to(model.as_of_day).seen_at(model.as_of_day).monetary_value
    np.testing.assert_array_equal(model.seen.monetary_value, paid)
    assert np.nanmean(model.spending.mean) > 1.2 * np.nanmean(paid)
