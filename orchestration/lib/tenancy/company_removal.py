"""Removing a company, also while something of it is running.

Whatever writes rows of a company holds it for as long as it writes (`company_held`). A
removal waits for that, and what begins afterwards finds no company. So nothing is left
half-written, and nothing arrives after the removal.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from graphlib import TopologicalSorter

import psycopg
from psycopg import sql

from orchestration.lib.tenancy.companies import (
    UnknownCompany,
    load_company,
    reader_role,
    writer_role,
)
from orchestration.lib.tenancy.labs import drop_lab, lab_role
from orchestration.lib.warehouse.advisory_locks import take_lock

__all__ = [
    "CompanyRemoved",
    "all_companies_still",
    "company_held",
    "is_removed",
    "remove_company",
    "removed_message",
]


class CompanyRemoved(UnknownCompany):
    """The company went while it was being run; the message says that this is all."""


@contextmanager
def company_held(url: str, company_id: str) -> Iterator[None]:
    """Keep a company from being removed for the block; others may hold it, too.

    Raises
    ------
    CompanyRemoved
        It is gone already.
    """
    with psycopg.connect(url, autocommit=True) as holder:
        take_lock(holder, _name(company_id), is_shared=True)
        if _is_gone(holder, company_id):
            raise CompanyRemoved(removed_message(company_id))
        yield


@contextmanager
def all_companies_still(url: str) -> Iterator[None]:
    """Let nothing of any company be written for the block, waiting for what is."""
    with psycopg.connect(url, autocommit=True) as holder:
        rows = holder.execute("select company_id from ops.companies order by 1")
        for (company_id,) in rows.fetchall():
            take_lock(holder, _name(company_id))
        yield


def is_removed(url: str, company_id: str) -> bool:
    """Whether there is no such company (any more)."""
    with psycopg.connect(url) as database:
        return _is_gone(database, company_id)


def removed_message(company_id: str) -> str:
    """What somebody is told whose run lost its company."""
    return (
        f"{company_id} was removed while it was being run, and nothing of it is left. "
        "Nothing is to be done. If that was a mistake, add it again and connect its "
        f"sources: timonel company add {company_id}"
    )


def remove_company(url: str, company_id: str) -> dict[str, int]:
    """Delete every row of a company, its analysts' schema and its login roles.

    Waits for what is being written of it, then takes one transaction: all or nothing.

    Parameters
    ----------
    url
        Database, as an administrator.

    Returns
    -------
    dict
        Rows deleted, by table; tables that had none are left out.

    Raises
    ------
    UnknownCompany
    """
    load_company(url, company_id)
    with psycopg.connect(url) as database:
        take_lock(database, _name(company_id), within_transaction=True)
        # Ledgers refuse whoever does not say so.
        database.execute("select set_config('timonel.erases', %s, true)", (company_id,))
        deleted = {
            f"{schema}.{table}": _delete(database, schema, table, company_id)
            for schema, table in _children_first(database)
        }
        drop_lab(database, company_id)
        for name in (reader_role, writer_role, lab_role):
            _drop(database, name(company_id))
    return {table: count for table, count in deleted.items() if count}


def _name(company_id: str) -> str:
    return f"company {company_id}"


def _is_gone(database: psycopg.Connection, company_id: str) -> bool:
    row = database.execute(
        "select 1 from ops.companies where company_id = %s", (company_id,)
    ).fetchone()
    return row is None


def _delete(
    database: psycopg.Connection, schema: str, table: str, company_id: str
) -> int:
    statement = sql.SQL("delete from {} where company_id = %s").format(
        sql.Identifier(schema, table)
    )
    return database.execute(statement, (company_id,)).rowcount


def _children_first(database: psycopg.Connection) -> list[tuple[str, str]]:
    """Every table with rows of companies; one that refers to another before it."""
    tables = {oid: (schema, name) for oid, schema, name in database.execute(_TABLES)}
    order: TopologicalSorter[int] = TopologicalSorter({oid: set() for oid in tables})
    for child, parent in database.execute(_REFERENCES):
        if child in tables and parent in tables and child != parent:
            order.add(parent, child)
    return [tables[oid] for oid in order.static_order()]


def _drop(database: psycopg.Connection, name: str) -> None:
    """Drop a login role, unless another database of the server still knows it."""
    role = sql.Identifier(name)
    try:
        with database.transaction():
            database.execute(sql.SQL("drop role if exists {}").format(role))
    except psycopg.errors.DependentObjectsStillExist:
        pass


_TABLES = """
    select pg_class.oid, pg_namespace.nspname, pg_class.relname
    from pg_class
    inner join pg_namespace on pg_namespace.oid = pg_class.relnamespace
    inner join pg_attribute on pg_attribute.attrelid = pg_class.oid
    where
        pg_class.relkind in ('r', 'p')
        and not pg_class.relispartition
        and pg_attribute.attname = 'company_id'
        and not pg_attribute.attisdropped
        and pg_namespace.nspname not like 'pg\\_%'
        and pg_namespace.nspname not like 'lab\\_%'
        and pg_namespace.nspname <> 'information_schema'
"""

_REFERENCES = "select conrelid, confrelid from pg_constraint where contype = 'f'"
