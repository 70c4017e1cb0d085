"""What first sales become in 12 months: found from customers, and honest where few."""

import numpy as np
import pandas as pd
import pytest

from ml_assets.media_plan.value_ratios import ValueRatios, ratio_rows, value_ratios
from ml_assets.mmm.adstock import Floats

COLUMNS = [
    *("channel_id", "customer_count", "first_order_revenue", "observed_value"),
    *("value_12m", "independent_variance", "shared_error"),
]
# Google sells for 10 to people who never return, Facebook for 15 to people who buy
# four times in the year, of which nothing but the first is bought yet.
OWNERS: list[tuple[object, ...]] = [
    ("facebook_ads", 40, 600, 600, 2400, 0.0, 0.0),
    ("facebook_ads", 60, 900, 900, 3600, 0.0, 0.0),
    ("google_ads", 40, 400, 400, 400, 0.0, 0.0),
    ("google_ads", 60, 600, 600, 600, 0.0, 0.0),
]
BOTH = ("facebook_ads", "google_ads")


def found(
    rows: list[tuple[object, ...]],
    channels: tuple[str, ...] = BOTH,
    predicted: float = 1.0,
) -> ValueRatios:
    return value_ratios(pd.DataFrame(rows, columns=COLUMNS), channels, predicted)


def correlation(one: Floats, other: Floats) -> float:
    return float(np.mean((one - one.mean()) * (other - other.mean()))) / float(
        one.std() * other.std()
    )


def test_a_channel_counts_as_often_as_its_customers_buy() -> None:
    ratios = found(OWNERS)

    assert (ratios.basis, ratios.reason) == ("value_12m", None)
    # 60 of 15, and 10 of 10.
    assert ratios.ratio == pytest.approx([4, 1])
    assert ratios.customer_count.tolist() == [100, 100]
    # All that comes after Facebook's first purchases is still to come.
    assert ratios.maturity.tolist() == [0, 1]
    assert ratios.drawn(3) == pytest.approx(np.array([[4, 1]] * 3))


def test_few_customers_are_drawn_to_what_all_are_worth() -> None:
    days: list[tuple[object, ...]] = [
        *(("google_ads", 25, 250, 300, value, 0.0, 0.0) for value in (400, 600) * 2),
        ("facebook_ads", 1, 10, 10, 80, 0.0, 0.0),
    ]

    ratios = found(days)

    # Together 2,080 / 1,010 = 2.0594. Days are 100 off, of 20 a customer: 4 * 25, times
    # 5 / (5 - 2), over 101 customers is 1.650. Kept: 0.09 * 100 / (9 + 1.650) = 0.8451
    # of Google's 2, and 0.09 / (0.09 + 1.650) = 0.0517 of Facebook's 8.
    assert ratios.ratio[1] == pytest.approx(2.0594 * (2 / 2.0594) ** 0.8451, abs=1e-3)
    assert ratios.ratio[0] == pytest.approx(2.0594 * (8 / 2.0594) ** 0.0517, abs=1e-3)
    # 0.09 * 0.9483 + 0.9483**2 * 1.650 / 101.
    assert ratios.error[0] == pytest.approx(0.10004**0.5, abs=1e-3)
    # (1,200 - 1,000) of (2,000 - 1,000).
    assert ratios.maturity[1] == pytest.approx(0.2)


def test_a_channel_nobody_came_by_is_worth_what_all_are_and_unsure() -> None:
    ratios = found(OWNERS, (*BOTH, "tiktok_ads"))

    # 7,000 / 2,500.
    assert ratios.ratio[2] == pytest.approx(2.8)
    assert ratios.error[2] == pytest.approx(0.3)
    assert np.isnan(ratios.maturity[2])


def test_customers_of_channels_without_spend_do_not_count() -> None:
    rows = [*OWNERS, ("organic_search", 900, 9000, 9000, 90_000, 0.0, 0.0)]

    assert found(rows, (*BOTH, "tiktok_ads")).ratio == pytest.approx([4, 1, 2.8])


@pytest.mark.parametrize(
    ("rows", "predicted", "reason"),
    [
        (OWNERS, 0.89, "no_values"),
        ([("google_ads", 29, 290, 290, 900, 0.0, 0.0)], 1.0, "few_customers"),
        ([], 1.0, "few_customers"),
    ],
)
def test_where_value_is_not_known_a_unit_counts_as_a_unit_and_that_is_said(
    rows: list[tuple[object, ...]], predicted: float, reason: str
) -> None:
    ratios = found(rows, predicted=predicted)

    assert (ratios.basis, ratios.reason) == ("revenue", reason)
    assert not ratios.is_known
    assert ratios.drawn(5) == pytest.approx(np.ones((5, 2)))
    told = ratio_rows(ratios)
    assert told["value_ratio_lower"].tolist() == [1, 1]
    assert told["value_basis"].tolist() == ["revenue"] * 2


def test_what_all_predictions_are_off_by_together_moves_all_channels_together() -> None:
    rows = [(*row[:5], 0.0, 0.1 * float(str(row[4]))) for row in OWNERS]

    ratios = found(rows)

    assert ratios.shared_error == pytest.approx([0.1, 0.1])
    drawn = ratios.drawn(4000)
    assert drawn.mean(axis=0) == pytest.approx([4, 1])
    assert np.log(drawn).std(axis=0) == pytest.approx([0.1, 0.1], rel=0.05)
    assert correlation(drawn[:, 0], drawn[:, 1]) == pytest.approx(1)


def test_draws_of_a_channel_do_not_depend_on_those_beside_it() -> None:
    rows = [(*row[:5], 900.0, 0.0) for row in OWNERS]
    both, alone = found(rows), found(rows, ("google_ads",))
    assert both.error[1] > 0

    assert correlation(both.drawn(200)[:, 1], alone.drawn(200)[:, 0]) > 0.999
    drawn = both.drawn(4000)
    assert abs(correlation(drawn[:, 0], drawn[:, 1])) < 0.05


def test_the_interval_of_a_ratio_holds_nine_in_ten_of_its_draws() -> None:
    ratios = found([(*row[:5], 9000.0, 0.05 * float(str(row[4]))) for row in OWNERS])

    told, drawn = ratio_rows(ratios), ratios.drawn(4000)

    inside = (drawn > told["value_ratio_lower"].to_numpy()) & (
        drawn < told["value_ratio_upper"].to_numpy()
    )
    assert inside.mean(axis=0) == pytest.approx([0.9, 0.9], abs=0.02)
