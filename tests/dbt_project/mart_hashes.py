"""Whether the marts of two databases hold the same."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import psycopg
from psycopg import sql

from tests.dbt_project.warehouse import Warehouse

__all__ = ["copy_raw_rows", "hashes", "versions"]


def hashes(
    warehouse: Warehouse, companies: Sequence[str]
) -> dict[str, tuple[int, str]]:
    """Number of rows and hash over every column of every row, by mart."""
    query = """select count(*) as row_count, md5(coalesce(
            string_agg(mart::text, chr(10) order by mart::text), ''
        )) as hash from marts.{} as mart where company_id = any(%s)"""
    return {
        mart: (row["row_count"], row["hash"])
        for mart in _marts(warehouse)
        for row in warehouse.rows(query.format(mart), [list(companies)])
    }


def versions(
    warehouse: Warehouse, companies: Sequence[str]
) -> dict[str, list[dict[str, Any]]]:
    """Where each row of the companies lies and who wrote it, by mart."""
    query = """select ctid::text, xmin::text from marts.{}
        where company_id = any(%s) order by 1"""
    return {
        mart: warehouse.rows(query.format(mart), [list(companies)])
        for mart in _marts(warehouse)
    }


def copy_raw_rows(
    warehouse: Warehouse, other: Warehouse, companies: Sequence[str]
) -> None:
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
                "copy (select * from {} where company_id in ({})) to stdout"
            ).format(table, sql.SQL(", ").join(map(sql.Literal, companies)))
            into = sql.SQL("copy {} from stdin").format(table)
            with (
                source.cursor().copy(query) as rows,
                target.cursor().copy(into) as copied,
            ):
                for block in rows:
                    copied.write(block)
            target.execute(sql.SQL("analyze {}").format(table))


def _marts(warehouse: Warehouse) -> list[str]:
    found = warehouse.rows(
        """select relname::text as mart from pg_class where relkind = 'r'
        and relnamespace = 'marts'::regnamespace order by relname"""
    )
    return [row["mart"] for row in found]
