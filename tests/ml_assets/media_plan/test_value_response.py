"""What a shop is told depends on what it counts: first orders, or what they lead to."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from ml_assets.media_plan.evaluation import (
    Evidence,
    Settings,
    Verdict,
    evaluate,
    margin_of,
)
from ml_assets.media_plan.media_days import MediaDays
from ml_assets.mmm import LiftTest
from tests.ml_assets.media_plan.shop import shop


def marginal(verdict: Verdict) -> "pd.Series[float]":
    assert verdict.tables is not None, verdict.reason
    curves = verdict.tables.marketing_curves.set_index("channel_id")
    return curves["marginal_return"].dropna()


def plan(verdict: Verdict) -> "pd.Series[float]":
    assert verdict.tables is not None, verdict.reason
    channels = verdict.tables.budget_scenario_channels
    chosen = channels[channels["scenario"] == "recommended"].set_index("channel_id")
    return chosen["projected_spend"] / chosen["current_spend"] - 1


def test_the_cheap_channel_of_one_time_buyers_wins_on_revenue_only(
    revenue: Verdict, value: Verdict
) -> None:
    by_revenue, by_value = marginal(revenue), marginal(value)

    assert by_revenue["meta_ads"] > by_revenue["google_ads"]
    assert by_value["google_ads"] > by_value["meta_ads"]
    assert plan(revenue)["meta_ads"] > 0 > plan(revenue)["google_ads"]
    assert plan(value)["google_ads"] > 0 > plan(value)["meta_ads"]


def test_doubt_about_values_widens_the_intervals(
    media: MediaDays, value: Verdict, settings: Settings, evidence: Evidence
) -> None:
    frame = media.frame.assign(value_shared_error=0.3 * media.frame["value_12m"])
    doubtful = evaluate(replace(media, frame=frame), "value_12m", settings, evidence)
    assert value.tables is not None
    assert doubtful.tables is not None

    sure, unsure = (
        tables.marketing_curves.dropna(subset=["alpha"]).set_index("channel_id")
        for tables in (value.tables, doubtful.tables)
    )
    for name in ("current_roi", "contribution"):
        widths = [
            rows[f"{name}_upper"] - rows[f"{name}_lower"] for rows in (sure, unsure)
        ]
        assert (widths[1] > 1.2 * widths[0]).all()
        assert np.allclose(sure[name], unsure[name], rtol=0.2)


def test_an_event_is_not_credited_to_advertising(
    settings: Settings, evidence: Evidence, revenue: Verdict
) -> None:
    spiked = evaluate(shop(event=True), "revenue", settings, evidence)
    assert spiked.tables is not None
    assert revenue.tables is not None

    def paid(verdict: Verdict) -> float:
        assert verdict.tables is not None
        rows = verdict.tables.marketing_contributions
        return float(rows[rows["kind"] == "paid"]["contribution"].sum())

    rows = spiked.tables.marketing_contributions
    events = rows[(rows["kind"] == "events")].groupby("calendar_date")["contribution"]
    assert events.sum().idxmax() == pd.Timestamp(2025, 11, 28)
    assert abs(paid(spiked) / paid(revenue) - 1) < 0.1


def test_clicks_that_advertising_causes_are_told_by_the_fit_without_them(
    settings: Settings, evidence: Evidence, revenue: Verdict
) -> None:
    clicked = evaluate(shop(clicks=True), "revenue", settings, evidence)
    assert clicked.tables is not None
    assert revenue.tables is not None

    found = clicked.tables.marketing_curves.set_index("channel_id")
    google = found.loc["google_ads"]
    # The clicks take part of what Google brings; a fit without them gives it back.
    assert google["current_roi"] < 0.9 * google["roi_without_search"]
    truth = revenue.tables.marketing_curves.set_index("channel_id")["current_roi"]
    assert abs(google["roi_without_search"] / truth["google_ads"] - 1) < 0.1
    assert google["roi_without_search_lower"] < google["roi_without_search"]
    assert found["roi_without_search"].isna().to_dict()["email"]
    assert "roi_without_search" not in revenue.tables.marketing_curves

    media = shop(clicks=True)
    margin = margin_of(clicked, media, replace(settings, margin_rate=0.5))
    assert margin is not None
    assert margin.tables is not None
    half = margin.tables.marketing_curves.set_index("channel_id").loc["google_ads"]
    assert half["roi_without_search"] == pytest.approx(
        0.5 * google["roi_without_search"]
    )


def test_an_experiment_moves_what_a_channel_is_credited_with(
    media: MediaDays, settings: Settings, evidence: Evidence, revenue: Verdict
) -> None:
    # The truth is more, though not twice as much: a measurement that far off blocks.
    days = media.frame["date"].dt.date
    test = LiftTest("spend_meta_ads", days.iloc[100], days.iloc[127], 9_500.0, 300.0)

    measured = evaluate(
        media, "revenue", replace(settings, lift_tests={"revenue": (test,)}), evidence
    )

    def roi(verdict: Verdict) -> float:
        assert verdict.tables is not None, verdict.reason
        curves = verdict.tables.marketing_curves.set_index("channel_id")
        return float(curves["current_roi"]["meta_ads"])

    assert roi(measured) < 0.8 * roi(revenue)


def test_an_experiment_that_cannot_be_is_said(
    media: MediaDays, settings: Settings, evidence: Evidence
) -> None:
    day = media.frame["date"].dt.date.iloc[100]
    test = LiftTest("spend_tiktok_ads", day, day, 100.0, 10.0)

    verdict = evaluate(
        media, "revenue", replace(settings, lift_tests={"revenue": (test,)}), evidence
    )

    assert verdict.status == "blocked"
    assert verdict.reason is not None
    assert "lift test of tiktok_ads" in verdict.reason
