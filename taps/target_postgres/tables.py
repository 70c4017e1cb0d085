"""Raw tables: created, widened, never narrowed, never changed by surprise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import psycopg
from psycopg import sql

from taps.target_postgres.column_types import (
    COMPANY_COLUMN,
    Column,
    ColumnType,
    key_columns,
)
from taps.target_postgres.errors import LoadError, describe
from taps.target_postgres.naming import comma_separated, quoted
from taps.target_postgres.warehouse import Warehouse

__all__ = ["TableName", "prepare_table"]

#: dbt's role, which reads the raw tables.
_READER = "transformer"

_METADATA_TYPES = {
    "_sdc_extracted_at": ColumnType.TIMESTAMPTZ.value,
    "_sdc_batched_at": ColumnType.TIMESTAMPTZ.value,
    "_sdc_run_id": ColumnType.TEXT.value,
}

# Every value of the first type is a value of the second, equal and written alike. A
# date is not a timestamptz: which instant it means depends on a time zone.
_WIDENINGS = {
    ("smallint", "bigint"),
    ("integer", "bigint"),
    ("smallint", "numeric"),
    ("integer", "numeric"),
    ("bigint", "numeric"),
    ("character varying", "text"),
    ("character", "text"),
}


@dataclass(frozen=True)
class TableName:
    """A table in a schema."""

    schema: str
    table: str

    @property
    def identifier(self) -> sql.Identifier:
        """Quoted, for a statement."""
        return quoted(self.schema, self.table)

    def __str__(self) -> str:
        return f"{self.schema}.{self.table}"


def prepare_table(
    warehouse: Warehouse, name: TableName, columns: Sequence[Column]
) -> dict[str, str]:
    """Make the table ready for the columns; return the stored type of each.

    Creates schema and table where missing, adds new columns (nullable), and widens
    types. A column that the stream no longer has stays. A column that is already
    wider than the stream needs stays wide.

    Raises
    ------
    LoadError
        The key or a type changed in a way that is not safe.
    """
    with warehouse.transaction(f"Preparing table {name}"):
        # Writers that meet on a new table wait here for each other.
        warehouse.run(
            "select pg_advisory_xact_lock(hashtextextended(%s, 0))",
            f"target_postgres {name.schema}",
        )
        _create_schema(warehouse, name.schema)
        existing = _existing_types(warehouse, name)
        if not existing:
            _create_table(warehouse, name, columns)
            return {column.name: column.type.value for column in columns}
        _check_key(name, _existing_key(warehouse, name), columns)
        return {
            column.name: _fit_column(warehouse, name, column, existing)
            for column in columns
        }


def _create_schema(warehouse: Warehouse, schema: str) -> None:
    # "create schema if not exists" asks for the right to create even when it exists.
    if warehouse.run("select 1 from pg_namespace where nspname = %s", schema):
        return
    warehouse.run(sql.SQL("create schema {}").format(quoted(schema)))
    _grant(warehouse, "usage on schema", quoted(schema))


def _create_table(
    warehouse: Warehouse, name: TableName, columns: Sequence[Column]
) -> None:
    definitions = [
        sql.SQL("{} text not null").format(quoted(COMPANY_COLUMN)),
        *(_definition(column.name, column.type.value) for column in columns),
        *(_definition(column, type_) for column, type_ in _METADATA_TYPES.items()),
        sql.SQL("primary key ({})").format(comma_separated(_key_of(columns))),
    ]
    warehouse.run(
        sql.SQL("create table {} ({})").format(
            name.identifier, sql.SQL(", ").join(definitions)
        )
    )
    _grant(warehouse, "select on table", name.identifier)


def _definition(name: str, type_: str) -> sql.Composed:
    # The type is one of ours or what Postgres itself reported, never a source's text.
    return sql.SQL("{} {}").format(quoted(name), sql.SQL(type_))


def _key_of(columns: Sequence[Column]) -> list[str]:
    return [COMPANY_COLUMN, *(column.name for column in key_columns(columns))]


def _grant(warehouse: Warehouse, what: str, target: sql.Identifier) -> None:
    if warehouse.run("select 1 from pg_roles where rolname = %s", _READER):
        warehouse.run(
            sql.SQL("grant {} {} to {}").format(
                sql.SQL(what),
                target,
                quoted(_READER),
            )
        )


def _existing_types(warehouse: Warehouse, name: TableName) -> dict[str, str]:
    return dict(
        warehouse.run(
            """
            select attribute.attname, format_type(attribute.atttypid, atttypmod)
            from pg_attribute as attribute
            inner join pg_class as relation on relation.oid = attribute.attrelid
            inner join pg_namespace as room on room.oid = relation.relnamespace
            where room.nspname = %s and relation.relname = %s
                and attribute.attnum > 0 and not attribute.attisdropped
            """,
            name.schema,
            name.table,
        )
    )


def _existing_key(warehouse: Warehouse, name: TableName) -> list[str]:
    rows = warehouse.run(
        """
        select attribute.attname
        from pg_index as index
        inner join pg_class as relation on relation.oid = index.indrelid
        inner join pg_namespace as room on room.oid = relation.relnamespace
        inner join pg_attribute as attribute
            on attribute.attrelid = index.indrelid
            and attribute.attnum = any(index.indkey)
        where room.nspname = %s and relation.relname = %s and index.indisprimary
        order by array_position(index.indkey::int2[], attribute.attnum)
        """,
        name.schema,
        name.table,
    )
    return [row[0] for row in rows]


def _check_key(name: TableName, existing: list[str], columns: Sequence[Column]) -> None:
    wanted = _key_of(columns)
    # The order of the properties in the schema may change; the key does not by that.
    if existing[:1] == wanted[:1] and set(existing) == set(wanted):
        return
    raise LoadError(
        f"Table {name} has the primary key ({', '.join(existing) or 'none'}), the "
        f"stream wants ({', '.join(wanted)}). A changed key cannot be applied to rows "
        "already loaded. Rename the table, then load the source again from its start"
    )


def _fit_column(
    warehouse: Warehouse, name: TableName, column: Column, existing: dict[str, str]
) -> str:
    """Add or widen the column where needed; return its stored type."""
    stored, wanted = existing.get(column.name), column.type.value
    if stored is None:
        warehouse.run(
            sql.SQL("alter table {} add column {}").format(
                name.identifier, _definition(column.name, wanted)
            )
        )
        return wanted
    bare = stored.partition("(")[0]
    if stored == wanted or (bare == stored and (wanted, stored) in _WIDENINGS):
        return stored
    if (bare, wanted) in _WIDENINGS or (bare == wanted and bare != stored):
        _widen(warehouse, name, column, stored)
        return wanted
    raise LoadError(
        f"Table {name}, column '{column.name}': it is {stored}, the stream now sends "
        f"{wanted}, and not every {stored} is kept as it is by {wanted}. Fix the "
        "type in the tap, or rename the column and load the source again"
    )


def _widen(warehouse: Warehouse, name: TableName, column: Column, stored: str) -> None:
    wanted = column.type.value
    try:
        with warehouse.savepoint():
            warehouse.run(
                sql.SQL("alter table {} alter column {} type {}").format(
                    name.identifier,
                    quoted(column.name),
                    sql.SQL(wanted),
                )
            )
    except psycopg.errors.FeatureNotSupported as error:
        raise LoadError(
            f"Table {name}, column '{column.name}': cannot widen {stored} to {wanted} "
            f"while a view reads it ({error.diag.message_detail or describe(error)}). "
            "Drop that view, load again, and let dbt build the view anew"
        ) from None
