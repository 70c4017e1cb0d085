"""A company's reader sees no row of another, wherever it looks."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from orchestration.lib.tenancy.companies import Company, add_company
from orchestration.lib.warehouse.database import as_role, connect
from tests.conftest import KnowsProject
from tests.end_to_end.conftest import (
    FIRST,
    Predicted,
    Timonel,
    copied,
    purchase_log,
    write_log,
)

SEEDS = Path(__file__).parents[2] / "dbt_project" / "seeds"


@pytest.fixture(scope="module")
def two_companies(
    predicted: Predicted,
    knows_project: KnowsProject,
    memory: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Timonel]:
    """Shops whose customers have the same ids: tienda and bolt, and a third."""
    orders = tmp_path_factory.mktemp("bolt") / "bolt.csv"
    write_log(orders, purchase_log(customers=400, seed=10))
    with (
        tempfile.TemporaryDirectory(prefix="home-", dir=memory) as folder,
        copied(predicted.origin, Path(folder) / "home", knows_project) as timonel,
    ):
        timonel.run("company", "add", "bolt")
        timonel.run("connect", "files", str(orders), "--company", "bolt")
        timonel.run("run", "--company", "bolt", "--as-of", FIRST)
        yield timonel


def test_a_reader_reaches_no_row_of_another_company(two_companies: Timonel) -> None:
    with psycopg.connect(as_role(two_companies.url, "bi_tienda")) as reader:
        reached = _tables_with_a_company(reader)
        seen = {
            table: {row[0] for row in reader.execute(query).fetchall()}
            for table, query in reached.items()
        }

    assert "reporting.customer_values" in seen
    assert set().union(*seen.values()) == {"tienda"}, seen
    assert seen["reporting.customer_values"] == {"tienda"}


def _tables_with_a_company(reader: psycopg.Connection) -> dict[str, sql.Composed]:
    """Whatever this role may select from, in any schema, that names a company."""
    found = reader.execute(
        """select n.nspname, c.relname from pg_class c
        join pg_namespace n on n.oid = c.relnamespace
        join pg_attribute a on a.attrelid = c.oid and a.attname = 'company_id'
        where c.relkind in ('r', 'v', 'm', 'p', 'f')
            and has_schema_privilege(n.oid, 'usage')
            and has_column_privilege(c.oid, a.attnum, 'select')"""
    ).fetchall()
    return {
        f"{schema}.{table}": sql.SQL("select distinct company_id from {}").format(
            sql.Identifier(schema, table)
        )
        for schema, table in found
    }


def test_every_table_a_reader_is_granted_has_row_level_security(
    two_companies: Timonel,
) -> None:
    unguarded = two_companies.rows(
        """select n.nspname || '.' || c.relname from pg_class c
        join pg_namespace n on n.oid = c.relnamespace
        where c.relkind in ('r', 'p') and not c.relrowsecurity
            and n.nspname not in ('pg_catalog', 'information_schema')
            and has_table_privilege('bi_tienda', c.oid, 'select')"""
    )

    # Seeds are the same words for everybody: labels, regions, rules.
    seeds = {f"staging.{file.stem}" for file in SEEDS.rglob("*.csv")}
    assert {table for (table,) in unguarded} <= seeds
    assert not _columns_named_company(two_companies, seeds)


def _columns_named_company(
    timonel: Timonel, tables: set[str]
) -> list[tuple[object, ...]]:
    return timonel.rows(
        """select table_name from information_schema.columns
        where column_name = 'company_id'
            and table_schema || '.' || table_name = any(%s)""",
        sorted(tables),
    )


@pytest.mark.parametrize(
    "attempt",
    [
        "set role bi_bolt",
        "set role transformer",
        "set session authorization bi_bolt",
        "select * from marts.orders",
        "select * from predictions.predictions_customer",
        "select * from raw_files.purchases",
        "select * from ops.companies",
        "select * from ops.quarantined_records",
        "create view reporting.leak as select 1 as x",
        "alter table marts.orders disable row level security",
        "delete from predictions.predictions_customer",
        "copy (select 1) to program 'true'",
    ],
)
def test_a_reader_cannot_become_somebody_else(
    two_companies_once: str, attempt: str
) -> None:
    # As when it logs in itself: the session user is the reader, not the admin.
    with (
        psycopg.connect(two_companies_once) as reader,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        reader.execute(attempt.encode())


@pytest.fixture
def two_companies_once(database_url: str) -> str:
    """A login of acme's reader on a database that also knows bolt."""
    for company in ("acme", "bolt"):
        add_company(database_url, Company(company, company, "EUR", "UTC"))
    with psycopg.connect(database_url, autocommit=True) as admin:
        admin.execute("alter role bi_acme password 'reader'")
        admin.execute("set role loader")
        admin.execute("create schema raw_files")
        admin.execute("create table raw_files.purchases (company_id text)")
        admin.execute("set role transformer")
        admin.execute("create table marts.orders (company_id text)")
    return f"postgresql://bi_acme:reader@{database_url.split('@')[1]}"


def test_predictions_of_the_two_companies_differ(two_companies: Timonel) -> None:
    with connect(two_companies.url, "scientist") as scientist:
        shared = scientist.execute(
            """select count(*) from predictions.predictions_customer a
            join predictions.predictions_customer b using (customer_id)
            where a.company_id = 'tienda' and b.company_id = 'bolt'
                and a.historic_value <> b.historic_value"""
        ).fetchone()

    assert shared is not None
    assert shared[0] > 50


def test_no_password_is_left_on_disk(two_companies: Timonel) -> None:
    password = two_companies.url.split(":")[2].split("@")[0].encode()

    holding = [
        file
        for folder in two_companies.traces
        for file in folder.rglob("*")
        if file.is_file() and password in file.read_bytes()
    ]

    assert holding == []


def test_a_password_is_in_no_table_people_read(two_companies: Timonel) -> None:
    password = two_companies.url.split(":")[2].split("@")[0]

    found = two_companies.rows(
        """select 'connections' from ops.connections where settings::text like %s
        union all
        select 'runs' from ops.runs where message like %s
        union all
        select 'bookmarks' from ops.singer_bookmarks where state::text like %s""",
        *[f"%{password}%"] * 3,
    )

    assert found == []
