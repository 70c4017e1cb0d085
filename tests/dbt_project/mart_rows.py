"""Rows of marts and predictions written by hand, for tests of what reads them."""

from __future__ import annotations

import datetime as dt
from functools import cache

import psycopg

from tests.dbt_project.warehouse import Warehouse

__all__ = ["COMPANY", "insert", "set_margin"]

ANY_DAY = dt.date(2026, 10, 31)
COMPANY = """
    with added as (
    insert into marts.companies
    select company_id, name, currency_code, time_zone, cart_idle_hours,
        inactivity_days, at_risk_threshold, critical_threshold, 0.5,
        revenue_includes_tax, revenue_includes_shipping, created_at
    from ops.companies where company_id = %s
    returning company_id, gross_margin_rate
    )
    insert into marts.contribution_margins (company_id, gross_margin_rate,
        contribution_margin_rate, costs_included)
    select company_id, gross_margin_rate, gross_margin_rate, 'goods' from added
"""
MARGIN = """
    update marts.contribution_margins set gross_margin_rate = %(gross)s,
        contribution_margin_rate = %(kept)s, costs_included = %(costs)s
    where company_id = %(company)s
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


def set_margin(
    warehouse: Warehouse,
    company: str,
    gross: float | None,
    kept: float | None = None,
    costs: str = "goods",
) -> None:
    """What is left of a sale, or that nobody told it; until then it is a half.

    ``kept`` is what is left after the ``costs`` as well; left out, all that is left
    of the goods.
    """
    told = {"gross": gross, "kept": gross if kept is None else kept}
    warehouse.execute(MARGIN, told | {"costs": costs, "company": company})


@cache
def _blank(url: str, schema: str, table: str) -> dict[str, object]:
    with psycopg.connect(url) as connection:
        required = connection.execute(REQUIRED, [schema, table]).fetchall()
    return {name: BLANK.get(data_type, 0) for name, data_type in required}
