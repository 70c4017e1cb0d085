"""Slices: what the source does not mention any more must not live on.

A tap reads some tables slice by slice (account x day) and closes each slice with a
record on a stream whose schema says ``"x-replaces-by": ["account_id", "date"]``. Such
a record means: the rows of this slice were all read at ``read_at``. Rows of an earlier
read that did not come again have vanished at the source, and are deleted here, in the
transaction that stores the record.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from psycopg import sql
from typing_extensions import override

from taps.target_postgres.column_types import COMPANY_COLUMN, Column
from taps.target_postgres.errors import InputError
from taps.target_postgres.naming import folded, quoted
from taps.target_postgres.sinks import RawTableSink
from taps.target_postgres.tables import TableName

__all__ = ["REPLACES_BY", "SlicesSink"]

#: Keyword at the top of the schema that names the columns of a slice.
REPLACES_BY = "x-replaces-by"

_STREAM_NAME = "stream_name"
_READ_AT = "read_at"


class SlicesSink(RawTableSink):
    """Loads the records that close slices, and clears away what vanished.

    The drain of a batch loads this sink after all others, so the rows that a record
    speaks of are in their table by then.
    """

    @override
    def setup(self) -> None:
        """Check the contract of the keyword, then prepare as any table.

        Raises
        ------
        InputError
            The schema cannot tell which rows a record replaces, or when.
        """
        names = self.schema[REPLACES_BY]
        if not isinstance(names, list) or not names:
            raise InputError(
                f"Stream '{self.stream_name}': '{REPLACES_BY}' is not a list of "
                "properties. Declare the columns of a slice in the tap"
            )
        wanted = {_STREAM_NAME, *names}
        if set(self.key_properties) != wanted or self._replication_key != _READ_AT:
            raise InputError(
                f"Stream '{self.stream_name}' replaces by {', '.join(map(str, names))}:"
                f" its key must be {', '.join(sorted(map(str, wanted)))} and its "
                f"replication key '{_READ_AT}'. Declare them in the tap"
            )
        self._slice_properties: list[str] = names
        self._replaceable: dict[str, TableName] = {}
        super().setup()

    @override
    def take(self, record: dict[str, Any], extracted_at: str | None) -> int:
        """Take the record that closes a slice.

        Raises
        ------
        InputError
            It speaks of a stream of which nothing could be deleted.
        """
        stream = record.get(_STREAM_NAME)
        if isinstance(stream, str) and stream not in self._replaceable:
            self._replaceable[stream] = self._table_of(stream)
        return super().take(record, extracted_at)

    def wait_for_others(self) -> None:
        """Let one loader at a time replace slices of this company here.

        Two that meet would each hold rows that the other one wants to delete.
        """
        self._warehouse.run(
            "select pg_advisory_xact_lock(hashtextextended(%s, 0))",
            f"target_postgres {self._upsert.name} {self._company_id}",
        )

    def _table_of(self, stream: str) -> TableName:
        columns = self._target.columns_of_stream(stream)
        if columns is None:
            raise InputError(
                f"Stream '{self.stream_name}' closes a slice of '{stream}', which has "
                "no SCHEMA message in this run. Announce the stream in the tap"
            )
        own = {column.property_name: column for column in self._columns}
        theirs = {column.property_name: column for column in columns}
        for name in (*self._slice_properties, _READ_AT):
            if name not in theirs or theirs[name].type is not own[name].type:
                raise InputError(
                    f"Stream '{self.stream_name}' closes a slice of '{stream}', whose "
                    f"schema has no '{name}' of the type {own[name].type.value}. "
                    "Declare the property in the tap"
                )
        return TableName(self.config["schema"], folded(stream, "The stream"))

    @override
    def _write(self, rows: list[str]) -> None:
        super()._write(rows)
        for stream in sorted(self._streams_in(rows)):
            gone = self._warehouse.run(
                self._delete_vanished(self._replaceable[stream]),
                stream,
                self._company_id,
                stream,
            )
            if count := int(gone[0][0]):
                self.logger.info(
                    "%s: %d rows vanished at the source and were deleted", stream, count
                )

    def _streams_in(self, rows: Sequence[str]) -> set[str]:
        position = [column.property_name for column in self._columns].index(
            _STREAM_NAME
        )
        found = {row.split("\t")[position] for row in rows}
        return found & self._replaceable.keys()

    def _delete_vanished(self, table: TableName) -> sql.Composed:
        """Delete what was read before the latest read of the batch's slices.

        The latest read is the stored one: a record that comes late (an older read)
        has not replaced it, and then only rows that came late with it are deleted.
        The join goes along the primary keys, both of which begin with the company and
        the slice.
        """
        names = [self._column(name).name for name in self._slice_properties]
        stream_name = quoted(self._column(_STREAM_NAME).name)
        read_at = self._column(_READ_AT).name

        def equal(left: str, right: str, columns: Sequence[str]) -> sql.Composed:
            return sql.SQL(" and ").join(
                sql.SQL("{} = {}").format(quoted(left, name), quoted(right, name))
                for name in columns
            )

        return sql.SQL(
            "with gone as (delete from {table} as stale"
            " using {slices} as latest, (select distinct {names} from {staging}"
            " where {stream_name} = %s) as closed"
            " where latest.{company} = %s and latest.{stream_name} = %s"
            " and {latest_is_closed}"
            " and stale.{company} = latest.{company} and {stale_is_latest}"
            " and {stale_read_at} < {latest_read_at} returning 1)"
            " select count(*) from gone"
        ).format(
            table=table.identifier,
            slices=self._upsert.name.identifier,
            staging=quoted("pg_temp", self._upsert.name.table),
            names=sql.SQL(", ").join(map(quoted, names)),
            stream_name=stream_name,
            company=quoted(COMPANY_COLUMN),
            latest_is_closed=equal("latest", "closed", names),
            stale_is_latest=equal("stale", "latest", names),
            stale_read_at=quoted("stale", read_at),
            latest_read_at=quoted("latest", read_at),
        )

    def _column(self, property_name: str) -> Column:
        return next(c for c in self._columns if c.property_name == property_name)
