"""Every budget has its best split, and nobody gets money that cannot use it."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from ml_assets.media_plan.budgets import (
    HORIZON_DAYS,
    Limits,
    budget_grid,
    splits_of,
)
from ml_assets.media_plan.curve_tables import curve_rows
from ml_assets.media_plan.evaluation import Evidence, Settings, Verdict, evaluate
from ml_assets.media_plan.media_days import MediaDays


def grid(verdict: Verdict) -> pd.DataFrame:
    assert verdict.tables is not None, verdict.reason
    return verdict.tables.budget_grid


def by_scenario(verdict: Verdict) -> dict[str, dict[str, Any]]:
    assert verdict.tables is not None, verdict.reason
    rows = verdict.tables.budget_scenarios.to_dict("records")
    return {row["scenario"]: {str(k): v for k, v in row.items()} for row in rows}


def test_every_position_of_the_slider_is_a_row(revenue: Verdict) -> None:
    asked = set(grid(revenue)["total_budget"])

    assert asked >= {float(500 * step) for step in range(101)}


@pytest.mark.parametrize("budget", [777.0, 1_234.5, 3_333.0, 9_999.0, 21_750.0])
def test_a_line_between_rows_is_within_a_thousandth_of_what_is_advised(
    revenue: Verdict, budget: float
) -> None:
    assert revenue.mix is not None
    totals = grid(revenue).drop_duplicates("total_budget")

    read = np.interp(budget, totals["total_budget"], totals["total_expected"])
    advised = splits_of(revenue.mix, Limits({}, {}, {})).advised(budget)

    assert read == pytest.approx(advised.drawn.sum(axis=1).mean(), rel=1e-3)


def test_the_search_finds_what_the_optimiser_of_the_mix_finds(
    revenue: Verdict,
) -> None:
    assert revenue.mix is not None
    splits = splits_of(revenue.mix, Limits({}, {}, {}))
    total = 1.1 * float(splits.now.sum())

    advised = splits.advised(total)

    names = revenue.mix.channel_names
    bounds = dict(zip(names, zip(splits.low, splits.high, strict=True), strict=True))
    periods = HORIZON_DAYS / revenue.mix.series.period_days
    best = revenue.mix.optimise(total, periods=periods, bounds=bounds).plan
    assert advised.is_better
    reached = splits.drawn(advised.plan).mean(axis=0).sum()
    assert reached == pytest.approx(best["expected_recommended"].sum(), rel=1e-4)


def test_one_budget_has_one_split_in_the_grid_and_in_the_scenarios(
    revenue: Verdict,
) -> None:
    assert revenue.tables is not None
    channels = revenue.tables.budget_scenario_channels
    rows, scenarios = grid(revenue), by_scenario(revenue)
    for scenario in ("recommended", "plus_20"):
        plan = channels[channels["scenario"] == scenario].set_index("channel_id")
        budget = plan["projected_spend"].sum()
        for channel, told in plan["projected_spend"].items():
            line = rows[rows["channel_id"] == channel]
            read = np.interp(budget, line["total_budget"], line["recommended_spend"])
            assert read == pytest.approx(told, rel=1e-2)
        totals = rows.drop_duplicates("total_budget")
        read = np.interp(budget, totals["total_budget"], totals["total_expected"])
        gain = read - plan["current_expected"].sum()
        assert gain == pytest.approx(scenarios[scenario]["gain"], rel=2e-2)


def test_what_finds_no_place_is_not_spent(revenue: Verdict) -> None:
    now = by_scenario(revenue)["current"]["current_spend"]
    placed = grid(revenue).groupby("total_budget")["recommended_spend"].sum()

    assert placed.loc[50_000.0] == pytest.approx(1.3 * now)
    # A budget below the least amounts cuts all channels alike.
    small = grid(revenue)[grid(revenue)["total_budget"] == 1_000.0]
    assert small["recommended_spend"].sum() == pytest.approx(1_000.0)


def test_what_a_company_told_holds_against_what_follows_from_the_change() -> None:
    # 30 % of 1,000 is 700 to 1,300; told are a most below and a least above that.
    told = Limits({"least": 2_000.0}, {"most": 100.0}, {})

    assert told.of("other", 1_000.0, 5_000.0) == (700.0, 1_300.0)
    assert told.of("most", 1_000.0, 5_000.0) == (100.0, 100.0)
    assert told.of("least", 1_000.0, 5_000.0) == (2_000.0, 2_000.0)


def test_organic_and_unpriced_channels_never_receive_budget(
    revenue: Verdict, value: Verdict
) -> None:
    for verdict in (revenue, value):
        assert verdict.tables is not None
        paid = {"meta_ads", "google_ads"}
        assert set(verdict.tables.budget_grid["channel_id"]) == paid
        assert set(verdict.tables.budget_scenario_channels["channel_id"]) == paid
        curves = verdict.tables.marketing_curves
        organic = curves[curves["channel_id"].isin(["email", "organic_search"])]
        assert organic["status"].tolist() == ["unpriced", "unpriced"]
        assert organic["current_roi"].isna().all()


def test_a_gain_is_that_over_the_current_spend_with_its_chance(
    revenue: Verdict,
) -> None:
    assert revenue.mix is not None
    totals = grid(revenue).drop_duplicates("total_budget").set_index("total_budget")
    scenarios = by_scenario(revenue)
    now = scenarios["current"]["current_spend"]
    nearest = totals.index[np.abs(totals.index - now).argmin()]

    assert (totals["total_gain_lower"] <= totals["total_gain_upper"]).all()
    assert totals["probability_better"].between(0, 1).all()
    # Without advertising less is sold, for sure.
    nothing = totals.loc[0.0]
    assert nothing["total_gain_upper"] < 0
    assert nothing["probability_better"] == 0
    assert totals.loc[nearest, "probability_better"] > 0.5
    assert totals.loc[nearest, "total_gain_upper"] > (
        0.9 * scenarios["recommended"]["gain"]
    )
    # Common draws: what is unknown of both goes away.
    spread = totals["total_expected_upper"] - totals["total_expected_lower"]
    gained = totals["total_gain_upper"] - totals["total_gain_lower"]
    assert gained[nearest] < spread[nearest]


def test_a_split_never_costs_more_than_its_budget(revenue: Verdict) -> None:
    spent = grid(revenue).groupby("total_budget")["recommended_spend"].sum()

    assert (spent <= spent.index + 1e-6).all()


def test_a_limit_of_the_company_holds_in_every_row(revenue: Verdict) -> None:
    assert revenue.mix is not None

    limited = budget_grid(revenue.mix, Limits({}, {"meta_ads": 2_000.0}, {}))

    meta = limited[limited["channel_id"] == "meta_ads"]["recommended_spend"]
    assert meta.max() <= 2_000.0
    assert meta.max() == pytest.approx(2_000.0)
    assert grid(revenue)["recommended_spend"].max() > 2_000.0


def test_days_until_saturation_count_from_where_the_line_ends(
    revenue: Verdict, media: MediaDays
) -> None:
    """A spend that grows by 1 a day needs as many days as it lies below."""
    mix = revenue.mix
    assert mix is not None
    (meta,) = (
        one for one in mix.channel_names if one.removeprefix("spend_") == "meta_ads"
    )

    def told(last: float, pace: float) -> dict[str, Any]:
        line = last - pace * np.arange(media.days)[::-1]
        frame = media.frame.assign(**{meta: np.maximum(line, 0.1)})
        rows = curve_rows(mix, replace(media, frame=frame), 1.0)
        return dict(rows.set_index("channel_id").loc["meta_ads"])

    reached = float(told(500.0, 1.0)["saturation_spend"])

    assert told(reached - 75.5, 1.0)["saturation_days"] == 76
    assert told(reached + 5.0, 1.0)["saturation_days"] == 0
    assert np.isnan(told(reached - 76.0, -1.0)["saturation_days"])


def test_weather_brings_nothing_on_the_whole(revenue: Verdict) -> None:
    """It is told from its usual: rain is not credited with what dry days sell, too."""
    assert revenue.tables is not None
    rows = revenue.tables.marketing_contributions
    total = rows["contribution"].sum()

    weather = rows[rows["kind"] == "weather"].groupby("component")["contribution"].sum()

    assert set(weather.index) == {"mean_temperature_c", "precipitation_mm"}
    assert (weather.abs() < 1e-3 * total).all()


def test_scenarios_say_what_changes(revenue: Verdict) -> None:
    scenarios = by_scenario(revenue)

    assert list(scenarios) == [
        *("current", "recommended", "plus_20", "worthwhile"),
        *("without_google_ads", "without_meta_ads"),
    ]
    now = scenarios["current"]
    assert now["gain"] == 0
    assert now["current_profit"] == pytest.approx(
        0.4 * now["current_income"] - now["current_spend"]
    )
    assert scenarios["recommended"]["gain"] > 0
    assert scenarios["plus_20"]["projected_spend"] == pytest.approx(
        1.2 * now["current_spend"], rel=1e-6
    )
    assert scenarios["without_meta_ads"]["gain_upper"] < 0
    # With 40 % of margin the last of the spend costs more than it brings.
    less = scenarios["worthwhile"]
    assert less["projected_spend"] < now["current_spend"]
    assert less["projected_profit"] > now["current_profit"]
    assert less["gain"] < 0


def test_by_default_a_channel_moves_by_three_tenths_at_most(revenue: Verdict) -> None:
    assert revenue.tables is not None
    channels = revenue.tables.budget_scenario_channels
    plan = channels[channels["scenario"] == "recommended"]

    change = plan["projected_spend"] / plan["current_spend"] - 1
    assert (change.abs() <= 0.3 + 1e-9).all()


def test_limits_that_leave_no_plan_are_said(
    media: MediaDays, evidence: Evidence
) -> None:
    least = Limits({"meta_ads": 1e6, "google_ads": 1e6}, {}, {})

    verdict = evaluate(media, "revenue", Settings(least), evidence)

    scenarios = by_scenario(verdict)
    assert scenarios["recommended"]["status"] == "not_possible"
    assert "minima" in scenarios["recommended"]["reason"]
