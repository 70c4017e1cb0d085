"""Marts that a company has nothing for: a shop without visits, rates or ratings.

Lineage tells: a mart whose raw tables hold no row of the company can have none. What is
left out must also be empty already, so that rows whose source went are removed first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from graphlib import TopologicalSorter
from typing import Any

from psycopg import sql

from orchestration.lib.warehouse.database import connect
from orchestration.lib.warehouse.dbt import current_manifest

__all__ = ["forget_builds", "idle_marts", "raw_tables_of_marts"]

# Settings and decisions: without a row of a raw table they make none of a mart.
_MAKES_NO_ROW = frozenset({"ops.companies", "ops.connections", "ops.customer_splits"})
# What was read, not what it said.
_BOOKKEEPING = (".files", ".slices")
_LOOK = sql.SQL("select {}, exists (select from {} where company_id = %(company_id)s)")


def idle_marts(url: str, company_id: str) -> frozenset[str]:
    """Names of the marts that have no row of a company and can get none.

    None of a company without any raw row: that nothing arrived is for all to tell.
    """
    needs = raw_tables_of_marts(current_manifest())
    raw = frozenset[str]().union(*needs.values())
    has_rows = _has_rows(url, company_id, raw | {f"marts.{name}" for name in needs})
    if not any(has_rows.get(table) for table in raw):
        return frozenset()
    return frozenset(
        name
        for name, tables in needs.items()
        if has_rows.get(f"marts.{name}") is False
        and not any(has_rows.get(table) for table in tables)
    )


def forget_builds(url: str, company_id: str, marts: Iterable[str]) -> None:
    """Let the next build of these marts read everything, and hold no change back."""
    with connect(url, "transformer") as database:
        database.execute(
            "delete from ops.mart_builds where company_id = %s and mart = any(%s)",
            (company_id, list(marts)),
        )


def raw_tables_of_marts(manifest: Mapping[str, Any]) -> dict[str, frozenset[str]]:
    """The raw tables (schema.table) above each mart that has its rows of them alone.

    A mart that joins a few rows to many others names the tables of the few, as
    ``config: {meta: {rows_of: [raw_files.webinars]}}``.
    """
    above: dict[str, frozenset[str]] = {}
    for key in TopologicalSorter(manifest["parent_map"]).static_order():
        source = manifest["sources"].get(key)
        above[key] = (
            frozenset({f"{source['schema']}.{source['name']}"})
            if source
            else frozenset[str]().union(
                *(above[parent] for parent in manifest["parent_map"].get(key, ()))
            )
        )
    marts = (
        (
            node["name"],
            frozenset(node["config"].get("meta", {}).get("rows_of", ()))
            or above[key] - _MAKES_NO_ROW,
        )
        for key, node in manifest["nodes"].items()
        if node["config"].get("materialized") == "incremental"
    )
    return {
        name: frozenset(table for table in tables if not table.endswith(_BOOKKEEPING))
        for name, tables in marts
        if tables and all(table.startswith("raw_") for table in tables)
    }


def _has_rows(url: str, company_id: str, tables: Iterable[str]) -> dict[str, bool]:
    """Whether each of these tables has a row of the company; no word of one missing."""
    with connect(url, "transformer") as database:
        existing = database.execute(
            """select nspname, relname
            from unnest(%s::text[]) as wanted (name)
            inner join pg_class on pg_class.oid = to_regclass(name)
            inner join pg_namespace on relnamespace = pg_namespace.oid
            where relkind in ('r', 'p')""",
            (sorted(tables),),
        ).fetchall()
        rows = database.execute(
            sql.SQL(" union all ").join(
                _LOOK.format(f"{schema}.{table}", sql.Identifier(schema, table))
                for schema, table in existing
            ),
            {"company_id": company_id},
        )
        return dict(rows.fetchall())
