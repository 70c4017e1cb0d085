"""JSON schemas of the tap's streams."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from singer_sdk import typing as th

from taps.tap_files.contract import Column, Contract

__all__ = ["FILES_SCHEMA", "QUARANTINE_SCHEMA", "rows_schema"]

_TYPES: dict[str, type[th.JSONTypeHelper[Any]]] = {
    "string": th.StringType,
    "number": th.NumberType,
    "integer": th.IntegerType,
    "boolean": th.BooleanType,
    "date": th.DateType,
    "date-time": th.DateTimeType,
}

_VERSION = (
    Column("file_sha256", "string", "Version of the file: the hash of its bytes."),
    Column("line_number", "integer", "Physical line (row number in Parquet)."),
    Column("file_name", "string", "File, below the folder that was given."),
)
_FILES = (
    Column("file_name", "string", "File, below the folder that was given."),
    Column("file_sha256", "string", "Version of the file: the hash of its bytes."),
    Column("contract", "string", "Contract under which it was read."),
    Column("exported_at", "date-time", "When it was written; grows per version."),
    Column("row_count", "integer", "Rows in the file that are records or rejected."),
    Column("order_count", "integer", "Orders loaded: their ids, and rows without one."),
    Column("loaded_row_count", "integer", "Rows loaded."),
    Column("rejected_row_count", "integer", "Rows in quarantine."),
    Column("control_total", "number", "Sum of all amounts that can be read."),
    Column("loaded_total", "number", "Sum of the amounts loaded."),
    Column("rejected_total", "number", "Sum of the amounts in quarantine."),
    Column("first_date", "date", "Earliest date loaded, in the company's time zone."),
    Column("last_date", "date", "Latest date loaded, in the company's time zone."),
)
_QUARANTINE = (
    Column("stream_name", "string", "Stream the row would have gone to."),
    Column("batch_id", "string", "file_sha256 of the file."),
    Column("location", "string", "File and line."),
    Column("reason", "string", "What is wrong, without customer data."),
)


def _properties(columns: Iterable[Column], keys: Iterable[str]) -> th.PropertiesList:
    return th.PropertiesList(
        *(
            th.Property(
                column.name,
                _TYPES[column.type],
                required=column.name in set(keys),
                description=column.description,
            )
            for column in columns
        )
    )


def rows_schema(contract: Contract) -> dict[str, Any]:
    """Schema of the stream that a contract feeds."""
    columns = _VERSION + contract.stream_columns
    return _properties(columns, ("file_sha256", "line_number")).to_dict()


def _files_schema() -> dict[str, Any]:
    properties = _properties(_FILES, ("file_name", "file_sha256", "exported_at"))
    notes = th.Property(
        "notes", th.ArrayType(th.StringType), description="What is unusual in it."
    )
    properties.append(notes)
    return properties.to_dict()


def _quarantine_schema() -> dict[str, Any]:
    properties = _properties(_QUARANTINE, [column.name for column in _QUARANTINE])
    record = th.Property(
        "record",
        th.ObjectType(additional_properties=True),
        description="The row's cells under the contract's columns, as written.",
    )
    properties.append(record)
    return properties.to_dict()


FILES_SCHEMA = _files_schema()
QUARANTINE_SCHEMA = _quarantine_schema()
