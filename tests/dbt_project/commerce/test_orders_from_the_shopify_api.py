"""Orders of a shop's API count once, in the shop's money, for the right buyer."""

from __future__ import annotations

import hashlib
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.dbt_project.dbt_commands import DbtFailed
from tests.dbt_project.raw_files import RawFile, shopify_row
from tests.dbt_project.raw_shopify import (
    customer,
    order,
    order_id,
    refund,
    shop,
    slice_of_order_ids,
)
from tests.dbt_project.warehouse import Pair, Warehouse

AT = "2026-01-05 10:00+00"
AS_OF = "2026-01-31"


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@pytest.fixture(scope="module")
def companies(warehouse: Warehouse) -> Pair:
    """Two shops that use the same order and customer numbers.

    Acme's orders, in the shop's euros: 1 of 100.00 EUR, shown as 108.45 USD, of which
    43.38 USD and with them 40.00 EUR were paid back; 2 cancelled; 3 a test; 4 of a
    guest with an address, 5 of one without; 6 deleted; 7 of a guest with the address of
    customer 7; 8 with a refund that moved no money.
    """
    pair = warehouse.add_pair()
    warehouse.land(pair.acme, "shop", shop("Europe/Madrid"))
    warehouse.land(
        pair.acme,
        "orders",
        order(
            "1",
            AT,
            "100.00",
            total_discounts="10.00",
            total_refunded="40.00",
            financial_status="partially_refunded",
            presentment_currency_code="USD",
            presentment_total_price="108.45",
            presentment_total_refunded="43.38",
        ),
        order("2", AT, 20, cancelled_at="2026-01-06 10:00+00"),
        order("3", AT, 30, is_test=True),
        order("4", AT, 40, customer_id=None, email=" Eva@Example.com"),
        order("5", AT, 50, customer_id=None),
        order("6", AT, 60),
        order("7", AT, 70, customer_id=None, email="Ana@example.com"),
        order("8", AT, 80),
    )
    warehouse.land(
        pair.acme,
        "order_refunds",
        refund(
            "1",
            "1",
            "40.00",
            presentment_currency_code="USD",
            presentment_total_refunded="43.38",
        ),
        refund("2", "8", "15.00", has_transactions=False),
    )
    warehouse.land(pair.acme, "customers", customer("7", "ana@example.com "))
    listed = (order_id(number, "2026-01-05") for number in "1234578")
    warehouse.land(pair.acme, "order_ids", *listed)
    warehouse.land(pair.acme, "slices", slice_of_order_ids("2026-01-05"))
    # Bolt's shop lists nothing: its days were never asked for.
    warehouse.land(pair.bolt, "shop", shop("America/Santiago", "CLP"))
    warehouse.land(
        pair.bolt,
        "orders",
        order("1", "2026-01-05 02:00+00", 5000, currency_code="CLP"),
        order("6", AT, 6000, currency_code="CLP", customer_id="9"),
    )
    warehouse.build(pair.acme, pair.bolt, as_of=dict.fromkeys(_ids(pair), AS_OF))
    return pair


def _ids(pair: Pair) -> tuple[str, str]:
    return pair.acme, pair.bolt


@pytest.fixture
def orders(warehouse: Warehouse, companies: Pair) -> dict[str, dict[str, Any]]:
    """The orders of acme."""
    return warehouse.orders(companies.acme)


def test_a_refund_in_the_buyers_currency_takes_off_the_shops_money(
    orders: dict[str, dict[str, Any]],
) -> None:
    found = orders["shopify/1"]

    assert found["currency_code"] == "EUR"
    assert (found["gross_revenue"], found["discount_amount"]) == (110, 10)
    assert found["refund_amount"] == 40
    assert found["net_revenue"] == 60
    assert found["is_purchase"]


def test_a_refund_that_moved_no_money_takes_nothing_off(
    orders: dict[str, dict[str, Any]],
) -> None:
    assert orders["shopify/8"]["net_revenue"] == 80


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        ("1", None),
        ("2", "cancelled"),
        ("3", "test_order"),
        ("4", None),
        ("5", "no_customer"),
        ("6", "deleted_at_source"),
        ("7", None),
        ("8", None),
    ],
)
def test_an_order_counts_only_without_a_reason_against_it(
    orders: dict[str, dict[str, Any]], number: str, reason: str | None
) -> None:
    found = orders[f"shopify/{number}"]

    assert found["exclusion_reason"] == reason
    assert found["is_recognised"] is (reason in {None, "no_customer"})


def test_a_guest_is_whoever_has_the_address(orders: dict[str, dict[str, Any]]) -> None:
    buyers = {key: order["customer_id"] for key, order in orders.items()}

    assert buyers["shopify/1"] == "shopify/7"
    assert buyers["shopify/4"] == sha256("eva@example.com")
    assert buyers["shopify/5"] is None
    assert buyers["shopify/7"] == "shopify/7"


def test_an_order_can_be_traced_to_the_api(orders: dict[str, dict[str, Any]]) -> None:
    found = orders["shopify/4"]

    assert (found["source_slug"], found["source_order_id"]) == ("shopify", "4")
    assert (found["file_name"], found["line_number"]) == (None, None)


def test_two_shops_with_the_same_numbers_stay_apart(
    warehouse: Warehouse, companies: Pair
) -> None:
    theirs = warehouse.orders(companies.bolt)

    assert list(theirs) == ["shopify/1", "shopify/6"]
    # Two in the morning in London is still the day before in Santiago.
    assert theirs["shopify/1"]["order_date"] == date(2026, 1, 4)
    # Neither acme's refund nor acme's deletion is theirs.
    assert theirs["shopify/1"]["net_revenue"] == 5000
    assert theirs["shopify/6"]["exclusion_reason"] is None
    summaries = {company: warehouse.summaries(company) for company in _ids(companies)}
    values = {
        company: {buyer: row["historic_value"] for buyer, row in found.items()}
        for company, found in summaries.items()
    }
    assert values == {
        companies.acme: {"shopify/7": 60 + 70 + 80, sha256("eva@example.com"): 40},
        companies.bolt: {"shopify/7": 5000, "shopify/9": 6000},
    }


def test_a_company_without_files_has_zeros_for_them(
    warehouse: Warehouse, companies: Pair
) -> None:
    query = "select * from reporting.data_quality_totals where company_id = %s"

    (quality,) = warehouse.rows(query, [companies.acme])

    assert (quality["order_count"], quality["api_order_count"]) == (8, 8)
    assert (quality["file_count"], quality["row_count"]) == (0, 0)
    assert (quality["quarantined_row_count"], quality["quarantined_amount"]) == (0, 0)
    assert (quality["test_order_count"], quality["deleted_order_count"]) == (1, 1)
    assert (quality["guest_order_count"], quality["guest_net_revenue"]) == (1, 50)
    assert (quality["cancelled_order_count"], quality["purchase_count"]) == (1, 4)


def test_the_data_tests_pass_on_orders_of_an_api(
    warehouse: Warehouse, companies: Pair
) -> None:
    statuses = warehouse.dbt.run(
        "test", "--select", "test_type:data", company_ids=list(_ids(companies))
    )

    assert set(statuses.values()) == {"pass"}


def test_a_lost_order_of_an_api_is_found(warehouse: Warehouse, pair: Pair) -> None:
    warehouse.land(pair.acme, "orders", order("1", AT, 10))
    warehouse.build(pair.acme, only=["data_quality_totals"])
    warehouse.execute("delete from marts.orders where company_id = %s", [pair.acme])

    name = "assert_orders_reconcile_with_their_sources"
    with pytest.raises(DbtFailed, match=name):
        warehouse.dbt.run("test", "--select", name, company_ids=[pair.acme])


def test_refunds_that_do_not_add_up_are_reported(
    warehouse: Warehouse, pair: Pair
) -> None:
    warehouse.land(pair.acme, "orders", order("1", AT, 10, total_refunded=4))
    warehouse.land(pair.acme, "order_refunds", refund("1", "1", 3))

    name = "assert_shopify_refunds_add_up_to_what_their_order_says"
    statuses = warehouse.dbt.run("test", "--select", name, company_ids=[pair.acme])

    assert statuses == {name: "warn"}


def export(*rows: Any) -> RawFile:
    return RawFile("orders.csv", rows, contract="shopify_orders")


def test_an_order_of_an_export_and_the_api_counts_once(
    warehouse: Warehouse, pair: Pair
) -> None:
    exported = shopify_row("1", AT, 10, email="ana@example.com")
    older = shopify_row("2", AT, 20, email="ana@example.com")
    warehouse.load(pair.acme, export(exported, older))
    warehouse.land(pair.acme, "customers", customer("7", "Ana@Example.com"))
    warehouse.land(pair.acme, "orders", order("1", AT, 10, total_refunded=4))
    warehouse.land(pair.acme, "order_refunds", refund("1", "1", 4))
    warehouse.build(pair.acme, only=["data_quality_totals"])

    orders = warehouse.orders(pair.acme)

    told = {key: (o["source_slug"], o["net_revenue"]) for key, o in orders.items()}
    assert told == {"shopify/1": ("shopify", 6), "shopify/2": ("files", 20)}
    # The export knows her address, the API her number: she is one buyer.
    assert {order["customer_id"] for order in orders.values()} == {"shopify/7"}
    (quality,) = warehouse.rows(
        "select * from reporting.data_quality_totals where company_id = %s", [pair.acme]
    )
    assert (quality["order_count"], quality["api_order_count"]) == (2, 1)


def test_an_export_without_ids_is_matched_by_the_orders_name_and_day(
    warehouse: Warehouse, pair: Pair
) -> None:
    months_later = "2026-03-05 10:00+00"
    warehouse.load(
        pair.acme,
        export(
            shopify_row("#1001", "2026-01-05 10:00:03+00", 10, email="a@x"),
            # Another shop of the company has a #1002 too.
            shopify_row("#1002", AT, 20, email="a@x"),
        ),
    )
    warehouse.land(
        pair.acme,
        "orders",
        order("551", AT, 10, name="#1001"),
        order("552", months_later, 30, name="#1002"),
    )
    # Bolt's order of that name is not acme's.
    warehouse.land(pair.bolt, "orders", order("661", AT, 99, name="#1002"))
    warehouse.build(pair.acme, pair.bolt, only=["data_quality_totals"])

    orders = warehouse.orders(pair.acme)

    revenues = {key: order["net_revenue"] for key, order in orders.items()}
    assert revenues == {
        "shopify/551": Decimal(10),
        "shopify/552": Decimal(30),
        "shopify/#1002": Decimal(20),
    }


def test_an_order_that_was_deleted_is_one_again_when_the_shop_lists_it(
    warehouse: Warehouse, pair: Pair
) -> None:
    warehouse.land(pair.acme, "shop", shop("Europe/Madrid"))
    warehouse.land(pair.acme, "orders", order("1", AT, 10))
    warehouse.land(pair.acme, "slices", slice_of_order_ids("2026-01-05"))
    warehouse.build(pair.acme, only=["data_quality_totals"])
    before = warehouse.orders(pair.acme)["shopify/1"]["exclusion_reason"]

    warehouse.land(pair.acme, "order_ids", order_id("1", "2026-01-05"))
    warehouse.build(pair.acme, only=["data_quality_totals"])

    after = warehouse.orders(pair.acme)["shopify/1"]["exclusion_reason"]
    assert (before, after) == ("deleted_at_source", None)
