"""What dbt made in a database, beside what the project would make now."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import dagster as dg
from psycopg import Connection, sql

from orchestration.lib.warehouse.database import connect
from orchestration.lib.warehouse.dbt import current_manifest

__all__ = [
    "are_all_there",
    "as_of_dates",
    "built_from",
    "outgrown_marts",
    "remember_built_from",
]

# A column: its name, its type, its place in the primary key, if any, and whether it
# is never null.
_Columns = set[tuple[str, str | None, int | None, bool]]


def are_all_there(url: str, keys: Iterable[dg.AssetKey]) -> bool:
    """Whether every one of these tables, views and functions exists."""
    wanted = {tuple(key.path) for key in keys}
    with connect(url, "transformer") as database:
        found = database.execute(
            """select nspname, relname from pg_class
            inner join pg_namespace on relnamespace = pg_namespace.oid
            where nspname = any(%(schemas)s)
            union all
            select nspname, proname from pg_proc
            inner join pg_namespace on pronamespace = pg_namespace.oid
            where nspname = any(%(schemas)s)""",
            {"schemas": [schema for schema, *_ in wanted]},
        ).fetchall()
    return wanted <= set(found)


def built_from(url: str, schema: str) -> str | None:
    """Fingerprint of the project from which the views were last made, if known."""
    with connect(url, "transformer") as database:
        row = database.execute(
            "select obj_description(to_regnamespace(%s), 'pg_namespace')", (schema,)
        ).fetchone()
    return row[0] if row else None


def remember_built_from(url: str, schema: str, fingerprint: str) -> None:
    """Write down, as a comment on their schema, what the views were made from."""
    comment = sql.SQL("comment on schema {} is {}")
    with connect(url, "transformer") as database:
        database.execute(
            comment.format(sql.Identifier(schema), sql.Literal(fingerprint))
        )


def outgrown_marts(url: str) -> list[str]:
    """Marts whose table has other columns or another key than their contract now.

    Other columns are also those that may be null where they might not, or the reverse.
    """
    manifest = current_manifest()
    with connect(url, "transformer") as database:
        return sorted(
            node["name"]
            for node in manifest["nodes"].values()
            if node["config"].get("materialized") == "incremental"
            and _is_outgrown(database, node)
        )


def as_of_dates(url: str) -> dict[str, date]:
    """The date up to which each company's history is summarised at present."""
    with connect(url, "transformer") as database:
        row = database.execute(
            """select 1 from pg_attribute where attname = 'as_of_date'
            and attrelid = to_regclass('marts.customer_summaries')"""
        ).fetchone()
        if row is None:
            return {}
        return dict(
            database.execute(
                """select company_id, max(as_of_date) from marts.customer_summaries
                group by company_id"""
            ).fetchall()
        )


def _is_outgrown(database: Connection, node: dict[str, Any]) -> bool:
    stands = _columns_standing(database, f"{node['schema']}.{node['name']}")
    return bool(stands) and stands != _columns_declared(database, node)


def _columns_standing(database: Connection, table: str) -> _Columns:
    rows = database.execute(
        """select attname, atttypid::regtype::text,
            array_position(indkey::int2[], attnum), attnotnull
        from pg_attribute
        left join pg_index on indrelid = attrelid and indisprimary
        where attrelid = to_regclass(%s) and attnum > 0 and not attisdropped""",
        (table,),
    )
    return set(rows.fetchall())


def _columns_declared(database: Connection, node: dict[str, Any]) -> _Columns:
    types = {name: column["data_type"] for name, column in node["columns"].items()}
    key = [
        column
        for constraint in node["constraints"]
        if constraint["type"] == "primary_key"
        for column in constraint["columns"]
    ]
    never_null = [
        name
        for name, column in node["columns"].items()
        if any(each["type"] == "not_null" for each in column["constraints"])
    ]
    rows = database.execute(
        """select name, to_regtype(type)::text, array_position(%s::text[], name) - 1,
            name = any(%s::text[])
        from unnest(%s::text[], %s::text[]) as declared (name, type)""",
        (key, [*key, *never_null], list(types), list(types.values())),
    )
    return set(rows.fetchall())
