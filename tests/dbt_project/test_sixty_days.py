"""After sixty days of corrections every mart is what one build of it all gives."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Any

import psycopg
from psycopg import sql

from tests.dbt_project.marketplace_rows import (
    cart,
    marketplace_file,
    order,
    rating,
    session,
    user,
)
from tests.dbt_project.raw_files import RawFile, Row
from tests.dbt_project.raw_shopify import customer
from tests.dbt_project.sixty_days import OLD_ORDER, ShopLife, date_of, moment
from tests.dbt_project.warehouse import Pair, Warehouse

LAST_DAY = 59


def test_sixty_days_of_builds_give_what_one_build_gives(
    warehouse: Warehouse, fresh_warehouse: Warehouse
) -> None:
    pair, still = warehouse.add_pair(), warehouse.add_pair()
    leave_alone(warehouse, still)
    before = versions(warehouse, still)

    whole = live(warehouse, pair)
    incremental = hashes(warehouse, pair)

    copy_raw_rows(warehouse, fresh_warehouse, pair)
    fresh_warehouse.dbt.run(
        *("build", "--full-refresh"),
        *("--exclude-resource-type", "unit_test", "--exclude-resource-type", "test"),
        as_of_dates=as_of(pair, LAST_DAY),
    )
    assert incremental == hashes(fresh_warehouse, pair)
    assert {mart for mart, (count, _) in incremental.items() if not count} == set()
    assert versions(warehouse, still) == before
    # All other builds of these were narrow; the last one came with other settings.
    assert whole == {
        DAYS[0]: {"customers", "company_days", "channel_days"},
        DAYS[-1]: {"company_days", "channel_days"},
    }


def live(warehouse: Warehouse, pair: Pair) -> dict[int, set[str]]:
    """Ten builds, each after some days and what changed of the past by then.

    Returns the marts that can be built for some keys only and were built whole.
    """
    whole: dict[int, set[str]] = {}
    shop = ShopLife(warehouse, pair.acme)
    shop.open()
    for last, change, plaza in zip(DAYS, CHANGES, PLAZA, strict=True):
        shop.live(last - 5, last)
        change(shop)
        warehouse.load(pair.bolt, *plaza)
        if last == KILLED_ON:
            kill_a_build(warehouse, pair, last)
        warehouse.build(pair.acme, pair.bolt, as_of=as_of(pair, last))
        if found := built_whole(warehouse, pair.acme):
            whole[last] = found
    return whole


def built_whole(warehouse: Warehouse, company_id: str) -> set[str]:
    nodes = warehouse.dbt.parsed_manifest()["nodes"].values()
    narrow = [n["name"] for n in nodes if "rebuilt_by" in n["config"].get("meta", {})]
    rows = warehouse.rows(
        """select mart from ops.mart_builds where company_id = %s
        and mart = any(%s) and changed_key_count is null""",
        [company_id, narrow],
    )
    return {row["mart"] for row in rows}


def _start(shop: ShopLife) -> None:
    shop.spend((0, "TikTok", 20), (1, "TikTok", 30), (1, "Facebook", 9))


def _refund_and_cancel(shop: ShopLife) -> None:
    shop.refund(shop.orders_of(3)[0], "4.99", day=10)
    cancelled = shop.orders_of(4)[0]
    shop.change("orders", cancelled, cancelled_at=moment(9), updated_at=moment(9))


def _delete_and_list(shop: ShopLife) -> None:
    day = shop.orders_of(12)
    shop.list_orders(12, day[0])
    shop.list_orders(13)


def _restate_spend(shop: ShopLife) -> None:
    shop.restate_meta(2, "55.55")
    shop.drop_google(6)
    shop.spend((0, "TikTok", 21), (1, "Facebook", 9), version=2)


def _files_come_and_go(shop: ShopLife) -> None:
    shop.log("log.csv", 10, 21, version=2)
    shop.warehouse.remove(shop.company, "other_log.csv")
    # An older export of the log's first purchase, found later: it tells nothing.
    shop.log("found.csv", 99, version=0, prefix="log.csv")


def _merge_customers(shop: ShopLife) -> None:
    # The buyer of the first days becomes another, and an address changes hands.
    for number in shop.orders_of(1):
        shop.change("orders", number, customer_id="9", updated_at=moment(30))
    newer = {**customer("16", "c2@example.com"), "updated_at": "2027-01-01T00:00:00Z"}
    shop.warehouse.land(shop.company, "customers", newer)


def _sell_late(shop: ShopLife) -> None:
    shop.sell("late", 20, "8", "33.30")
    shop.sell("first", -160, "8", "11.10")
    # The order that the shop had lost is listed again.
    shop.list_orders(12)


def _rate_late(shop: ShopLife) -> None:
    shop.rates(*((day, f"0.9{day % 10}") for day in range(0, 40, 4)))


def _correct_the_old_order(shop: ShopLife) -> None:
    shop.refund(OLD_ORDER, "20.00", day=50)
    line = f"{OLD_ORDER}1"
    shop.change("order_line_items", line, quantity=1, unit_price="79.00")


def _last_changes(shop: ShopLife) -> None:
    shop.rates(*((day, f"0.9{day % 9}") for day in range(0, 60, 5)), version=2)
    shop.warehouse.execute(
        "update ops.companies set revenue_includes_tax = false where company_id = %s",
        [shop.company],
    )
    shop.change("orders", shop.orders_of(2)[0], is_test=True)
    shop.change("orders", shop.orders_of(5)[0], financial_status="pending")


DAYS = tuple(range(5, 60, 6))
KILLED_ON = 41
CHANGES: tuple[Callable[[ShopLife], None], ...] = (
    _start,
    _refund_and_cancel,
    _delete_and_list,
    _restate_spend,
    _files_come_and_go,
    _merge_customers,
    _sell_late,
    _rate_late,
    _correct_the_old_order,
    _last_changes,
)


def _plaza(last: int, version: int) -> list[RawFile]:
    """What a marketplace exports: everything up to a day, each time anew.

    The export of day 35 has orders as they were before; order 2 is cancelled from day
    23 on, and user 1 turns out to be the person of user 2 on day 47.
    """
    days = range(0, last, 3)
    users = [user(str(n), moment(n), channel="Instagram") for n in range(5)]
    if last >= 47:
        users[1] |= {"person_id": "2"}  # type: ignore[operator]
    stamped = 1 if last == 35 else version
    orders: list[Row] = [
        order(
            f"o{day}",
            str(day % 5),
            moment(day),
            total=1000 + 10 * day + stamped,
            updated_at=moment(day, stamped),
            status="anulado" if day == 6 and stamped >= 4 else "pagado",
        )
        for day in days
    ]
    files = {
        "users": users,
        "orders": orders,
        "carts": [cart(f"k{day}", str(day % 5), moment(day)) for day in days],
        "ratings": [rating(f"o{day}", 4, moment(day + 1)) for day in days],
        "sessions": [session(f"s{day}", "1", moment(day)) for day in days],
    }
    return [
        marketplace_file(kind, *rows, version=version) for kind, rows in files.items()
    ]


PLAZA = tuple(_plaza(last, version) for version, last in enumerate(DAYS, start=1))


def kill_a_build(warehouse: Warehouse, pair: Pair, day: int) -> None:
    """Kill a build that has written orders and waits to write company_days."""
    known = len(warehouse.orders(pair.acme))
    with psycopg.connect(warehouse.url) as blocker:
        blocker.execute("lock table marts.company_days in share mode")
        build = warehouse.dbt.start(
            *("run", "--select", "marts"),
            company_ids=[pair.acme, pair.bolt],
            as_of_dates=as_of(pair, day),
        )
        while not _waiting(warehouse):
            assert build.poll() is None, build.communicate()[0]
            time.sleep(0.05)
        build.kill()
        build.communicate()
        for waiting in _waiting(warehouse):
            warehouse.rows("select pg_terminate_backend(%s)", [waiting])
    assert len(warehouse.orders(pair.acme)) > known
    query = "select max(calendar_date)::text as day from marts.company_days"
    (reached,) = warehouse.rows(f"{query} where company_id = %s", [pair.acme])
    assert reached["day"] < date_of(day)


def _waiting(warehouse: Warehouse) -> list[int]:
    query = """select pid from pg_locks where not granted
        and relation = 'marts.company_days'::regclass"""
    return [row["pid"] for row in warehouse.rows(query)]


def as_of(pair: Pair, day: int) -> dict[str, str]:
    return dict.fromkeys((pair.acme, pair.bolt), date_of(day))


def leave_alone(warehouse: Warehouse, pair: Pair) -> None:
    """Two companies that are built once, with orders of the same numbers."""
    shop = ShopLife(warehouse, pair.acme)
    shop.open()
    shop.live(0, 2)
    warehouse.load(pair.bolt, *PLAZA[0])
    warehouse.build(pair.acme, pair.bolt, as_of=as_of(pair, 2))


def marts(warehouse: Warehouse) -> Iterable[str]:
    found = warehouse.rows(
        """select relname::text as mart from pg_class where relkind = 'r'
        and relnamespace = 'marts'::regnamespace order by relname"""
    )
    return [row["mart"] for row in found]


def hashes(warehouse: Warehouse, pair: Pair) -> dict[str, tuple[int, str]]:
    """Number of rows and hash over every column of every row, by mart."""
    query = """select count(*) as row_count, md5(coalesce(
            string_agg(mart::text, chr(10) order by mart::text), ''
        )) as hash from marts.{} as mart where company_id = any(%s)"""
    return {
        mart: (row["row_count"], row["hash"])
        for mart in marts(warehouse)
        for row in warehouse.rows(query.format(mart), [[pair.acme, pair.bolt]])
    }


def versions(warehouse: Warehouse, pair: Pair) -> dict[str, list[Any]]:
    """Where each row of the companies lies and who wrote it, by mart."""
    query = """select ctid::text, xmin::text from marts.{}
        where company_id = any(%s) order by 1"""
    return {
        mart: warehouse.rows(query.format(mart), [[pair.acme, pair.bolt]])
        for mart in marts(warehouse)
    }


def copy_raw_rows(warehouse: Warehouse, other: Warehouse, pair: Pair) -> None:
    """The companies and all their raw rows, in another database."""
    tables = warehouse.rows(
        """select nspname as s, relname as t from pg_class
        inner join pg_namespace on relnamespace = pg_namespace.oid
        where relkind = 'r' and nspname like 'raw\\_%%' order by 1, 2"""
    )
    names = [("ops", "companies"), *((row["s"], row["t"]) for row in tables)]
    with (
        psycopg.connect(warehouse.url) as source,
        psycopg.connect(other.url) as target,
    ):
        for name in names:
            table = sql.Identifier(*name)
            query = sql.SQL(
                "copy (select * from {} where company_id in ({}, {})) to stdout"
            ).format(table, sql.Literal(pair.acme), sql.Literal(pair.bolt))
            into = sql.SQL("copy {} from stdin").format(table)
            with (
                source.cursor().copy(query) as rows,
                target.cursor().copy(into) as copied,
            ):
                for block in rows:
                    copied.write(block)
            target.execute(sql.SQL("analyze {}").format(table))
