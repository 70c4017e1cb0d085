"""Negative rows of a purchase log are money that went back, on the day they say."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.dbt_project.raw_files import RawFile, purchase, rates
from tests.dbt_project.warehouse import Pair, Warehouse

JANUARY, FEBRUARY = "2026-01-05 10:00+00", "2026-02-03 23:30+00"
IDENTITIES = (
    "assert_file_totals_equal_their_visible_orders",
    "assert_orders_reconcile_with_their_sources",
    "assert_revenue_entries_add_up_to_net_revenue",
    "assert_channel_days_add_up_to_company_days",
    "assert_customer_values_add_up_to_purchases",
    "orders",
    "company_days",
    "order_totals",
)


@pytest.fixture(scope="module")
def companies(warehouse: Warehouse) -> Pair:
    """Two companies with the same log, one in its money and one by a rate of 0.01.

    A: 10.10 + 5.05, of which 3.03 went back in February. B: 20, of which all went
    back. C1: a return of 7.77 by customer 7, who bought nothing but A before, C2 one of
    1.00 by a customer who never bought. One more without a number, on a bare day. And
    customer 7 brings back 99.00, more than the 3.85 that A has left. D is of another
    customer, who brings 5.00 of its 12.00 back in acme's next file.
    """
    pair = warehouse.add_pair()
    rows = [
        purchase("7", JANUARY, "10.10", purchase_id="A"),
        purchase("7", JANUARY, "5.05", purchase_id="A"),
        purchase("7", FEBRUARY, "-3.03", purchase_id="A"),
        purchase("8", JANUARY, "20.00", purchase_id="B"),
        purchase("8", JANUARY, "-20.00", purchase_id="B"),
        purchase("7", FEBRUARY, "-7.00", purchase_id="C1"),
        purchase("7", FEBRUARY, "-0.77", purchase_id="C1"),
        purchase("9", FEBRUARY, "-1.00", purchase_id="C2"),
        purchase("7", "2026-02-03 00:00+00", "-0.50", is_date_only=True),
        purchase("7", FEBRUARY, "-99.00", purchase_id="C3"),
        purchase("10", JANUARY, "12.00", purchase_id="D"),
    ]
    log = RawFile("log.csv", rows)
    # An older file that tells purchase A otherwise, return included.
    stale = [
        purchase("7", JANUARY, 99, purchase_id="A"),
        purchase("7", JANUARY, -98, purchase_id="A"),
    ]
    later = [purchase("10", FEBRUARY, "-5.00", purchase_id="D1")]
    following = RawFile("next.csv", later, version=2)
    warehouse.load(pair.acme, RawFile("old.csv", stale, version=0), log, following)
    days = ("2026-01-05", "2026-02-03")
    warehouse.load(pair.bolt, log, rates(*((d, "EUR", "CLP", "0.01") for d in days)))
    # A, B, C1, C2, C3, D and a row without a number, as the tap counts them.
    for name, count in (("log.csv", 7), ("next.csv", 1)):
        warehouse.execute(
            "update raw_files.files set order_count = %s where file_name = %s"
            " and company_id = any(%s)",
            [count, name, [pair.acme, pair.bolt]],
        )
    warehouse.build(pair.acme, pair.bolt)
    return pair


def entries(warehouse: Warehouse, company_id: str) -> dict[str, list[tuple[Any, ...]]]:
    """(type, day, amount) of the ledger by order, in the order of its days."""
    rows = warehouse.rows(
        "select * from marts.revenue_entries where company_id = %s"
        " order by entry_date, entry_at, entry_id",
        [company_id],
    )
    found: dict[str, list[tuple[Any, ...]]] = {}
    for row in rows:
        entry = (row["entry_type"], row["entry_date"].isoformat(), row["amount"])
        found.setdefault(row["order_id"], []).append(entry)
    return found


def test_what_went_back_is_a_refund_of_its_day(
    warehouse: Warehouse, companies: Pair
) -> None:
    assert entries(warehouse, companies.acme) == {
        "purchases/A": [
            ("sale", "2026-01-05", Decimal("15.15")),
            ("refund", "2026-02-03", Decimal("-0.50")),
            # 23:30 in London is the next day in Madrid.
            ("refund", "2026-02-04", Decimal("-3.85")),
            ("refund", "2026-02-04", Decimal("-3.03")),
            ("refund", "2026-02-04", Decimal("-7.77")),
        ],
        "purchases/B": [("refund", "2026-01-05", -20), ("sale", "2026-01-05", 20)],
        "purchases/C2": [("refund", "2026-02-04", -1)],
        "purchases/C3": [("refund", "2026-02-04", Decimal("-95.15"))],
        "purchases/D": [("sale", "2026-01-05", 12), ("refund", "2026-02-04", -5)],
    }


def test_a_return_is_taken_off_its_purchase_and_a_credit_note_is_none(
    warehouse: Warehouse, companies: Pair
) -> None:
    orders = warehouse.orders(companies.acme)

    assert {key: row["exclusion_reason"] for key, row in orders.items()} == {
        "purchases/A": "fully_refunded",
        "purchases/B": "fully_refunded",
        "purchases/C2": "credit_note",
        "purchases/C3": "credit_note",
        "purchases/D": None,
    }
    note = orders["purchases/C3"]
    assert (note["gross_revenue"], note["net_revenue"]) == (0, Decimal("-95.15"))
    customers = warehouse.rows(
        "select customer_id, order_count, historic_value from marts.customers"
        " where company_id = %s",
        [companies.acme],
    )
    assert [tuple(row.values()) for row in customers] == [("10", 1, 7)]


def test_days_lose_what_went_back(warehouse: Warehouse, companies: Pair) -> None:
    rows = warehouse.rows(
        "select calendar_date, net_revenue, refund_amount, purchase_count,"
        " credit_note_count from marts.company_days where company_id = %s"
        " order by calendar_date",
        [companies.acme],
    )

    assert [tuple(row.values()) for row in rows] == [
        (date(2026, 1, 5), 7, Decimal("40.15"), 1, 0),
        (date(2026, 2, 4), Decimal("-96.15"), Decimal("96.15"), 0, 2),
    ]


def test_nothing_negative_was_sold_or_paid(
    warehouse: Warehouse, companies: Pair
) -> None:
    query = (
        "select order_id, sum(net_amount) as sold,"
        " (select sum(amount) from marts.payments where company_id = l.company_id"
        " and order_id = l.order_id) as paid"
        " from marts.order_lines as l where company_id = %s"
        " group by company_id, order_id order by order_id"
    )
    rows = warehouse.rows(query, [companies.acme])

    assert [tuple(row.values()) for row in rows] == [
        ("purchases/A", Decimal("15.15"), Decimal("15.15")),
        ("purchases/B", 20, 20),
        ("purchases/D", 12, 12),
    ]


def test_another_currency_goes_back_by_the_rate_of_its_order(
    warehouse: Warehouse, companies: Pair
) -> None:
    found = entries(warehouse, companies.bolt)

    # Of 15.15 at 0.01 went back 0.50, 3.85, 3.03 and 7.77: in sum 0.005, 0.0435,
    # 0.0738 and 0.1515, in cents 1, 4, 7 and 15.
    assert [entry[2] for entry in found["purchases/A"]] == [
        Decimal("0.15"),
        Decimal("-0.01"),
        Decimal("-0.03"),
        Decimal("-0.03"),
        Decimal("-0.08"),
    ]
    assert [entry[2] for entry in found["purchases/C3"]] == [Decimal("-0.95")]


def test_every_identity_holds(warehouse: Warehouse, companies: Pair) -> None:
    statuses = warehouse.dbt.run(
        *("test", "--exclude-resource-type", "unit_test", "--select", *IDENTITIES),
        company_ids=[companies.acme, companies.bolt],
    )

    assert set(statuses.values()) == {"pass"}


@pytest.mark.parametrize(("each", "passes"), [(9_999, 4), (7, 800)])
def test_a_log_is_searched_once_for_each_return_at_most(
    warehouse: Warehouse, each: int, passes: int
) -> None:
    """Whatever the plan: without returns hardly more than once; with 142, for those."""
    pair = warehouse.add_pair()
    rows = [
        purchase(
            str(number % 250),
            JANUARY if number % each else FEBRUARY,
            number if number % each else -1,
            purchase_id=f"N{number}",
        )
        for number in range(1, 1_001)
    ]
    warehouse.load(pair.acme, RawFile("long.csv", rows))
    (counted,) = warehouse.rows("select count(*) as loaded from raw_files.purchases")

    (answer,) = warehouse.rows(
        """explain (analyze, timing off, format json)
        select * from intermediate.int_purchase_returns_matched
        where company_id = %s""",
        [pair.acme],
    )

    ((told,),) = answer.values()
    assert max(_handled(told["Plan"])) <= passes * counted["loaded"]


def _handled(plan: dict[str, Any]) -> Iterator[int]:
    """Rows that each step of a plan had in its hands, those it left out included."""
    passed = ("Actual Rows", "Rows Removed by Filter", "Rows Removed by Join Filter")
    yield round(sum(plan.get(each, 0) for each in passed) * plan["Actual Loops"])
    for part in plan.get("Plans", ()):
        yield from _handled(part)
