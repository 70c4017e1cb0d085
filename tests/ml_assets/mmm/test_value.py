"""What a customer is worth, and how unsure that is, reaches the budget (D01)."""

from typing import NamedTuple

import numpy as np
import pandas as pd
import pytest

from ml_assets import mmm
from ml_assets.mmm.adstock import Floats, adstock
from ml_assets.mmm.errors import InvalidSeries

WEEKS, CHANNELS = 130, ["facebook", "google"]


class Company(NamedTuple):
    """Google's customers are cheap and come once; Facebook's come again."""

    frame: pd.DataFrame
    value_draws: Floats


def one_time_buyers(seed: int = 1) -> Company:
    rng = np.random.default_rng(seed)
    spend = 1000 * rng.gamma(2.0, 0.5, (WEEKS, 2))
    kept = np.column_stack([0.7 * adstock(spend[:, c], 0.3) for c in (0, 1)])
    # New customers: 10 euros each on Google, 15 on Facebook at low spend.
    new = 120 * kept / (1000 + kept) * [1000 / 750, 1000 / 500]
    first = 40 * new.sum(axis=1) + 3000
    # In 12 months: a Google customer buys once, a Facebook customer four times.
    value = 40 * (4 * new[:, 0] + new[:, 1]) + 5000
    frame = pd.DataFrame(spend, columns=CHANNELS).assign(
        date=pd.date_range("2023-01-02", periods=WEEKS, freq="7D"),
        revenue=first + 100 * rng.standard_normal(WEEKS),
        value=value + 200 * rng.standard_normal(WEEKS),
    )
    # How often they come back is known to 20 %: the same error in every week.
    again = rng.normal(1.0, 0.2, (200, 1)).clip(0.2)
    draws = (
        frame["revenue"].to_numpy()
        + again * (frame["value"] - frame["revenue"]).to_numpy()
    )
    return Company(frame, draws.clip(0))


def fitted(
    company: Company,
    outcome: str,
    unit: str,
    outcome_draws: Floats | None = None,
    draws: int = 200,
) -> mmm.MediaMix:
    return mmm.fit(
        company.frame,
        outcome=outcome,
        channels=CHANNELS,
        outcome_unit=unit,
        outcome_draws=outcome_draws,
        draws=draws,
    )


def test_revenue_prefers_the_cheap_channel_and_value_does_not() -> None:
    company = one_time_buyers()
    revenue = fitted(company, "revenue", "revenue")
    value = fitted(company, "value", "value_12m", company.value_draws)

    plans = {
        model.outcome_unit: model.optimise(2000, periods=1).plan.set_index("channel")
        for model in (revenue, value)
    }

    by_revenue = plans["revenue"]["recommended"]
    by_value = plans["value_12m"]["recommended"]
    assert by_revenue["google"] > by_revenue["facebook"]
    assert by_value["facebook"] > by_value["google"]


def test_the_uncertainty_of_value_widens_the_intervals() -> None:
    company = one_time_buyers()

    # Ends of 200 draws are told apart by the machine that rounds.
    sure, unsure = (
        fitted(company, "value", "value_12m", told, draws=800)
        .channels()
        .set_index("channel")
        for told in (None, company.value_draws)
    )

    width = {
        name: (rows["contribution_upper"] - rows["contribution_lower"]).to_dict()
        for name, rows in (("sure", sure), ("unsure", unsure))
    }
    # Three quarters of Facebook's value come later, known to 20 %: 15 % of it, whose
    # 90 % interval is 3.29 times as wide.
    brought = float(unsure["contribution"].to_dict()["facebook"])
    both = np.hypot(width["sure"]["facebook"], 3.29 * 0.2 * 0.75 * brought)
    assert width["unsure"]["facebook"] == pytest.approx(both, rel=0.25)
    assert width["unsure"]["facebook"] > 1.3 * width["sure"]["facebook"]
    # All of a Google customer's value comes at once, and is known.
    assert width["unsure"]["google"] < 1.4 * width["sure"]["google"]
    assert unsure["contribution"].to_numpy() == pytest.approx(
        sure["contribution"].to_numpy(), rel=0.1
    )


def test_draws_of_the_outcome_belong_to_the_rows_of_the_table() -> None:
    company = one_time_buyers()

    with pytest.raises(InvalidSeries, match=r"outcome_draws has the shape \(200, 5\)"):
        fitted(company, "value", "value_12m", company.value_draws[:, :5])
    with pytest.raises(InvalidSeries, match="no number or below 0"):
        fitted(company, "value", "value_12m", -company.value_draws)
