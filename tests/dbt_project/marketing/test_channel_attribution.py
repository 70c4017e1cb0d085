"""A company's orders are shared out among the channels that its buyers met."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import dagster as dg
import pytest

from ml_assets.assets.channel_attribution import channel_attribution
from ml_assets.attribution import METHODS
from orchestration.lib.tenancy.partitions import CompanyDay, partition_key
from orchestration.lib.warehouse import warehouse as platform
from tests.dbt_project.raw_marketing import land, meta_action, meta_day
from tests.dbt_project.raw_shopify import order, shop
from tests.dbt_project.warehouse import Pair, Warehouse

AS_OF = "2026-03-31"
READ = ("channel_days", "journey_touchpoints", "attribution_comparison")
AT = "2026-02-08 10:00+00"
META = {"utm_source": "facebook", "utm_medium": "paid", "utm_campaign": "Marca"}
MAIL = {"utm_source": "newsletter", "utm_medium": "email"}


class _Database(platform.Warehouse):
    """The tests' database in the place of the platform's."""

    address: str

    def url(self) -> str:
        return self.address


def visit(of_order: str, role: str, at: str, **told: object) -> dict[str, object]:
    return {
        "order_id": of_order,
        "visit_role": role,
        "visit_id": role,
        "occurred_at": at,
        **told,
    }


def attribute(warehouse: Warehouse, company: str) -> bool:
    """Run the asset for one company; whether it went through."""
    day = partition_key(company, date.fromisoformat(AS_OF))
    with dg.DagsterInstance.ephemeral() as instance:
        instance.add_dynamic_partitions("companies", [company])
        return dg.materialize(
            [channel_attribution],
            partition_key=day,
            instance=instance,
            resources={
                "warehouse": _Database(address=warehouse.url),
                "company_day": CompanyDay(),
            },
            raise_on_error=False,
        ).success


def credited(warehouse: Warehouse, company: str, columns: str) -> dict[Any, Any]:
    """What is written, by method and channel, without channels that got nothing."""
    query = f"""
        select method, channel_id, {columns}
        from predictions.channel_attributions
        where company_id = %s and conversions > 0
    """
    return {
        (row.pop("method"), row.pop("channel_id")): tuple(row.values())
        for row in warehouse.rows(query, [company])
    }


@pytest.fixture
def companies(warehouse: Warehouse, pair: Pair) -> Pair:
    """Acme's orders of the ninety days to the end of March.

    1 of 100: a Meta campaign, a week later an e-mail. 2 of 60: Google, then typed the
    address. 3 of 40: nobody saw it come. 4 was cancelled, 5 is older. Meta claims 4
    sales of 200. Bolt's order 1 is of 9000 pesos, by WhatsApp.
    """
    warehouse.land(pair.acme, "shop", shop("Europe/Madrid"))
    warehouse.land(
        pair.acme,
        "orders",
        order("1", AT, 100),
        order("2", AT, 60),
        order("3", AT, 40),
        order("4", AT, 500, cancelled_at="2026-02-09 10:00+00"),
        order("5", "2025-12-01 10:00+00", 30),
    )
    warehouse.land(
        pair.acme,
        "order_visits",
        visit("1", "first", "2026-02-01 09:00+00", **META),
        visit("1", "last", "2026-02-08 09:00+00", **MAIL),
        visit("2", "first", "2026-02-01 09:00+00", landing_page="https://a/?gclid=1"),
        visit("2", "last", "2026-02-08 09:00+00", source="direct"),
        visit("4", "last", "2026-02-08 09:00+00", **META),
        visit("5", "last", "2025-12-01 09:00+00", **META),
    )
    action = meta_action("1", "2026-02-04", ("purchase", "value"), 4, 200)
    land(warehouse.url, pair.acme, "raw_meta_ads.campaign_action_days", action)
    campaign = meta_day("1", "2026-02-04", 60, campaign_name="Marca")
    land(warehouse.url, pair.acme, "raw_meta_ads.campaign_days", campaign)
    warehouse.land(pair.bolt, "shop", shop("America/Santiago", "CLP"))
    warehouse.land(pair.bolt, "orders", order("1", AT, 9000, currency_code="CLP"))
    warehouse.land(
        pair.bolt,
        "order_visits",
        visit("1", "last", "2026-02-08 09:00+00", utm_source="WhatsApp"),
    )
    warehouse.build(pair.acme, pair.bolt, only=READ)
    return pair


def test_each_rule_credits_what_a_hand_would(
    warehouse: Warehouse, companies: Pair
) -> None:
    assert attribute(warehouse, companies.acme)

    found = credited(warehouse, companies.acme, "conversions, value")
    meta, mail = "meta_ads", "email"
    third, half = Decimal("0.333333"), Decimal("0.5")
    assert found["first", meta] == (1, 100)
    assert found["last", mail] == (1, 100)
    assert found["linear", meta] == found["linear", mail] == (half, 50)
    assert found["position_based", meta] == found["shapley", mail] == (half, 50)
    # A week earlier counts half.
    assert found["time_decay", meta] == (third, Decimal("33.33"))
    assert found["time_decay", mail] == (1 - third, Decimal("66.67"))
    for method in METHODS:
        assert found[method, "unknown"] == (1, 40)
    assert found["last", "google_ads"] == (1, 60)
    assert ("last", "direct") not in found
    # Without any one of three channels half of the journeys are lost.
    shares = [found["markov", channel][0] for channel in (meta, mail, "google_ads")]
    assert max(shares) - min(shares) <= Decimal("0.000001")


def test_every_rule_adds_up_to_the_orders_to_the_cent(
    warehouse: Warehouse, companies: Pair
) -> None:
    attribute(warehouse, companies.acme)

    sums = warehouse.rows(
        """select method, sum(conversions) as orders, sum(value) as value
        from predictions.channel_attributions where company_id = %s group by method""",
        [companies.acme],
    )

    assert {row["method"] for row in sums} == set(METHODS)
    assert {(row["orders"], row["value"]) for row in sums} == {(3, 200)}


def test_two_companies_are_kept_apart(warehouse: Warehouse, companies: Pair) -> None:
    attribute(warehouse, companies.acme)
    before = credited(warehouse, companies.acme, "conversions, value, currency_code")

    attribute(warehouse, companies.bolt)

    assert credited(warehouse, companies.bolt, "value, currency_code") == {
        (method, "whatsapp"): (9000, "CLP") for method in METHODS
    }
    columns = "conversions, value, currency_code"
    assert credited(warehouse, companies.acme, columns) == before


def test_a_day_computed_again_is_replaced_whole(
    warehouse: Warehouse, companies: Pair
) -> None:
    attribute(warehouse, companies.acme)
    warehouse.execute(
        """update raw_shopify.orders set cancelled_at = '2026-02-10 10:00+00'
        where company_id = %s and id = '2'""",
        [companies.acme],
    )
    warehouse.build(companies.acme, only=READ)

    assert attribute(warehouse, companies.acme)

    found = credited(warehouse, companies.acme, "conversions")
    assert ("last", "google_ads") not in found
    assert found["markov", "email"] == (Decimal("0.5"),)


def test_nothing_is_written_when_the_marts_count_other_orders(
    warehouse: Warehouse, companies: Pair
) -> None:
    attribute(warehouse, companies.acme)
    before = credited(warehouse, companies.acme, "conversions, attributed_at")
    warehouse.execute(
        """update marts.channel_days set last_click_order_count = 7
        where company_id = %s and channel_id = 'email'""",
        [companies.acme],
    )

    assert not attribute(warehouse, companies.acme)

    columns = "conversions, attributed_at"
    assert credited(warehouse, companies.acme, columns) == before


def test_a_company_without_orders_has_no_rows_and_no_failure(
    warehouse: Warehouse, pair: Pair
) -> None:
    warehouse.build(pair.acme, only=READ)

    assert attribute(warehouse, pair.acme)

    assert credited(warehouse, pair.acme, "conversions") == {}


def test_the_rules_stand_beside_what_platforms_claim(
    warehouse: Warehouse, companies: Pair
) -> None:
    attribute(warehouse, companies.acme)

    rows = warehouse.rows(
        """select attribution_id, order_count, revenue, order_share, evidence_es,
            window_start_date::text, window_end_date::text
        from reporting.attribution_comparison
        where company_id = %s and channel_id = 'meta_ads' order by sort_order""",
        [companies.acme],
    )

    told = {row.pop("attribution_id"): tuple(row.values()) for row in rows}
    days = ("2026-01-01", AS_OF)
    claim = "Lo que afirma la plataforma"
    assert told["platform_reported"] == (4, 200, None, claim, *days)
    assert told["linear"][:2] == (Decimal("0.5"), 50)
    assert told["linear"][3:] == ("Asociación, no causa", *days)
    assert list(told) == ["platform_reported", "last", "first", *METHODS[2:]]


def test_the_media_mix_stands_beside_the_rules_while_it_is_of_these_days(
    warehouse: Warehouse, companies: Pair
) -> None:
    attribute(warehouse, companies.acme)
    attribute(warehouse, companies.bolt)
    for company, unit, day, kind, brought in (
        (companies.acme, "revenue", "2025-12-31", "paid", 1000),
        (companies.acme, "revenue", "2026-01-01", "paid", 40),
        (companies.acme, "revenue", "2026-03-18", "paid", 30.5),
        (companies.acme, "value_12m", "2026-03-19", "paid", 500),
        (companies.acme, "revenue", "2026-03-20", "events", 700),
        # Bolt's mix ended two weeks before the window did.
        (companies.bolt, "revenue", "2026-03-17", "paid", 90),
    ):
        warehouse.execute(
            """insert into predictions.marketing_contributions (company_id,
                outcome_unit, calendar_date, component, kind, contribution,
                contribution_lower, contribution_upper, fit_id, as_of_date,
                data_through_date, model_version, fitted_at)
            values (%s, %s, %s, 'meta_ads', %s, %s, 0, 0, 'fit', %s, %s, '1', now())""",
            [company, unit, day, kind, brought, AS_OF, AS_OF],
        )

    rows = warehouse.rows(
        """select company_id, channel_id, order_count, revenue, currency_code
        from reporting.attribution_comparison
        where company_id = any(%s) and attribution_id = 'media_mix'""",
        [[companies.acme, companies.bolt]],
    )

    assert [tuple(row.values()) for row in rows] == [
        (companies.acme, "meta_ads", None, Decimal("70.50"), "EUR")
    ]


def test_the_last_touch_is_the_last_click_of_every_order(
    warehouse: Warehouse, companies: Pair
) -> None:
    test = "assert_last_touches_are_the_last_clicks_of_orders"
    scope = [companies.acme, companies.bolt]

    statuses = warehouse.dbt.run("test", "--select", test, company_ids=scope)

    assert statuses == {test: "pass"}
