"""After a restore into another server, orders that change there arrive all the same."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from orchestration.lib.core.settings import Settings
from orchestration.lib.operations.backups import back_up
from orchestration.lib.operations.restores import restore
from orchestration.lib.warehouse.database import libpq_environment, migrate
from orchestration.lib.warehouse.embedded_postgres import EmbeddedPostgres
from tests.dbt_project.commerce.test_changed_orders import AT, RAW, considered
from tests.dbt_project.dbt_commands import DbtProject
from tests.dbt_project.raw_shopify import order, shop
from tests.dbt_project.warehouse import Warehouse
from tests.suite.template_cluster import FAST, CopiedPostgres, TemplateCluster

ORDERS = "123456"
_BURN = """
    do $$ begin
        while pg_snapshot_xmax(pg_current_snapshot())::text::bigint < {until} loop
            perform pg_current_xact_id();
            commit;
        end loop;
    end $$
"""
_COUNTER = "select pg_snapshot_xmax(pg_current_snapshot())::text::bigint"


@pytest.fixture
def twin(_template: TemplateCluster, tmp_path: Path) -> Iterator[str]:
    """A database on a copy of the server from when it was new: it has its name, and
    a counter of transactions that starts lower.
    """
    server = CopiedPostgres(
        tmp_path / "twin", settings=FAST, origin=EmbeddedPostgres(_template.server)
    )
    admin = server.start().rpartition("/")[0]
    with psycopg.connect(f"{admin}/postgres", autocommit=True) as connection:
        connection.execute("create database restored")
    yield f"{admin}/restored"
    server.remove()


def test_five_changed_orders_all_arrive(
    own_warehouse: Warehouse, twin: str, tmp_path: Path
) -> None:
    origin = own_warehouse
    company = origin.add_pair().acme
    origin.land(company, "shop", shop("Europe/Madrid"))
    land(origin, company, 10, ORDERS)
    origin.build(company, only=RAW)
    migrate(twin)
    _burn(origin.url, _counter(twin) + 20_000)
    origin.build(company, only=RAW)
    seen = _counter(origin.url)
    _carry_over(origin.url, twin, tmp_path)
    restored = Warehouse(
        twin, DbtProject(libpq_environment(twin), tmp_path / "dbt", origin.dbt.manifest)
    )
    assert _counter(twin) < seen

    land(restored, company, 25, ORDERS[:5])
    # By then its counter has passed what the origin had seen.
    _burn(twin, seen + 1_000)
    restored.build(company, only=RAW)

    assert _amounts(restored, company) == [25, 25, 25, 25, 25, 10]
    assert considered(restored, company) == dict.fromkeys(RAW)

    land(restored, company, 30, ORDERS[:5])
    restored.build(company, only=RAW)

    assert _amounts(restored, company) == [30, 30, 30, 30, 30, 10]
    assert considered(restored, company) == dict.fromkeys(RAW, 5)


def land(warehouse: Warehouse, company: str, amount: int, numbers: str) -> None:
    """Load orders of one amount, in place of those that are there."""
    warehouse.execute(
        "delete from raw_shopify.orders where company_id = %s and id = any(%s)",
        [company, list(numbers)],
    )
    orders = (order(number, AT, amount, customer_id=number) for number in numbers)
    warehouse.land(company, "orders", *orders)


def _carry_over(origin: str, target: str, folder: Path) -> None:
    copy = folder / "copy"
    back_up(Settings(folder / "a", origin), origin, copy, "x", _silently)
    restore(Settings(folder / "b", target), target, copy, "x", _silently)


def _silently(line: str) -> None:
    del line


def _amounts(warehouse: Warehouse, company: str) -> list[int]:
    orders = warehouse.orders(company)
    return [int(orders[f"shopify/{number}"]["net_revenue"]) for number in ORDERS]


def _counter(url: str) -> int:
    with psycopg.connect(url) as database:
        return int(database.execute(_COUNTER).fetchall()[0][0])


def _burn(url: str, until: int) -> None:
    with psycopg.connect(url, autocommit=True) as database:
        database.execute(_BURN.format(until=until).encode())
