"""Orders that landed are as many as the shop counts, by its own days."""

from __future__ import annotations

import psycopg
import pytest

from orchestration.lib.connections.sources import SOURCES
from orchestration.lib.data_quality.reconciliation import Difference, differences

_TABLES = (
    """create table raw_shopify.orders (
        company_id text, id text, created_at timestamptz)""",
    """create table raw_shopify.order_days (
        company_id text, date date, time_zone text, order_count bigint,
        read_at timestamptz, _sdc_batched_at timestamptz default now())""",
    """create table raw_shopify.order_ids (
        company_id text, id text, date date, read_at timestamptz)""",
    """create table raw_shopify.slices (
        company_id text, stream_name text, date date, row_count bigint,
        total_name text, total numeric, control_total numeric, read_at timestamptz,
        _sdc_batched_at timestamptz default now())""",
    # 23:30 UTC on the 1st is the 2nd in Madrid.
    """insert into raw_shopify.orders values
        ('acme', '1', '2026-01-01 12:00+00'),
        ('acme', '2', '2026-01-01 23:30+00'),
        ('acme', '3', '2026-01-02 12:00+00'),
        ('bolt', '1', '2026-01-02 12:00+00')""",
)


@pytest.fixture
def shop(database_url: str) -> str:
    with psycopg.connect(database_url) as admin:
        admin.execute("set role loader")
        admin.execute("create schema raw_shopify")
        for statement in _TABLES:
            admin.execute(statement.encode())
    return database_url


def _count(url: str, day: str, count: int, read_at: str = "2026-01-05") -> None:
    with psycopg.connect(url) as admin:
        admin.execute(
            """insert into raw_shopify.order_days
            values ('acme', %s, 'Europe/Madrid', %s, %s)""",
            (day, count, read_at),
        )


def _list_ids(url: str, day: str, ids: list[str], read_at: str) -> None:
    with psycopg.connect(url) as admin:
        admin.execute(
            """insert into raw_shopify.slices
            values ('acme', 'order_ids', %s, %s, null, null, null, %s)""",
            (day, len(ids), read_at),
        )
        for each in ids:
            admin.execute(
                "insert into raw_shopify.order_ids values ('acme', %s, %s, %s)",
                (each, day, read_at),
            )


def _found(url: str) -> list[Difference]:
    return differences(url, "acme", SOURCES["shopify"], None)


def test_days_are_cut_in_the_shops_zone(shop: str) -> None:
    _count(shop, "2026-01-01", 1)
    _count(shop, "2026-01-02", 2)

    assert _found(shop) == []


def test_an_order_that_did_not_land_is_missed(shop: str) -> None:
    _count(shop, "2026-01-02", 3)

    (found,) = _found(shop)

    assert str(found) == (
        "orders of 2026-01-02 (Europe/Madrid): 2 landed; the shop counts 3"
    )
    assert found.is_settled


def test_a_day_under_way_is_not_judged(shop: str) -> None:
    _count(shop, "2026-01-02", 9, read_at="2026-01-02 18:00+00")

    assert _found(shop) == []


def test_orders_deleted_at_the_source_are_allowed_for(shop: str) -> None:
    _count(shop, "2026-01-02", 1)
    _list_ids(shop, "2026-01-02", ["2"], read_at="2026-01-05")

    assert _found(shop) == []


def test_an_order_newer_than_the_list_of_ids_is_not_taken_for_deleted(
    shop: str,
) -> None:
    _count(shop, "2026-01-02", 2)
    _list_ids(shop, "2026-01-02", ["2"], read_at="2026-01-02 12:05+00")

    assert _found(shop) == []


def test_a_surplus_waits_for_the_next_list_of_ids(shop: str) -> None:
    _count(shop, "2026-01-02", 1)

    (found,) = _found(shop)

    assert not found.is_settled


def test_a_surplus_that_the_list_of_ids_denies_stands(shop: str) -> None:
    _count(shop, "2026-01-02", 1)
    _list_ids(shop, "2026-01-02", ["2", "3"], read_at="2026-01-06")

    (found,) = _found(shop)

    assert found.is_settled


@pytest.mark.parametrize(
    ("time_zone", "day", "first", "last"),
    [
        ("Europe/Madrid", "2026-03-29", "2026-03-28 23:00", "2026-03-29 21:59"),
        ("Europe/Madrid", "2026-10-25", "2026-10-24 22:00", "2026-10-25 22:59"),
        ("America/Santiago", "2026-04-04", "2026-04-04 03:00", "2026-04-05 03:59"),
        ("America/Santiago", "2026-09-06", "2026-09-06 04:00", "2026-09-07 02:59"),
    ],
    ids=["23 hours", "25 hours", "25 hours at midnight", "23 hours at midnight"],
)
def test_days_on_which_clocks_change_have_all_their_hours_and_no_more(
    shop: str, time_zone: str, day: str, first: str, last: str
) -> None:
    with psycopg.connect(shop) as admin:
        admin.execute("delete from raw_shopify.orders")
        admin.execute(
            """insert into raw_shopify.orders
            select 'acme', 'o' || position, moment at time zone 'UTC'
            from unnest(array[
                %(first)s::timestamp - interval '1 minute', %(first)s::timestamp,
                %(last)s::timestamp, %(last)s::timestamp + interval '1 minute'
            ]) with ordinality as orders (moment, position)""",
            {"first": first, "last": last},
        )
        admin.execute(
            """insert into raw_shopify.order_days
            values ('acme', %s, %s, 2, '2026-12-01')""",
            (day, time_zone),
        )

    assert _found(shop) == []
