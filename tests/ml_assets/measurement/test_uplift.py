"""What an audience brought, by hand; what says nothing is no number."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from ml_assets.measurement.means import mean_difference
from ml_assets.measurement.uplift import Uplift, measure_uplift


def members(
    contacted: dict[float, int], held_back: dict[float, int], discount: float = 0
) -> pd.DataFrame:
    """How many of either side spent which amount; 0 is no order."""
    rows = [
        (is_held_back, int(spent > 0), spent, discount * (spent > 0))
        for is_held_back, side in ((False, contacted), (True, held_back))
        for spent, count in side.items()
        for _ in range(count)
    ]
    columns = ["is_held_back", "order_count", "net_revenue", "discount_amount"]
    return pd.DataFrame(rows, columns=columns)


def measured(frame: pd.DataFrame, margin_rate: float | None = None) -> Uplift:
    return measure_uplift(frame, margin_rate=margin_rate, is_due=True)


def test_means_are_compared_as_a_hand_does() -> None:
    # Means 6 and 2. Sums of squares 43,200 and 3,600: variance of all 46,800 / 398, of
    # the difference that times (1/300 + 1/100), error 1.252134. Third moments 2,592 and
    # 576, of all 2,088, times (1/300^2 - 1/100^2): skewness -0.094542. Quantiles
    # 1.645 -+ 0.094542 * 1.706025 / 6.
    found = measured(members({30: 60, 0: 240}, {20: 10, 0: 90}), 0.4)

    revenue, margin = found.revenue, found.margin
    assert revenue is not None
    assert margin is not None
    assert found.result == "gained"
    assert revenue.estimate == pytest.approx(4)
    assert revenue.error == pytest.approx(1.252134, abs=1e-6)
    assert revenue.skewness == pytest.approx(-0.094542, abs=1e-6)
    assert revenue.lower == pytest.approx(1.973899, abs=1e-6)
    assert revenue.upper == pytest.approx(6.093420, abs=1e-6)
    assert margin.estimate == pytest.approx(1.6)
    assert margin.skewness == pytest.approx(revenue.skewness)


def test_a_discount_is_paid_and_the_goods_cost_the_same() -> None:
    # 0.25 * 50 - 10 = 2.5 of each of 120; 0.25 * 50 - 10 of each of 60.
    found = measured(members({40: 120, 0: 80}, {40: 60, 0: 140}, discount=10), 0.25)

    assert found.margin is not None
    assert found.margin.estimate == pytest.approx(0.3 * 2.5)


def test_a_margin_that_nobody_told_is_not_guessed() -> None:
    assert measured(members({30: 60, 0: 240}, {20: 10, 0: 90})).margin is None


def test_customers_gained_are_a_difference_of_shares() -> None:
    found = measured(members({30: 60, 0: 240}, {20: 10, 0: 90}))

    assert found.customers is not None
    gained, least, most = found.customers
    assert gained == pytest.approx(300 * (0.2 - 0.1))
    assert least < gained < most


@pytest.mark.parametrize(
    ("contacted", "held_back"),
    [
        ({30: 60, 0: 240}, {20: 10, 0: 89}),
        ({30: 60, 0: 39}, {20: 10, 0: 190}),
        # Of 39 buyers a quarter was to be expected in the smaller side.
        ({30: 29, 0: 271}, {20: 10, 0: 90}),
        ({}, {20: 10, 0: 190}),
    ],
)
def test_what_is_too_small_has_no_number(
    contacted: dict[float, int], held_back: dict[float, int]
) -> None:
    found = measured(members(contacted, held_back))

    assert found.result == "too_small"
    assert (found.revenue, found.margin, found.customers) == (None, None, None)


def test_forty_buyers_are_enough_where_a_quarter_is_kept_back() -> None:
    found = measured(members({30: 30, 0: 270}, {20: 10, 0: 90}))

    assert found.result == "no_evidence"


def test_before_its_days_are_over_only_people_are_counted() -> None:
    frame = members({30: 60, 0: 240}, {20: 10, 0: 90})

    found = measure_uplift(frame, margin_rate=0.4, is_due=False)

    assert found == Uplift(300, 100, 60, 10, "not_due")


def test_one_order_that_is_all_the_variance_bends_no_further_than_one() -> None:
    amounts = np.zeros(1000)
    amounts[0] = 1e6

    found = mean_difference(np.zeros(100), amounts, 1.645)

    assert abs(found.skewness) == 1
    assert mean_difference(np.ones(5), np.ones(9), 1.645).skewness == 0


def test_a_side_of_one_has_no_variance() -> None:
    with pytest.raises(ValueError, match="two people on each"):
        mean_difference(np.ones(1), np.ones(5), 1.645)
