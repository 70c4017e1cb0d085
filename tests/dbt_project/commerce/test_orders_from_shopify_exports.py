"""A Shopify export becomes orders with the right money, buyer and status."""

from __future__ import annotations

import hashlib
from decimal import Decimal
from typing import Any

import pytest

from tests.dbt_project.raw_files import RawFile, Row, shopify_row
from tests.dbt_project.warehouse import Pair, Warehouse

AT = "2026-01-05 10:00+00"


def export(*rows: Row, name: str = "orders.csv", version: int = 1) -> RawFile:
    return RawFile(name, rows, version=version, contract="shopify_orders")


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def test_discounts_and_refunds_leave_what_was_kept(
    warehouse: Warehouse, pair: Pair
) -> None:
    order = shopify_row(
        "1", AT, "90.00", discount_amount="10.00", refunded_amount="30.50", email="a@x"
    )
    line_item = {
        "order_id": "1",
        "is_order_row": False,
        "lineitem_name": "Shirt",
        "currency_code": "EUR",
    }
    warehouse.load(pair.acme, export(order, line_item))

    warehouse.build(pair.acme, only=["orders"])

    (found,) = warehouse.orders(pair.acme).values()
    assert found["order_id"] == "shopify/1"
    assert found["gross_revenue"] == 100
    assert found["discount_amount"] == 10
    assert found["refund_amount"] == Decimal("30.50")
    assert found["net_revenue"] == Decimal("59.50")


def test_a_buyer_is_one_person_however_the_address_is_typed(
    warehouse: Warehouse, pair: Pair
) -> None:
    warehouse.load(
        pair.acme,
        export(
            shopify_row("1", AT, 1, email=" Ana@Example.com "),
            shopify_row("2", AT, 1, email="ana@example.com", phone="600"),
            shopify_row("3", AT, 1, email=" ", phone="+34 600-11"),
            shopify_row("4", AT, 1, email=None, phone="-"),
        ),
    )

    warehouse.build(pair.acme, only=["orders"])

    orders = warehouse.orders(pair.acme)
    buyers = {key: order["customer_id"] for key, order in orders.items()}
    assert buyers == {
        "shopify/1": sha256("ana@example.com"),
        "shopify/2": sha256("ana@example.com"),
        "shopify/3": sha256("3460011"),
        "shopify/4": None,
    }


# What the export says beside a buyer, a paid total and the company's currency;
# then whether that is revenue, and why it is not a purchase.
CASES: list[tuple[dict[str, object], bool, str | None]] = [
    ({"financial_status": "Paid"}, True, None),
    ({"financial_status": "pending"}, False, "not_recognised"),
    ({"financial_status": "pending", "fulfillment_status": "fulfilled"}, True, None),
    ({"financial_status": "voided"}, False, "not_recognised"),
    (
        {"financial_status": "voided", "fulfillment_status": "fulfilled"},
        False,
        "not_recognised",
    ),
    ({"financial_status": None}, False, "not_recognised"),
    ({"financial_status": "brand_new_status"}, False, "not_recognised"),
    ({"cancelled_at": "2026-01-06 10:00+00"}, False, "cancelled"),
    ({"financial_status": "partially_refunded", "refunded_amount": 1}, True, None),
    ({"financial_status": "refunded"}, True, "fully_refunded"),
    ({"refunded_amount": 11}, True, "fully_refunded"),
    ({"currency_code": "USD"}, True, "missing_currency_rate"),
    ({"email": None}, True, "no_customer"),
    ({"email": None, "currency_code": "USD"}, True, "missing_currency_rate"),
]


@pytest.fixture(scope="module")
def orders_by_case(warehouse: Warehouse) -> dict[str, dict[str, Any]]:
    """The orders of a company whose export holds every case once."""
    acme = warehouse.add_pair().acme
    rows = [
        shopify_row(str(number), AT, 10, **{"email": "a@x", **said})
        for number, (said, _, _) in enumerate(CASES)
    ]
    warehouse.load(acme, export(*rows))
    warehouse.build(acme, only=["orders"])
    return warehouse.orders(acme)


@pytest.mark.parametrize("number", range(len(CASES)))
def test_an_order_counts_only_without_a_reason_against_it(
    orders_by_case: dict[str, dict[str, Any]], number: int
) -> None:
    _, is_recognised, reason = CASES[number]

    found = orders_by_case[f"shopify/{number}"]

    assert found["is_recognised"] is is_recognised
    assert found["exclusion_reason"] == reason
    assert found["is_purchase"] is (reason is None)


def test_an_order_repeated_in_a_file_counts_once(
    warehouse: Warehouse, pair: Pair
) -> None:
    twice = [shopify_row("1", AT, 10, email="a@x") for _ in range(2)]
    warehouse.load(pair.acme, export(*twice))

    warehouse.build(pair.acme, only=["orders"])

    (order,) = warehouse.orders(pair.acme).values()
    assert (order["net_revenue"], order["line_number"]) == (10, 2)


def test_a_later_export_adds_the_refund(warehouse: Warehouse, pair: Pair) -> None:
    before = shopify_row("1", AT, 10, email="a@x")
    after = shopify_row("1", AT, 10, email="a@x", refunded_amount=4)
    warehouse.load(
        pair.acme,
        export(after, name="february.csv", version=2),
        export(before, name="january.csv"),
    )

    warehouse.build(pair.acme, only=["orders"])

    (order,) = warehouse.orders(pair.acme).values()
    assert order["net_revenue"] == 6
