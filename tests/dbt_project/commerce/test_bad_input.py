"""What should not be in an order, and is: each case has its outcome and its count."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from tests.dbt_project.raw_files import RawFile, Row, purchase, rates
from tests.dbt_project.raw_shopify import customer, order
from tests.dbt_project.warehouse import Pair, Warehouse

AT = "2026-01-05 10:00+00"
AS_OF = "2026-01-31"
# The marts that these tests read, or that stand behind what they read.
READ = ("company_days", "customers", "customer_summaries", "data_quality_totals")
LONG = "🎉" * 400


def log(*rows: Row) -> RawFile:
    """A purchase log of some rows, as the loader leaves it."""
    return RawFile("log.csv", rows)


def days(warehouse: Warehouse, company_id: str) -> dict[str, dict[str, Any]]:
    """The rows of marts.company_days of a company, by day."""
    query = "select * from marts.company_days where company_id = %s"
    rows = warehouse.rows(query, [company_id])
    return {row["calendar_date"].isoformat(): row for row in rows}


def quality(warehouse: Warehouse, company_id: str) -> dict[str, Any]:
    """What the dashboard says was left out."""
    query = "select * from reporting.data_quality_totals where company_id = %s"
    (found,) = warehouse.rows(query, [company_id])
    return found


def customers(warehouse: Warehouse, company_id: str) -> dict[str, tuple[Any, ...]]:
    """(orders, historic value, first order) by customer."""
    rows = warehouse.rows(
        "select customer_id, order_count, historic_value, first_order_id"
        " from marts.customers where company_id = %s",
        [company_id],
    )
    return {row["customer_id"]: tuple(row.values())[1:] for row in rows}


def test_an_order_of_nobody_is_revenue_and_no_purchase(
    warehouse: Warehouse, pair: Pair
) -> None:
    warehouse.load(pair.acme, log(purchase(None, AT, 10), purchase("7", AT, 5)))
    warehouse.build(pair.acme, only=READ)

    day = days(warehouse, pair.acme)["2026-01-05"]
    assert (day["order_count"], day["guest_order_count"]) == (2, 1)
    assert (day["net_revenue"], day["purchase_net_revenue"]) == (15, 5)
    assert day["guest_net_revenue"] == 10
    assert quality(warehouse, pair.acme)["guest_order_count"] == 1
    assert list(customers(warehouse, pair.acme)) == ["7"]


def test_an_order_of_nothing_is_no_purchase(warehouse: Warehouse, pair: Pair) -> None:
    rows = [purchase("7", AT, n, purchase_id=i) for n, i in ((0, "A"), (5, "B"))]
    warehouse.load(pair.acme, log(*rows, purchase("8", AT, 0, purchase_id="C")))
    warehouse.build(pair.acme, as_of={pair.acme: AS_OF}, only=READ)

    day = days(warehouse, pair.acme)["2026-01-05"]
    assert (day["order_count"], day["nothing_sold_order_count"]) == (3, 2)
    assert (day["purchase_count"], day["net_revenue"]) == (1, 5)
    assert customers(warehouse, pair.acme) == {"7": (1, 5, "purchases/B")}
    # There is no logarithm of nothing to be unusual by.
    unusual = "select * from marts.outlier_orders where company_id = %s"
    assert warehouse.rows(unusual, [pair.acme]) == []


def test_two_orders_in_the_same_second_are_two_in_one_order(
    warehouse: Warehouse, pair: Pair
) -> None:
    rows = [
        purchase("7", AT, amount, purchase_id=i)
        for i, amount in (("B", "2"), ("A", "1"))
    ]
    warehouse.load(pair.acme, log(*rows))
    warehouse.build(pair.acme, as_of={pair.acme: AS_OF}, only=READ)

    assert customers(warehouse, pair.acme) == {"7": (2, 3, "purchases/A")}
    summary = warehouse.summaries(pair.acme)["7"]
    assert (summary["order_count"], summary["frequency"]) == (2, 0)


def test_an_order_that_moves_to_another_customer_takes_its_money_along(
    warehouse: Warehouse, pair: Pair
) -> None:
    orders = [order("1", AT, 10), order("2", AT, 20), order("3", AT, 5)]
    warehouse.land(pair.acme, "orders", *orders, order("4", AT, 1, customer_id="9"))
    warehouse.build(pair.acme, only=READ)
    assert customers(warehouse, pair.acme)["shopify/7"][:2] == (3, 35)

    warehouse.execute(
        "update raw_shopify.orders set customer_id = '9', updated_at = %s"
        " where company_id = %s and id = '2'",
        ["2026-01-06 10:00+00", pair.acme],
    )
    warehouse.build(pair.acme, only=READ)

    assert customers(warehouse, pair.acme) == {
        "shopify/7": (2, 15, "shopify/1"),
        "shopify/9": (2, 21, "shopify/2"),
    }


def test_customers_who_were_merged_are_one_from_then_on(
    warehouse: Warehouse, pair: Pair
) -> None:
    email = "ana@example.com"
    warehouse.land(pair.acme, "customers", customer("7", email), customer("8", email))
    warehouse.land(
        pair.acme,
        "orders",
        order("1", AT, 10),
        order("2", AT, 20, customer_id="8"),
        # A guest with the address of both, confirmed by neither, is the first.
        order("3", AT, 40, customer_id=None, email=email),
    )
    warehouse.build(pair.acme, as_of={pair.acme: AS_OF}, only=READ)
    assert set(customers(warehouse, pair.acme)) == {"shopify/7", "shopify/8"}

    warehouse.execute(
        "delete from raw_shopify.customers where company_id = %s and id = '7'",
        [pair.acme],
    )
    warehouse.execute(
        "update raw_shopify.orders set customer_id = '8'"
        " where company_id = %s and customer_id = '7'",
        [pair.acme],
    )
    warehouse.build(pair.acme, as_of={pair.acme: AS_OF}, only=READ)

    assert customers(warehouse, pair.acme) == {"shopify/8": (3, 70, "shopify/1")}
    assert list(warehouse.summaries(pair.acme)) == ["shopify/8"]


def test_ten_years_are_counted_day_by_day(warehouse: Warehouse, pair: Pair) -> None:
    first = date(2016, 1, 1)
    # Every third day of ten years: 1,218 of 3,653 days.
    rows = [
        purchase("7", f"{first + timedelta(days=n)} 12:00+00", "0.01")
        for n in range(0, 3653, 3)
    ]
    warehouse.load(pair.acme, log(*rows))
    warehouse.build(pair.acme, as_of={pair.acme: AS_OF}, only=READ)

    found = days(warehouse, pair.acme)
    assert (len(found), min(found), max(found)) == (1218, "2016-01-01", "2025-12-30")
    summary = warehouse.summaries(pair.acme)["7"]
    assert (summary["frequency"], summary["recency_days"]) == (1217, 3651)
    assert summary["age_days"] == 3683
    assert summary["historic_value"] == Decimal("12.18")


def test_any_letter_may_be_in_a_name(warehouse: Warehouse, pair: Pair) -> None:
    odd = "Ñandú 🎉 \t ' \" \\ ; --"
    rows = [
        purchase(odd, AT, 1, purchase_id=odd),
        purchase(LONG, AT, 2, purchase_id=LONG),
    ]
    warehouse.load(pair.acme, log(*rows))
    warehouse.build(pair.acme, as_of={pair.acme: AS_OF}, only=READ)

    assert customers(warehouse, pair.acme) == {
        odd: (1, 1, f"purchases/{odd}"),
        LONG: (1, 2, f"purchases/{LONG}"),
    }


def test_an_amount_that_cannot_be_is_counted_and_summed_nowhere(
    warehouse: Warehouse, pair: Pair
) -> None:
    warehouse.land(
        pair.bolt,
        "orders",
        order("1", AT, -1, currency_code="CLP"),
        order("2", AT, 10**13, currency_code="CLP"),
        order("3", AT, 7, currency_code="CLP"),
        # A little over 10^13 pesos.
        order("4", AT, "10526315789.48", currency_code="USD"),
        order("5", AT, 10**17, currency_code="JPY"),
    )
    usd = ("2026-01-05", "USD", "CLP", 950)
    warehouse.load(pair.bolt, rates(usd))
    warehouse.build(pair.bolt)

    orders = warehouse.orders(pair.bolt)
    wrong = {key for key, row in orders.items() if row["exclusion_reason"]}
    assert wrong == {f"shopify/{number}" for number in "1245"}
    assert {orders[key]["exclusion_reason"] for key in wrong} == {"impossible_amount"}
    day = days(warehouse, pair.bolt)["2026-01-05"]
    assert (day["impossible_order_count"], day["purchase_count"]) == (4, 1)
    assert (day["gross_revenue"], day["net_revenue"]) == (7, 7)
    assert quality(warehouse, pair.bolt)["impossible_order_count"] == 4
    tests = ("assert_orders_reconcile_with_their_sources", "orders", "order_totals")
    warehouse.dbt.run("test", "--select", *tests, company_ids=[pair.bolt])


def test_an_order_of_the_future_waits_to_be_one(
    warehouse: Warehouse, pair: Pair
) -> None:
    # The files of these tests were read as the first of June began.
    rows = [
        purchase("7", "2026-06-02 00:00+00", 10, purchase_id="tomorrow"),
        purchase("7", "2026-06-02 00:01+00", 20, purchase_id="later"),
        purchase("7", "2090-01-05 00:00+00", 40, purchase_id="typo"),
    ]
    warehouse.load(pair.acme, log(*rows))
    warehouse.build(pair.acme, only=READ)

    found = {k: v["exclusion_reason"] for k, v in warehouse.orders(pair.acme).items()}
    assert found == {
        "purchases/tomorrow": None,
        "purchases/later": "future_date",
        "purchases/typo": "future_date",
    }
    assert days(warehouse, pair.acme)["2090-01-05"]["future_order_count"] == 1
    assert quality(warehouse, pair.acme)["future_order_count"] == 2
    assert customers(warehouse, pair.acme) == {"7": (1, 10, "purchases/tomorrow")}


# Madrid skips 02:00-03:00 of 30 March and has 02:00-03:00 of 26 October twice;
# Santiago skips 00:00-01:00 of 7 September and has 23:00-24:00 of 5 April twice.
CLOCKS = {
    ("acme", "2025-03-29 22:59+00"): "2025-03-29",
    ("acme", "2025-03-30 01:00+00"): "2025-03-30",
    ("acme", "2025-10-26 00:30+00"): "2025-10-26",
    ("acme", "2025-10-26 01:30+00"): "2025-10-26",
    ("bolt", "2025-09-07 03:59+00"): "2025-09-06",
    ("bolt", "2025-09-07 04:00+00"): "2025-09-07",
    ("bolt", "2025-04-06 02:30+00"): "2025-04-05",
    ("bolt", "2025-04-06 03:30+00"): "2025-04-05",
    ("bolt", "2025-04-06 04:00+00"): "2025-04-06",
}


def test_an_hour_that_the_clocks_skip_or_repeat_has_its_day(
    warehouse: Warehouse, pair: Pair
) -> None:
    for name, company_id in (("acme", pair.acme), ("bolt", pair.bolt)):
        instants = [instant for company, instant in CLOCKS if company == name]
        rows = [purchase("7", at, 1, purchase_id=at) for at in instants]
        warehouse.load(company_id, log(*rows))
    warehouse.build(pair.acme, pair.bolt, only=READ)

    found = {
        (name, key.removeprefix("purchases/")): row["order_date"].isoformat()
        for name, company_id in (("acme", pair.acme), ("bolt", pair.bolt))
        for key, row in warehouse.orders(company_id).items()
    }
    assert found == CLOCKS


def test_a_company_without_anything_is_answered(
    warehouse: Warehouse, pair: Pair
) -> None:
    warehouse.build(pair.acme, as_of={pair.acme: AS_OF})

    relations = warehouse.rows(
        "select c.relname as name from pg_class as c join pg_namespace as n"
        " on n.oid = c.relnamespace where n.nspname = 'reporting' and relkind = 'v'"
    )
    found = {
        row["name"]: warehouse.rows(
            f"select * from reporting.{row['name']} where company_id = %s", [pair.acme]
        )
        for row in relations
    }
    assert found["data_quality_totals"][0]["order_count"] == 0
    assert found["customer_value_totals"][0]["stale_reason"] == "no_purchases"
    assert found["ventas"] == found["clientes"] == []


def test_every_kpi_of_a_company_without_anything_is_nothing(
    warehouse: Warehouse, pair: Pair
) -> None:
    warehouse.build(pair.acme, as_of={pair.acme: AS_OF})

    functions = warehouse.rows(
        "select proname as name from pg_proc as p join pg_namespace as n"
        " on n.oid = p.pronamespace where n.nspname = 'reporting'"
        " and proname like 'get_%%'"
    )
    assert len(functions) >= 6
    for function in functions:
        answer = warehouse.rows(
            f"select * from reporting.{function['name']}"
            "(%s, '2026-01-01', '2026-01-31')",
            [pair.acme],
        )
        values = [v for row in answer for k, v in row.items() if not k.endswith("_id")]
        numbers = [v for v in values if isinstance(v, int | float | Decimal)]
        assert not any(numbers), (function["name"], answer)


def test_a_company_without_channels_has_no_budget_to_plan(
    warehouse: Warehouse, pair: Pair
) -> None:
    query = "select * from reporting.budget_plan(600) where company_id = %s"

    assert warehouse.rows(query, [pair.acme]) == []
