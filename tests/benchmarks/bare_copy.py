"""The floor: the least code that loads the benchmark's orders with COPY.

No checks, no guard, no quarantine, no schema: what a careful person writes for one
known table on an afternoon. Called as ``bare_copy.py MESSAGES DATABASE_URL``.
"""

from __future__ import annotations

import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import psycopg

_COLUMNS = {
    "order_id": "text",
    "customer_id": "text",
    "email": "text",
    "city": "text",
    "financial_status": "text",
    "currency_code": "text",
    "total": "numeric",
    "discount_amount": "numeric",
    "item_count": "bigint",
    "is_test": "boolean",
    "note": "text",
    "created_at": "timestamptz",
    "updated_at": "timestamptz",
    "order_date": "date",
    "tags": "text",
}
_BATCH_ROWS = 20_000
_NAMES = ", ".join(_COLUMNS)
_ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})
_MERGE = f"""
    insert into bare.orders select 'acme', {_NAMES} from staging
    on conflict (company_id, order_id) do update set
    {", ".join(f"{name} = excluded.{name}" for name in _COLUMNS)}
"""


def _field(value: Any) -> str:
    if value is None:
        return r"\N"
    return str(value).translate(_ESCAPES)


def _load_batch(connection: psycopg.Connection, rows: list[str]) -> None:
    with connection.transaction():
        with connection.cursor().copy("copy staging from stdin") as copy:
            copy.write("".join(rows))
        connection.execute(_MERGE)
    rows.clear()


def _load(messages: Path, url: str) -> None:
    decode = msgspec.json.Decoder(float_hook=Decimal).decode
    definitions = ", ".join(f"{name} {type_}" for name, type_ in _COLUMNS.items())
    rows: list[str] = []
    with (
        psycopg.connect(url, autocommit=True) as connection,
        messages.open("rb") as lines,
    ):
        connection.execute("create schema if not exists bare")
        connection.execute(
            f"create table bare.orders (company_id text, {definitions}, "
            "primary key (company_id, order_id))"
        )
        connection.execute(
            f"create temporary table staging ({definitions}) on commit delete rows"
        )
        for line in lines:
            message = decode(line)
            if message["type"] == "RECORD":
                record = message["record"]
                rows.append("\t".join([_field(record[name]) for name in _COLUMNS]))
                rows.append("\n")
            if len(rows) >= 2 * _BATCH_ROWS:
                _load_batch(connection, rows)
        _load_batch(connection, rows)


if __name__ == "__main__":
    _load(Path(sys.argv[1]), sys.argv[2])
