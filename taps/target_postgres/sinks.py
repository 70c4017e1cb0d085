"""Where the records of one stream go: its raw table, or the quarantine."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import psycopg
from singer_sdk.sinks import BatchSink
from singer_sdk.sinks.core import BaseJSONSchemaValidator
from typing_extensions import override

from taps.target_postgres.column_types import METADATA_COLUMNS, Column, columns_of
from taps.target_postgres.copy_text import fields_of
from taps.target_postgres.errors import InputError, RejectedRecordError
from taps.target_postgres.naming import folded
from taps.target_postgres.quarantine import Quarantine
from taps.target_postgres.rows import RowEncoder
from taps.target_postgres.tables import TableName, prepare_table
from taps.target_postgres.upsert import Upsert

if TYPE_CHECKING:
    from taps.target_postgres.target import TargetPostgres

__all__ = ["RawTableSink", "RejectedByTapSink"]

_ROWS_PER_BLOCK = 500

#: Errors that a single value causes and that the row encoder cannot foresee.
_ONE_VALUE_ERRORS = (
    psycopg.DataError,
    psycopg.errors.ProgramLimitExceeded,
    psycopg.errors.StatementTooComplex,
)


class _Sink(BatchSink):
    """What both sinks change of the SDK's BatchSink.

    The SDK validates each record with jsonschema, copies it, and parses its dates
    into Python objects: three quarters of the public target's time. Here ``take`` is
    the whole way of a record; the SDK keeps the life cycle (setup, drain, clean up),
    the counters and the timers.
    """

    def __init__(
        self,
        target: TargetPostgres,
        stream_name: str,
        schema: dict[str, Any],
        key_properties: Sequence[str] | None,
    ) -> None:
        super().__init__(target, stream_name, schema, key_properties)
        self._target = target
        self._warehouse = target.warehouse
        self._quarantine: Quarantine = target.quarantine
        self._forgotten = target.forgotten
        self._replication_key = target.replication_key(stream_name)

    def get_validator(self) -> BaseJSONSchemaValidator | None:
        """No validator: the encoders of the columns refuse what does not fit."""
        return None

    def take(self, record: dict[str, Any], extracted_at: str | None) -> int:
        """Take one record and return how many characters it holds in memory."""
        raise NotImplementedError


class RawTableSink(_Sink):
    """Loads one stream into its raw table.

    BatchSink and not SQLSink: the SDK's SQL classes bring a SQLAlchemy connection, a
    type mapping and an insert per batch, and each of them is what we came to replace.
    """

    def setup(self) -> None:
        """Check the stream's contract and make table and staging table ready.

        Raises
        ------
        InputError
            The stream has no key, or its replication key is not one property of it.
        LoadError
            The table cannot be made to fit.
        """
        super().setup()
        if not self.key_properties:
            raise InputError(
                f"Stream '{self.stream_name}' has no key_properties. Without a key a "
                "second run would load everything twice. Declare the key in the tap"
            )
        columns = columns_of(self.stream_name, self.schema, self.key_properties)
        name = TableName(self.config["schema"], folded(self.stream_name, "The stream"))
        self._columns = columns
        self._company_id: str = self.config["company_id"]
        self._encoder = RowEncoder(columns, self._company_id)
        self._rows: list[str] = []
        self._upsert = Upsert(
            name=name,
            columns=columns,
            stored_types=prepare_table(self._warehouse, name, columns),
            replication_column=self._replication_column(columns),
        )
        with self._warehouse.transaction(f"Preparing to load {name}"):
            self._warehouse.run(self._upsert.drop_staging())
            self._warehouse.run(self._upsert.create_staging())

    def _replication_column(self, columns: Sequence[Column]) -> str | None:
        if self._replication_key is None:
            return None
        for column in columns:
            if column.property_name == self._replication_key:
                return column.name
        raise InputError(
            f"Stream '{self.stream_name}': replication key '{self._replication_key}' "
            "is not in its schema. Declare the property in the tap"
        )

    @property
    def columns(self) -> Sequence[Column]:
        """The columns of the stream, without the loader's own."""
        return self._columns

    @property
    def current_size(self) -> int:
        """Number of records waiting."""
        return len(self._rows)

    def take(self, record: dict[str, Any], extracted_at: str | None) -> int:
        """Encode the record for the next batch, or put it in quarantine."""
        admitted = self._forgotten.admit(self.stream_name, record)
        if admitted is None:
            return 0
        try:
            row = self._encoder.row(admitted, extracted_at)
        except RejectedRecordError as refusal:
            return self._quarantine.reject(self.stream_name, admitted, str(refusal))
        self._rows.append(row)
        return len(row)

    @override
    def process_batch(self, context: dict[str, Any]) -> None:
        """Load what is waiting, in the transaction of the drain."""
        rows, self._rows = self._rows, []
        self.tally_record_read(len(rows))
        self.record_counter_metric.increment(len(rows))
        self._load(rows)

    def clean_up(self) -> None:
        """Report properties that were in records and not in the schema."""
        super().clean_up()
        if unknown := self._encoder.unknown_properties:
            self.logger.warning(
                "%s: not loaded, because the schema does not declare them: %s",
                self.stream_name,
                ", ".join(sorted(unknown)),
            )

    def _load(self, rows: list[str]) -> None:
        """Load the rows; when one of them breaks the batch, find it by halving."""
        try:
            with self._warehouse.savepoint():
                self._write(rows)
        except _ONE_VALUE_ERRORS as error:
            if len(rows) == 1:
                self._reject_row(rows[0], type(error).__name__)
                return
            middle = len(rows) // 2
            self._load(rows[:middle])
            self._load(rows[middle:])

    def _write(self, rows: list[str]) -> None:
        self._warehouse.run(self._upsert.empty_staging())
        self._warehouse.copy(self._upsert.copy_to_staging(), _blocks(rows))
        self._warehouse.run(
            self._upsert.merge(), self._company_id, self.config["run_id"]
        )
        if newest := self._upsert.newest():
            ((moment,),) = self._warehouse.run(newest)
            self._target.note_newest(self.stream_name, moment)

    def _reject_row(self, row: str, error: str) -> None:
        names = [column.property_name for column in self._columns]
        record = dict(zip((*names, METADATA_COLUMNS[0]), fields_of(row), strict=True))
        self._quarantine.reject(
            self.stream_name, record, f"Postgres refused it: {error}"
        )


class RejectedByTapSink(_Sink):
    """Passes the tap's own ``quarantined_records`` on to the quarantine table."""

    @override
    def take(self, record: dict[str, Any], extracted_at: str | None) -> int:
        """Put the rejected record in quarantine, under the stream it came from."""
        self.record_counter_metric.increment()
        told = self._forgotten.without_cells(record)
        try:
            return self._quarantine.relay(told)
        except RejectedRecordError as refusal:
            return self._quarantine.reject(self.stream_name, told, str(refusal))

    @override
    def process_batch(self, context: dict[str, Any]) -> None:
        """Do nothing: the quarantine is written once per drain, for all streams."""


def _blocks(rows: Sequence[str]) -> Iterator[bytes]:
    for start in range(0, len(rows), _ROWS_PER_BLOCK):
        block = "\n".join(rows[start : start + _ROWS_PER_BLOCK])
        yield f"{block}\n".encode()
