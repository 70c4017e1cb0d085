"""Plans by revenue and by what its customers are worth, of the same curves."""

import datetime as dt
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from ml_assets.media_plan.evaluation import Settings, Verdict
from ml_assets.media_plan.published_mix import PublishedMix
from ml_assets.media_plan.saved_scenarios import Projection, project
from ml_assets.media_plan.scenario_requests import read_request
from ml_assets.media_plan.value_plans import value_of, with_ratios
from ml_assets.media_plan.value_ratios import ValueRatios
from tests.ml_assets.media_plan.test_saved_scenarios import stored_of
from tests.ml_assets.media_plan.test_value_ratios import OWNERS, found

# At 100 a day Google sells 20 times for 10, Facebook 6.7 times for 15.
MIX = PublishedMix(
    channels=("facebook_ads", "google_ads"),
    alpha=np.array([[200.0, 400.0]]),
    half_saturation=np.array([[100.0, 100.0]]),
    gamma=np.ones((1, 2)),
    current_spend=np.array([100.0, 100.0]),
    largest_spend=np.array([300.0, 300.0]),
    baseline_income=0.0,
    margin_rate=None,
    as_of_date=dt.date(2026, 10, 31),
)
# As in tests/ml_assets/media_plan/shop.py, known to a tenth.
SHOP = ValueRatios(
    channels=("google_ads", "meta_ads"),
    basis="value_12m",
    reason=None,
    ratio=np.array([250 / 30, 1.0]),
    error=np.array([0.1, 0.1]),
    shared_error=np.array([0.05, 0.0]),
    customer_count=np.array([900.0, 900.0]),
    maturity=np.array([0.5, 1.0]),
)
UNKNOWN = replace(
    SHOP,
    basis="revenue",
    reason="few_customers",
    ratio=np.ones(2),
    error=np.zeros(2),
    shared_error=np.zeros(2),
)


def projected(mix: PublishedMix, **payload: Any) -> Projection:
    return project(mix, read_request({"name": "x", "days": 10, **payload}))


def test_the_owners_example_by_value_invests_in_facebook() -> None:
    told = projected(replace(MIX, value=found(OWNERS)), total_budget=2_000)

    rows = told.channels.set_index("channel_id")
    # Slopes 100 alpha / (100 + s)^2 are alike where 100 + s goes by the root of alpha.
    # By sales Google has twice Facebook's, by value Facebook 4 * 200 = 800 to 400.
    less, more = 400 / (1 + 2**0.5) - 100, 400 * 2**0.5 / (1 + 2**0.5) - 100
    assert rows["projected_spend"].to_dict() == pytest.approx(
        {"facebook_ads": 10 * less, "google_ads": 10 * more}, abs=6
    )
    assert rows["value_spend"].to_dict() == pytest.approx(
        {"facebook_ads": 10 * more, "google_ads": 10 * less}, abs=6
    )
    assert rows["value_ratio"].to_dict() == {"facebook_ads": 4, "google_ads": 1}
    # Now half of 800 and of 400 a day; then 800 * 134.3 / 234.3 and 400 * 65.7 / 165.7.
    assert told.totals["current_value"] == pytest.approx(6_000)
    assert told.totals["projected_value"] == pytest.approx(6_171.6, abs=1)
    assert told.totals["value_gain"] == pytest.approx(171.6, abs=1)
    # By sales 400 and 200: half of that.
    assert told.totals["income_gain"] == pytest.approx(85.8, abs=1)
    assert (told.value_basis, told.value_reason) == ("value_12m", None)


def test_a_plan_without_a_budget_is_told_by_value_as_it_is() -> None:
    told = projected(replace(MIX, value=found(OWNERS)), bounds="facebook=0")

    rows = told.channels.set_index("channel_id")
    assert rows["value_spend"].to_dict() == {"facebook_ads": 0, "google_ads": 1_000}
    # 100 a day of sales are lost, 400 of value.
    assert told.totals["income_gain"] == pytest.approx(-1_000)
    assert told.totals["value_gain"] == pytest.approx(-4_000)
    assert told.totals["probability_more_value"] == 0


@pytest.mark.parametrize(
    ("value", "basis", "reason"),
    [
        (found(OWNERS, predicted=0.0), "revenue", "no_values"),
        (None, None, None),
    ],
)
def test_where_value_is_not_known_the_plan_is_by_revenue_and_says_so(
    value: ValueRatios | None, basis: str | None, reason: str | None
) -> None:
    told = projected(replace(MIX, value=value), total_budget=2_000)

    assert (told.value_basis, told.value_reason) == (basis, reason)
    assert told.totals["value_gain"] is None
    assert told.channels["value_spend"].isna().all()
    by_sales = projected(MIX, total_budget=2_000).channels["projected_spend"]
    assert told.channels["projected_spend"].tolist() == by_sales.tolist()


def test_the_doubt_of_the_curve_and_of_the_ratio_are_both_in_the_interval() -> None:
    rng = np.random.default_rng(5)
    draws = 4_000
    doubtful = replace(
        MIX,
        alpha=np.column_stack(
            [200 * np.exp(0.2 * rng.standard_normal(draws)), np.full(draws, 1e-9)]
        ),
        half_saturation=np.full((draws, 2), 100.0),
        gamma=np.ones((draws, 2)),
        value=replace(found(OWNERS), error=np.array([0.15, 0.0])),
    )

    totals = projected(doubtful, bounds="facebook=0").totals

    # Logarithms of independent factors: 0.2 and 0.15 make 0.25.
    lower, upper = totals["value_gain_lower"], totals["value_gain_upper"]
    assert lower is not None
    assert upper is not None
    assert np.log(lower / upper) / (2 * 1.645) == pytest.approx(0.25, rel=0.05)


def plan(verdict: Verdict | None) -> "pd.Series[float]":
    assert verdict is not None
    assert verdict.tables is not None
    rows = verdict.tables.budget_scenario_channels
    chosen = rows[rows["scenario"] == "recommended"].set_index("channel_id")
    return chosen["projected_spend"] / chosen["current_spend"] - 1


def test_the_published_plan_by_value_goes_to_those_whose_customers_return(
    revenue: Verdict, settings: Settings
) -> None:
    by_revenue, by_value = plan(revenue), plan(value_of(revenue, SHOP, settings))

    assert by_revenue["meta_ads"] > 0 > by_revenue["google_ads"]
    assert by_value["google_ads"] > 0 > by_value["meta_ads"]


@pytest.mark.parametrize("share", [0.8, 1.0, 1.2])
def test_the_simulator_and_a_scenario_have_one_answer_by_value(
    revenue: Verdict, settings: Settings, share: float
) -> None:
    weighed = value_of(revenue, SHOP, settings)
    assert weighed is not None
    assert weighed.tables is not None
    stored = replace(stored_of(revenue), value=SHOP)
    budget = share * 30 * float(stored.current_spend.sum())

    told = projected(stored, days=30, total_budget=budget)

    rows = weighed.tables.budget_grid
    for row in told.channels.to_dict("records"):
        line = rows[rows["channel_id"] == row["channel_id"]]
        read = np.interp(budget, line["total_budget"], line["recommended_spend"])
        assert row["value_spend"] == pytest.approx(read, rel=1e-2)
    totals = rows.drop_duplicates("total_budget")
    for name, of_grid in (
        ("projected_value", "total_expected"),
        ("probability_more_value", "probability_better"),
    ):
        read = np.interp(budget, totals["total_budget"], totals[of_grid])
        assert told.totals[name] == pytest.approx(read, rel=1e-2)


def test_without_value_the_plans_by_value_are_those_by_revenue(
    revenue: Verdict, settings: Settings
) -> None:
    same = value_of(revenue, UNKNOWN, settings)
    assert same is not None
    assert same.tables is not None
    assert revenue.tables is not None

    pd.testing.assert_frame_equal(same.tables.budget_grid, revenue.tables.budget_grid)


def test_curves_tell_what_a_unit_of_their_sales_becomes(revenue: Verdict) -> None:
    told = with_ratios(revenue, SHOP).tables
    assert told is not None

    rows = told.marketing_curves.set_index("channel_id")
    ratio = rows["value_ratio"].to_dict()
    assert ratio["google_ads"] == pytest.approx(250 / 30)
    assert (rows["value_ratio_lower"] <= rows["value_ratio"]).to_dict()["google_ads"]
    # One more unit sells as before, and each sale becomes as much more.
    value, sales = rows["marginal_value_return"], rows["marginal_return"]
    assert value["google_ads"] == pytest.approx(
        sales["google_ads"] * 250 / 30, rel=0.02
    )
    assert value["google_ads"] < rows["marginal_value_return_upper"]["google_ads"]
    # Nobody knows what e-mail costs: it has no curve, and no plan.
    assert np.isnan(ratio["email"])
    assert np.isnan(value["email"])


def test_nothing_is_said_of_the_value_of_one_more_where_value_is_not_known(
    revenue: Verdict,
) -> None:
    told = with_ratios(revenue, UNKNOWN).tables
    assert told is not None
    assert told.marketing_curves["marginal_value_return"].isna().all()
