"""The front door in the words of the request: fit, contributions, forecast, budget."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from ml_assets import mmm
from ml_assets.mmm.errors import InvalidBudget, InvalidSeries, MixedUnits
from tests.ml_assets.mmm.market import CHANNELS, market


def fitted(frame: pd.DataFrame, unit: str = "revenue") -> mmm.MediaMix:
    return mmm.fit(
        frame.rename(columns={"date": "date_week", "revenue": "y"}),
        date="date_week",
        outcome="y",
        channels=CHANNELS,
        controls=["promotion"],
        outcome_unit=unit,
        draws=100,
    )


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    return market(weeks=169).frame


@pytest.fixture(scope="module")
def model(frame: pd.DataFrame) -> mmm.MediaMix:
    return fitted(frame.head(156))


def future(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.tail(13).rename(columns={"date": "date_week"})


def test_a_forecast_follows_the_fitted_weeks(
    model: mmm.MediaMix, frame: pd.DataFrame
) -> None:
    ahead = model.forecast(future(frame))

    columns = ["date", "expected", "expected_lower", "expected_upper"]
    assert list(ahead) == columns
    sold = frame["revenue"].tail(13).to_numpy()
    assert np.abs(ahead["expected"].to_numpy() / sold - 1).mean() < 0.10


def test_last_weeks_advertising_is_carried_into_the_forecast(
    model: mmm.MediaMix, frame: pd.DataFrame
) -> None:
    """With nothing planned, the first week still has what is remembered."""
    nothing = future(frame).assign(meta=0.0, google=0.0, tiktok=0.0, promotion=0.0)
    plan = future(frame).assign(promotion=0.0)

    less, more = model.forecast(nothing), model.forecast(plan)

    assert (less["expected"] < more["expected"]).all()
    # The same weeks after a history whose last ten weeks had no advertising.
    spend = model.series.spend.copy()
    spend[-10:] = 0.0
    silent = replace(model, series=replace(model.series, spend=spend))
    carried = less["expected"] - silent.forecast(nothing)["expected"]
    assert carried.iloc[0] > 10 * abs(carried.iloc[12])
    assert carried.iloc[0] > 100


def test_a_forecast_of_other_weeks_is_refused(
    model: mmm.MediaMix, frame: pd.DataFrame
) -> None:
    with pytest.raises(InvalidSeries, match=r"date_week, row 0: .*does not follow"):
        model.forecast(future(frame).tail(12))
    with pytest.raises(InvalidSeries, match="column promotion is missing"):
        model.forecast(future(frame).drop(columns="promotion"))


def test_curves_reach_half_as_far_again_and_hold_the_current_spend(
    model: mmm.MediaMix,
) -> None:
    table = model.curves()

    assert list(table) == [
        "channel",
        "spend",
        "expected",
        "expected_lower",
        "expected_upper",
        "is_observed",
    ]
    for position, name in enumerate(CHANNELS):
        rows = table[table["channel"] == name]
        assert rows["spend"].max() == pytest.approx(1.5 * model.largest_spend[position])
        assert model.current_spend[position] in rows["spend"].to_numpy()
        assert not rows["is_observed"].all()


def test_money_that_brings_less_than_it_costs_can_be_left(model: mmm.MediaMix) -> None:
    whole = model.optimise(1e6, periods=1)
    # A price between what the first and the last euro bring.
    price = 3 * float(whole.plan["marginal_return"].mean())

    wise = model.optimise(1e6, periods=1, spend_all=False, least_return=price)

    assert wise.unspent > whole.unspent
    spent = wise.plan[wise.plan["recommended"] > 1]
    assert spent["marginal_return"].to_numpy() == pytest.approx(price, rel=0.02)


def test_units_are_never_mixed(model: mmm.MediaMix, frame: pd.DataFrame) -> None:
    other = frame.head(156).rename(columns={name: f"{name}_b" for name in CHANNELS})
    orders = mmm.fit(
        other,
        outcome="revenue",
        channels=[f"{name}_b" for name in CHANNELS],
        outcome_unit="orders",
        draws=50,
    )

    with pytest.raises(MixedUnits, match="revenue and orders cannot be added"):
        mmm.optimise([model, orders], 10_000, periods=1)
    with pytest.raises(InvalidBudget, match="what is a unit of orders worth"):
        orders.optimise(10_000, periods=1, spend_all=False)
    with pytest.raises(InvalidSeries, match="outcome_unit is 'clicks'"):
        fitted(frame, unit="clicks")


def test_two_companies_of_the_same_unit_share_a_budget(
    model: mmm.MediaMix, frame: pd.DataFrame
) -> None:
    names = {name: f"{name}_b" for name in CHANNELS}
    weak = frame.head(156).rename(columns=names)
    weak = weak.assign(revenue=weak["revenue"] / 20)
    other = mmm.fit(weak, outcome="revenue", channels=list(names.values()), draws=50)

    found = mmm.optimise([model, other], 8_000, periods=1)

    plan = found.plan.set_index("channel")["recommended"]
    assert plan.sum() == pytest.approx(8_000)
    # What brings a twentieth gets next to nothing.
    assert plan[CHANNELS].sum() > 4 * plan[list(names.values())].sum()
    with pytest.raises(InvalidBudget, match="a channel of the same name"):
        mmm.optimise([model, model], 8_000, periods=1)


def test_a_column_cannot_have_two_roles(frame: pd.DataFrame) -> None:
    with pytest.raises(InvalidSeries, match="meta is named twice"):
        mmm.fit(frame, outcome="revenue", channels=["meta"], controls=["meta"])
    with pytest.raises(InvalidSeries, match="like a component of the baseline"):
        mmm.fit(
            frame.rename(columns={"meta": "season"}),
            outcome="revenue",
            channels=["season"],
        )


def test_a_backtest_says_what_was_predicted_and_what_was_sold(
    frame: pd.DataFrame,
) -> None:
    found = mmm.backtest(
        frame,
        outcome="revenue",
        channels=CHANNELS,
        controls=["promotion"],
        origins=2,
        draws=50,
    )

    assert [origin.periods for origin in found.origins] == [13, 13]
    assert found.mape < 0.10
    assert found.sentence.startswith("From 2025-12-21 on 13 periods: predicted ")
    assert ", error " in found.sentence
    assert len(found.forecasts) == 26
