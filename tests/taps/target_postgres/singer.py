"""Singer messages and the smallest ways to load them."""

from __future__ import annotations

import contextlib
import io
import json
from collections.abc import Iterable
from typing import Any

import psycopg
from psycopg.rows import dict_row

from taps.target_postgres.target import TargetPostgres

Message = dict[str, Any]

ORDERS = {
    "id": {"type": "string"},
    "total": {"type": ["number", "null"]},
    "updated_at": {"type": ["string", "null"], "format": "date-time"},
}


def schema(
    properties: Message,
    *,
    stream: str = "orders",
    keys: Iterable[str] = ("id",),
    replication_key: str | None = None,
    required: Iterable[str] = (),
) -> Message:
    message = {
        "type": "SCHEMA",
        "stream": stream,
        "key_properties": list(keys),
        "schema": {
            "type": "object",
            "properties": properties,
            "required": list(required),
        },
    }
    if replication_key:
        message["bookmark_properties"] = [replication_key]
    return message


def record(stream: str = "orders", **values: Any) -> Message:
    return {"type": "RECORD", "stream": stream, "record": values}


def state(value: object) -> Message:
    return {"type": "STATE", "value": {"bookmarks": value}}


def lines(messages: Iterable[Message | bytes]) -> bytes:
    """Messages as the bytes a tap writes; bytes stand for themselves."""
    return b"".join(
        message if isinstance(message, bytes) else json.dumps(message).encode() + b"\n"
        for message in messages
    )


class Loader:
    """Loads messages into ``raw_shop`` of one database, in this process."""

    def __init__(self, database_url: str) -> None:
        self.database_url = database_url

    def settings(self, **changes: Any) -> dict[str, Any]:
        return {
            "database_url": self.database_url,
            "schema": "raw_shop",
            "company_id": "acme",
        } | changes

    def load(self, *messages: Message | bytes, **settings: Any) -> list[Message]:
        """Load and return the states that came out."""
        target = TargetPostgres(config=self.settings(**settings))
        output = io.StringIO()
        try:
            with contextlib.redirect_stdout(output):
                target.listen(io.BytesIO(lines(messages)))  # type: ignore[arg-type]
        finally:
            target.warehouse.close()
        return [json.loads(line) for line in output.getvalue().splitlines()]

    def rows(self, query: str) -> list[dict[str, Any]]:
        options = "-c timezone=UTC"
        with psycopg.connect(
            self.database_url, options=options, row_factory=dict_row
        ) as reader:
            return reader.execute(query).fetchall()

    def column(self, query: str) -> list[Any]:
        return [next(iter(row.values())) for row in self.rows(query)]

    def execute(self, statement: str) -> None:
        with psycopg.connect(self.database_url) as admin:
            admin.execute(statement)

    def quarantined(self) -> list[dict[str, Any]]:
        """What the loader itself says of the records; people's decisions come later."""
        return self.rows(
            """select company_id, source, stream, record_hash, batch_id, location,
                reason, record, quarantined_at
            from ops.quarantined_records order by record_hash"""
        )
