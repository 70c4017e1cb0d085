"""Creates the raw tables of every tap, empty, so that whoever reads them finds them.

    python -m taps.raw_tables --config target.json [--source shopify ...] [--list]

The configuration is target-postgres's; ``database_url`` is all that is needed. What a
table looks like is what its tap announces, prepared by the loader itself; a table that
exists already is widened as a load would, and keeps its rows.
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from psycopg import sql

from taps.api_source.streams import SourceStream
from taps.sources import slugs, tap_class
from taps.target_postgres.column_types import columns_of
from taps.target_postgres.errors import LoadError
from taps.target_postgres.naming import folded, quoted
from taps.target_postgres.quarantine import REJECTED_BY_TAP
from taps.target_postgres.tables import TableName, prepare_table
from taps.target_postgres.warehouse import Warehouse

__all__ = ["RawTable", "main", "raw_tables"]

_DEFAULT_ROLE = "loader"

#: Columns that what changed is found by among all that was ever loaded, as staging
#: reads them: trimmed, and null where nothing is left.
_FOUND_BY: Final = {
    TableName("raw_files", "message_events"): "message_id",
    TableName("raw_files", "product_events"): "message_id",
}


class RawTable(NamedTuple):
    """A table and the message that says what it looks like."""

    name: TableName
    key: Sequence[str]
    schema: dict[str, Any]
    stream: str
    replication_key: str | None = None


def raw_tables(source: str) -> Iterator[RawTable]:
    """The raw tables of a source; nothing is asked of the source itself."""
    tap = tap_class(source)(config={}, validate_config=False, setup_mapper=False)
    for name, stream in tap.streams.items():
        if name != REJECTED_BY_TAP:
            keywords = (
                stream.schema_keywords if isinstance(stream, SourceStream) else {}
            )
            yield RawTable(
                TableName(f"raw_{source}", folded(name, "The stream")),
                stream.primary_keys or (),
                {**stream.schema, **keywords},
                name,
                stream.replication_key,
            )


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; returns the exit status."""
    options = _options(arguments)
    # The SDK says at length what it finds in empty settings.
    logging.disable(logging.WARNING)
    tables = [table for slug in options.source or slugs() for table in raw_tables(slug)]
    if options.list:
        sys.stdout.write(json.dumps([str(table.name) for table in tables]) + "\n")
        return 0
    try:
        _create(tables, json.loads(options.config.read_text()))
    except LoadError as error:
        sys.stderr.write(f"ERROR: {error}\n")
        return 1
    return 0


def _create(tables: Sequence[RawTable], config: dict[str, Any]) -> None:
    warehouse = Warehouse(config["database_url"], config.get("role", _DEFAULT_ROLE))
    try:
        for table in tables:
            columns = columns_of(table.name.table, table.schema, table.key)
            prepare_table(warehouse, table.name, columns)
            if table.name in _FOUND_BY:
                _index(warehouse, table.name, _FOUND_BY[table.name])
    finally:
        warehouse.close()


def _index(warehouse: Warehouse, name: TableName, column: str) -> None:
    with warehouse.transaction(f"Indexing table {name}"):
        warehouse.run(
            sql.SQL(
                "create index if not exists {} on {} (company_id, nullif(trim({}), ''))"
            ).format(
                quoted(f"{name.table}_by_{column}"), name.identifier, quoted(column)
            )
        )


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m taps.raw_tables",
        description="Create the raw tables of every tap, empty.",
    )
    parser.add_argument("--config", type=Path, help="settings of target-postgres")
    parser.add_argument(
        "--source",
        action="append",
        choices=slugs(),
        help="only this source; may be repeated",
    )
    parser.add_argument(
        "--list", action="store_true", help="print the tables as JSON and create none"
    )
    options = parser.parse_args(arguments)
    if not options.list and options.config is None:
        parser.error("--config is needed to create tables")
    return options


if __name__ == "__main__":
    sys.exit(main())
