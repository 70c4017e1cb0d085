"""Rows of a marketplace's files as the loader leaves them, in CLP."""

from __future__ import annotations

from tests.dbt_project.raw_files import RawFile, Row

__all__ = ["cart", "marketplace_file", "order", "rating", "session", "user"]


def marketplace_file(entities: str, *rows: Row, version: int = 1) -> RawFile:
    """A file of one kind, such as `users`, named after it."""
    contract = f"marketplace_{entities}"
    return RawFile(f"{entities}.csv", rows, version=version, contract=contract)


def user(user_id: str, at: str | None, **others: object) -> Row:
    """A user and when they registered."""
    return {"user_id": user_id, "registered_at": at, **others}


def order(order_id: str, user_id: str | None, at: str, **others: object) -> Row:
    """An order that was paid when it was placed."""
    return {
        "order_id": order_id,
        "user_id": user_id,
        "status": "pagado",
        "created_at": at,
        "paid_at": at,
        "currency_code": "CLP",
        **others,
    }


def cart(cart_id: str, user_id: str | None, at: str, **others: object) -> Row:
    """A cart with one unit of a cleaning."""
    return {
        "cart_id": cart_id,
        "user_id": user_id,
        "service": "limpieza",
        "quantity": 1,
        "price": 25000,
        "currency_code": "CLP",
        "created_at": at,
        "updated_at": at,
        **others,
    }


def rating(order_id: str, score: object, at: str, **others: object) -> Row:
    """A rating of an order."""
    return {"order_id": order_id, "score": score, "rated_at": at, **others}


def session(session_id: str, user_id: str | None, at: str, **others: object) -> Row:
    """A visit."""
    return {"session_id": session_id, "user_id": user_id, "started_at": at, **others}
