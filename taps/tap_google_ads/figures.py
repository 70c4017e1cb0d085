"""Figures of a row: whole numbers come as text, money in millionths."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from taps.api_source.whole_reads import Record
from taps.tap_google_ads.client import Row
from taps.tap_google_ads.customers import Customer

__all__ = ["day_of", "decimal", "money", "text_of", "whole"]


def day_of(row: Row, customer: Customer) -> Record:
    """The columns every fact begins with."""
    return {
        "customer_id": customer.id,
        "date": date.fromisoformat(row["segments.date"]),
    }


def money(micros: Any) -> Decimal:
    """Millionths of the currency's unit, exactly; nothing said is nothing spent."""
    return Decimal(int(micros or 0)).scaleb(-6)


def whole(value: Any) -> int:
    """An int64, which JSON carries as text; Google leaves zeros out."""
    return int(value or 0)


def decimal(value: Any) -> Decimal:
    """A double with the digits it was written with; conversions may be fractions."""
    return Decimal(str(value or 0))


def text_of(value: Any) -> str | None:
    """An id or a name as text."""
    return None if value is None else str(value)
