"""Offers records of the quarantine to the loader again, under the rules of today.

    python -m taps.retries --config target.json < records.jsonl

The configuration is target-postgres's. A line of the input is a JSON object with
``id``, ``stream``, ``reason`` and ``record``; the answer has a line for each, with
``id``, ``accepted`` and ``reason``. An accepted record is committed before its answer
is written. The schema of a stream is what its tap announces today, and a record that
is older than the row already there leaves that row alone, as in any load.
"""

from __future__ import annotations

import argparse
import io
import json
import logging
import sys
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec

from taps.raw_tables import RawTable, raw_tables
from taps.target_postgres.column_types import Column, ColumnType, columns_of
from taps.target_postgres.errors import LoadError
from taps.target_postgres.quarantine import Quarantine
from taps.target_postgres.target import TargetPostgres

__all__ = ["main", "offer"]

_REFUSED_BY_POSTGRES = "Postgres refused it: "
_EXTRACTED_AT = "_sdc_extracted_at"
_AS_TEXT = {ColumnType.TEXT, ColumnType.DATE, ColumnType.TIMESTAMPTZ}

# Numbers keep their digits on the way in and out.
_decode = msgspec.json.Decoder(float_hook=Decimal).decode
_encode = msgspec.json.Encoder(decimal_format="number").encode


class _Refusals(Quarantine):
    """Takes what is refused and writes nothing: the row of the record stays."""

    reason: str | None = None

    def reject(self, stream: str, record: object, reason: str) -> int:  # noqa: ARG002 - the loader's own signature
        """Remember why the record was refused."""
        self.reason = reason
        return 0


def offer(
    offered: Mapping[str, Any], tables: Mapping[str, RawTable], config: dict[str, Any]
) -> str | None:
    """Load one record; None if it was accepted, else why it was not.

    Raises
    ------
    LoadError
        The database refuses the load, whatever the record.
    """
    table = tables.get(offered["stream"])
    if table is None:
        return f"its source has no stream '{offered['stream']}' any more"
    target = TargetPostgres(config={**config, "batch_rows": 1})
    refusals = _Refusals(
        target.warehouse, "", company_id=config["company_id"], source=""
    )
    target.quarantine = refusals
    messages = (_schema_message(table), _record_message(offered, table))
    lines = io.BytesIO(b"".join(_encode(message) + b"\n" for message in messages))
    try:
        target.listen(lines)  # type: ignore[arg-type]
    finally:
        target.warehouse.close()
    return refusals.reason


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; returns the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m taps.retries", description="Offer rejected records again."
    )
    parser.add_argument(
        "--config", type=Path, required=True, help="settings of target-postgres"
    )
    config = json.loads(parser.parse_args(arguments).config.read_text())
    logging.disable(logging.WARNING)
    tables = {table.stream: table for table in raw_tables(config["source"])}
    try:
        _answer(sys.stdin.buffer, tables, config)
    except LoadError as error:
        sys.stderr.write(f"ERROR: {error}\n")
        return 1
    return 0


def _answer(
    lines: Iterable[bytes], tables: Mapping[str, RawTable], config: dict[str, Any]
) -> None:
    for line in lines:
        offered = _decode(line)
        reason = offer(offered, tables, config)
        answer = {"id": offered["id"], "accepted": reason is None, "reason": reason}
        sys.stdout.write(f"{json.dumps(answer)}\n")
        sys.stdout.flush()


def _schema_message(table: RawTable) -> dict[str, Any]:
    keys = [table.replication_key] if table.replication_key else []
    return {
        "type": "SCHEMA",
        "stream": table.stream,
        "schema": table.schema,
        "key_properties": list(table.key),
        "bookmark_properties": keys,
    }


def _record_message(offered: Mapping[str, Any], table: RawTable) -> dict[str, Any]:
    record = offered["record"]
    message: dict[str, Any] = {"type": "RECORD", "stream": table.stream}
    if offered["reason"].startswith(_REFUSED_BY_POSTGRES):
        columns = columns_of(table.stream, table.schema, table.key)
        message["time_extracted"] = record.get(_EXTRACTED_AT)
        record = _restored(record, columns)
    return {**message, "record": record}


def _restored(record: dict[str, Any], columns: Sequence[Column]) -> dict[str, Any]:
    """The record as it came: what Postgres refuses is kept as the texts of a row."""
    types = {column.property_name: column.type for column in columns}
    return {
        name: _value(text, types[name])
        for name, text in record.items()
        if name in types
    }


def _value(text: str | None, type_: ColumnType) -> Any:
    if text is None or type_ in _AS_TEXT:
        return text
    if type_ is ColumnType.BOOLEAN:
        return text == "t"
    return _decode(text)


if __name__ == "__main__":
    sys.exit(main())
