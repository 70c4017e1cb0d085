"""Ask the platform's database as one company's reader would."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import psycopg
from psycopg.conninfo import make_conninfo

from metabase.content.company import Company
from metabase.content.errors import WarehouseError

__all__ = [
    "DataState",
    "Result",
    "connect_as",
    "connect_as_admin",
    "data_state",
    "find_companies",
    "result_columns",
    "run",
]

_STATEMENT_TIMEOUT_MS = 60_000
_ROLE_GROUP = "bi_reader"


@dataclass(frozen=True)
class Result:
    """What a query gave: column names and rows of as many values."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]

    def column(self, name: str) -> list[Any]:
        """The values of one column, one per row."""
        position = self.columns.index(name)
        return [row[position] for row in self.rows]


@dataclass(frozen=True)
class DataState:
    """How far one company's data goes, and whether its predictions can be trusted."""

    data_through_date: date | None
    as_of_date: date | None
    customer_count: int
    order_count: int
    quarantined_row_count: int
    has_predictions: bool
    is_stale: bool
    stale_reason: str | None


def connect_as_admin(url: str) -> psycopg.Connection:
    """Open the platform's database as the user of the URL.

    Raises
    ------
    WarehouseError
        The server does not answer or refuses.
    """
    return _connect(url)


def connect_as(url: str, role: str = _ROLE_GROUP) -> psycopg.Connection:
    """Open it as one reader: row-level security applies, nothing can be written.

    All queries of the connection see the same instant, so the cards of one page
    agree with each other.

    Raises
    ------
    WarehouseError
        The server does not answer, or there is no such role.
    """
    settings = {
        "role": role,
        "default_transaction_read_only": "on",
        "default_transaction_isolation": r"repeatable\ read",
        "statement_timeout": str(_STATEMENT_TIMEOUT_MS),
    }
    options = " ".join(f"-c {name}={value}" for name, value in settings.items())
    return _connect(make_conninfo(url, options=options))


def _connect(conninfo: str) -> psycopg.Connection:
    try:
        return psycopg.connect(conninfo)
    except psycopg.Error as error:
        raise WarehouseError(f"the database cannot be opened: {error}") from error


def find_companies(url: str, company_ids: tuple[str, ...] = ()) -> list[Company]:
    """Read the named companies in that order, or all of them.

    Raises
    ------
    WarehouseError
        A company is not in ``ops.companies``.
    """
    with connect_as_admin(url) as connection:
        rows = connection.execute(
            "select company_id, name, currency_code, plan from ops.companies order by 1"
        ).fetchall()
    companies = {row[0]: Company(*row) for row in rows}
    for company_id in company_ids:
        if company_id not in companies:
            known = ", ".join(companies) or "none yet"
            raise WarehouseError(f"no company {company_id!r}; there is: {known}")
    return [companies[key] for key in company_ids or companies]


def run(connection: psycopg.Connection, sql: str, values: Sequence[Any] = ()) -> Result:
    """Run one query of a card; ``values`` stand for what its reader chose."""
    # The text is a card's own SQL, checked by validate and bound to a reader role.
    cursor = connection.execute(sql, values or None)
    columns = tuple(column.name for column in cursor.description or ())
    return Result(columns, tuple(cursor.fetchall()))


def result_columns(connection: psycopg.Connection, sql: str) -> tuple[str, ...]:
    """The columns that a query would give, without running it over any row."""
    nothing = f"select * from (\n{sql}\n) as card limit 0"  # noqa: S608 (own files)
    return run(connection, nothing).columns


def data_state(connection: psycopg.Connection) -> DataState:
    """Read how far the data of the connected company goes."""
    totals = connection.execute(
        """
        select
            data_through_date,
            as_of_date,
            coalesce(customer_count, 0),
            predicted_value_12m is not null,
            coalesce(is_stale, false),
            stale_reason
        from reporting.customer_value_totals
        """
    ).fetchone() or (None, None, 0, False, False, None)
    if totals[0] is None:
        # Who sells nothing has months all the same, or accounts that pay.
        (day,) = connection.execute(
            """
            select coalesce(
                (select max(through_date) from reporting.kpi_months),
                (select max(as_of_date) from reporting.accounts_now)
            )
            """
        ).fetchone() or (None,)
        totals = (day, day, *totals[2:])
    counts = connection.execute(
        """
        select
            coalesce(order_count, 0),
            -- Files of other things than orders were read: those are not all set aside.
            case
                when coalesce(loaded_row_count, 0) = 0
                    then coalesce(quarantined_row_count, 0)
                else 0
            end
        from reporting.data_quality_totals
        """
    ).fetchone() or (0, 0)
    return DataState(
        data_through_date=totals[0],
        as_of_date=totals[1],
        customer_count=totals[2],
        order_count=counts[0],
        quarantined_row_count=counts[1],
        has_predictions=totals[3],
        is_stale=totals[4],
        stale_reason=totals[5],
    )
