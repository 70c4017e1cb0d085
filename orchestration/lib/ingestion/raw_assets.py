"""What the assets of raw tables have in common: their specs, counts and statistics."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import dagster as dg
from psycopg import sql

from orchestration.lib.connections.sources import Source
from orchestration.lib.ingestion.unread_sources import has_landed
from orchestration.lib.warehouse.warehouse import Warehouse

__all__ = [
    "READ_CHECK",
    "asset_specs",
    "materialized",
    "not_connected",
    "read_check_spec",
    "refuse_without_rows",
    "update_statistics",
    "was_read",
]

READ_CHECK = "was_read_to_its_end"
_COUNTED_UP_TO = 1_000_000


def asset_specs(source: Source, descriptions: dict[str, str]) -> list[dg.AssetSpec]:
    """One asset per raw table of a source."""
    return [
        dg.AssetSpec(
            [source.schema, table],
            description=description,
            group_name=f"ingest_{source.slug}",
            kinds={"singer", "postgres"},
            owners=["team:data"],
        )
        for table, description in descriptions.items()
    ]


def read_check_spec(source: Source) -> dg.AssetCheckSpec:
    """Red when a source could not be read; what landed before goes on without it."""
    return dg.AssetCheckSpec(
        READ_CHECK,
        asset=[source.schema, source.tables[0].name],
        description=(
            "Every connection was read to its end. If not, the other sources and the "
            "marts go on with what landed, and predictions that rest on it wait."
        ),
    )


def was_read(source: Source, failures: Iterable[str] = ()) -> dg.AssetCheckResult:
    """Whether reading the source succeeded, and if not why."""
    reason = "\n".join(failures)
    return dg.AssetCheckResult(
        asset_key=[source.schema, source.tables[0].name],
        check_name=READ_CHECK,
        passed=not reason,
        description=reason or "Nothing is missing.",
    )


def refuse_without_rows(
    warehouse: Warehouse, company_ids: Iterable[str], failures: Iterable[str]
) -> None:
    """Stop if a source failed and there is nothing that the rest could go on with.

    Raises
    ------
    dagster.Failure
        With what the source said.
    """
    reason = "\n".join(failures)
    if reason and not any(has_landed(warehouse.url(), each) for each in company_ids):
        raise dg.Failure(reason, allow_retries=False)


def materialized(
    warehouse: Warehouse, source: Source, company_ids: Iterable[str]
) -> Iterator[dg.MaterializeResult[None]]:
    """Each raw table with the number of rows these companies have in it."""
    ids = list(company_ids)
    with warehouse.acting_as("transformer") as database:
        for table in source.tables:
            # Counting must not cost more than reading: a large table stays uncounted.
            query = sql.SQL(
                """select count(*) from (
                    select 1 from {} where company_id = any(%s) limit %s
                ) as counted"""
            ).format(sql.Identifier(source.schema, table.name))
            row = database.execute(query, (ids, _COUNTED_UP_TO)).fetchone()
            count = row[0] if row else 0
            is_exact = count < _COUNTED_UP_TO
            yield dg.MaterializeResult(
                asset_key=[source.schema, table.name],
                metadata={"dagster/row_count": count} if is_exact else {},
            )


def not_connected(source: Source) -> Iterator[dg.MaterializeResult[None]]:
    """Each raw table as it is when nobody has connected the source: empty."""
    for table in source.tables:
        yield dg.MaterializeResult(
            asset_key=[source.schema, table.name],
            metadata={"dagster/row_count": 0, "note": f"{source.title}: not connected"},
        )


def update_statistics(warehouse: Warehouse, source: Source) -> None:
    """Tell the planner what arrived: guessing, it joins new tables row by row."""
    with warehouse.acting_as("loader") as database:
        grown = database.execute(
            """select relname from pg_stat_user_tables
            where schemaname = %s and n_mod_since_analyze > 100 + n_live_tup / 20""",
            (source.schema,),
        ).fetchall()
        for (table,) in grown:
            statement = sql.SQL("analyze {}").format(
                sql.Identifier(source.schema, table)
            )
            database.execute(statement)
