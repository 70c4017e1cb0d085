"""Channels: what they cost, whom they brought, and three ways to say what they sold."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.dbt_project.raw_marketing import google_day, land, meta_action, meta_day
from tests.dbt_project.raw_shopify import order, shop
from tests.dbt_project.warehouse import Pair, Warehouse

JANUARY, FEBRUARY = "2026-01-01", "2026-02-01"
AT = "2026-01-05 10:00+00"


def visit(of_order: str, role: str, **told: object) -> dict[str, object]:
    return {"order_id": of_order, "visit_role": role, "visit_id": "1", **told}


@pytest.fixture(scope="module")
def companies(warehouse: Warehouse) -> Pair:
    """Acme's orders, all of January unless told otherwise.

    1 of 100 by customer 7: came by the Meta campaign Marca, then typed the address.
    2 of 50 by customer 7, in February: from an e-mail.
    3 of 40 by customer 8: nobody saw them come. 4 of 30 by a guest: Google, tagged.
    5 of 20 by customer 9: Meta campaign marca, cancelled.

    Meta spent 60 on Marca and claims 200; Google spent 10. Bolt's order 1 is of 9000
    pesos, by the Meta campaign Marca, too.
    """
    pair = warehouse.add_pair()
    warehouse.land(pair.acme, "shop", shop("Europe/Madrid"))
    warehouse.land(
        pair.acme,
        "orders",
        order("1", AT, 100),
        order("2", "2026-02-05 10:00+00", 50),
        order("3", AT, 40, customer_id="8"),
        order("4", AT, 30, customer_id=None),
        order("5", AT, 20, customer_id="9", cancelled_at="2026-01-06 10:00+00"),
    )
    from_meta = {
        "utm_source": "facebook",
        "utm_medium": "paid",
        "utm_campaign": "Marca",
    }
    warehouse.land(
        pair.acme,
        "order_visits",
        visit("1", "first", **from_meta),
        visit("1", "last", source="direct"),
        visit("2", "first", **from_meta),
        visit("2", "last", utm_source="newsletter", utm_medium="email"),
        visit("4", "last", landing_page="https://a.com/?gclid=1"),
        visit("5", "last", **from_meta | {"utm_campaign": "marca"}),
    )
    warehouse.land(pair.bolt, "shop", shop("America/Santiago", "CLP"))
    warehouse.land(pair.bolt, "orders", order("1", AT, 9000, currency_code="CLP"))
    warehouse.land(pair.bolt, "order_visits", visit("1", "last", **from_meta))
    campaign = meta_day("1", "2026-01-04", 60, campaign_name="Marca")
    land(warehouse.url, pair.acme, "raw_meta_ads.campaign_days", campaign)
    action = meta_action("1", "2026-01-04", ("purchase", "value"), 4, 200)
    land(warehouse.url, pair.acme, "raw_meta_ads.campaign_action_days", action)
    other = google_day("1", "2026-01-05", 10)
    land(warehouse.url, pair.acme, "raw_google_ads.campaign_days", other)
    warehouse.build(pair.acme, pair.bolt)
    return pair


def months(warehouse: Warehouse, company: str, columns: str) -> dict[Any, Any]:
    query = f"""
        select month_start_date::text as month, channel_id, {columns}
        from reporting.channel_months where company_id = %s
    """
    return {
        (row.pop("month"), row.pop("channel_id")): tuple(row.values())
        for row in warehouse.rows(query, [company])
    }


def test_an_order_belongs_to_its_last_click(
    warehouse: Warehouse, companies: Pair
) -> None:
    def told(company: str) -> dict[str, tuple[str, str | None]]:
        orders = warehouse.orders(company)
        return {k: (o["channel_id"], o["campaign_name"]) for k, o in orders.items()}

    assert told(companies.acme) == {
        "shopify/1": ("meta_ads", "Marca"),
        "shopify/2": ("email", None),
        "shopify/3": ("unknown", None),
        "shopify/4": ("google_ads", None),
        "shopify/5": ("meta_ads", "marca"),
    }
    assert told(companies.bolt) == {"shopify/1": ("meta_ads", "Marca")}


def test_a_customer_is_won_once_by_the_first_purchase(
    warehouse: Warehouse, companies: Pair
) -> None:
    columns = "new_customer_count, new_customer_revenue"

    assert months(warehouse, companies.acme, columns) == {
        # Customer 9 cancelled; the guest is nobody's customer.
        (JANUARY, "meta_ads"): (1, 100),
        (JANUARY, "unknown"): (1, 40),
        (JANUARY, "google_ads"): (0, 0),
        (FEBRUARY, "email"): (0, 0),
    }
    assert months(warehouse, companies.bolt, columns) == {
        (JANUARY, "meta_ads"): (1, 9000)
    }


def test_three_ways_to_say_what_a_channel_sold_stand_side_by_side(
    warehouse: Warehouse, companies: Pair
) -> None:
    columns = """
        spend, customer_acquisition_cost, observed_roas, last_click_revenue,
        last_click_roas, reported_revenue, reported_roas
    """
    sixth = Decimal("1.666667")

    assert months(warehouse, companies.acme, columns) == {
        (JANUARY, "meta_ads"): (60, 60, sixth, 100, sixth, 200, Decimal("3.333333")),
        # Nobody was won: no cost of winning. A guest's order has a channel, too.
        (JANUARY, "google_ads"): (10, None, 0, 30, 3, 0, 0),
        (JANUARY, "unknown"): (None, None, None, 40, None, None, None),
        (FEBRUARY, "email"): (None, None, None, 50, None, None, None),
    }


def test_each_way_has_its_row(warehouse: Warehouse, companies: Pair) -> None:
    query = """
        select attribution_id, order_count, revenue from reporting.attribution_months
        where company_id = %s and channel_id = 'meta_ads' order by attribution_id
    """

    def told(company: str) -> list[tuple[Any, ...]]:
        return [tuple(row.values()) for row in warehouse.rows(query, [company])]

    assert told(companies.acme) == [
        ("last_click", 1, 100),
        ("observed_new", 1, 100),
        ("platform_reported", 4, 200),
    ]
    assert told(companies.bolt) == [
        ("last_click", 1, 9000),
        ("observed_new", 1, 9000),
        ("platform_reported", None, None),
    ]


def test_a_campaign_meets_the_customers_whose_links_name_it(
    warehouse: Warehouse, companies: Pair
) -> None:
    query = """
        select campaign_name, spend, new_customer_count, customer_acquisition_cost,
            new_customer_historic_value
        from reporting.campaign_months
        where company_id = %s and channel_id = 'meta_ads'
    """

    (campaign,) = warehouse.rows(query, [companies.acme])

    assert tuple(campaign.values()) == ("Marca", 60, 1, 60, 150)


def test_channels_add_up_to_the_company(warehouse: Warehouse, companies: Pair) -> None:
    test = "assert_channel_days_add_up_to_company_days"
    scope = {"company_ids": [companies.acme, companies.bolt]}

    assert warehouse.dbt.run("test", "--select", test, **scope) == {test: "pass"}
