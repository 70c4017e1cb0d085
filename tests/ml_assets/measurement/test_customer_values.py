"""What channels won is summed with its error, and held against the others."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest

from ml_assets.measurement.customer_values import (
    compare_channels,
    sum_values,
    total_margin,
)

SUMS = ["observed_value", "value_12m", "independent_variance", "shared_error"]
DAYS = ["channel_id", "customer_count", *SUMS[1:]]


def days(channel: str, *values: float) -> list[tuple[Any, ...]]:
    """Ten customers a day; what they are off together is a tenth."""
    return [(channel, 10, value, 4, value / 10) for value in values]


def compared(rows: list[tuple[Any, ...]], spends: dict[str, float]) -> dict[str, Any]:
    frame = pd.DataFrame(rows, columns=DAYS)
    sums = frame.groupby("channel_id").sum()
    channels = pd.DataFrame(
        {
            "channel_id": sums.index,
            "spend": [spends[channel] for channel in sums.index],
            "value_per_customer": sums["value_12m"] / sums["customer_count"],
        }
    )
    found = compare_channels(frame, channels.reset_index(drop=True))
    return {row["channel_id"]: row for row in found.to_dict("records")}


def test_errors_of_single_customers_cancel_and_the_shared_adds_up() -> None:
    summed = pd.DataFrame([(10, 100, 9, 4), (99, 100, 9, 4)], columns=SUMS)

    found = sum_values(summed)

    # sqrt(9 + 16) is 5; what was bought is sure.
    assert found["value_12m_lower"].tolist() == [100 - 1.645 * 5, 99]
    assert found["value_12m_upper"].tolist() == [100 + 1.645 * 5] * 2
    assert total_margin(summed) == pytest.approx(1.645 * math.sqrt(18 + 64), rel=1e-12)
    assert sum_values(pd.DataFrame(columns=SUMS)).empty


def test_the_mean_of_a_channel_has_the_error_of_its_days() -> None:
    rows = [*days("google", 1200, 1400), *days("meta", 900, 1100)]

    google = compared(rows, {"google": 200, "meta": 200})["google"]

    # Days differ by 100 from the mean, twice; 4 of each day; what is shared adds up.
    error = math.sqrt(2 * 100**2 + 2 * 4 + 260**2) / 20
    ends = [google[f"value_per_customer_{end}"] for end in ("lower", "upper")]
    assert ends == pytest.approx([130 - 1.645 * error, 130 + 1.645 * error], rel=1e-12)
    # What is shared is a tenth of either: of their ratio it says nothing.
    own = 2 * 100**2 + 8
    log_error = math.sqrt(own / 2600**2 + own / 2000**2)
    assert google["others_customer_count"] == 20
    assert google["others_value_per_customer"] == 100
    assert google["difference_rate"] == pytest.approx(0.3)
    assert google["difference_rate_lower"] == pytest.approx(
        1.3 * math.exp(-1.645 * log_error) - 1, rel=1e-12
    )
    assert google["difference_rate_upper"] == pytest.approx(
        1.3 * math.exp(1.645 * log_error) - 1, rel=1e-12
    )


def test_what_a_customer_costs_is_as_sure_as_two_poisson_counts() -> None:
    rows = [*days("google", 100, 100, 100), *days("meta", 100), *days("tiktok", 100)]

    google = compared(rows, {"google": 60, "meta": 30, "tiktok": 50})["google"]

    # 2 each against 4; 30 customers against 20.
    chance = math.sqrt(1 / 30 + 1 / 20)
    assert google["cost_difference_rate"] == pytest.approx(-0.5)
    assert google["cost_difference_rate_upper"] == pytest.approx(
        0.5 * math.exp(1.645 * chance) - 1, rel=1e-12
    )


def test_only_channels_with_spend_are_compared() -> None:
    rows = [*days("google", 70), *days("organic", 500)]

    found = compared(rows, {"google": 9, "organic": np.nan})

    assert [found[name]["is_paid"] for name in ("google", "organic")] == [True, False]
    for row in found.values():
        told = (
            "others_customer_count",
            "difference_rate",
            "cost_difference_rate_lower",
        )
        assert np.isnan([row[name] for name in told]).all()
    assert compare_channels(
        pd.DataFrame(columns=DAYS),
        pd.DataFrame(columns=["channel_id", "spend", "value_per_customer"]),
    ).empty


def test_customers_worth_nothing_have_no_interval_of_their_ratio() -> None:
    rows = [*days("google", 0), *days("meta", 100)]

    google = compared(rows, {"google": 9, "meta": 9})["google"]

    assert google["difference_rate"] == -1
    assert np.isnan([google["difference_rate_lower"]]).all()
