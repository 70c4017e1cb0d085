"""Rows of marts and predictions written by hand, for tests of what reads them."""

from __future__ import annotations

import datetime as dt
from functools import cache

import psycopg

from tests.dbt_project.warehouse import Warehouse

__all__ = ["COMPANY", "insert"]

ANY_DAY = dt.date(2026, 10, 31)
COMPANY = """
    insert into marts.companies
    select company_id, name, currency_code, time_zone, cart_idle_hours,
        inactivity_days, at_risk_threshold, critical_threshold, 0.5,
        revenue_includes_tax, revenue_includes_shipping, created_at
    from ops.companies where company_id = %s
"""
# What a mart wants of a column that a test has nothing to say about.
BLANK = {
    "text": "",
    "boolean": False,
    "date": ANY_DAY,
    "timestamp with time zone": ANY_DAY,
}
REQUIRED = """
    select column_name, data_type from information_schema.columns
    where table_schema = %s and table_name = %s and is_nullable = 'NO'
        and column_default is null and is_identity = 'NO'
"""


def insert(
    warehouse: Warehouse, table: str, schema: str = "marts", **told: object
) -> None:
    """A row of a table; columns that must not be null are blank or 0 unless told."""
    values = _blank(warehouse.url, schema, table) | told
    names, places = ", ".join(values), ", ".join(["%s"] * len(values))
    warehouse.execute(
        f"insert into {schema}.{table} ({names}) values ({places})",
        list(values.values()),
    )


@cache
def _blank(url: str, schema: str, table: str) -> dict[str, object]:
    with psycopg.connect(url) as connection:
        required = connection.execute(REQUIRED, [schema, table]).fetchall()
    return {name: BLANK.get(data_type, 0) for name, data_type in required}
