"""After sixty days of corrections every mart is what one build of it all gives."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

import psycopg
from dbt.contracts.graph.manifest import Manifest

from tests.conftest import KnowsProject
from tests.dbt_project.declared_keys import declared_keys, repeated_keys
from tests.dbt_project.marketplace_rows import (
    cart,
    marketplace_file,
    order,
    rating,
    session,
    user,
)
from tests.dbt_project.mart_hashes import copy_raw_rows, hashes, versions
from tests.dbt_project.raw_files import RawFile, Row
from tests.dbt_project.sixty_days import OLD_ORDER, ShopLife, date_of, moment
from tests.dbt_project.warehouse import Pair, Warehouse
from tests.taps.sources.ecb import central_bank
from tests.taps.target_postgres.singer import Loader

Companies = tuple[str, ...]
LAST_DAY = 59


def test_sixty_days_of_builds_give_what_one_build_gives(
    warehouse: Warehouse,
    own_warehouse: Warehouse,
    knows_project: KnowsProject,
    parsed_project: Manifest,
) -> None:
    pair, other, still = (warehouse.add_pair() for _ in range(3))
    leave_alone(warehouse, still)
    before = versions(warehouse, (still.acme, still.bolt))
    mixed, shop, plaza = companies = (pair.acme, other.acme, pair.bolt)
    shops = (ShopLife(warehouse, mixed), ShopLife(warehouse, shop, False))
    warehouse.execute(
        "update ops.companies set shipping_cost_per_order = 2.5 where company_id = %s",
        [shop],
    )
    with central_bank() as bank:
        rates = bank.read("2026-04-02", "2026-04-05").messages
    where = {"schema": "raw_ecb_rates", "company_id": shop}
    Loader(warehouse.url).load(*rates, **where)

    whole = live(warehouse, shops, plaza, knows_project(warehouse.url))
    incremental = hashes(warehouse, companies)
    assert repeated_keys(warehouse.url, declared_keys(parsed_project)) == []

    copy_raw_rows(warehouse, own_warehouse, companies)
    own_warehouse.dbt.run(
        # A table that is made anew takes the views on it along.
        *("run", "--full-refresh", "--select", "intermediate", "marts"),
        as_of_dates=as_of(companies, LAST_DAY),
    )
    assert incremental == hashes(own_warehouse, companies)
    empty = {mart for mart, (count, _) in incremental.items() if not count}
    assert empty <= of_other_domains(parsed_project)
    assert versions(warehouse, (still.acme, still.bolt)) == before
    # All other builds of the shop were narrow; rates and settings reach everything.
    reached = narrow_marts(warehouse)
    raw = {mart for mart, sources in reached.items() if "source_orders" in sources}
    settings = {mart for mart, sources in reached.items() if "companies" in sources}
    assert whole == {DAYS[0]: set(reached), DAYS[7]: raw, DAYS[9]: raw | settings}


def of_other_domains(project: Manifest) -> set[str]:
    """Marts of what neither a shop nor a marketplace has.

    Of a community, a marketplace has its users, their visits and their ratings.
    """
    told = {"acquisition_months", "ratings", "sessions", "users"}
    models = (n for n in project.nodes.values() if n.fqn[1] == "marts")
    domains = {"community", "saas", "webinars"}
    return {n.name for n in models if n.fqn[2] in domains} - told


def live(
    warehouse: Warehouse,
    shops: tuple[ShopLife, ...],
    plaza: str,
    knowing: Mapping[str, str],
) -> dict[int, set[str]]:
    """Ten builds, each after some days and what changed of the past by then.

    Returns the marts of the last shop that could be built for some keys only and were
    built whole, by day.
    """
    whole: dict[int, set[str]] = {}
    companies = (*(shop.company for shop in shops), plaza)
    for shop in shops:
        shop.open()
    for last, change, files in zip(DAYS, CHANGES, PLAZA, strict=True):
        for shop in shops:
            shop.live(last - 5, last)
            change(shop)
        warehouse.load(plaza, *files)
        if last == KILLED_ON:
            kill_a_build(warehouse, companies, last, knowing)
        warehouse.build(*companies, as_of=as_of(companies, last))
        if found := built_whole(warehouse, shops[-1].company):
            whole[last] = found
    return whole


def narrow_marts(warehouse: Warehouse) -> dict[str, set[str]]:
    """Marts that are built for some keys only, and the marts they follow.

    Not those that are built whole at every other as-of date, nor those of products,
    messages and webinars, which have such tests of their own.
    """
    nodes = [
        node
        for node in warehouse.dbt.parsed_manifest()["nodes"].values()
        if node["fqn"][2:3] not in (["saas"], ["webinars"])
        and node["fqn"][2:4] != ["community", "channels"]
    ]
    rules = {n["name"]: n["config"].get("meta", {}).get("rebuilt_by") for n in nodes}
    return {
        name: set(rule["changes"])
        for name, rule in rules.items()
        # By company means: all of it, or nothing when nothing changed.
        if rule and rule["key"] != "company_id" and "ends_with_as_of_date" not in rule
    }


def built_whole(warehouse: Warehouse, company_id: str) -> set[str]:
    rows = warehouse.rows(
        """select mart from ops.mart_builds where company_id = %s
        and mart = any(%s) and changed_key_count is null""",
        [company_id, list(narrow_marts(warehouse))],
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
    # The buyer of the first days becomes another; an address changes hands, and two
    # more ids turn out to be the persons of others.
    for number in shop.orders_of(1):
        shop.change("orders", number, customer_id="9", updated_at=moment(30))
    shop.change("customers", "3", email="c2@example.com")
    shop.change("customers", "2", email="c3@example.com")
    for id_ in ("4", "5", "6", "7"):
        shop.change(
            *("customers", id_),
            email=f"c{int(id_) // 2}.pair@example.com",
            verified_email=True,
            created_at=moment(-int(id_)),
        )


def _sell_late(shop: ShopLife) -> None:
    # 6 and 7 are two after all.
    shop.change("customers", "7", email="c7@example.com")
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
        "update ops.companies set revenue_includes_tax = true where company_id = %s",
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
    users = [
        user(str(n), moment(n), channel="Instagram", has_marketing_consent=n > 0)
        for n in range(5)
    ]
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
    # Of every other order it tells the payments.
    paid: list[Row] = [
        {"order_id": f"o{day}", "payment_id": "1", "amount": stamped}
        for day in days[::2]
    ]
    files = {
        "users": users,
        "orders": orders,
        "payments": paid,
        "carts": [cart(f"k{day}", str(day % 5), moment(day)) for day in days],
        "ratings": [rating(f"o{day}", 4, moment(day + 1)) for day in days],
        "sessions": [session(f"s{day}", "1", moment(day)) for day in days],
    }
    return [
        marketplace_file(kind, *rows, version=version) for kind, rows in files.items()
    ]


PLAZA = tuple(_plaza(last, version) for version, last in enumerate(DAYS, start=1))


def kill_a_build(
    warehouse: Warehouse, companies: Companies, day: int, knowing: Mapping[str, str]
) -> None:
    """Kill a build that has written orders and waits to write company_days."""
    shop = companies[1]
    known = len(warehouse.orders(shop))
    with psycopg.connect(warehouse.url) as blocker:
        blocker.execute("lock table marts.company_days in share mode")
        build = warehouse.dbt.start(
            *("run", "--select", "marts"),
            knowing=knowing,
            company_ids=list(companies),
            as_of_dates=as_of(companies, day),
        )
        while not _waiting(warehouse):
            assert build.poll() is None, build.communicate()[0]
            time.sleep(0.05)
        build.kill()
        build.communicate()
        for waiting in _waiting(warehouse):
            warehouse.rows("select pg_terminate_backend(%s)", [waiting])
    assert len(warehouse.orders(shop)) > known
    query = "select max(calendar_date)::text as day from marts.company_days"
    (reached,) = warehouse.rows(f"{query} where company_id = %s", [shop])
    assert reached["day"] < date_of(day)


def _waiting(warehouse: Warehouse) -> list[int]:
    query = """select pid from pg_locks where not granted
        and relation = 'marts.company_days'::regclass"""
    return [row["pid"] for row in warehouse.rows(query)]


def as_of(companies: Companies, day: int) -> dict[str, str]:
    return dict.fromkeys(companies, date_of(day))


def leave_alone(warehouse: Warehouse, pair: Pair) -> None:
    """Two companies that are built once, with orders of the same numbers."""
    shop = ShopLife(warehouse, pair.acme)
    shop.open()
    shop.live(0, 2)
    warehouse.load(pair.bolt, *PLAZA[0])
    warehouse.build(pair.acme, pair.bolt, as_of=as_of((pair.acme, pair.bolt), 2))
