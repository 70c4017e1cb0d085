"""The statements that move one batch from COPY text into its raw table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from psycopg import sql

from taps.target_postgres.column_types import (
    COMPANY_COLUMN,
    METADATA_COLUMNS,
    Column,
    ColumnType,
    key_columns,
)
from taps.target_postgres.naming import comma_separated, quoted
from taps.target_postgres.tables import TableName

__all__ = ["Upsert"]

_ARRIVAL = "_sdc_arrival"
_EXTRACTED_AT = METADATA_COLUMNS[0]


@dataclass(frozen=True)
class Upsert:
    """SQL for one stream.

    Parameters
    ----------
    name : TableName
        The raw table.
    columns : sequence of Column
        In the order of the rows that are copied.
    stored_types : dict
        Postgres type by column name; may be wider than the stream's own.
    replication_column : str or None
        Column by which a newer record is told from an older one.
    """

    name: TableName
    columns: Sequence[Column]
    stored_types: dict[str, str]
    replication_column: str | None

    def create_staging(self) -> sql.Composed:
        """A temporary table for the rows of a batch, in the order they arrived."""
        definitions = [
            sql.SQL("{} bigint generated always as identity").format(quoted(_ARRIVAL)),
            *(
                sql.SQL("{} {}").format(quoted(column), sql.SQL(type_))
                for column, type_ in self.stored_types.items()
            ),
            sql.SQL("{} timestamptz").format(quoted(_EXTRACTED_AT)),
        ]
        return sql.SQL("create temporary table {} ({})").format(
            quoted(self.name.table), sql.SQL(", ").join(definitions)
        )

    def drop_staging(self) -> sql.Composed:
        """Remove the temporary table an earlier schema of the stream left."""
        return sql.SQL("drop table if exists {}").format(self._staging)

    def empty_staging(self) -> sql.Composed:
        """Make room for a batch."""
        return sql.SQL("truncate {}").format(self._staging)

    def copy_to_staging(self) -> sql.Composed:
        """Receive a batch as COPY text."""
        return sql.SQL("copy {} ({}) from stdin").format(
            self._staging, comma_separated((*self._column_names, _EXTRACTED_AT))
        )

    def merge(self) -> sql.Composed:
        """Move the batch; takes the company and the run as values.

        Of several records with one key the newest is taken. The rows go in the order
        of their key, so two writers never wait for each other in a circle.
        """
        return sql.SQL(
            "insert into {table} as stored ({columns})"
            " select %s, {staged}, now(), %s"
            " from (select distinct on ({key}) * from {staging}"
            " order by {key}, {newest_first}) as newest"
            " on conflict ({primary_key}) {on_conflict}"
        ).format(
            table=self.name.identifier,
            columns=comma_separated(
                (COMPANY_COLUMN, *self._column_names, *METADATA_COLUMNS)
            ),
            staged=comma_separated((*self._column_names, _EXTRACTED_AT)),
            key=sql.SQL(", ").join(map(_in_byte_order, self._key)),
            staging=self._staging,
            newest_first=self._newest_first(),
            primary_key=comma_separated(
                (COMPANY_COLUMN, *(column.name for column in self._key))
            ),
            on_conflict=self._on_conflict(),
        )

    def newest(self) -> sql.Composed | None:
        """The latest moment of the batch by its replication key, if it is a moment."""
        column = self.replication_column
        if column is None or self.stored_types[column] != ColumnType.TIMESTAMPTZ.value:
            return None
        return sql.SQL("select max({})::text from {}").format(
            quoted(column), self._staging
        )

    @property
    def _staging(self) -> sql.Identifier:
        return quoted("pg_temp", self.name.table)

    @property
    def _column_names(self) -> list[str]:
        return [column.name for column in self.columns]

    @property
    def _key(self) -> list[Column]:
        return key_columns(self.columns)

    def _newest_first(self) -> sql.Composed:
        arrival = sql.SQL("{} desc").format(quoted(_ARRIVAL))
        if self.replication_column is None:
            return arrival
        return sql.SQL("{} desc nulls last, {}").format(
            quoted(self.replication_column), arrival
        )

    def _on_conflict(self) -> sql.Composable:
        values = [column.name for column in self.columns if not column.is_key]
        if not values:
            return sql.SQL("do nothing")
        assignments = sql.SQL(", ").join(
            sql.SQL("{0} = excluded.{0}").format(quoted(column))
            for column in (*values, *METADATA_COLUMNS)
        )
        return sql.SQL("do update set {} where {}{}").format(
            assignments, self._is_not_older(), _differs(values)
        )

    def _is_not_older(self) -> sql.Composable:
        if self.replication_column is None:
            return sql.SQL("")
        return sql.SQL("({0} is null or {1} >= {0}) and ").format(
            quoted("stored", self.replication_column),
            quoted("excluded", self.replication_column),
        )


def _differs(columns: Sequence[str]) -> sql.Composed:
    """A record that changes nothing writes nothing, and keeps its run and time."""
    stored, excluded = (
        sql.SQL(", ").join(quoted(side, column) for column in columns)
        for side in ("stored", "excluded")
    )
    return sql.SQL("({}) is distinct from ({})").format(stored, excluded)


def _in_byte_order(column: Column) -> sql.Composed:
    # Byte order is the fastest to sort by, and the same on every server.
    collation = ' collate "C"' if column.type is ColumnType.TEXT else ""
    return sql.SQL("{}" + collation).format(quoted(column.name))
