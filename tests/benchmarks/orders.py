"""A made-up shop's orders as Singer messages, the same for every loader."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

__all__ = ["STREAM", "write_messages"]

STREAM = "orders"

_RECORDS_PER_STATE = 10_000
_FIRST_ORDER = datetime(2024, 1, 1, tzinfo=UTC)
_OFFSETS = [timezone(timedelta(hours=hours)) for hours in (-5, 0, 1, 2)]
_CITIES = ("Málaga", "Zürich", "São Paulo", "Kraków", "Bilbao", "Lyon", "北京")
_STATUSES = ("paid", "pending", "refunded", "partially_refunded")
_TEXT = {"type": ["string", "null"]}
_MOMENT = {"type": ["string", "null"], "format": "date-time"}

_SCHEMA = {
    "type": "SCHEMA",
    "stream": STREAM,
    "key_properties": ["order_id"],
    "bookmark_properties": ["updated_at"],
    "schema": {
        "type": "object",
        "properties": {
            "order_id": {"type": "string"},
            "customer_id": _TEXT,
            "email": _TEXT,
            "city": _TEXT,
            "financial_status": _TEXT,
            "currency_code": _TEXT,
            "total": {"type": ["number", "null"]},
            "discount_amount": {"type": ["number", "null"]},
            "item_count": {"type": ["integer", "null"]},
            "is_test": {"type": ["boolean", "null"]},
            "note": _TEXT,
            "created_at": _MOMENT,
            "updated_at": _MOMENT,
            "order_date": {"type": ["string", "null"], "format": "date"},
            "tags": {"type": ["string", "null"]},
        },
    },
}


def write_messages(path: Path, count: int) -> None:
    """Write ``count`` orders (about 500 bytes each) with their schema and states."""
    with path.open("w", encoding="utf-8") as file:
        for message in _messages(count, random.Random(7)):
            file.write(json.dumps(message, ensure_ascii=False) + "\n")


def _messages(count: int, rng: random.Random) -> Iterator[dict[str, Any]]:
    yield _SCHEMA
    for number in range(1, count + 1):
        yield {
            "type": "RECORD",
            "stream": STREAM,
            "record": _order(number, rng),
            "time_extracted": "2026-01-01T03:00:00+00:00",
        }
        if number % _RECORDS_PER_STATE == 0:
            yield {"type": "STATE", "value": {"bookmarks": {STREAM: number}}}


def _order(number: int, rng: random.Random) -> dict[str, Any]:
    created = _FIRST_ORDER + timedelta(seconds=60 * number + rng.randrange(60))
    customer = rng.randrange(50_000)
    return {
        "order_id": f"gid://shop/Order/{450_000_000_000 + number}",
        "customer_id": f"{7_000_000_000 + customer}",
        "email": f"customer.{customer}@example.com",
        "city": rng.choice(_CITIES),
        "financial_status": rng.choice(_STATUSES),
        "currency_code": "EUR",
        "total": rng.randrange(500, 50_000) / 100,
        "discount_amount": rng.randrange(0, 500) / 100,
        "item_count": rng.randrange(1, 9),
        "is_test": rng.random() < 0.01,
        "note": "deixa-ho al veí\tsi no hi sóc" if rng.random() < 0.05 else None,
        "created_at": created.astimezone(rng.choice(_OFFSETS)).isoformat(),
        "updated_at": (created + timedelta(hours=2)).isoformat(),
        "order_date": created.date().isoformat(),
        "tags": "newsletter, first-order, summer",
    }
