"""What was in an order, how it was paid, and what it did to revenue on which day."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.dbt_project.dbt_commands import DbtFailed
from tests.dbt_project.raw_files import RawFile, purchase, rates, shopify_row
from tests.dbt_project.raw_shopify import order, refund
from tests.dbt_project.warehouse import Pair, Warehouse

AT = "2026-01-05 10:00+00"
LEDGER = "assert_revenue_entries_add_up_to_net_revenue"
SETTINGS = "assert_excluded_amounts_follow_the_settings"


@pytest.fixture(scope="module")
def companies(warehouse: Warehouse) -> Pair:
    """Acme counts taxes and shipping as revenue; bolt counts neither.

    Both have an order 1 in the shop, a log and an export.
    """
    pair = warehouse.add_pair()
    warehouse.execute(
        "update ops.companies set revenue_includes_tax = true,"
        " revenue_includes_shipping = true where company_id = %s",
        [pair.acme],
    )
    warehouse.load(
        pair.acme,
        RawFile("log.csv", [_bought(10), _bought("5.50")]),
        _export(),
        rates(("2026-01-05", "USD", "EUR", "0.915")),
    )
    warehouse.land(
        pair.acme,
        "orders",
        order("1", AT, 90, total_discounts=10),
        order("2", AT, "10.00", currency_code="USD"),
        order("3", AT, 50),
        order("4", AT, 50, cancelled_at="2026-01-06 10:00+00"),
        order("5", AT, 30, total_discounts=5, cancelled_at="2026-01-31 23:30+00"),
        order("6", AT, 30, cancelled_at=AT, financial_status="voided"),
    )
    warehouse.land(
        pair.acme,
        "order_line_items",
        _item("1", "1", "Shirt, blue", 2, 30, product_id="9", total_discount=5),
        _item("2", "1", "Gift wrapping", 1, 45),
        _item("3", "2", "Shirt, red", 1, 10, product_id="9"),
        _item("4", "gone", "Of an order never read", 1, 1, product_id="8"),
    )
    warehouse.land(
        pair.acme,
        "order_transactions",
        _transaction("1", "1", "sale", "failure", 90),
        _transaction("2", "1", "sale", "success", 90),
        _transaction("3", "1", "refund", "success", 40),
        _transaction("4", "2", "capture", "success", 10, currency_code="USD"),
    )
    usd = {"currency_code": "USD"}
    warehouse.land(
        pair.acme,
        "order_refunds",
        refund("1", "1", 40, created_at="2026-02-28 23:30+00"),
        *(refund(f"2{n}", "2", "3.33", created_at=AT, **usd) for n in "abc"),
        refund("3", "3", 20, created_at="2026-01-03 10:00+00"),
        refund("4", "4", 50, created_at="2026-01-06 10:00+00"),
    )
    clp = {"currency_code": "CLP"}
    warehouse.land(
        pair.bolt,
        "orders",
        order("1", AT, 119000, total_tax=19000, total_shipping=10000, **clp),
    )
    warehouse.land(
        pair.bolt,
        "order_refunds",
        # Still the last day of March in Santiago.
        refund("1", "1", 29750, created_at="2026-04-01 02:00+00", **clp),
        refund("2", "1", 29750, created_at="2026-04-01 12:00+00", **clp),
    )
    warehouse.build(pair.acme, pair.bolt)
    return pair


def _bought(amount: object) -> Any:
    return purchase("7", AT, amount, purchase_id="A")


def _export() -> RawFile:
    line = {"lineitem_quantity": 2, "lineitem_price": 20, "lineitem_sku": "S-1"}
    first = shopify_row(
        "51",
        AT,
        40,
        email="a@x",
        paid_at="2026-01-06 10:00+00",
        payment_method="Visa",
        refunded_amount=15,
        lineitem_name="Shirt - blue",
        **line,
    )
    second = {
        "order_id": "51",
        "is_order_row": False,
        "lineitem_name": "Sticker",
        "lineitem_quantity": 1,
        "lineitem_price": 0,
        "lineitem_discount": 0,
    }
    # The order again, as a file that was pasted together has it.
    return RawFile("o.csv", [first, second, first, second], contract="shopify_orders")


def _item(
    id_: str, of_order: str, name: str, quantity: int, price: object, **others: object
) -> dict[str, object]:
    return {
        "id": id_,
        "order_id": of_order,
        "name": name,
        "quantity": quantity,
        "unit_price": price,
        "total_discount": 0,
        **others,
    }


def _transaction(
    id_: str, of_order: str, kind: str, status: str, amount: object, **others: object
) -> dict[str, object]:
    return {
        "id": id_,
        "order_id": of_order,
        "kind": kind,
        "status": status,
        "gateway": "webpay",
        "amount": amount,
        "currency_code": "EUR",
        "processed_at": AT,
        **others,
    }


def entries(warehouse: Warehouse, company: str, order_id: str) -> list[Any]:
    """(type, day, amount) of an order's entries, in the order they happened."""
    rows = warehouse.rows(
        "select * from marts.revenue_entries where company_id = %s and order_id = %s"
        " order by entry_date, entry_at, entry_id",
        [company, order_id],
    )
    return [(row["entry_type"], row["entry_date"], row["amount"]) for row in rows]


def test_lines_are_told_by_who_tells_the_order(
    warehouse: Warehouse, companies: Pair
) -> None:
    rows = warehouse.rows(
        "select * from marts.order_lines where company_id = %s"
        " order by order_id, line_id",
        [companies.acme],
    )

    told = [
        (r["order_id"], r["line_id"], r["product_id"], r["net_amount"]) for r in rows
    ]
    assert told == [
        ("purchases/A", "2", None, 10),
        ("purchases/A", "3", None, Decimal("5.50")),
        ("shopify/1", "1", "shopify/9", 55),
        ("shopify/1", "2", None, 45),
        # 10 dollars at 0.915.
        ("shopify/2", "3", "shopify/9", Decimal("9.15")),
        ("shopify/51", "2", "shopify/sku/S-1", 40),
        ("shopify/51", "3", "shopify/name/Sticker", 0),
    ]


def test_a_product_is_called_what_its_last_line_calls_it(
    warehouse: Warehouse, companies: Pair
) -> None:
    rows = warehouse.rows(
        "select product_id, name, kind from marts.products where company_id = %s"
        " order by product_id",
        [companies.acme],
    )

    assert [tuple(row.values()) for row in rows] == [
        ("shopify/8", "Of an order never read", "product"),
        ("shopify/9", "Shirt, red", "product"),
        ("shopify/name/Sticker", "Sticker", "product"),
        ("shopify/sku/S-1", "Shirt - blue", "product"),
    ]


def test_payments_are_the_shops_or_one_for_the_whole_order(
    warehouse: Warehouse, companies: Pair
) -> None:
    rows = warehouse.rows(
        "select payment_id, order_id, method, status, amount from marts.payments"
        " where company_id = %s order by payment_id",
        [companies.acme],
    )

    assert [tuple(row.values()) for row in rows] == [
        ("purchases/A", "purchases/A", None, "succeeded", Decimal("15.50")),
        ("shopify/1", "shopify/1", "webpay", "failed", 90),
        ("shopify/2", "shopify/1", "webpay", "succeeded", 90),
        ("shopify/4", "shopify/2", "webpay", "succeeded", Decimal("9.15")),
        ("shopify/51", "shopify/51", "Visa", "succeeded", 40),
    ]


def test_a_refund_counts_on_the_day_it_was_paid_back(
    warehouse: Warehouse, companies: Pair
) -> None:
    assert entries(warehouse, companies.acme, "shopify/1") == [
        ("discount", date(2026, 1, 5), -10),
        ("sale", date(2026, 1, 5), 100),
        # 23:30 in London is the next day in Madrid.
        ("refund", date(2026, 3, 1), -40),
    ]


def test_cents_of_several_refunds_add_up_to_the_orders(
    warehouse: Warehouse, companies: Pair
) -> None:
    # 3.33 dollars are 3.04695 euros; three of them 9.14085.
    amounts = [e[2] for e in entries(warehouse, companies.acme, "shopify/2")]

    assert amounts == [
        *(Decimal("-3.05"), Decimal("-3.04"), Decimal("-3.05")),
        Decimal("9.15"),
    ]
    found = warehouse.orders(companies.acme)["shopify/2"]
    assert found["refund_amount"] == Decimal("9.14")
    assert found["net_revenue"] == sum(amounts)


def test_a_refund_is_never_before_its_order(
    warehouse: Warehouse, companies: Pair
) -> None:
    assert entries(warehouse, companies.acme, "shopify/3") == [
        ("refund", date(2026, 1, 5), -20),
        ("sale", date(2026, 1, 5), 50),
    ]
    # An export does not say when.
    assert entries(warehouse, companies.acme, "shopify/51") == [
        ("refund", date(2026, 1, 5), -15),
        ("sale", date(2026, 1, 5), 40),
    ]


def test_a_cancelled_order_leaves_the_ledger_on_the_day_it_was_cancelled(
    warehouse: Warehouse, companies: Pair
) -> None:
    # Of order 4 all was given back, of 5 nothing.
    assert entries(warehouse, companies.acme, "shopify/4") == [
        ("sale", date(2026, 1, 5), 50),
        ("refund", date(2026, 1, 6), -50),
    ]
    assert entries(warehouse, companies.acme, "shopify/5") == [
        ("discount", date(2026, 1, 5), -5),
        ("sale", date(2026, 1, 5), 35),
        ("refund", date(2026, 2, 1), -30),
    ]
    (told,) = warehouse.rows(
        "select change_type, entry_id from marts.revenue_entries where company_id = %s"
        " and order_id = 'shopify/5' and entry_date = '2026-02-01'",
        [companies.acme],
    )
    assert tuple(told.values()) == ("cancellation", "shopify/5/refund/cancelled")
    # What was never paid was never revenue.
    assert entries(warehouse, companies.acme, "shopify/6") == []


def test_a_refund_gives_back_its_part_of_what_was_excluded(
    warehouse: Warehouse, companies: Pair
) -> None:
    first, second = date(2026, 3, 31), date(2026, 4, 1)

    assert entries(warehouse, companies.bolt, "shopify/1") == [
        ("sale", date(2026, 1, 5), 90000),
        ("shipping", date(2026, 1, 5), 10000),
        ("tax", date(2026, 1, 5), 19000),
        ("refund", first, -22500),
        ("shipping", first, -2500),
        ("tax", first, -4750),
        ("refund", second, -22500),
        ("shipping", second, -2500),
        ("tax", second, -4750),
    ]
    found = warehouse.orders(companies.bolt)["shopify/1"]
    assert (found["excluded_amount"], found["net_revenue"]) == (14500, 45000)


def test_the_ledger_adds_up_and_a_lost_entry_is_found(
    warehouse: Warehouse, companies: Pair
) -> None:
    scope = [companies.acme, companies.bolt]
    statuses = warehouse.dbt.run(
        *("test", "--select", LEDGER, SETTINGS, "order_lines", "products", "payments"),
        *("revenue_entries", "int_currency_rates_filled"),
        company_ids=scope,
    )
    assert set(statuses.values()) == {"pass"}

    warehouse.execute(
        "delete from marts.revenue_entries where company_id = %s"
        " and entry_type = 'discount'",
        [companies.acme],
    )
    with pytest.raises(DbtFailed, match=LEDGER):
        warehouse.dbt.run("test", "--select", LEDGER, company_ids=scope)
