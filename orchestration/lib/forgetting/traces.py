"""What is left of a person in any text of any table: found, and removed."""

from __future__ import annotations

import re

import psycopg
from psycopg import sql

from orchestration.lib.forgetting.person import Person

__all__ = ["remove_traces", "traces"]

_REPLACEMENT = "[forgotten]"


def traces(
    database: psycopg.Connection, company_id: str, person: Person
) -> tuple[dict[str, int], int]:
    """Rows that still hold the person, by table, and the number of tables searched.

    Every column of every table with a company is searched: names anywhere in it,
    customer ids as a whole value.
    """
    needles = _needles(person)
    found = {}
    tables = _tables(database)
    for schema, table in tables:
        row = database.execute(
            sql.SQL(
                """select count(*) from {} as searched
                where company_id = %s and exists (
                    select 1 from unnest(%s::text[]) as needle
                    where strpos(lower(to_jsonb(searched)::text), needle) > 0
                )"""
            ).format(sql.Identifier(schema, table)),
            (company_id, needles),
        ).fetchone()
        if row and row[0]:
            found[f"{schema}.{table}"] = int(row[0])
    return found, len(tables)


def remove_traces(
    database: psycopg.Connection, company_id: str, person: Person
) -> dict[str, int]:
    """Replace names inside longer texts and documents; rows changed, by table."""
    # Short numbers are parts of other numbers; those stand in columns of their own.
    names = [name for name in person.names | person.hashes if len(name) > 6]
    if not names:
        return {}
    pattern = "|".join(re.escape(name) for name in sorted(names))
    found, _ = traces(database, company_id, person)
    changed = {}
    for address in found:
        schema, table = address.split(".", 1)
        changed[address] = sum(
            database.execute(
                sql.SQL(
                    """update {table} set {column} = regexp_replace(
                        {column}::text, %(pattern)s, %(new)s, 'gi')::{type}
                    where company_id = %(company)s and {column}::text ~* %(pattern)s"""
                ).format(
                    table=sql.Identifier(schema, table),
                    column=sql.Identifier(column),
                    type=sql.SQL(type_),
                ),
                {"pattern": pattern, "new": _REPLACEMENT, "company": company_id},
            ).rowcount
            for column, type_ in _texts(database, schema, table)
        )
    return changed


def _needles(person: Person) -> list[str]:
    names = [name for name in person.names | person.hashes if len(name) > 6]
    exact = [f'"{id_.lower()}"' for id_ in person.customer_ids if "/" in id_]
    return sorted({*names, *exact})


def _tables(database: psycopg.Connection) -> list[tuple[str, str]]:
    return database.execute(
        """select n.nspname::text, c.relname::text
        from pg_class as c
        join pg_namespace as n on n.oid = c.relnamespace
        join pg_attribute as a on a.attrelid = c.oid and a.attname = 'company_id'
        where c.relkind in ('r', 'p') and not a.attisdropped
            and n.nspname !~ '^(pg_|information_schema)'
            and (n.nspname, c.relname) <> ('ops', 'forgotten_people')
        order by 1, 2"""
    ).fetchall()


def _texts(
    database: psycopg.Connection, schema: str, table: str
) -> list[tuple[str, str]]:
    return database.execute(
        """select column_name::text, data_type::text
        from information_schema.columns
        where table_schema = %s and table_name = %s
            and data_type in ('text', 'jsonb', 'json', 'character varying')
            and column_name <> 'company_id'""",
        (schema, table),
    ).fetchall()
