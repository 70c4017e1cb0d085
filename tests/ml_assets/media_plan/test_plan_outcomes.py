"""What spend brought that followed advice or a plan, worked out by hand."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
import pytest

from ml_assets.media_plan.plan_outcomes import advice_outcomes, scenario_outcomes

DUE = dt.date(2026, 1, 28)
ADVICE = ["trace_id", "channel_id", "current_spend", "advised_spend", "actual_spend"]
PLAN = ["scenario_id", "channel_id", "current_spend", "projected_spend", "actual_spend"]


def curves(
    *channels: tuple[str, list[float]], through: dt.date = DUE, gamma: float = 1
) -> pd.DataFrame:
    """Half of alpha is brought at 100 a day."""
    rows = [
        (name, alphas, [100.0] * len(alphas), [gamma] * len(alphas), through)
        for name, alphas in channels
    ]
    columns = ["channel_id", "alphas", "half_saturations", "gammas"]
    return pd.DataFrame(rows, columns=[*columns, "data_through_date"])


def advised(*rows: tuple[Any, ...]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=ADVICE).assign(due_date=DUE)


def planned(*rows: tuple[Any, ...]) -> pd.DataFrame:
    told: dict[str, Any] = {"end_date": DUE, "day_count": 2, "actual_income": 400}
    return pd.DataFrame(rows, columns=PLAN).assign(**told)


TWO = curves(("google", [200, 220]), ("meta", [400, 800]))
MOVE = (("a", "google", 3000, 3600, 3360), ("a", "meta", 3000, 2400, 2700))


def test_the_gain_of_a_move_is_that_of_all_channels_draw_by_draw() -> None:
    (found,) = advice_outcomes(advised(*MOVE), TWO).to_dict("records")

    # 100 a day before; 112 and 90 after: 12/212 and -10/190 of twice alpha.
    gains = [
        30 * (google * (112 / 212 - 1 / 2) + meta * (90 / 190 - 1 / 2))
        for google, meta in ((200, 400), (220, 800))
    ]
    assert found["outcome"] == pytest.approx(sum(gains) / 2, rel=1e-12)
    # Between two draws the quantile lies a twentieth of the way from each.
    low, high = sorted(gains)
    twentieth = 0.05 * (high - low)
    ends = (found["outcome_lower"], found["outcome_upper"])
    assert ends == pytest.approx((low + twentieth, high - twentieth), rel=1e-12)
    # 360 and 300 of twice 600.
    assert found["followed_share"] == pytest.approx(0.55)


def test_the_curve_is_that_of_hill() -> None:
    spends = advised(("a", "meta", 1500, 3000, 6000))

    (found,) = advice_outcomes(spends, curves(("meta", [90]), gamma=2)).to_dict(
        "records"
    )

    # s^2 / (100^2 + s^2) at 50 and at 200 a day.
    assert found["outcome"] == pytest.approx(30 * 90 * (0.8 - 0.2), rel=1e-12)


@pytest.mark.parametrize(
    ("advised_spend", "actual", "share"),
    [(600, 300, 0.5), (600, 900, 1), (600, -300, 0), (-600, -60, 0.1), (0, 5, None)],
)
def test_spend_follows_in_the_direction_that_was_advised_and_not_beyond(
    advised_spend: int, actual: int, share: float | None
) -> None:
    spends = advised(("a", "meta", 1000, 1000 + advised_spend, 1000 + actual))

    followed = advice_outcomes(spends, curves())["followed_share"].iloc[0]

    assert followed == share if share is not None else np.isnan(followed)


def test_half_to_the_cent_is_half() -> None:
    spends = advised(("a", "meta", 0.1, 0.7, 0.4))

    assert advice_outcomes(spends, curves())["followed_share"].tolist() == [0.5]


def test_curves_that_did_not_see_the_days_say_nothing() -> None:
    before = curves(("google", [200]), through=DUE - dt.timedelta(days=1))

    (none,) = advice_outcomes(advised(*MOVE), before).to_dict("records")
    (some,) = advice_outcomes(
        advised(*MOVE), pd.concat([before, curves(("meta", [400]))])
    ).to_dict("records")

    assert np.isnan([none["outcome"], none["outcome_lower"]]).all()
    assert some["outcome"] == pytest.approx(30 * 400 * (90 / 190 - 1 / 2))


def test_each_advice_is_measured_alone_and_none_is_no_row() -> None:
    spends = advised(*MOVE, ("b", "meta", 3000, 6000, 6000))

    found = advice_outcomes(spends, TWO).set_index("trace_id")

    assert found.index.tolist() == ["a", "b"]
    assert found.loc["b", "outcome"] == pytest.approx(30 * 600 * (2 / 3 - 1 / 2))
    assert advice_outcomes(advised(), TWO).empty
    assert scenario_outcomes(planned(), TWO).empty


def test_a_plan_is_held_against_what_was_spent_and_what_that_brought() -> None:
    spends = planned(("s", "meta", 0, 100, 200), ("s", "google", 50, 60, 0))

    (found,) = scenario_outcomes(spends, TWO).to_dict("records")

    # 100 too much and 60 too little, of the 200 that were spent.
    assert (found["actual_spend"], found["actual_income"]) == (200, 400)
    assert found["spend_deviation"] == 0.8
    # Two days of 100 instead of nothing, and of nothing instead of 25.
    gain = 2 * (600 * (1 / 2) - 210 * (25 / 125))
    assert found["actual_gain"] == pytest.approx(gain, rel=1e-12)


def test_a_plan_of_nothing_that_cost_nothing_was_followed() -> None:
    (found,) = scenario_outcomes(planned(("s", "meta", 9, 0, 0)), curves()).to_dict(
        "records"
    )

    assert found["spend_deviation"] == 0
    assert np.isnan(found["actual_gain"])
