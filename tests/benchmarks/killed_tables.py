"""What a killed and repeated run left, beside what an undisturbed one did."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import psycopg
from psycopg import Connection, sql

__all__ = ["bookmarks_past_data", "differences"]

_SCHEMAS = "^(raw_.*|marts|predictions)$"
# When and by which run something was done is the one thing that may differ.
_OF_THE_RUN = re.compile(
    r"^_sdc_|^(fit|run|build|batch)_id$"
    r"|^(read|loaded|fitted|computed|made|attributed|graded)_at$"
)


def bookmarks_past_data(killed: Connection, calm_url: str) -> list[str]:
    """Orders and files that bookmarks of the killed run say are there, and are not.

    What the undisturbed run has up to the bookmark must be there in that version.
    """
    findings = []
    rows = killed.execute("select company_id, tap, state from ops.singer_bookmarks")
    with psycopg.connect(calm_url) as calm:
        for company_id, tap, state in rows.fetchall():
            marks = state.get("bookmarks", {})
            if tap.startswith("shopify"):
                missing = _missing_orders(killed, calm, company_id, marks)
            else:
                missing = _missing_files(killed, company_id, marks)
            if missing:
                findings.append(
                    f"{company_id} {tap} is past {sorted(map(str, missing))[:3]}"
                )
    return findings


def _missing_orders(
    killed: Connection, calm: Connection, company_id: str, marks: dict[str, Any]
) -> set[Any]:
    mark = marks.get("orders", {}).get("replication_key_value")
    query = """select id, updated_at from raw_shopify.orders
        where company_id = %s and updated_at <= %s::timestamptz"""
    wanted = set(calm.execute(query, (company_id, mark)).fetchall())
    return wanted - set(killed.execute(query, (company_id, mark)).fetchall())


def _missing_files(
    killed: Connection, company_id: str, marks: dict[str, Any]
) -> set[Any]:
    versions = marks.get("files", {}).get("versions", {})
    found = killed.execute(
        "select file_sha256 from raw_files.files where company_id = %s", (company_id,)
    )
    return {each["sha256"] for each in versions.values()} - {sha for (sha,) in found}


def differences(calm_url: str, killed_url: str) -> list[str]:
    """Tables whose rows differ, with how many rows only one of them has."""
    with psycopg.connect(calm_url) as calm, psycopg.connect(killed_url) as killed:
        return [
            f"{table}: {len(before - after)} rows are missing, "
            f"{len(after - before)} are new, such as "
            f"{sorted(map(str, before ^ after))[:2]}"
            for table, columns in _tables(calm)
            for before, after in [
                (_rows(calm, table, columns), _rows(killed, table, columns))
            ]
            if before != after
        ]


def _tables(database: Connection) -> Iterator[tuple[str, list[str]]]:
    rows = database.execute(
        """select table_schema, table_name, array_agg(
            column_name::text order by column_name
        )
        from information_schema.columns inner join information_schema.tables
            using (table_schema, table_name)
        where table_schema ~ %s and table_type = 'BASE TABLE'
        group by 1, 2 order by 1, 2""",
        (_SCHEMAS,),
    ).fetchall()
    for schema, name, columns in rows:
        kept = [column for column in columns if not _OF_THE_RUN.match(column)]
        yield f"{schema}.{name}", kept


def _rows(database: Connection, table: str, columns: list[str]) -> set[str]:
    """Each row as text, numbered where the same one is there twice."""
    query = sql.SQL(
        """select told || ' ' || row_number() over (partition by told)
        from (select row({})::text as told from {}) as rows"""
    ).format(
        sql.SQL(", ").join(map(sql.Identifier, columns)),
        sql.Identifier(*table.split(".")),
    )
    return {text for (text,) in database.execute(query)}
