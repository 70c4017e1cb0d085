"""A source that tells its last 28 days anew changes exactly those days in the tables.

Two companies with the same order ids are in the same tables; only one is told anew.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import NewDatabase
from tests.sandbox.serving import Sandbox, sandbox_process
from tests.taps.tap_processes import NOON, TODAY, Reader
from tests.taps.target_postgres.singer import Loader, lines

DAYS = 28
START = (TODAY - timedelta(days=40)).isoformat()
COMPANIES = ("andes", "tienda_norte")
RESTATED = "tienda_norte"
TABLES = {
    "meta_ads": (
        *("account_days", "campaign_days", "campaign_action_days"),
        *("campaign_platform_days", "ad_days"),
    ),
    "google_ads": (
        "account_days",
        "campaign_days",
        "conversion_action_days",
        "ad_days",
    ),
    "search_console": ("site_days", "query_days", "page_days", "country_device_days"),
}
_SAME_DAYS_AS = """
    select company_id, {day}::text as day, md5(string_agg(content, '' order by content))
    from (
        select
            *,
            (to_jsonb(found) - array[
                'read_at', '_sdc_extracted_at', '_sdc_batched_at', '_sdc_run_id'
            ])::text as content
        from {table} as found
    ) as found
    group by 1, 2
"""
Digests = dict[tuple[str, str], str]


class Warehouse:
    """One database, and what was read last of each source and company."""

    def __init__(self, sandbox: Sandbox, loader: Loader, folder: Path) -> None:
        self.sandbox = sandbox
        self.loader = loader
        self._folder = folder
        self._states: dict[tuple[str, str], Any] = {}

    def land(self, source: str) -> None:
        for company in COMPANIES:
            reader = Reader(self.sandbox, source, self._folder, company)
            ended = reader.run(self._states.get((source, company)), start_date=START)
            assert ended.status == 0, ended.errors
            loaded = lines(ended.output.messages)
            self.loader.load(loaded, schema=f"raw_{source}", company_id=company)
            state = json.loads(json.dumps(ended.output.state))
            self._states[source, company] = state

    def digests(self, table: str, day: str = "date") -> Digests:
        found = self.loader.rows(_SAME_DAYS_AS.format(table=table, day=day))
        return {(row["company_id"], row["day"]): row["md5"] for row in found}


@pytest.fixture(scope="module")
def warehouse(
    tmp_path_factory: pytest.TempPathFactory, new_database: NewDatabase
) -> Iterator[Warehouse]:
    home = tmp_path_factory.mktemp("sandbox")
    options = ("--today", TODAY.isoformat(), "--customers", "3000")
    with sandbox_process(home, *options) as sandbox, new_database() as url:
        sandbox.ask("POST", "clock", {"now": NOON})
        yield Warehouse(sandbox, Loader(url), tmp_path_factory.mktemp("taps"))


def changed(before: Digests, after: Digests) -> set[tuple[str, str]]:
    """Companies and days of which anything is new, different or gone."""
    days = before.keys() | after.keys()
    return {day for day in days if before.get(day) != after.get(day)}


def last_days(count: int) -> set[str]:
    return {(TODAY - timedelta(days=ago)).isoformat() for ago in range(1, count + 1)}


@pytest.mark.parametrize("source", TABLES)
def test_restating_28_days_changes_exactly_those_days(
    warehouse: Warehouse, source: str
) -> None:
    warehouse.land(source)
    names = [f"raw_{source}.{table}" for table in TABLES[source]]
    before = {name: warehouse.digests(name) for name in names}
    warehouse.land(source)
    assert {name: warehouse.digests(name) for name in names} == before

    asked = {"company": RESTATED, "source": source, "days": DAYS, "factor": 2}
    assert warehouse.sandbox.ask("POST", "restate", asked)["changed"]
    warehouse.land(source)

    for name in names:
        landed = {day for company, day in before[name] if company == RESTATED}
        expected = {(RESTATED, day) for day in landed & last_days(DAYS)}
        found = changed(before[name], warehouse.digests(name))
        if name.endswith("_action_days"):
            # Clicks are actions too, and are not told anew: not every day has a sale.
            assert found
            assert found <= expected
        else:
            assert found == expected
    landed = {day for company, day in before[names[0]] if company == RESTATED}
    assert len(landed) > len(landed & last_days(DAYS)) >= DAYS - 3


@pytest.mark.parametrize("source", ["meta_ads", "google_ads"])
def test_a_row_that_is_gone_at_the_source_is_gone_in_the_tables(
    warehouse: Warehouse, source: str
) -> None:
    warehouse.land(source)
    table, account = f"raw_{source}.ad_days", _account_column(source)
    before = warehouse.digests(table)
    (row,) = warehouse.loader.rows(
        f"select {account} as account, date, ad_id from {table}"
        f" where company_id = '{RESTATED}' and date = '{min(last_days(9))}'"
        " order by ad_id limit 1"
    )
    identifier = f"{row['account']}/{row['date']}/{row['ad_id']}"
    removal = {"company": RESTATED, "collection": f"{source}/ad_days", "id": identifier}
    assert warehouse.sandbox.ask("POST", "remove", removal) == {"removed": True}

    warehouse.land(source)

    assert changed(before, warehouse.digests(table)) == {(RESTATED, min(last_days(9)))}
    assert warehouse.loader.column(
        f"select count(*) from {table} where company_id = '{RESTATED}'"
        f" and date = '{row['date']}' and ad_id = '{row['ad_id']}'"
    ) == [0]


def test_a_day_that_is_gone_at_search_console_is_empty_in_the_tables(
    warehouse: Warehouse,
) -> None:
    warehouse.land("search_console")
    names = [f"raw_search_console.{table}" for table in TABLES["search_console"]]
    before = {name: warehouse.digests(name) for name in names}
    day = min(last_days(9))
    site = warehouse.sandbox.config(RESTATED, "search_console")["site_urls"][0]
    collection = "search_console/site_days"
    removal = {"company": RESTATED, "collection": collection, "id": f"{site}/{day}"}
    assert warehouse.sandbox.ask("POST", "remove", removal) == {"removed": True}

    warehouse.land("search_console")

    for name in names:
        after = warehouse.digests(name)
        assert changed(before[name], after) == {(RESTATED, day)}
        assert (RESTATED, day) not in after


def test_refunds_of_28_days_change_only_orders_of_those_days(
    warehouse: Warehouse,
) -> None:
    warehouse.land("shopify")
    orders = warehouse.digests("raw_shopify.orders", "id")
    shared = [key for company, key in orders if company == "andes"]
    assert {(RESTATED, key) for key in shared} & orders.keys()
    refunds = warehouse.digests("raw_shopify.order_refunds", "order_id")
    moment = {"shift_seconds": 3_600}
    warehouse.sandbox.ask("POST", "clock", moment)
    asked = {"company": RESTATED, "source": "shopify", "days": DAYS}
    count = warehouse.sandbox.ask("POST", "restate", asked)["changed"]
    warehouse.sandbox.ask("POST", "clock", moment)

    warehouse.land("shopify")

    touched = changed(orders, warehouse.digests("raw_shopify.orders", "id"))
    # The shop refunds orders by itself, too, also in the hours that went by.
    told_anew = warehouse.loader.rows(
        "select company_id, order_id from raw_shopify.order_refunds"
        f" where created_at = '{TODAY} 13:00+00'"
    )
    refunded = {(row["company_id"], row["order_id"]) for row in told_anew}
    assert {company for company, _ in refunded} == {RESTATED}
    assert len(refunded) == count > 0
    assert refunded <= changed(
        refunds, warehouse.digests("raw_shopify.order_refunds", "order_id")
    )
    assert refunded <= touched
    dates = warehouse.loader.column(
        "select distinct created_at::date from raw_shopify.orders where company_id ="
        f" '{RESTATED}' and id in ({', '.join(repr(key) for _, key in refunded)})"
    )
    assert {day.isoformat() for day in dates} <= last_days(DAYS + 1)


def _account_column(source: str) -> str:
    return "customer_id" if source == "google_ads" else "account_id"
