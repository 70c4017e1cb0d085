"""What is left of a person in any text of any table: found, and removed."""

from __future__ import annotations

import re

import psycopg
from psycopg import sql

from orchestration.lib.tenancy.privacy.person import Person

__all__ = ["remove_traces", "traces"]

_REPLACEMENT = "[forgotten]"
_SHORT = 6
# What may stand around a name: mariana@example.com holds another one, and so does
# ana@example.com.ar. In a document, the end of a line is written as two characters.
_NAME = r"(?:(?<![[:alnum:]._%+-])|(?<=\\[bfnrt])){}(?![[:alnum:]_-]|[.][[:alnum:]])"
_DELIVERED = """
    from raw_webhooks.deliveries
    where company_id = %s and encode(body, 'escape') ~* %s
"""
_NUMBER = r"(?<![[:alnum:]])(?<![0-9][.,]){}(?![[:alnum:]]|[.,][0-9])"


def traces(
    database: psycopg.Connection, company_id: str, person: Person
) -> tuple[dict[str, int], int]:
    """Rows that still hold the person, by table, and the number of tables searched.

    Every text and document of every table with a company is searched: names anywhere
    in it, customer ids as a whole value.
    """
    ids = [f'"{re.escape(id_.lower())}"' for id_ in person.customer_ids if "/" in id_]
    pattern = "|".join(sorted([*_names(person), *ids])) or "(?!)"
    found = {}
    tables = _tables(database)
    for schema, table in tables:
        columns = [column for column, _ in _texts(database, schema, table)]
        if not columns:
            continue
        row = database.execute(
            sql.SQL(
                """select count(*) from {} as searched where company_id = %s
                and lower(jsonb_build_array({})::text) ~ %s"""
            ).format(
                sql.Identifier(schema, table),
                sql.SQL(", ").join(map(sql.Identifier, columns)),
            ),
            (company_id, pattern),
        ).fetchone()
        if row and row[0]:
            found[f"{schema}.{table}"] = int(row[0])
    row = database.execute(
        f"select count(*) {_DELIVERED}", (company_id, _delivered(pattern))
    ).fetchone()
    if row and row[0]:
        found["raw_webhooks.deliveries"] = int(row[0])
    return found, len(tables)


def remove_traces(
    database: psycopg.Connection, company_id: str, person: Person
) -> dict[str, int]:
    """Replace names inside longer texts and documents; rows changed, by table."""
    pattern = "|".join(sorted(_names(person)))
    if not pattern:
        return {}
    # Ledgers let words go, of whoever says so, and keep their numbers.
    database.execute("select set_config('timonel.erases', %s, true)", (company_id,))
    # A delivery is bytes as they came: it goes as a whole, and its events stay.
    removed = database.execute(
        f"delete {_DELIVERED}", (company_id, _delivered(pattern))
    ).rowcount
    found, _ = traces(database, company_id, person)
    changed = {"raw_webhooks.deliveries": removed} if removed else {}
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


def _delivered(pattern: str) -> str:
    """The same names as JSON and forms may write them."""
    return pattern.replace("@", r"(?:@|%40|\\+u0040)")


def _names(person: Person) -> list[str]:
    """A pattern for each name, that does not find it inside a longer one.

    A number is found however it is punctuated. Short ones are parts of other numbers;
    those stand in columns of their own.
    """
    return [
        _NUMBER.replace("{}", r"[ .()+-]*".join(name))
        if re.fullmatch(r"\d+k?", name)
        else _NAME.replace("{}", re.escape(name))
        for name in person.names | person.hashes
        if len(name) > _SHORT
    ]


def _tables(database: psycopg.Connection) -> list[tuple[str, str]]:
    return database.execute(
        """select n.nspname::text, c.relname::text
        from pg_class as c
        join pg_namespace as n on n.oid = c.relnamespace
        join pg_attribute as a on a.attrelid = c.oid and a.attname = 'company_id'
        where c.relkind in ('r', 'p') and not a.attisdropped
            and n.nspname !~ '^(pg_|information_schema)'
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
