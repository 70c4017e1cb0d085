"""The KPI functions: what the SQL functions of their names answer, as Python values.

Each number is defined once, in the dbt model of its name (``models/reporting``). These
only ask: over a connection whose role decides which companies it may see. Ranges are
days in the company's time zone, both ends included.
"""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

import pandas as pd
from psycopg import Connection, sql
from psycopg.rows import dict_row

from orchestration.lib.core.plain_errors import PlainError

__all__ = [
    "Kpis",
    "RangeReversed",
    "get_acquisition_kpis",
    "get_cart_abandonment_rate",
    "get_engagement_kpis",
    "get_operations_kpis",
    "get_retention_kpis",
    "get_rfm_segmentation",
]

Kpis = dict[str, Any]

_Function = Literal[
    "get_acquisition_kpis",
    "get_cart_abandonment_rate",
    "get_engagement_kpis",
    "get_operations_kpis",
    "get_retention_kpis",
    "get_rfm_segmentation",
]


class RangeReversed(PlainError, ValueError):
    """The range ends before it starts; the message has both days."""


def get_acquisition_kpis(
    connection: Connection, company_id: str, start: date, end: date
) -> Kpis:
    """New users, onboarding and RUT validation rates (0-1), new customers.

    Returns
    -------
    dict
        A value by column; empty for a company that does not exist, or that the
        connection's role may not see.

    Raises
    ------
    RangeReversed
        ``start`` is after ``end``.
    """
    return _one(connection, "get_acquisition_kpis", company_id, start, end)


def get_engagement_kpis(
    connection: Connection, company_id: str, start: date, end: date
) -> Kpis:
    """Cart abandonment (0-1), average order value (company currency), frequency.

    Returns and raises as `get_acquisition_kpis`.
    """
    return _one(connection, "get_engagement_kpis", company_id, start, end)


def get_cart_abandonment_rate(
    connection: Connection, company_id: str, start: date, end: date
) -> Kpis:
    """Carts judged, carts abandoned and their share (0-1).

    Returns and raises as `get_acquisition_kpis`.
    """
    return _one(connection, "get_cart_abandonment_rate", company_id, start, end)


def get_operations_kpis(
    connection: Connection, company_id: str, start: date, end: date
) -> Kpis:
    """Cancellation rate (0-1), service cycle (hours) and ratings (1-5).

    Returns and raises as `get_acquisition_kpis`.
    """
    return _one(connection, "get_operations_kpis", company_id, start, end)


def get_retention_kpis(
    connection: Connection, company_id: str, start: date, end: date
) -> Kpis:
    """Repurchase rate (0-1), historic value per customer (company currency), MAU.

    Returns and raises as `get_acquisition_kpis`.
    """
    return _one(connection, "get_retention_kpis", company_id, start, end)


def get_rfm_segmentation(
    connection: Connection, company_id: str, start: date, end: date
) -> pd.DataFrame:
    """Recency (days), frequency, monetary, scores (1-5) and segment per customer.

    Returns
    -------
    DataFrame
        One row per customer as of ``end``, by customer_id; no row where
        `get_acquisition_kpis` would be empty.

    Raises
    ------
    RangeReversed
        ``start`` is after ``end``.
    """
    columns, rows = _ask(connection, "get_rfm_segmentation", company_id, start, end)
    found = pd.DataFrame([tuple(row.values()) for row in rows], columns=columns)
    return found.sort_values("customer_id", ignore_index=True)


def _one(
    connection: Connection, function: _Function, company_id: str, start: date, end: date
) -> Kpis:
    _, rows = _ask(connection, function, company_id, start, end)
    return rows[0] if rows else {}


def _ask(
    connection: Connection, function: _Function, company_id: str, start: date, end: date
) -> tuple[list[str], list[Kpis]]:
    if start > end:
        raise RangeReversed(f"The range starts on {start}, after its end on {end}.")
    # Cast: a text without a type would not find the function.
    query = sql.SQL("select * from {}(%s::text, %s::date, %s::date)").format(
        sql.Identifier("reporting", function)
    )
    cursor = connection.cursor(row_factory=dict_row)
    rows = cursor.execute(query, (company_id, start, end)).fetchall()
    return [column.name for column in cursor.description or ()], rows
