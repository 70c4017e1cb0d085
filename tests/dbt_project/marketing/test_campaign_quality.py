"""Campaigns whose customers do not come back, and VIPs who begin to leave."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from ml_assets.assets.measurements import measure_campaigns
from orchestration.lib.alerts.conditions import judge
from orchestration.lib.alerts.lifecycle import Condition
from orchestration.lib.alerts.rules import default_rules
from orchestration.lib.reporting.metrics import read_metrics
from orchestration.lib.tenancy.companies import load_company
from orchestration.lib.warehouse.database import connect
from tests.dbt_project.commerce.test_customers_at_risk import (
    AS_OF,
    PREDICTED,
    add_customer,
    add_order,
    days_ago,
)
from tests.dbt_project.mart_rows import insert
from tests.dbt_project.platform.test_insights import found, told
from tests.dbt_project.warehouse import Pair, Warehouse

__all__ = ["told"]


def win_by(
    warehouse: Warehouse,
    company: str,
    campaign: str | None,
    *,
    count: int,
    lost: int,
    days: int = 100,
) -> None:
    """Customers of Meta's campaign whose first order was so many days ago."""
    for number in range(count):
        customer = f"{campaign} {days} {number}"
        first = days_ago(days)
        told: dict[str, Any] = {
            "company_id": company,
            "customer_id": customer,
            "currency_code": "EUR",
            "first_order_date": first,
        }
        insert(
            warehouse,
            "customer_summaries",
            **told,
            as_of_date=AS_OF,
            last_order_date=first,
        )
        insert(
            warehouse,
            "customers",
            **told,
            first_channel_id="meta_ads",
            first_campaign_name=campaign,
        )
        add_order(warehouse, company, customer, first)
        # Twice on one day is once, and a day late is too late.
        add_order(warehouse, company, customer, first, 2)
        late = dt.timedelta(days=61 if number < lost else 60)
        add_order(warehouse, company, customer, first + late)


def spend_on(
    warehouse: Warehouse, company: str, campaign: str, days: int, spend: int | None
) -> None:
    insert(
        warehouse,
        "campaign_days",
        company_id=company,
        spend_date=days_ago(days),
        channel_id="meta_ads",
        campaign_id=f"{campaign} {days}",
        campaign_name=campaign,
        currency_code="EUR",
        spend=spend,
        exclusion_reason=None,
    )


def quality(warehouse: Warehouse, company: str) -> dict[str, dict[str, Any]]:
    measure_campaigns(warehouse.url, company)
    rows = warehouse.rows(
        "select * from reporting.campaign_quality where company_id = %s", [company]
    )
    return {row["named_campaign_id"]: row for row in rows}


def warnings(warehouse: Warehouse, company: str, relation: str) -> list[Condition]:
    """What the alert rules of the registry find in a view on the day after."""
    metrics = read_metrics(warehouse.dbt.parsed_manifest())
    rules = default_rules(one for one in metrics if one.relation == relation)
    now = dt.datetime.combine(AS_OF + dt.timedelta(days=1), dt.time(12), dt.UTC)
    with connect(warehouse.url, "orchestrator") as database:
        known = load_company(warehouse.url, company)
        mine = [rule for rule in rules if rule.kind == "metric"]
        return list(judge(database, known, mine, now).conditions)


def test_customers_of_a_campaign_are_held_against_those_of_the_others(
    warehouse: Warehouse, told: Pair
) -> None:
    win_by(warehouse, told.acme, "Verano", count=40, lost=36)
    # Spelt alike but for case, it is the same.
    spend_on(warehouse, told.acme, "VERANO", 0, 150)
    spend_on(warehouse, told.acme, "VERANO", 29, 50)
    spend_on(warehouse, told.acme, "VERANO", 30, 999)
    win_by(warehouse, told.acme, "Otoño", count=40, lost=20)
    # Not over yet, a year ago, and of no campaign.
    win_by(warehouse, told.acme, "Verano", count=3, lost=3, days=59)
    win_by(warehouse, told.acme, "Verano", count=3, lost=3, days=365)
    win_by(warehouse, told.acme, None, count=3, lost=3)
    win_by(warehouse, told.bolt, "Verano", count=2, lost=1)

    acme = quality(warehouse, told.acme)

    assert set(acme) == {"verano", "otoño"}
    summer = acme["verano"]
    counts = ("customer_count", "lost_count")
    assert [summer[name] for name in counts] == [40, 36]
    assert [summer[f"others_{name}"] for name in counts] == [40, 20]
    # By hand, of 99 %: Wilson's are 0.7164-0.9698 and 0.3114-0.6886.
    assert summer["lost_rate_lower"] == pytest.approx(0.7164, abs=1e-3)
    assert summer["lost_rate_upper"] == pytest.approx(0.9698, abs=1e-3)
    low = 0.4 - ((0.9 - 0.7164) ** 2 + (0.6886 - 0.5) ** 2) ** 0.5
    high = 0.4 + ((0.9698 - 0.9) ** 2 + (0.5 - 0.3114) ** 2) ** 0.5
    assert summer["difference_rate"] == pytest.approx(0.4)
    assert summer["difference_rate_lower"] == pytest.approx(low, abs=1e-3)
    assert summer["difference_rate_upper"] == pytest.approx(high, abs=1e-3)
    assert (summer["spend_30d"], summer["losing_spend_30d"]) == (200, 200)
    # What is not told is not nothing.
    assert (acme["otoño"]["spend_30d"], acme["otoño"]["losing_spend_30d"]) == (None, 0)
    (only,) = quality(warehouse, told.bolt).values()
    assert (only["lost_rate"], only["difference_rate"]) == (0.5, None)


@pytest.mark.parametrize(
    ("summer", "autumn", "spend", "is_told"),
    [
        ((40, 36), (40, 20), 200, True),
        ((30, 28), (30, 14), 1, True),
        ((29, 28), (40, 14), 200, False),
        ((40, 36), (29, 12), 200, False),
        # Sure enough for one campaign, not for many.
        ((40, 29), (40, 20), 200, False),
        ((40, 36), (40, 20), 0, False),
        ((40, 36), (40, 20), None, False),
    ],
)
def test_a_campaign_is_an_alert_when_it_loses_its_customers_for_sure_and_costs(
    warehouse: Warehouse,
    told: Pair,
    *,
    summer: tuple[int, int],
    autumn: tuple[int, int],
    spend: int | None,
    is_told: bool,
) -> None:
    for campaign, (count, lost) in (("Verano", summer), ("Otoño", autumn)):
        win_by(warehouse, told.acme, campaign, count=count, lost=lost)
        # The one spends as much, and keeps its customers.
        spend_on(warehouse, told.acme, campaign, 3, spend)
    win_by(warehouse, told.bolt, "Verano", count=40, lost=20)

    for company in (told.acme, told.bolt):
        measure_campaigns(warehouse.url, company)
    rows = found(warehouse, told.acme)
    alerts = warnings(warehouse, told.acme, "campaign_quality")

    assert set(rows) == ({"losing_campaign"} if is_told else set())
    assert [one.facts["subject"] for one in alerts] == (
        ["meta_ads, verano"] if is_told else []
    )
    if is_told:
        sentence = rows["losing_campaign"]["sentence_es"]
        assert "la campaña «Verano» de Meta Ads no volvió a tiempo el 9" in sentence
        assert "(99 %, porque se miran muchas a la vez: de " in sentence
        assert alerts[0].facts["observed"] == spend
    assert found(warehouse, told.bolt) == {}


def predict(warehouse: Warehouse, company: str, now: int, before: int | None) -> None:
    """Thirty customers, of whose best six so many are quiet, now and a week before."""
    for number in range(30):
        # From 24 of 29 on a customer is one of the best fifth.
        quiet = number >= 30 - now
        add_customer(
            warehouse,
            company,
            f"{number}",
            silent_days=100 if quiet else 7,
            if_active=10 + number,
        )
    if before is None:
        return
    known: dict[str, Any] = {
        "company_id": company,
        "fit_id": "week",
        "as_of_date": days_ago(7),
        "data_through_date": days_ago(7),
        "fitted_at": days_ago(7),
    }
    insert(
        warehouse,
        "model_fits",
        schema="predictions",
        model_version="2",
        status="published",
        settings="{}",
        **known,
    )
    for number in range(30):
        insert(
            warehouse,
            "predictions_customer_history",
            customer_id=f"{number}",
            age_days=200,
            recency_days=100 if number >= 30 - before else 193,
            probability_alive=0.5,
            probability_no_purchase_90d=0.9,
            predicted_value_12m=10,
            value_if_active_12m=10 + number,
            historic_value=100,
            **known,
            **PREDICTED,
        )


@pytest.mark.parametrize(
    ("now", "before", "growth", "notable"),
    [(6, 1, 5, 5), (6, 2, 4, 0), (6, 0, 6, 6), (1, 6, -5, 0), (6, None, None, None)],
)
def test_vips_who_begin_to_leave_are_an_alert_when_five_more_do(
    warehouse: Warehouse,
    told: Pair,
    *,
    now: int,
    before: int | None,
    growth: int | None,
    notable: float | None,
) -> None:
    predict(warehouse, told.acme, now, before)
    predict(warehouse, told.bolt, 2, 2)
    query = "select * from reporting.vip_risk_growth where company_id = %s"

    (row,) = warehouse.rows(query, [told.acme])
    alerts = warnings(warehouse, told.acme, "vip_risk_growth")

    assert (row["vip_at_risk_count"], row["vip_at_risk_growth"]) == (now, growth)
    assert row["notable_growth_rate"] == notable
    assert len(alerts) == (1 if notable else 0)
    assert warnings(warehouse, told.bolt, "vip_risk_growth") == []


def test_a_company_reads_its_own_campaigns_only(
    warehouse: Warehouse, told: Pair
) -> None:
    for company, lost in ((told.acme, 1), (told.bolt, 2)):
        win_by(warehouse, company, "Verano", count=2, lost=lost)
        measure_campaigns(warehouse.url, company)
    reader = warehouse.add_reader(told.acme)

    (row,) = warehouse.rows("select * from reporting.campaign_quality", role=reader)

    assert (row["company_id"], row["lost_rate"]) == (told.acme, 0.5)
    assert row["losing_spend_30d"] == Decimal(0)
