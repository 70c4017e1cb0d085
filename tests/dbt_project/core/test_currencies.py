"""Orders in other currencies count in the company's, by the rate of their day."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.dbt_project.raw_files import RawFile, purchase, rates
from tests.dbt_project.raw_shopify import order, refund
from tests.dbt_project.warehouse import Pair, Warehouse

AT = "2026-01-05 10:00+00"


@pytest.fixture(scope="module")
def companies(warehouse: Warehouse) -> Pair:
    """Two companies that sold for 100 dollars, with rates of their own.

    Acme (EUR) knows the dollar of 1 January, 0.90, and the peso as 1000 to the euro.
    Bolt (CLP) knows the dollar of the 5th, 950.
    """
    pair = warehouse.add_pair()
    log = [
        purchase("7", AT, 100, purchase_id="A", currency_code="USD"),
        # Seven days after the last rate, and eight.
        purchase("7", "2026-01-08 10:00+00", 100, purchase_id="B", currency_code="USD"),
        purchase("7", "2026-01-09 10:00+00", 100, purchase_id="C", currency_code="USD"),
        purchase("7", AT, 12345, purchase_id="D", currency_code="CLP"),
        purchase("7", AT, 50, purchase_id="E"),
    ]
    warehouse.load(
        pair.acme,
        RawFile("log.csv", log),
        rates(("2026-01-01", "USD", "EUR", "0.90"), ("2026-01-05", "EUR", "CLP", 1000)),
    )
    warehouse.land(
        pair.acme,
        "orders",
        order("1", AT, 100, currency_code="USD"),
        order("2", AT, 100),
        order("3", AT, 100),
        order("4", AT, 100, currency_code="USD"),
    )
    day = {"created_at": "2026-01-06 10:00+00"}
    warehouse.land(
        pair.acme,
        "order_refunds",
        refund("1", "1", 100, currency_code="USD", **day),
        # 20 dollars of an order in euros are 18 euros; yens have no rate.
        refund("2", "2", 20, currency_code="USD", **day),
        refund("3", "3", 500, currency_code="JPY", **day),
        # 9 euros of an order in dollars are 10 dollars.
        refund("4", "4", 9, **day),
    )
    warehouse.load(
        pair.bolt,
        RawFile("log.csv", log),
        rates(("2026-01-05", "USD", "CLP", 950)),
    )
    warehouse.build(pair.acme, pair.bolt)
    return pair


@pytest.fixture
def orders(warehouse: Warehouse, companies: Pair) -> dict[str, dict[str, Any]]:
    """The orders of acme."""
    return warehouse.orders(companies.acme)


def test_amounts_are_the_companys_and_the_original_is_kept(
    orders: dict[str, dict[str, Any]],
) -> None:
    found = orders["purchases/A"]

    assert (found["currency_code"], found["net_revenue"]) == ("EUR", 90)
    assert found["original_currency_code"] == "USD"
    assert (found["original_gross_revenue"], found["original_net_revenue"]) == (
        100,
        100,
    )
    assert found["currency_rate"] == Decimal("0.9")
    assert found["is_purchase"]
    assert orders["purchases/D"]["net_revenue"] == Decimal("12.35")
    assert orders["purchases/E"]["currency_rate"] == 1


def test_a_rate_older_than_seven_days_is_no_rate(
    orders: dict[str, dict[str, Any]],
) -> None:
    assert orders["purchases/B"]["net_revenue"] == 90
    missing = orders["purchases/C"]

    assert (missing["currency_code"], missing["net_revenue"]) == ("USD", 100)
    assert missing["exclusion_reason"] == "missing_currency_rate"


def test_a_refund_is_converted_like_its_order_or_by_its_own_day(
    orders: dict[str, dict[str, Any]],
) -> None:
    shop = {key: orders[f"shopify/{key}"] for key in "1234"}

    # All paid back: nothing is left, whatever the dollar did since.
    assert (shop["1"]["gross_revenue"], shop["1"]["refund_amount"]) == (90, 90)
    assert shop["1"]["exclusion_reason"] == "fully_refunded"
    assert (shop["2"]["refund_amount"], shop["2"]["net_revenue"]) == (18, 82)
    assert shop["3"]["exclusion_reason"] == "missing_currency_rate"
    assert shop["4"]["refund_amount"] == 9
    assert shop["4"]["original_net_revenue"] == 90


def test_orders_without_a_rate_are_counted_and_in_no_total(
    warehouse: Warehouse, companies: Pair
) -> None:
    totals = {
        row["company_id"]: row
        for row in warehouse.rows(
            "select * from reporting.data_quality_totals where company_id = any(%s)",
            [[companies.acme, companies.bolt]],
        )
    }

    acme, bolt = totals[companies.acme], totals[companies.bolt]
    assert (acme["purchase_count"], acme["missing_rate_order_count"]) == (6, 2)
    # 90 + 90 + 12.35 + 50 of the log, 82 + 81 of the shop.
    assert acme["purchase_net_revenue"] == Decimal("405.35")
    # Bolt knows the dollar from the 5th on, and no euro.
    assert (bolt["purchase_count"], bolt["missing_rate_order_count"]) == (4, 1)
    assert bolt["purchase_net_revenue"] == 3 * 95000 + 12345
