"""Freshness counts from the source's event to what people can read, once per read."""

from __future__ import annotations

from csv import DictReader
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg

from orchestration.lib.connections.sources import sources_read
from orchestration.lib.core.settings import PROJECT_ROOT
from orchestration.lib.ingestion.source_events import kind_of
from orchestration.lib.operations.service_levels import load_levels, measure
from tests.orchestration.conftest import ORDERS, Shop

_MEASURED = """
    select source_slug, event_count, complete_until = data_as_of,
        readable_at >= landed_at
    from ops.freshness_measurements order by data_as_of
"""
_LATENCIES = """
    select readable_minutes - landing_minutes, readable_minutes, event_count
    from ops.event_latencies order by 2
"""


def build_marts(shop: Shop) -> None:
    """Leave the trace that marts leave when they were built on all raw rows."""
    shop.rows(
        """insert into ops.raw_reads (company_id, server_id, snapshot, files_hash)
        values ('acme', 1, pg_current_snapshot(), '')
        on conflict (company_id) do update set read_at = excluded.read_at
        returning 1"""
    )


def order(id_: str, minutes_ago: float) -> dict[str, Any]:
    moment = datetime.now(UTC) - timedelta(minutes=minutes_ago)
    return {"id": id_, "updated_at": moment.isoformat(), "total_price": 1}


def refresh(shop: Shop) -> int:
    shop.read()
    build_marts(shop)
    return measure(shop.url, "acme")


def test_history_that_a_first_read_brings_was_not_waiting(shop: Shop) -> None:
    shop.connect()

    assert refresh(shop) == 1

    assert shop.rows(_MEASURED) == [("shopify", 0, True, True)]
    assert shop.rows(_LATENCIES) == []


def test_events_since_the_read_before_are_counted_by_their_delay(shop: Shop) -> None:
    shop.connect()
    refresh(shop)
    shop.holds(orders=[*ORDERS, order("3", 6.5), order("4", 6.6), order("5", 89.5)])

    refresh(shop)

    # In begun minutes; landing and reading lie in the same one, or in the next.
    rows = shop.rows(_LATENCIES)
    assert all(0 <= difference <= 1 for difference, _, _ in rows)
    assert [(minutes in (7, 8), count) for _, minutes, count in rows[:1]] == [(True, 2)]
    assert [(minutes in (90, 91), count) for _, minutes, count in rows[1:]] == [
        (True, 1)
    ]


def test_measuring_twice_keeps_the_first_time(shop: Shop) -> None:
    shop.connect()
    refresh(shop)
    before = shop.rows("select * from ops.freshness_measurements")

    assert measure(shop.url, "acme") == 0

    assert shop.rows("select * from ops.freshness_measurements") == before


def test_what_landed_is_not_readable_before_the_marts_are_built(shop: Shop) -> None:
    shop.connect()
    refresh(shop)
    shop.holds(orders=[*ORDERS, order("3", 1)])

    shop.read()

    assert measure(shop.url, "acme") == 0
    build_marts(shop)
    assert measure(shop.url, "acme") == 1


def test_a_read_that_changed_nothing_is_readable_at_once(shop: Shop) -> None:
    shop.connect()
    refresh(shop)

    shop.read()

    assert measure(shop.url, "acme") == 1
    assert [count for _, count, _, _ in shop.rows(_MEASURED)] == [0, 0]


def test_a_source_is_as_fresh_as_its_connection_furthest_behind(shop: Shop) -> None:
    shop.connect("a_bad", refuses="orders: access denied.")
    shop.connect("b_good")

    assert refresh(shop) == 0

    assert shop.rows(_MEASURED) == []


def test_a_day_of_advertising_happens_when_it_ends(shop: Shop) -> None:
    # The fake shop's slices pass for those of an advertising account of a company
    # in Madrid: read to the end of the 2nd, complete until the end of the 3rd.
    shop.connect()
    refresh(shop)
    for statement in (
        "create schema raw_meta_ads",
        "create table raw_meta_ads.slices as select * from raw_shopify.slices",
        "grant usage on schema raw_meta_ads to transformer",
        "grant select on raw_meta_ads.slices to transformer",
        "delete from ops.freshness_measurements",
        "update ops.connections set source_slug = 'meta_ads'",
        "update ops.connection_reads set source_slug = 'meta_ads',"
        " started_at = '2026-01-03 09:00+00', finished_at = '2026-01-03 09:01+00'",
        "update ops.source_landings set source_slug = 'meta_ads'",
        "insert into ops.freshness_measurements values ('acme', 'meta_ads',"
        " '2026-01-02 09:00+00', '2026-01-02 23:00+00', 0, '2026-01-02 09:01+00',"
        " '2026-01-02 09:05+00')",
    ):
        with psycopg.connect(shop.url) as admin:
            admin.execute(statement.encode())

    assert measure(shop.url, "acme") == 1

    rows = shop.rows(
        """select complete_until at time zone 'UTC', event_count
        from ops.freshness_measurements order by data_as_of desc limit 1"""
    )
    assert rows == [(datetime(2026, 1, 3, 23), 1)]
    # The 2nd ended at 23:00 UTC and landed at 09:01: 10 hours and a minute.
    assert shop.rows("select landing_minutes from ops.event_latencies") == [(601,)]


def test_what_is_asked_for_by_its_change_is_known_up_to_the_asking(
    shop: Shop,
) -> None:
    shop.connect()
    refresh(shop)
    for table in ("connections", "connection_reads", "source_landings"):
        with psycopg.connect(shop.url) as admin:
            admin.execute(f"update ops.{table} set source_slug = 'hubspot'".encode())
    shop.rows("delete from ops.freshness_measurements returning 1")

    assert measure(shop.url, "acme") == 1

    # Each of its tables dates its rows in its own way: no delay is told.
    assert shop.rows(_MEASURED) == [("hubspot", 0, True, True)]
    assert shop.rows(_LATENCIES) == []


def test_what_a_level_promises_is_read_as_often() -> None:
    file = PROJECT_ROOT / "dbt_project/seeds/rules/service_level_sources.csv"
    with file.open() as lines:
        promised = {(r["service_level"], r["source_slug"]) for r in DictReader(lines)}

    assert len(promised) > 20
    assert all(kind_of(slug) for _, slug in promised)
    hourly = {slug for level, slug in promised if level == "operational"}
    assert hourly <= {one.slug for one in sources_read("operational")}
    often = {slug for level, slug in promised if level == "tactical"}
    assert often <= {one.slug for one in sources_read("tactical")}


def test_nothing_is_promised_before_anything_is_published(shop: Shop) -> None:
    assert load_levels(shop.url, "acme") == []
