"""What a run measures of channels, advice and plans is of its own company, and new."""

from __future__ import annotations

from decimal import Decimal

import dagster as dg
import pytest

from ml_assets.assets.channel_values import channel_values
from ml_assets.assets.plan_outcomes import plan_outcomes
from orchestration.lib.tenancy.partitions import CompanyDay, partition_key
from tests.dbt_project.marketing.test_media_mix import Addressed
from tests.dbt_project.marketing.test_recommendations import advise, show
from tests.dbt_project.mart_rows import insert
from tests.dbt_project.platform.test_insights import AS_OF, told, win
from tests.dbt_project.warehouse import Pair, Warehouse

__all__ = ["told"]


def materialise(warehouse: Warehouse, company: str) -> dict[str, object]:
    """Rows of each table, as the run tells them."""
    with dg.DagsterInstance.ephemeral() as instance:
        instance.add_dynamic_partitions("companies", [company])
        result = dg.materialize(
            [channel_values, plan_outcomes],
            instance=instance,
            partition_key=partition_key(company, AS_OF),
            resources={
                "warehouse": Addressed(address=warehouse.url),
                "company_day": CompanyDay(as_of_date=AS_OF.isoformat()),
            },
        )
    return {
        event.asset_key.path[-1]: event.materialization.metadata[
            "dagster/row_count"
        ].value
        for event in result.get_asset_materialization_events()
        if event.asset_key
    }


def test_a_run_measures_its_company_again_and_no_other(
    warehouse: Warehouse, told: Pair
) -> None:
    for company in (told.acme, told.bolt):
        win(warehouse, company, "google_ads", (600,))
        win(warehouse, company, "meta_ads", (200,))
        advise(warehouse, show(warehouse, company), "google_ads", 3600)
    before = warehouse.rows("select * from predictions.channel_values order by 1, 2")
    warehouse.execute("update predictions.channel_values set value_12m_upper = -1", [])

    counts = materialise(warehouse, told.acme)
    again = materialise(warehouse, told.acme)

    assert counts == again
    assert counts == {
        "channel_values": 2,
        "channel_month_values": 2,
        "paid_value_margins": 1,
        "advice_outcomes": 1,
        "scenario_outcomes": 0,
    }
    after = warehouse.rows("select * from predictions.channel_values order by 1, 2")
    mine = [row for row in before if row["company_id"] == told.acme]
    assert [row for row in after if row["company_id"] == told.acme] == mine
    others = [row for row in after if row["company_id"] == told.bolt]
    assert {row["value_12m_upper"] for row in others} == {-1}
    measured = "select distinct company_id from predictions.advice_outcomes"
    assert told.bolt not in [row["company_id"] for row in warehouse.rows(measured)]


def test_a_reader_sees_what_was_measured_of_its_own_company(
    warehouse: Warehouse, told: Pair
) -> None:
    for company in (told.acme, told.bolt):
        win(warehouse, company, "google_ads", (600,))
        advise(warehouse, show(warehouse, company), "google_ads", 3600)
        materialise(warehouse, company)
    reader = warehouse.add_reader(told.acme)

    for view in ("channel_customer_values", "ltv_roas_totals", "recommendations"):
        rows = warehouse.rows(
            f"select distinct company_id from reporting.{view}", role=reader
        )
        assert rows == [{"company_id": told.acme}]


def test_what_platforms_claim_is_held_against_the_spend_on_those_that_claim(
    warehouse: Warehouse, told: Pair
) -> None:
    win(warehouse, told.acme, "google_ads", (600,))
    win(warehouse, told.acme, "tiktok_ads", (200,), spend=50, reported_revenue=None)
    win(warehouse, told.bolt, "tiktok_ads", (200,), reported_revenue=None)
    for company in (told.acme, told.bolt):
        materialise(warehouse, company)

    rows = warehouse.rows(
        """select spend, reported_roas, ltv_roas from reporting.ltv_roas_totals
        where company_id in (%s, %s) order by company_id""",
        [told.acme, told.bolt],
    )

    # 300 claimed of the 100 that went to Google; 800 of value of all 150.
    assert [tuple(row.values()) for row in rows] == [
        (150, 3, pytest.approx(Decimal(800) / 150, abs=Decimal("0.000001"))),
        (100, None, 2),
    ]


def test_orders_that_say_no_channel_are_no_proof_against_one(
    warehouse: Warehouse, told: Pair
) -> None:
    unpriced = {"spend": None, "reported_revenue": None}
    for company in (told.acme, told.bolt):
        win(warehouse, company, "unknown", (600,), **unpriced)
        _spend(warehouse, company, "meta_ads")
    # One customer of bolt came by a known channel: its others won nobody.
    win(warehouse, told.bolt, "email", (200,), **unpriced)
    for company in (told.acme, told.bolt):
        materialise(warehouse, company)

    rows = warehouse.rows(
        """select company_id, new_customer_count, observed_roas, verdict,
            (select verdict from reporting.ltv_roas_totals as totals
            where totals.company_id = efficiency.company_id) as of_all
        from reporting.channel_efficiency as efficiency
        where channel_id = 'meta_ads' and company_id in (%s, %s) order by 1""",
        [told.acme, told.bolt],
    )

    assert [tuple(row.values()) for row in rows] == [
        (told.acme, None, None, "untold", "untold"),
        (told.bolt, 0, 0, "nobody_won", "nobody_won"),
    ]
    unknown = warehouse.rows(
        """select new_customer_count from reporting.channel_efficiency
        where channel_id = 'unknown' and company_id = %s""",
        [told.acme],
    )
    assert unknown == [{"new_customer_count": 10}]


def _spend(warehouse: Warehouse, company: str, channel: str) -> None:
    insert(
        warehouse,
        "channel_days",
        company_id=company,
        calendar_date=AS_OF,
        channel_id=channel,
        currency_code="EUR",
        spend=100,
    )
