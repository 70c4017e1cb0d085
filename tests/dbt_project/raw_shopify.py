"""What the loader leaves in `raw_shopify`: rows of the shop's API."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

__all__ = ["Row", "customer", "load", "order", "order_id", "refund", "sale"]
__all__ += ["shop", "slice_of_order_ids"]

Row = Mapping[str, object]

_LOADED_AT = datetime(2026, 6, 1, tzinfo=UTC)


def shop(time_zone: str, currency_code: str = "EUR") -> Row:
    """The shop itself."""
    return {
        "id": "1",
        "time_zone": time_zone,
        "currency_code": currency_code,
        "read_at": _LOADED_AT,
    }


def order(id_: str, at: str, total: object, **others: object) -> Row:
    """A paid order in EUR of customer 7."""
    return {
        "id": id_,
        "name": f"#{id_}",
        "created_at": at,
        "processed_at": at,
        "updated_at": at,
        "total_price": total,
        "total_discounts": 0,
        "total_refunded": 0,
        "currency_code": "EUR",
        "financial_status": "paid",
        "is_test": False,
        "customer_id": "7",
        **others,
    }


def refund(id_: str, of_order: str, amount: object, **others: object) -> Row:
    """A refund whose money moved."""
    return {
        "id": id_,
        "order_id": of_order,
        "total_refunded": amount,
        "currency_code": "EUR",
        "has_transactions": True,
        **others,
    }


def sale(id_: str, of_order: str, total: object, **others: object) -> Row:
    """An entry of the ledger: goods sold when the order was placed."""
    return {
        "id": id_,
        "agreement_id": f"{of_order}-placed",
        "order_id": of_order,
        "happened_at": "2026-01-05 10:00+00",
        "reason": "order",
        "action_type": "order",
        "line_type": "product",
        "currency_code": "EUR",
        "total": total,
        "discount": 0,
        "tax": 0,
        **others,
    }


def customer(id_: str, email: str) -> Row:
    """A customer of the shop."""
    return {"id": id_, "email": email, "updated_at": _LOADED_AT}


def order_id(id_: str, day: str) -> Row:
    """An order that the shop still lists."""
    return {"id": id_, "date": day, "read_at": _LOADED_AT}


def slice_of_order_ids(day: str) -> Row:
    """A day whose orders were listed anew."""
    return {"stream_name": "order_ids", "date": day, "read_at": _LOADED_AT}


def load(
    connection: psycopg.Connection, company_id: str, table: str, *rows: Row
) -> None:
    """Insert rows of one table, lists as JSON."""
    for row in rows:
        values = {**row, "company_id": company_id, "_sdc_batched_at": _LOADED_AT}
        connection.execute(
            sql.SQL("insert into raw_shopify.{} ({}) values ({})").format(
                sql.Identifier(table),
                sql.SQL(", ").join(map(sql.Identifier, values)),
                sql.SQL(", ").join(sql.Placeholder() * len(values)),
            ),
            [Jsonb(v) if isinstance(v, list) else v for v in values.values()],
        )
