"""Discounted value of a horizon, against closed forms and hand arithmetic."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml_assets.clv.errors import InvalidParameters
from ml_assets.clv.lifetime_value import (
    DEFAULT_ANNUAL_DISCOUNT_RATE,
    discounted_purchases,
    month_ends,
    predicted_value,
)
from ml_assets.clv.models import bg_nbd, gamma_gamma
from ml_assets.clv.models.bg_nbd import BgNbd
from ml_assets.clv.models.gamma_gamma import GammaGamma

PURCHASING = BgNbd(0.243, 30.9, 0.793, 2.426)
SPENDING = GammaGamma(6.25, 3.74, 15.44)
CUSTOMERS = ([0, 3, 12], [0, 150, 260], [0, 200, 270], [np.nan, 20.0, 55.0])


def test_without_discount_the_value_is_purchases_times_spend() -> None:
    value = predicted_value(PURCHASING, SPENDING, *CUSTOMERS, annual_discount_rate=0)

    purchases = bg_nbd.expected_purchases(PURCHASING, 365, *CUSTOMERS[:3])
    spend = gamma_gamma.expected_order_value(SPENDING, CUSTOMERS[0], CUSTOMERS[3])
    assert value == pytest.approx(purchases * spend, rel=1e-12)


def test_twelve_months_are_365_days_and_not_360() -> None:
    ends = month_ends(365)

    assert len(ends) == 12
    assert ends[-1] == 365
    assert ends[0] == pytest.approx(30.41667, abs=1e-5)


def test_a_horizon_of_100_days_ends_with_a_short_month() -> None:
    assert month_ends(100) == pytest.approx([365 / 12, 730 / 12, 91.25, 100])


def test_a_month_is_paid_at_its_end() -> None:
    purchases = np.array([[1.0, 3.0]])

    found = discounted_purchases(purchases, np.array([182.5, 365.0]), 0.21)

    assert found == pytest.approx([1 / 1.1 + 2 / 1.21])


def test_the_default_rate_is_one_percent_a_month() -> None:
    assert pytest.approx(0.126825, abs=1e-6) == DEFAULT_ANNUAL_DISCOUNT_RATE


@given(st.floats(0, 5), st.floats(0.01, 5))
def test_a_higher_discount_never_raises_the_value(rate: float, more: float) -> None:
    low = predicted_value(PURCHASING, SPENDING, *CUSTOMERS, annual_discount_rate=rate)
    high = predicted_value(
        PURCHASING, SPENDING, *CUSTOMERS, annual_discount_rate=rate + more
    )

    assert (high < low).all()


@pytest.mark.parametrize("days", [0, -30, np.nan])
def test_an_empty_horizon_is_refused(days: float) -> None:
    with pytest.raises(InvalidParameters, match="horizon_days"):
        predicted_value(PURCHASING, SPENDING, *CUSTOMERS, horizon_days=days)


@pytest.mark.parametrize("rate", [-0.01, np.nan, np.inf])
def test_a_negative_discount_is_refused(rate: float) -> None:
    with pytest.raises(InvalidParameters, match="annual_discount_rate"):
        predicted_value(PURCHASING, SPENDING, *CUSTOMERS, annual_discount_rate=rate)
