"""Orders of a shop's API are made anew when something about them changed, only then."""

from __future__ import annotations

import psycopg
import pytest

from tests.dbt_project import raw_shopify
from tests.dbt_project.raw_files import RawFile, purchase
from tests.dbt_project.raw_shopify import (
    customer,
    order,
    order_id,
    refund,
    shop,
    slice_of_order_ids,
)
from tests.dbt_project.warehouse import Pair, Warehouse

AT, DAY = "2026-01-05 10:00+00", "2026-01-05"
RAW = (
    *("orders", "order_lines", "payments", "revenue_entries", "cart_lines"),
    "journey_touchpoints",
)


@pytest.fixture
def acme(warehouse: Warehouse, pair: Pair) -> str:
    """A shop with orders 1 to 4; 4 is a guest's. Bolt has the same, never built."""
    for company in (pair.acme, pair.bolt):
        warehouse.land(company, "shop", shop("Europe/Madrid"))
        warehouse.land(
            company,
            "orders",
            *(order(number, AT, 10, customer_id=number) for number in "123"),
            order("4", AT, 10, customer_id=None, email="ana@example.com"),
        )
    warehouse.build(pair.acme, only=RAW)
    warehouse.build(pair.acme, only=RAW)
    assert considered(warehouse, pair.acme) == dict.fromkeys(RAW, 0)
    return pair.acme


def considered(warehouse: Warehouse, company_id: str) -> dict[str, int | None]:
    """How many keys each mart was last built for; None when it was built whole."""
    query = """select mart, changed_key_count from ops.mart_builds
        where company_id = %s and mart = any(%s)"""
    rows = warehouse.rows(query, [company_id, list(RAW)])
    return {row["mart"]: row["changed_key_count"] for row in rows}


def test_what_was_read_again_is_made_anew_and_nothing_else(
    warehouse: Warehouse, acme: str
) -> None:
    line = {"id": "l", "order_id": "2", "product_id": "p", "quantity": 1}
    warehouse.land(acme, "order_refunds", refund("r", "1", 4))
    warehouse.land(acme, "order_line_items", {**line, "name": "x", "unit_price": 10})
    warehouse.land(
        acme,
        "order_visits",
        {
            "order_id": "3",
            "visit_role": "last",
            "visit_id": "1",
            "utm_source": "tiktok",
        },
    )
    warehouse.build(acme, only=RAW)

    assert considered(warehouse, acme) == dict.fromkeys(RAW, 3)
    orders = warehouse.orders(acme)
    assert orders["shopify/1"]["net_revenue"] == 6
    assert orders["shopify/3"]["channel_id"] == "organic_social"
    lines = "select order_id from marts.order_lines where company_id = %s"
    assert warehouse.rows(lines, [acme]) == [{"order_id": "shopify/2"}]


def test_a_row_that_was_still_being_loaded_is_found_by_the_next_build(
    warehouse: Warehouse, acme: str
) -> None:
    with psycopg.connect(warehouse.url) as loading:
        raw_shopify.load(loading, acme, "orders", order("5", AT, 50))
        warehouse.land(acme, "orders", order("6", AT, 60))
        warehouse.build(acme, only=RAW)
        assert "shopify/5" not in warehouse.orders(acme)

    warehouse.build(acme, only=RAW)

    assert warehouse.orders(acme)["shopify/5"]["net_revenue"] == 50
    assert considered(warehouse, acme)["orders"] == 1


def test_an_order_that_a_list_lacks_is_deleted_and_comes_back(
    warehouse: Warehouse, acme: str
) -> None:
    warehouse.land(acme, "order_ids", *(order_id(n, DAY) for n in "134"))
    warehouse.land(acme, "slices", slice_of_order_ids(DAY))
    warehouse.build(acme, only=RAW)

    assert warehouse.orders(acme)["shopify/2"]["status"] == "deleted"
    assert considered(warehouse, acme)["orders"] == 1

    warehouse.land(acme, "order_ids", order_id("2", DAY))
    warehouse.build(acme, only=RAW)

    assert warehouse.orders(acme)["shopify/2"]["status"] == "paid"
    assert considered(warehouse, acme)["orders"] == 1


def test_an_order_without_raw_rows_is_gone(warehouse: Warehouse, acme: str) -> None:
    warehouse.execute(
        "delete from raw_shopify.orders where company_id = %s and id = '3'", [acme]
    )
    warehouse.build(acme, only=RAW)

    assert set(warehouse.orders(acme)) == {"shopify/1", "shopify/2", "shopify/4"}
    entries = (
        "select distinct order_id from marts.revenue_entries where company_id = %s"
    )
    assert len(warehouse.rows(entries, [acme])) == 3


def test_a_guest_follows_the_owner_of_the_address(
    warehouse: Warehouse, acme: str
) -> None:
    warehouse.land(acme, "customers", customer("7", "Ana@example.com"))
    warehouse.build(acme, only=RAW)

    assert warehouse.orders(acme)["shopify/4"]["customer_id"] == "shopify/7"
    assert considered(warehouse, acme)["orders"] == 1

    warehouse.execute(
        "update raw_shopify.customers set email = 'b@x' where company_id = %s", [acme]
    )
    warehouse.build(acme, only=RAW)

    assert len(str(warehouse.orders(acme)["shopify/4"]["customer_id"])) == 64


def test_files_of_orders_have_everything_built_when_they_change(
    warehouse: Warehouse, acme: str
) -> None:
    log = [purchase("7", AT, 10, purchase_id="A")]
    warehouse.load(acme, RawFile("log.csv", log))
    warehouse.build(acme, only=RAW)
    assert considered(warehouse, acme) == dict.fromkeys(RAW)

    warehouse.build(acme, only=RAW)
    assert considered(warehouse, acme) == dict.fromkeys(RAW, 0)

    warehouse.remove(acme, "log.csv")
    warehouse.build(acme, only=RAW)
    assert considered(warehouse, acme) == dict.fromkeys(RAW)
    assert "purchases/A" not in warehouse.orders(acme)


def test_on_another_server_everything_is_looked_at_anew(
    warehouse: Warehouse, acme: str
) -> None:
    warehouse.execute("update ops.raw_reads set server_id = 1")
    warehouse.build(acme, only=RAW)

    assert considered(warehouse, acme) == dict.fromkeys(RAW)
