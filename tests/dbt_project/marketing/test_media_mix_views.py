"""What people read of channels and budgets, counted by hand."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from ml_assets.assets.channel_values import measure_values
from ml_assets.assets.new_customer_values import refresh_new_customer_values
from orchestration.lib.tenancy.media_settings import set_targets
from orchestration.lib.warehouse.database import connect
from tests.dbt_project.mart_rows import COMPANY, insert, set_margin
from tests.dbt_project.warehouse import Pair, Warehouse

AS_OF = dt.date(2026, 10, 31)
SPEND = """
    insert into marts.channel_days
    values (%s, %s, 'meta_ads', 'EUR', %s, 0, 0, 0, %s, 0, 0, 0, 0, 0)
"""
PREDICTION = """
    insert into predictions.predictions_customer (company_id, customer_id, as_of_date,
        fit_id, model_version, frequency, recency_days, age_days, order_count,
        historic_value, currency_code, probability_no_purchase_90d,
        expected_orders_30d, expected_orders_90d, expected_orders_365d,
        expected_order_value, predicted_value_12m, predicted_value_12m_lower,
        predicted_value_12m_upper, data_through_date, fitted_at)
    values (%s, 'new', '2026-10-31', 'fit', '2', 0, 0, 30, 1, 40, 'EUR', 0.5, 0.5, 1, 2,
        50, 100, 67.10, 132.90, '2026-10-31', now())
"""
TOTAL = """
    insert into predictions.forecast_totals
    values (%s, 'fit', 365, '2026-10-31', '2027-10-31', '2', 'fitted', 1, 2, 1, 3, 100,
        58.88, 141.12, 'EUR', now())
"""
CURVE = """
    insert into predictions.marketing_curves (company_id, outcome_unit, channel_id,
        alpha, marginal_return, marginal_return_lower, marginal_return_upper,
        current_roi, current_roi_lower, current_roi_upper, status, currency_code,
        fit_id, as_of_date, data_through_date, model_version, fitted_at)
    values (%s, %s, %s, 1, %s, %s, %s, 4, 3, 5, 'fitted', 'EUR', 'mix', '2026-10-31',
        '2026-10-31', '1', now())
"""
MIX_TOTAL = """
    insert into predictions.media_mix_totals
    values (%s, %s, 'published', null, null, 100, %s, %s, %s, 'EUR', 'mix',
        '2026-10-31', '1', now())
"""
BLOCKED = """
    update predictions.media_mix_totals set status = 'blocked', reason = 'It moved.',
        reason_es = 'Se movió.', total_spend = null, current_roi = null,
        current_roi_lower = null, current_roi_upper = null
    where company_id = %s
"""
GRID = """
    insert into predictions.budget_grid
    values (%s, 'revenue', 30, %s, 'meta_ads', %s, %s, 0, 0, %s, 0, 0, true, 'EUR',
        'mix', '2026-10-31', '2026-10-31', '1', now())
"""
SCENARIO = """
    insert into predictions.budget_scenarios
    values (%s, 'revenue', 'current', 30, 'as_now', null, 500, 500, 1000, 1000, 0, 0,
        0, 0, 0, 0, 'EUR', 'mix', '2026-10-31', '2026-10-31', '1', now())
"""
SCENARIO_CHANNEL = """
    insert into predictions.budget_scenario_channels
    values (%s, 'revenue', 'current', 'meta_ads', 500, 500, 0, 1000, %s, 0, 'mix',
        '2026-10-31', '2026-10-31', '1', now())
"""
BACKTEST = """
    insert into predictions.media_mix_backtests
    values (%s, 'revenue', %s, '2026-06-30', 91, '', %s, %s, 0.1, %s, 0.9, 0.2, 0.1,
        'EUR', %s)
"""


def row(warehouse: Warehouse, query: str, company: str) -> dict[str, Any]:
    (only,) = warehouse.rows(query, [company])
    return only


@pytest.fixture(scope="module")
def won(warehouse: Warehouse) -> Pair:
    """Meta won a customer a year ago, who bought for 50 in twelve months, and for 99
    after them; and one 30 days ago for 40, from whom 100 are expected in 365 days.

    It cost 25 and 50, and claims 80. Bolt spent nothing.
    """
    pair = warehouse.add_pair()
    for company in (pair.acme, pair.bolt):
        warehouse.execute(COMPANY, [company])
        for customer, day, first in (
            ("old", "2025-10-01", 20),
            ("new", "2026-10-01", 40),
        ):
            insert(
                warehouse,
                "customers",
                company_id=company,
                customer_id=customer,
                currency_code="EUR",
                first_order_date=day,
                first_order_revenue=first,
                first_channel_id="meta_ads",
            )
        for number, (customer, day, amount) in enumerate(
            [
                ("old", "2025-10-01", 20),
                ("old", "2026-01-01", 30),
                ("old", "2026-10-15", 99),
                ("new", "2026-10-01", 40),
            ]
        ):
            insert(
                warehouse,
                "orders",
                company_id=company,
                order_id=str(number),
                customer_id=customer,
                order_date=day,
                net_revenue=amount,
                is_purchase=True,
                source_slug="files",
                status="paid",
            )
        warehouse.execute(PREDICTION, [company])
        warehouse.execute(TOTAL, [company])
    warehouse.execute(SPEND, [pair.acme, "2025-10-05", 25, 0])
    warehouse.execute(SPEND, [pair.acme, "2026-10-05", 50, 80])
    warehouse.execute(SPEND, [pair.bolt, "2026-10-05", None, None])
    for company in (pair.acme, pair.bolt):
        with connect(warehouse.url, "scientist") as database:
            refresh_new_customer_values(database, company, AS_OF)
        measure_values(warehouse.url, company)
    return pair


def test_the_value_of_a_year_is_what_was_bought_and_what_is_left_of_it(
    warehouse: Warehouse, won: Pair
) -> None:
    query = """
        select customer_count, first_order_revenue, observed_value, expected_value,
            value_12m, independent_variance, shared_error
        from predictions.new_customer_values
        where company_id = %s order by first_order_date
    """

    old, new = warehouse.rows(query, [won.acme])

    assert list(old.values()) == [1, 20, 50, 0, 50, 0, 0]
    # 334 days are left: half of 2 orders by day 90, the others evenly until day 365.
    share = (1 + (334 - 90) / 275) / 2
    assert float(new["expected_value"]) == pytest.approx(100 * share, abs=0.01)
    assert float(new["value_12m"]) == pytest.approx(40 + 100 * share, abs=0.01)
    # Alone it is 20 unsure; the total is 25, so that 15 are the model's.
    assert new["independent_variance"] == pytest.approx((20 * share) ** 2, rel=1e-3)
    assert new["shared_error"] == pytest.approx(15 * share, rel=1e-2)


def test_ltv_roas_has_an_interval_until_the_year_is_over(
    warehouse: Warehouse, won: Pair
) -> None:
    query = """
        select month_start_date::text as month, spend, new_customer_count, is_mature,
            maturity_rate, ltv_roas_attributed, ltv_roas_attributed_lower,
            ltv_roas_attributed_upper, margin_ltv_roas_attributed, observed_roas,
            reported_roas
        from reporting.ltv_roas where company_id = %s order by 1
    """

    old, new = warehouse.rows(query, [won.acme])

    assert list(old.values()) == ["2025-10-01", 25, 1, True, 1, 2, 2, 2, 1, 2, 0]
    assert (new["is_mature"], new["observed_roas"]) == (False, Decimal("0.8"))
    assert new["reported_roas"] == Decimal("1.6")
    assert float(new["ltv_roas_attributed"]) == pytest.approx(2.687, abs=1e-3)
    error = 1.645 * (20**2 + 15**2) ** 0.5 * 0.943636
    assert float(new["ltv_roas_attributed_lower"]) == pytest.approx(
        2.687 - error / 50, abs=2e-3
    )
    assert float(new["ltv_roas_attributed_upper"]) == pytest.approx(
        2.687 + error / 50, abs=2e-3
    )
    (free,) = [r for r in warehouse.rows(query, [won.bolt]) if r["month"] > "2026"]
    assert (free["spend"], free["ltv_roas_attributed"]) == (None, None)


def test_a_customer_is_worth_what_winning_one_cost_or_not(
    warehouse: Warehouse, won: Pair
) -> None:
    warehouse.execute(CURVE, [won.acme, "value_12m", "meta_ads", 2, 1.5, 2.5])
    query = """
        select spend, new_customer_count, customer_acquisition_cost, value_per_customer,
            ltv_roas_incremental, margin_ltv_roas_incremental, value_to_cost_target,
            is_default_target, verdict
        from reporting.channel_efficiency where company_id = %s
    """

    found = row(warehouse, query, won.acme)

    assert list(found.values()) == [
        *(50, 1, 50, Decimal("134.36"), 4, 2, 3, True),
        "watch",
    ]
    assert row(warehouse, query, won.bolt)["verdict"] == "unpriced"
    set_targets(warehouse.url, won.acme, 2.5, 1.0)
    found = row(warehouse, query, won.acme)
    assert (found["verdict"], found["is_default_target"]) == ("good", False)


def test_the_return_of_all_channels_is_what_the_newest_mix_may_tell(
    warehouse: Warehouse, pair: Pair
) -> None:
    query = "select * from reporting.incremental_returns where company_id = %s"
    for company, returns in ((pair.acme, (4, 2.5, 5)), (pair.bolt, (3, 1.5, 2.5))):
        warehouse.execute(COMPANY, [company])
        warehouse.execute(MIX_TOTAL, [company, "value_12m", *returns])
        # Sales are another question than what customers are worth.
        warehouse.execute(MIX_TOTAL, [company, "revenue", 9, 8, 10])

    acme, bolt = (row(warehouse, query, one) for one in (pair.acme, pair.bolt))

    # Of a margin of a half 2 is even, and a return of 4 leaves something from 25 %.
    assert (acme["ltv_roas_incremental"], acme["verdict"]) == (4, "covered")
    assert (acme["break_even_return"], acme["break_even_margin_rate"]) == (2, 0.25)
    assert (bolt["ltv_roas_incremental_lower"], bolt["verdict"]) == (1.5, "open")
    set_margin(warehouse, pair.bolt, 0.5, kept=-0.1, costs="goods_shipping")
    told = row(warehouse, query, pair.bolt)
    assert (told["verdict"], told["break_even_return"]) == ("not_covered", None)
    set_margin(warehouse, pair.bolt, None)
    told = row(warehouse, query, pair.bolt)
    assert (told["verdict"], told["break_even_return"]) == ("no_margin", None)
    assert told["break_even_margin_rate"] == pytest.approx(1 / 3)
    warehouse.execute(BLOCKED, [pair.acme])
    blocked = row(warehouse, query, pair.acme)
    assert (blocked["verdict"], blocked["reason_es"]) == ("blocked", "Se movió.")
    assert (blocked["ltv_roas_incremental"], blocked["spend"]) == (None, None)
    assert blocked["break_even_margin_rate"] is None


def test_the_light_is_green_when_the_next_euro_comes_back_for_sure(
    warehouse: Warehouse, pair: Pair
) -> None:
    for company, channel, low, high in (
        (pair.acme, "meta_ads", 1.1, 2),
        (pair.acme, "google_ads", 0.9, 2),
        (pair.acme, "tiktok_ads", 0.2, 0.9),
        (pair.bolt, "meta_ads", 0.2, 0.9),
    ):
        warehouse.execute(CURVE, [company, "revenue", channel, 1.5, low, high])
    query = """
        select channel_label_es, traffic_light, is_default_target
        from reporting.channel_signals where company_id = %s
    """

    found = warehouse.rows(query, [pair.acme])

    assert {r["channel_label_es"]: r["traffic_light"] for r in found} == {
        "Meta Ads": "green",
        "Google Ads": "amber",
        "TikTok Ads": "red",
    }
    assert row(warehouse, query, pair.bolt)["traffic_light"] == "red"
    set_targets(warehouse.url, pair.acme, 3.0, 0.9)
    lights = {r["channel_label_es"]: r for r in warehouse.rows(query, [pair.acme])}
    assert lights["Google Ads"]["traffic_light"] == "green"
    assert not lights["Google Ads"]["is_default_target"]


def test_the_light_is_of_the_twelve_months_of_the_customers_where_they_are_known(
    warehouse: Warehouse, pair: Pair
) -> None:
    # Half of what is sold stays: 1.5 of sales loses a quarter of the euro; of the 4
    # that they become in a year, from 2.4 to 6, half is more than the euro.
    warehouse.execute(COMPANY, [pair.acme])
    for channel in ("meta_ads", "google_ads"):
        warehouse.execute(CURVE, [pair.acme, "revenue", channel, 1.5, 1.1, 1.9])
    warehouse.execute(
        """update predictions.marketing_curves set marginal_value_return = 4,
            marginal_value_return_lower = 2.4, marginal_value_return_upper = 6
        where company_id = %s and channel_id = 'meta_ads'""",
        [pair.acme],
    )
    query = """
        select channel_label_es, traffic_light, is_by_value, marginal_profit,
            marginal_profit_lower, marginal_profit_upper
        from reporting.channel_signals where company_id = %s order by 1
    """

    found = [tuple(each.values()) for each in warehouse.rows(query, [pair.acme])]

    assert found == [
        ("Google Ads", "red", False, -0.25, pytest.approx(-0.45), pytest.approx(-0.05)),
        ("Meta Ads", "green", True, 1.0, pytest.approx(0.2), 2.0),
    ]
    # An order that costs more than it leaves: each sale loses a tenth of itself.
    set_margin(warehouse, pair.acme, 0.5, kept=-0.1, costs="goods_shipping")
    google, meta = (tuple(row.values()) for row in warehouse.rows(query, [pair.acme]))
    assert google[1:] == ("red", False, *map(pytest.approx, (-1.15, -1.19, -1.11)))
    assert meta[1:] == ("red", True, *map(pytest.approx, (-1.4, -1.6, -1.24)))


@pytest.fixture
def planned(warehouse: Warehouse, pair: Pair) -> Pair:
    """Both spend 500 in 30 days; acme sells 1,000 of which Meta brings 100.

    500 more bring acme 50 more; bolt gets nothing whatever it spends.
    """
    for budget, spend, brought in ((0, 0, 0), (500, 500, 100), (1000, 800, 150)):
        warehouse.execute(GRID, [pair.acme, budget, spend, brought, brought])
        warehouse.execute(GRID, [pair.bolt, budget, 0, 0, 0])
    for company, brought in ((pair.acme, 100), (pair.bolt, 0)):
        warehouse.execute(SCENARIO, [company])
        warehouse.execute(SCENARIO_CHANNEL, [company, brought])
        warehouse.execute(COMPANY, [company])
    return pair


def test_a_budget_between_two_rows_is_on_the_line_between_them(
    warehouse: Warehouse, planned: Pair
) -> None:
    query = """
        select recommended_spend, media_income, projected_income, gain_rate,
            current_profit, projected_profit, is_within_grid, placed_budget,
            unplaced_budget
        from reporting.budget_plan(600) where company_id = %s
    """

    plan = row(warehouse, query, planned.acme)

    assert plan["recommended_spend"] == 560
    assert plan["media_income"] == 110
    assert (plan["placed_budget"], plan["unplaced_budget"]) == (560, 40)
    # 1,000 - 100 + 110; half of it is margin, less what is spent: 560 of the 600.
    assert plan["projected_income"] == 1010
    assert plan["gain_rate"] == pytest.approx(0.01)
    assert (plan["current_profit"], plan["projected_profit"]) == (0, -55)
    assert plan["is_within_grid"]
    other = row(warehouse, query, planned.bolt)
    assert (other["recommended_spend"], other["projected_income"]) == (0, 1000)


@pytest.mark.parametrize("asked", [1000, 50_000])
def test_spend_that_finds_no_place_is_not_charged(
    warehouse: Warehouse, planned: Pair, asked: int
) -> None:
    query = f"""
        select asked_budget, placed_budget, unplaced_budget, worthwhile_budget,
            projected_profit
        from reporting.budget_plan({asked}) where company_id = %s
    """

    plan = row(warehouse, query, planned.acme)

    # 1,050 sold, half of it margin, and 800 spent, whatever was asked. Of 100 spent 20
    # come back, 10 of them margin: nothing is worth spending.
    assert plan == {
        "asked_budget": asked,
        "placed_budget": 800,
        "unplaced_budget": asked - 800,
        "worthwhile_budget": 0,
        "projected_profit": 1050 * 0.5 - 800,
    }
    other = row(warehouse, query, planned.bolt)
    assert (other["placed_budget"], other["unplaced_budget"]) == (0, asked)
    assert other["worthwhile_budget"] is None


def test_the_spend_that_leaves_most_is_told_where_a_margin_is(
    warehouse: Warehouse, planned: Pair
) -> None:
    # The first 500 bring 650 of margin, 300 more bring 150: 500 leaves most.
    for budget, brought in ((500, 1300), (1000, 1600)):
        warehouse.execute(
            """update predictions.budget_grid set total_expected = %s
            where company_id = %s and total_budget = %s""",
            [brought, planned.acme, budget],
        )
    query = """
        select worthwhile_budget from reporting.budget_plan(900) where company_id = %s
    """

    assert row(warehouse, query, planned.acme) == {"worthwhile_budget": 500}
    set_margin(warehouse, planned.acme, None)
    assert row(warehouse, query, planned.acme) == {"worthwhile_budget": None}


def test_a_budget_by_value_says_what_it_weighs_and_leaves_its_margin(
    warehouse: Warehouse, planned: Pair
) -> None:
    for table in ("budget_grid", "budget_scenarios", "budget_scenario_channels"):
        warehouse.execute(
            f"update predictions.{table} set outcome_unit = 'value_12m'"
            " where company_id = %s",
            [planned.acme],
        )
    warehouse.execute(CURVE, [planned.acme, "revenue", "meta_ads", 2, 1.5, 2.5])
    query = """
        select weighed_by, projected_profit from reporting.budget_plan(500)
        where company_id = %s
    """

    for basis in ("value_12m", "revenue"):
        warehouse.execute(
            "update predictions.marketing_curves set value_basis = %s"
            " where company_id = %s",
            [basis, planned.acme],
        )
        plan = row(warehouse, query, planned.acme)
        assert plan["weighed_by"] == basis
        # Half of 1,000, less what is spent.
        assert plan["projected_profit"] == 0
    assert row(warehouse, query, planned.bolt)["weighed_by"] == "revenue"


def test_the_gain_of_a_budget_is_read_with_its_range_and_its_chance(
    warehouse: Warehouse, planned: Pair
) -> None:
    query = """
        select gain_lower, gain_upper, probability_better
        from reporting.budget_plan({}) where company_id = %s
    """
    for company, scale in ((planned.acme, 1), (planned.bolt, 9)):
        for budget, low, high, better in ((500, -10, 20, 0.5), (1000, 40, 70, 1)):
            warehouse.execute(
                """update predictions.budget_grid
                set total_gain_lower = %s, total_gain_upper = %s,
                    probability_better = %s
                where company_id = %s and total_budget = %s""",
                [low * scale, high * scale, better, company, budget],
            )

    told = row(warehouse, query.format(600), planned.acme)

    assert told == pytest.approx(
        {"gain_lower": 0, "gain_upper": 30, "probability_better": 0.6}
    )
    # Nothing is known of the first row; then nothing is said.
    assert row(warehouse, query.format(0), planned.acme)["gain_lower"] is None


def test_a_reader_plans_the_budget_of_their_own_company_only(
    warehouse: Warehouse, planned: Pair
) -> None:
    reader = warehouse.add_reader(planned.acme)
    query = "select distinct company_id from reporting.budget_plan(600)"

    assert warehouse.rows(query, role=reader) == [{"company_id": planned.acme}]
    assert warehouse.rows(query, role="bi_reader") == []


@pytest.mark.parametrize(
    ("budget", "answered", "is_within"),
    [("", 500, True), ("-1", 0, False), ("1000", 1000, True), ("1e9", 1000, False)],
)
def test_a_budget_that_is_not_on_the_grid_is_answered_by_its_nearest_end(
    warehouse: Warehouse,
    planned: Pair,
    budget: str,
    answered: int,
    is_within: bool,
) -> None:
    query = f"""
        select total_budget, is_within_grid from reporting.budget_plan({budget})
        where company_id = %s
    """

    plan = row(warehouse, query, planned.acme)

    assert plan == {"total_budget": answered, "is_within_grid": is_within}


def test_a_backtest_is_told_in_words_by_the_newest_version(
    warehouse: Warehouse, pair: Pair
) -> None:
    for company, version, said, sold, bias, computed in (
        (pair.acme, "1", 70_000, 48_000, 0.458, "2026-10-01"),
        (pair.acme, "2", 50_000, 48_000, 0.0417, "2026-10-31"),
        (pair.bolt, "1", 1_250_000, 980, -0.5, "2026-10-31"),
    ):
        warehouse.execute(BACKTEST, [company, version, said, sold, bias, computed])
    query = """
        select sentence_es, is_better_than_naive from reporting.media_mix_backtests
        where company_id = %s
    """

    assert row(warehouse, query, pair.acme) == {
        "sentence_es": "Se predijeron 50k, se vendieron 48k, error 4 %",
        "is_better_than_naive": True,
    }
    told = row(warehouse, query, pair.bolt)["sentence_es"]
    assert told == "Se predijeron 1.3M, se vendieron 980, error 50 %"
