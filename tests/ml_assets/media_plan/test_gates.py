"""What keeps a mix from being published, and what only makes it say more."""

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
from ml_assets.media_plan.gates import (
    baseline_not_negative,
    certain_enough,
    enough_media_history,
    mix_better_than_naive,
    stable_returns,
    within_observed_spend,
)
from ml_assets.media_plan.media_days import CLICKS, MediaDays
from ml_assets.media_plan.published_rows import with_rows_judged
from tests.ml_assets.media_plan.conftest import GOOD, NOTHING
from tests.ml_assets.media_plan.shop import shop


def outcomes(verdict: Verdict) -> dict[str, str]:
    return {gate.gate: gate.outcome for gate in verdict.gates}


def test_a_good_mix_is_published_with_a_warning_about_the_season(
    revenue: Verdict,
) -> None:
    assert (revenue.status, revenue.reason) == ("published", None)
    assert outcomes(revenue)["enough_media_history"] == "warned"
    assert "blocked" not in outcomes(revenue).values()


@pytest.mark.parametrize("days", [400, 800])
def test_search_clicks_that_are_known_too_rarely_are_told(days: int) -> None:
    frame = pd.DataFrame({"date": pd.date_range("2024-01-01", periods=days)})
    media = MediaDays(frame, ("meta_ads",), (), (), 0)

    told = enough_media_history(replace(media, left_out={CLICKS: 0.43}))

    assert told.outcome == "warned"
    assert "43%" in told.message
    assert "earch clicks" in told.message
    assert "earch clicks" not in enough_media_history(media).message


def test_less_than_a_year_is_not_fitted_and_no_failure(
    settings: Settings, evidence: Evidence
) -> None:
    verdict = evaluate(shop(days=364), "revenue", settings, evidence)

    assert verdict.status == "not_fitted"
    assert verdict.tables is None
    assert verdict.reason is not None
    assert "364 days" in verdict.reason


def test_without_advertising_there_is_a_status_and_a_reason(
    settings: Settings, evidence: Evidence
) -> None:
    nothing = MediaDays(pd.DataFrame({"date": []}), (), ("email",), (), 0)

    verdict = evaluate(nothing, "revenue", settings, evidence)

    assert verdict.status == "not_fitted"
    assert verdict.reason is not None
    assert "No channel with a known cost" in verdict.reason


def test_an_outcome_nobody_knows_is_not_fitted(
    media: MediaDays, settings: Settings, evidence: Evidence
) -> None:
    frame = media.frame.assign(value_12m=0.0)
    unknown = MediaDays(frame, media.channels, (), media.controls, 0)

    verdict = evaluate(unknown, "value_12m", settings, evidence)

    assert verdict.status == "not_fitted"


def test_what_cannot_be_fitted_is_blocked(
    media: MediaDays, settings: Settings, evidence: Evidence
) -> None:
    frame = media.frame.copy()
    frame.loc[100, "revenue"] = -1e6

    verdict = evaluate(
        MediaDays(frame, media.channels, (), media.controls, 0),
        "revenue",
        settings,
        evidence,
    )

    assert verdict.status == "blocked"
    assert outcomes(verdict)["mix_converged"] == "blocked"


def test_worse_than_naive_is_blocked_only_when_total_and_weeks_are(
    media: MediaDays, settings: Settings
) -> None:
    worse = GOOD.assign(mape=0.4, bias=0.3)
    only_weeks = GOOD.assign(mape=0.4, bias=0.05)

    blocked = evaluate(media, "revenue", settings, Evidence(NOTHING, worse))

    assert blocked.status == "blocked"
    assert blocked.tables is None
    assert blocked.reason is not None
    assert "40.0% a week" in blocked.reason
    assert mix_better_than_naive(only_weeks).outcome == "warned"
    assert mix_better_than_naive(GOOD).outcome == "passed"


@pytest.mark.parametrize(
    ("negative", "outcome"), [(0, "passed"), (3, "warned"), (6, "blocked")]
)
def test_a_negative_baseline_is_seen(negative: int, outcome: str) -> None:
    baseline = pd.Series(np.where(np.arange(100) < negative, -1.0, 5.0))

    assert baseline_not_negative(baseline).outcome == outcome


@pytest.mark.parametrize(
    ("lower", "upper", "outcome"),
    [(100, 300, "passed"), (100, 900, "warned"), (10, 300, "blocked")],
)
def test_next_to_nothing_known_is_blocked(
    lower: float, upper: float, outcome: str
) -> None:
    assert certain_enough(lower, upper).outcome == outcome


def test_a_recommendation_beyond_what_was_tried_is_named() -> None:
    plan = pd.DataFrame(
        {
            "channel_id": ["meta_ads", "google_ads"],
            "projected_spend": [120.0, 80.0],
            "largest_spend": [100.0, 100.0],
        }
    )

    gate = within_observed_spend(plan)

    assert gate.outcome == "warned"
    assert gate.message.startswith("meta_ads:")


def test_a_return_that_left_its_interval_is_named() -> None:
    before = pd.DataFrame(
        [("meta_ads", 2.0, 1.5, 2.5), ("google_ads", 3.0, 2.0, 4.0)],
        columns=NOTHING.columns,
    )
    now = before.assign(current_roi=[2.7, 3.5])

    gate = stable_returns(now, before)

    assert gate.outcome == "warned"
    assert "meta_ads from 2.00 to 2.70" in gate.message
    assert "google_ads" not in gate.message


def test_margin_is_revenue_in_another_unit(
    revenue: Verdict, media: MediaDays, settings: Settings
) -> None:
    margin = margin_of(revenue, media, settings)

    assert margin is not None
    assert margin.tables is not None
    assert revenue.tables is not None
    ours, theirs = margin.tables, revenue.tables
    rate = ours.marketing_curves["current_roi"] / theirs.marketing_curves["current_roi"]
    assert rate.dropna().tolist() == pytest.approx([0.4, 0.4])
    assert ours.budget_grid["recommended_spend"].tolist() == pytest.approx(
        theirs.budget_grid["recommended_spend"].tolist()
    )
    assert ours.marketing_contributions["contribution"].sum() == pytest.approx(
        0.4 * theirs.marketing_contributions["contribution"].sum()
    )
    assert margin_of(revenue, media, Settings(settings.limits)) is None


def test_contributions_of_a_day_add_up_to_what_was_fitted(revenue: Verdict) -> None:
    assert revenue.tables is not None
    assert revenue.mix is not None
    rows = revenue.tables.marketing_contributions

    summed = rows.groupby("calendar_date")["contribution"].sum()

    fitted = revenue.mix.fitted().set_index("date")["expected"]
    assert np.allclose(summed.to_numpy(), fitted.to_numpy())


def test_the_point_of_today_is_on_the_curve(revenue: Verdict) -> None:
    assert revenue.tables is not None
    points = revenue.tables.marketing_curve_points

    current = points[points["is_current"]].set_index("channel_id")
    curves = revenue.tables.marketing_curves.set_index("channel_id")

    assert sorted(current.index) == ["google_ads", "meta_ads"]
    for channel in current.index:
        assert current.loc[channel, "marginal_return"] == pytest.approx(
            curves.loc[channel, "marginal_return"]
        )


def test_rows_that_can_be_are_published(revenue: Verdict) -> None:
    judged = with_rows_judged(revenue, "EUR")

    assert outcomes(judged)["published_rows_in_range"] == "passed"
    assert judged.status == "published"
    assert judged.tables is revenue.tables


def test_a_row_that_cannot_be_blocks_the_mix_and_says_which(revenue: Verdict) -> None:
    assert revenue.tables is not None
    curves = revenue.tables.marketing_curves.copy()
    curves.loc[curves.index[0], "contribution_upper"] = -1e12
    tables = replace(revenue.tables, marketing_curves=curves)

    judged = with_rows_judged(replace(revenue, tables=tables), "EUR")

    assert judged.status == "blocked"
    # Nothing to write: the last good mix stays.
    assert judged.tables is None
    assert "marketing_curves, contribution_upper" in str(judged.reason)


def test_a_mix_without_a_currency_is_blocked(revenue: Verdict) -> None:
    assert with_rows_judged(revenue, "").status == "blocked"
