"""A correction reaches the right rows, no others, and leaves its reason in a ledger."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from orchestration.lib.core.settings import Settings
from orchestration.lib.tenancy.privacy.erasure import forget
from tests.dbt_project.raw_files import RawFile, purchase
from tests.dbt_project.raw_marketing import land, meta_day
from tests.dbt_project.raw_shopify import customer, order, refund
from tests.dbt_project.warehouse import Pair, Warehouse

AS_OF = "2026-05-20"
OLD, NEXT, RECENT = "2025-11-01", "2026-01-01", "2026-05-19"
NARROW = ("customers", "company_days", "channel_days")


@pytest.fixture
def shops(warehouse: Warehouse, pair: Pair) -> Pair:
    """Two shops with the same orders, built as of day 200 after their first.

    Customer 7 bought for 100 on 1 November and for 40 on 19 May, customer 8 for 60 on
    1 January and for 30 on 19 May; Meta spent 10 on 1 November.
    """
    for company in (pair.acme, pair.bolt):
        warehouse.land(
            company,
            "orders",
            order("1", f"{OLD} 10:00+00", 100, currency_code=None),
            order("2", f"{NEXT} 10:00+00", 60, customer_id="8", currency_code=None),
            order("3", f"{RECENT} 10:00+00", 40, currency_code=None),
            order("4", f"{RECENT} 12:00+00", 30, customer_id="8", currency_code=None),
        )
        warehouse.execute(
            """update raw_shopify.orders set currency_code = companies.currency_code
            from ops.companies where companies.company_id = orders.company_id
            and orders.company_id = %s""",
            [company],
        )
    land(warehouse.url, pair.acme, "raw_meta_ads.campaign_days", meta_day("1", OLD, 10))
    build(warehouse, pair.acme, pair.bolt)
    return pair


def build(warehouse: Warehouse, *company_ids: str, day: str = AS_OF) -> None:
    as_of = dict.fromkeys(company_ids, day)
    warehouse.build(*company_ids, as_of=as_of, only=NARROW)


def versions(warehouse: Warehouse, company_id: str, mart: str) -> dict[Any, Any]:
    """Where each row lies and who wrote it, by the second column of its key."""
    query = f"select *, ctid::text as at, xmin::text as by from marts.{mart}"
    return {
        str(list(row.values())[1]): (row["at"], row["by"])
        for row in warehouse.rows(f"{query} where company_id = %s", [company_id])
    }


def rewritten(before: dict[Any, Any], after: dict[Any, Any]) -> set[str]:
    return {key for key in before | after if before.get(key) != after.get(key)}


def considered(warehouse: Warehouse, company_id: str) -> dict[str, int | None]:
    """How many keys each mart was last built for; None when it was built whole."""
    query = """select mart, changed_key_count from ops.mart_builds
        where company_id = %s and mart = any(%s)"""
    rows = warehouse.rows(query, [company_id, list(NARROW)])
    return {row["mart"]: row["changed_key_count"] for row in rows}


def ledger(warehouse: Warehouse, company_id: str) -> set[tuple[Any, ...]]:
    query = """select mart, restated_date::text, subject, metric, old_value, new_value,
            array_to_string(reasons, ' ') as reasons
        from ops.restatements where company_id = %s"""
    return {tuple(row.values()) for row in warehouse.rows(query, [company_id])}


def moved(
    mart: str, day: str, subject: str, why: str, **metrics: tuple[object, object]
) -> set[tuple[Any, ...]]:
    """Rows of the ledger: a day's metrics, before and after."""
    return {
        (mart, day, subject, name, *values, why) for name, values in metrics.items()
    }


def test_a_first_build_is_whole_and_restates_nothing(
    warehouse: Warehouse, shops: Pair
) -> None:
    assert considered(warehouse, shops.acme) == dict.fromkeys(NARROW)
    assert ledger(warehouse, shops.acme) == set()


def test_a_build_without_news_looks_at_no_key(
    warehouse: Warehouse, shops: Pair
) -> None:
    build(warehouse, shops.acme)

    assert considered(warehouse, shops.acme) == dict.fromkeys(NARROW, 0)
    assert ledger(warehouse, shops.acme) == set()


def test_a_refund_of_an_old_order_changes_its_day_and_nothing_else(
    warehouse: Warehouse, shops: Pair
) -> None:
    marts = {
        mart: versions(warehouse, shops.acme, mart) for mart in (*NARROW, "orders")
    }

    warehouse.land(shops.acme, "order_refunds", refund("r", "1", 25))
    build(warehouse, shops.acme)

    changed = {
        mart: rewritten(before, versions(warehouse, shops.acme, mart))
        for mart, before in marts.items()
    }
    assert changed == {
        "orders": {"shopify/1"},
        "customers": {"shopify/7"},
        "company_days": {OLD},
        "channel_days": {OLD},
    }
    assert considered(warehouse, shops.acme) == dict.fromkeys(NARROW, 1)
    assert ledger(warehouse, shops.acme) == moved(
        *("company_days", OLD, "", "refund"),
        refund_amount=(0, 25),
        net_revenue=(100, 75),
        purchase_net_revenue=(100, 75),
    ) | moved(
        *("channel_days", OLD, "unknown", "refund"),
        last_click_revenue=(100, 75),
        new_customer_revenue=(100, 75),
    )
    assert ledger(warehouse, shops.bolt) == set()


def test_a_customer_who_turns_out_to_be_new_later_moves_between_days(
    warehouse: Warehouse, shops: Pair
) -> None:
    warehouse.execute(
        """update raw_shopify.orders set cancelled_at = '2026-05-20 09:00+00'
        where company_id = %s and id = '2'""",
        [shops.acme],
    )
    build(warehouse, shops.acme)

    # Customer 8 is new on 19 May now, a day of which no order changed.
    found = ledger(warehouse, shops.acme)
    company = {row[1:] for row in found if row[0] == "company_days"}
    assert company == {
        row[1:]
        for row in moved(
            *("company_days", NEXT, "", "cancellation first_order_moved"),
            recognised_order_count=(1, 0),
            purchase_count=(1, 0),
            customer_count=(1, 0),
            new_customer_count=(1, 0),
            cancelled_order_count=(0, 1),
            gross_revenue=(60, 0),
            net_revenue=(60, 0),
            purchase_net_revenue=(60, 0),
        )
        | moved(
            *("company_days", RECENT, "", "first_order_moved"),
            new_customer_count=(0, 1),
        )
    }
    # The channel's row of 1 January is gone: no value is left.
    gone = {row[3:6] for row in found if row[:2] == ("channel_days", NEXT)}
    assert gone == {
        ("last_click_order_count", 1, None),
        ("last_click_revenue", 60, None),
        ("new_customer_count", 1, None),
        ("new_customer_revenue", 60, None),
    }


def test_restated_spend_is_a_restatement_of_its_channel(
    warehouse: Warehouse, shops: Pair
) -> None:
    warehouse.execute(
        "update raw_meta_ads.campaign_days set spend = 12.5 where company_id = %s",
        [shops.acme],
    )
    build(warehouse, shops.acme)

    assert ledger(warehouse, shops.acme) == moved(
        *("channel_days", OLD, "meta_ads", "spend"), spend=(10, Decimal("12.5"))
    )
    assert considered(warehouse, shops.acme) == {
        "customers": 0,
        "company_days": 0,
        "channel_days": 1,
    }


def test_what_moved_on_one_day_for_two_reasons_says_of_each_number_its_own(
    warehouse: Warehouse, shops: Pair
) -> None:
    warehouse.land(shops.acme, "order_refunds", refund("r", "1", 25))
    warehouse.execute(
        "update raw_meta_ads.campaign_days set spend = 12.5 where company_id = %s",
        [shops.acme],
    )
    build(warehouse, shops.acme)

    found = {row[2:4]: row[6] for row in ledger(warehouse, shops.acme)}
    assert found["meta_ads", "spend"] == "spend"
    assert found["unknown", "last_click_revenue"] == "refund"
    assert found["", "net_revenue"] == "refund"


def test_a_day_that_nobody_had_published_is_no_restatement_and_a_late_order_is(
    warehouse: Warehouse, shops: Pair
) -> None:
    new, late = "2026-05-21", "2026-02-01"
    warehouse.land(
        shops.acme,
        "orders",
        order("5", f"{new} 10:00+00", 5),
        order("6", f"{late} 10:00+00", 6),
    )
    build(warehouse, shops.acme, day=new)

    found = ledger(warehouse, shops.acme)
    assert {(row[1], row[6]) for row in found} == {(late, "late_order")}
    assert ("company_days", late, "", "net_revenue", None, 6, "late_order") in found


def test_changed_settings_rebuild_the_company_whole(
    warehouse: Warehouse, shops: Pair
) -> None:
    warehouse.execute(
        """update ops.companies set revenue_includes_tax = not revenue_includes_tax
        where company_id = %s""",
        [shops.acme],
    )
    build(warehouse, shops.acme, shops.bolt)

    assert considered(warehouse, shops.acme)["company_days"] is None
    assert considered(warehouse, shops.bolt)["company_days"] == 0


def test_marts_built_apart_catch_up(warehouse: Warehouse, shops: Pair) -> None:
    """As when a build dies after orders: what it changed is not forgotten."""
    warehouse.land(shops.acme, "order_refunds", refund("r", "1", 25))
    scope = {"company_ids": [shops.acme], "as_of_dates": {shops.acme: AS_OF}}
    warehouse.dbt.run("run", "--select", "orders", **scope)
    warehouse.land(shops.acme, "order_refunds", refund("s", "2", 10))
    warehouse.dbt.run("run", "--select", "orders", "customers", **scope)

    warehouse.dbt.run("run", "--select", "company_days", "channel_days", **scope)

    assert considered(warehouse, shops.acme) == dict.fromkeys(NARROW, 2)
    query = """select calendar_date::text as day, net_revenue from marts.company_days
        where company_id = %s order by 1"""
    assert [tuple(r.values()) for r in warehouse.rows(query, [shops.acme])] == [
        (OLD, 75),
        (NEXT, 50),
        (RECENT, 70),
    ]
    # Once every mart has read them, changes are dropped.
    build(warehouse, shops.acme)
    (left,) = warehouse.rows(
        "select count(*) from ops.mart_changes where company_id = %s", [shops.acme]
    )
    assert left["count"] == 0


def test_a_buyer_with_an_awkward_name_is_found_again(
    warehouse: Warehouse, pair: Pair
) -> None:
    names = ["O'Hara", 'a "b", {c}', "back\\slash", "100 %s {{ x }}"]
    rows = [purchase(n, f"{OLD} 10:00+00", 10, purchase_id=n) for n in names]
    warehouse.load(pair.acme, RawFile("log.csv", rows))
    build(warehouse, pair.acme)
    corrected = [{**row, "amount": 11} for row in rows]
    warehouse.load(pair.acme, RawFile("log.csv", corrected, version=2))
    build(warehouse, pair.acme)

    query = "select customer_id, historic_value from marts.customers"
    found = warehouse.rows(f"{query} where company_id = %s", [pair.acme])
    assert {r["customer_id"]: r["historic_value"] for r in found} == dict.fromkeys(
        names, 11
    )
    assert considered(warehouse, pair.acme)["customers"] == len(names)


def test_who_is_forgotten_is_in_no_ledger_and_the_next_build_is_whole(
    warehouse: Warehouse, settings: Settings, shops: Pair
) -> None:
    warehouse.land(shops.acme, "customers", customer("7", "ana@example.com"))
    warehouse.land(shops.acme, "order_refunds", refund("r", "1", 25))
    scope = {"company_ids": [shops.acme], "as_of_dates": {shops.acme: AS_OF}}
    warehouse.dbt.run("run", "--select", "orders", **scope)

    forget(warehouse.url, settings, shops.acme, "shopify/7")
    build(warehouse, shops.acme)

    assert considered(warehouse, shops.acme) == dict.fromkeys(NARROW)
    query = "select net_revenue from marts.company_days where company_id = %s"
    days = warehouse.rows(f"{query} and calendar_date = %s", [shops.acme, OLD])
    assert [row["net_revenue"] for row in days] == [75]
