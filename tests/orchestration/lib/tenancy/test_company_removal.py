"""A company that is removed leaves nothing, whatever of it was running."""

from __future__ import annotations

import threading
import time

import psycopg
import pytest
from psycopg import sql

from orchestration.lib.ingestion.ingestion import SourceReader
from orchestration.lib.tenancy.companies import Company, UnknownCompany, add_company
from orchestration.lib.tenancy.company_removal import (
    CompanyRemoved,
    company_held,
    is_removed,
    remove_company,
)
from tests.orchestration.conftest import FAKE, Shop

BOLT = Company("bolt", "Bolt", "CLP", "America/Santiago")
_TABLES = """
    select table_schema, table_name from information_schema.columns
    inner join information_schema.tables using (table_schema, table_name)
    where column_name = 'company_id' and table_type = 'BASE TABLE'
"""
_SOMEBODY_WAITS = """
    select 1 from pg_locks join pg_database on pg_database.oid = pg_locks.database
    where datname = current_database() and locktype = 'advisory' and not granted
        and mode = 'ExclusiveLock'
"""


def _rows_of(shop: Shop, company_id: str) -> dict[str, int]:
    found = {}
    with psycopg.connect(shop.url) as admin:
        for schema, table in admin.execute(_TABLES).fetchall():
            statement = sql.SQL("select count(*) from {} where company_id = %s").format(
                sql.Identifier(schema, table)
            )
            row = admin.execute(statement, (company_id,)).fetchone()
            if row and row[0]:
                found[f"{schema}.{table}"] = row[0]
    return found


def test_nothing_of_it_is_left_and_everything_of_another_is(shop: Shop) -> None:
    add_company(shop.url, BOLT)
    shop.connect()
    shop.read()
    shop.company = BOLT
    shop.connect()
    shop.read()
    others = _rows_of(shop, "bolt")

    deleted = remove_company(shop.url, "acme")

    assert deleted["raw_shopify.orders"] == 2
    assert deleted["ops.connections"] == 1
    assert _rows_of(shop, "acme") == {}
    assert _rows_of(shop, "bolt") == others
    assert is_removed(shop.url, "acme")
    assert shop.rows("select 1 from pg_roles where rolname = 'bi_acme'") == []


def test_removed_in_the_middle_of_a_read_it_goes_after_it_and_stays_gone(
    shop: Shop,
) -> None:
    shop.connect()
    removal = threading.Thread(target=remove_company, args=(shop.url, "acme"))

    def remove_now(line: str) -> None:
        if line == "orders: reading":
            removal.start()
            while not shop.rows(_SOMEBODY_WAITS):
                time.sleep(0.01)

    reader = SourceReader(shop.url, shop.settings, FAKE, "run", remove_now)
    reading = reader.read(shop.company, None)
    removal.join()

    assert reading.failures == ()
    assert _rows_of(shop, "acme") == {}
    with pytest.raises(CompanyRemoved, match="removed while it was being run"):
        _hold(shop)
    assert _rows_of(shop, "acme") == {}


def test_a_run_that_goes_on_without_its_company_is_told_what_to_do(shop: Shop) -> None:
    remove_company(shop.url, "acme")

    with pytest.raises(CompanyRemoved) as failure:
        _hold(shop)

    assert "nothing of it is left" in str(failure.value)
    assert "timonel company add acme" in str(failure.value)


def test_a_company_that_is_not_there_cannot_be_removed(shop: Shop) -> None:
    with pytest.raises(UnknownCompany, match="no company 'nobody'"):
        remove_company(shop.url, "nobody")


def test_two_may_hold_a_company_at_once(shop: Shop) -> None:
    with company_held(shop.url, "acme"), company_held(shop.url, "acme"):
        assert not is_removed(shop.url, "acme")


def _hold(shop: Shop) -> None:
    with company_held(shop.url, "acme"):
        raise AssertionError("A company that is gone was held.")
