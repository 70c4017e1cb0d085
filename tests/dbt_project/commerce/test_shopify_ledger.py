"""Revenue of a shop's API is what its ledger says, on the day it says."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.dbt_project.dbt_commands import DbtFailed
from tests.dbt_project.raw_shopify import Row, order, sale, shop
from tests.dbt_project.warehouse import Pair, Warehouse

AT = "2026-01-05 10:00+00"
LATER = "2026-01-20 23:30+00"
CHECK = "assert_shopify_ledgers_add_up_to_their_order"
CHECKS = ("assert_revenue_entries_add_up_to_net_revenue", CHECK)
MARTS = ("orders", "revenue_entries", "customers")


def later(id_: str, of_order: str, total: object, **others: object) -> Row:
    """An entry of the same agreement as all of this order that came later."""
    told = {"agreement_id": f"{of_order}-later", "happened_at": LATER}
    return sale(id_, of_order, total, **{**told, **others})


def landed() -> Iterator[tuple[Row, list[Row]]]:
    """Orders of customer 7 in euros, and what their ledgers hold.

    1: an exchange of a shirt of 50.00 for one of 60.00 and 5.10 of shipping. 2: two
    units of 113.00, of which an edit took one off. 3: goods of 30.00 and a tip of 3.00.
    4: a gift card of 100.00. 5: goods of 130.00, 100.00 of them paid with it. 6: a
    replacement at nothing. 7: 119.00 with 19.00 of taxes and 11.90 of shipping with
    1.90, half of the goods brought back. 8: a code took 10.00 off.
    """
    back = {"reason": "return", "action_type": "return"}
    yield (
        order("1", AT, "55.10", current_total_price="65.10"),
        [
            sale("1", "1", "50.00"),
            sale("2", "1", "5.10", line_type="shipping"),
            later("3", "1", "-50.00", **back),
            later("4", "1", "60.00", reason="return"),
        ],
    )
    yield (
        order("2", AT, "226.00", current_total_price="113.00"),
        [
            sale("5", "2", "226.00", quantity=2),
            later("6", "2", "-113.00", reason="order_edit", action_type="return"),
        ],
    )
    yield (
        order("3", AT, "33.00", current_total_price="33.00"),
        [sale("7", "3", "30.00"), sale("8", "3", "3.00", line_type="tip")],
    )
    yield (
        order("4", AT, "100.00", current_total_price="100.00"),
        [sale("9", "4", "100.00", line_type="gift_card")],
    )
    yield (
        order("5", AT, "130.00", current_total_price="130.00"),
        [sale("10", "5", "130.00")],
    )
    yield order("6", AT, 0, current_total_price=0), [sale("11", "6", 0)]
    yield (
        order("7", AT, "130.90", total_tax="20.90", current_total_price="71.40"),
        [
            sale("12", "7", "119.00", tax="19.00"),
            sale("13", "7", "11.90", tax="1.90", line_type="shipping"),
            later("14", "7", "-59.50", tax="-9.50", **back | {"reason": "refund"}),
        ],
    )
    yield (
        order("8", AT, "40.00", total_discounts=10, current_total_price="40.00"),
        [sale("15", "8", "40.00", discount=10)],
    )


@pytest.fixture(scope="module")
def companies(warehouse: Warehouse) -> Pair:
    """Acme counts taxes and shipping as revenue, bolt counts neither."""
    pair = warehouse.add_pair()
    warehouse.execute(
        "update ops.companies set revenue_includes_tax = true,"
        " revenue_includes_shipping = true where company_id = %s",
        [pair.acme],
    )
    for company_id in (pair.acme, pair.bolt):
        warehouse.land(company_id, "shop", shop("Europe/Madrid"))
        for one, ledger in landed():
            warehouse.land(company_id, "orders", one)
            warehouse.land(company_id, "order_sales", *ledger)
    as_of = dict.fromkeys((pair.acme, pair.bolt), "2026-01-31")
    warehouse.build(pair.acme, pair.bolt, as_of=as_of, only=MARTS)
    return pair


def revenues(warehouse: Warehouse, company_id: str) -> dict[str, Any]:
    orders = warehouse.orders(company_id)
    return {key.removeprefix("shopify/"): o["net_revenue"] for key, o in orders.items()}


def test_an_order_is_worth_what_is_left_of_it(
    warehouse: Warehouse, companies: Pair
) -> None:
    assert revenues(warehouse, companies.acme) == {
        "1": Decimal("65.10"),
        "2": 113,
        "3": 30,
        "4": 0,
        "5": 130,
        "6": 0,
        "7": Decimal("71.40"),
        "8": 40,
    }


def test_taxes_and_shipping_are_taken_out_as_far_as_they_are_left(
    warehouse: Warehouse, companies: Pair
) -> None:
    found = revenues(warehouse, companies.bolt)

    # 119.00 - 19.00 of taxes, less half of it.
    assert found["7"] == 50
    assert found["1"] == 60
    assert (found["2"], found["5"], found["8"]) == (113, 130, 40)


def test_only_goods_or_money_are_a_purchase(
    warehouse: Warehouse, companies: Pair
) -> None:
    orders = warehouse.orders(companies.acme)
    left_out = {
        key: o["exclusion_reason"] for key, o in orders.items() if not o["is_purchase"]
    }

    assert left_out == dict.fromkeys(("shopify/4", "shopify/6"), "nothing_sold")
    (customer,) = warehouse.rows(
        "select order_count, historic_value from marts.customers where company_id = %s",
        [companies.acme],
    )
    assert list(customer.values()) == [6, Decimal("449.50")]


def test_each_change_counts_on_its_own_day(
    warehouse: Warehouse, companies: Pair
) -> None:
    entries = warehouse.rows(
        """select entry_date, change_type, entry_type, is_revenue, sum(amount) as amount
        from marts.revenue_entries
        where company_id = %s and order_id = any(%s)
        group by 1, 2, 3, 4 order by 1, 2, 3""",
        [companies.acme, [f"shopify/{number}" for number in "1234"]],
    )

    # Half past eleven at night in London is tomorrow in Madrid.
    placed, changed = date(2026, 1, 5), date(2026, 1, 21)
    assert [tuple(entry.values()) for entry in entries] == [
        (placed, "order", "gift_card", False, 100),
        (placed, "order", "sale", True, 306),
        (placed, "order", "shipping", True, Decimal("5.10")),
        (placed, "order", "tip", False, 3),
        (changed, "edit", "refund", True, -113),
        (changed, "exchange", "refund", True, -50),
        (changed, "exchange", "sale", True, 60),
    ]


def test_the_ledgers_add_up(warehouse: Warehouse, companies: Pair) -> None:
    ids = [companies.acme, companies.bolt]

    found = warehouse.dbt.run("test", "--select", *CHECKS, company_ids=ids)

    assert found == dict.fromkeys(CHECKS, "pass")


def test_a_ledger_read_in_part_stops_the_build(
    warehouse: Warehouse, pair: Pair
) -> None:
    warehouse.land(pair.acme, "orders", order("1", AT, 10, current_total_price=10))
    warehouse.land(pair.acme, "order_sales", sale("1", "1", "9.99"))

    with pytest.raises(DbtFailed, match=CHECK):
        warehouse.dbt.run("test", "--select", CHECK, company_ids=[pair.acme])


def test_an_entry_that_comes_later_changes_its_order(
    warehouse: Warehouse, pair: Pair
) -> None:
    warehouse.land(pair.acme, "orders", order("1", AT, 10), order("2", AT, 20))
    warehouse.land(pair.acme, "order_sales", sale("1", "1", 10))
    warehouse.build(pair.acme, only=MARTS)
    before = revenues(warehouse, pair.acme)

    edited = later("2", "1", -4, reason="order_edit", action_type="return")
    warehouse.land(pair.acme, "order_sales", edited)
    warehouse.build(pair.acme, only=MARTS)

    # Order 2 has no ledger: it is worth what it says.
    assert before == {"1": 10, "2": 20}
    assert revenues(warehouse, pair.acme) == {"1": 6, "2": 20}
