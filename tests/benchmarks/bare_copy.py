"""The floor: the least code that loads Singer messages with COPY.

No checks, no guard, no quarantine, no changing schema: what a careful person writes on
an afternoon. Called as ``bare_copy.py MESSAGES DATABASE_URL``.
"""

from __future__ import annotations

import json
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import psycopg

_BATCH_ROWS = 20_000
_ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})
_TYPES = {
    "integer": "bigint",
    "number": "numeric",
    "boolean": "boolean",
    "array": "jsonb",
    "object": "jsonb",
}
_FORMATS = {"date": "date", "date-time": "timestamptz"}


class _Table:
    """One stream's table, its staging table and the rows that wait."""

    def __init__(self, connection: psycopg.Connection, message: dict[str, Any]) -> None:
        properties = message["schema"]["properties"]
        columns = {name: _type(definition) for name, definition in properties.items()}
        key = ", ".join(message["key_properties"])
        definitions = ", ".join(f"{name} {type_}" for name, type_ in columns.items())
        name = message["stream"]
        self._connection = connection
        self._names = list(columns)
        self._rows: list[str] = []
        self._copy = f"copy staging_{name} from stdin"
        self._merge = f"""
            insert into bare.{name}
            select distinct on ({key}) 'acme', * from staging_{name}
            on conflict (company_id, {key}) do update set
            {", ".join(f"{name} = excluded.{name}" for name in columns)}
        """
        connection.execute(
            f"create table bare.{name} (company_id text, {definitions}, "
            f"primary key (company_id, {key}))"
        )
        connection.execute(
            f"create temporary table staging_{name} ({definitions}) "
            "on commit delete rows"
        )

    def take(self, record: dict[str, Any]) -> None:
        self._rows.append("\t".join([_field(record.get(n)) for n in self._names]))
        if len(self._rows) >= _BATCH_ROWS:
            self.load()

    def load(self) -> None:
        with self._connection.transaction():
            with self._connection.cursor().copy(self._copy) as copy:
                copy.write("\n".join([*self._rows, ""]))
            self._connection.execute(self._merge)
        self._rows.clear()


def _type(definition: dict[str, Any]) -> str:
    declared = definition["type"]
    kinds = [declared] if isinstance(declared, str) else declared
    kind = next(kind for kind in kinds if kind != "null")
    return _TYPES.get(kind) or _FORMATS.get(definition.get("format", ""), "text")


def _field(value: Any) -> str:
    if value is None:
        return r"\N"
    if isinstance(value, list | dict):
        value = json.dumps(value)
    return str(value).translate(_ESCAPES)


def _load(messages: Path, url: str) -> None:
    decode = msgspec.json.Decoder(float_hook=Decimal).decode
    tables: dict[str, _Table] = {}
    with (
        psycopg.connect(url, autocommit=True) as connection,
        messages.open("rb") as lines,
    ):
        connection.execute("create schema if not exists bare")
        for line in lines:
            message = decode(line)
            if message["type"] == "RECORD":
                tables[message["stream"]].take(message["record"])
            elif message["type"] == "SCHEMA" and message["stream"] not in tables:
                tables[message["stream"]] = _Table(connection, message)
        for table in tables.values():
            table.load()


if __name__ == "__main__":
    _load(Path(sys.argv[1]), sys.argv[2])
