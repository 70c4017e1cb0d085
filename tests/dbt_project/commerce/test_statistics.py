"""The planner's statistics of a mart are made anew where a share of its rows moved."""

from __future__ import annotations

import pytest

from tests.dbt_project.raw_shopify import order, refund, shop
from tests.dbt_project.warehouse import Warehouse

AT = "2026-01-05 10:00+00"
ORDERS = 100


@pytest.fixture
def acme(own_warehouse: Warehouse) -> str:
    """A shop whose orders were built, alone in its database."""
    company = own_warehouse.add_pair().acme
    sell(own_warehouse, company, ORDERS)
    own_warehouse.build(company, only=["orders"])
    return company


def sell(warehouse: Warehouse, company: str, count: int) -> None:
    """Land that many orders of 10, and build."""
    orders = [order(str(n), AT, 10, customer_id="1") for n in range(1, count + 1)]
    warehouse.land(company, "shop", shop("Europe/Madrid"))
    warehouse.land(company, "orders", *orders)
    warehouse.build(company, only=["orders"])


def give_back(warehouse: Warehouse, company: str, count: int) -> None:
    """Refund 4 of each of the first orders, and build."""
    refunds = [refund(f"r{n}", str(n), 4) for n in range(1, count + 1)]
    warehouse.land(company, "order_refunds", *refunds)
    warehouse.build(company, only=["orders"])


def made(warehouse: Warehouse) -> int:
    """The transaction that made the statistics of the orders last."""
    rows = warehouse.rows(
        """select max(xmin::text::bigint) as transaction from pg_statistic
        where starelid = 'marts.orders'::regclass"""
    )
    transaction: int = rows[0]["transaction"]
    return transaction


def test_few_changed_rows_leave_them_as_they_are(
    own_warehouse: Warehouse, acme: str
) -> None:
    before = made(own_warehouse)

    give_back(own_warehouse, acme, 1)

    assert own_warehouse.orders(acme)["shopify/1"]["net_revenue"] == 6
    assert made(own_warehouse) == before


def test_a_share_of_changed_rows_makes_them_anew(
    own_warehouse: Warehouse, acme: str
) -> None:
    before = made(own_warehouse)

    give_back(own_warehouse, acme, ORDERS // 5)

    assert made(own_warehouse) > before


def test_a_company_that_is_new_makes_them_anew(
    own_warehouse: Warehouse, acme: str
) -> None:
    before = made(own_warehouse)

    sell(own_warehouse, own_warehouse.add_pair().bolt, 1)

    assert made(own_warehouse) > before
