"""A small `reporting` schema: the columns the cards read, filled by hand.

The real views are dbt's; here they are tables with the same row-level security, so
that what a card shows can be told beforehand.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import psycopg
from psycopg import sql

from tests.metabase.pages.rows.community_rows import NAMES as _COMMUNITY_NAMES
from tests.metabase.pages.rows.community_rows import TABLES as _COMMUNITY_TABLES
from tests.metabase.pages.rows.community_rows import fill_community
from tests.metabase.pages.rows.decision_rows import NAMES as _DECISION_NAMES
from tests.metabase.pages.rows.decision_rows import TABLES as _DECISION_TABLES
from tests.metabase.pages.rows.decision_rows import fill_decisions
from tests.metabase.pages.rows.kpi_rows import NAMES as _KPI_NAMES
from tests.metabase.pages.rows.kpi_rows import TABLES as _KPI_TABLES
from tests.metabase.pages.rows.kpi_rows import fill_kpis
from tests.metabase.pages.rows.marketing_rows import NAMES as _MARKETING_NAMES
from tests.metabase.pages.rows.marketing_rows import TABLES as _MARKETING_TABLES
from tests.metabase.pages.rows.marketing_rows import Channel, fill_marketing
from tests.metabase.pages.rows.model_health_rows import TABLES as _HEALTH_TABLES
from tests.metabase.pages.rows.model_health_rows import ModelHealth, fill_health
from tests.metabase.pages.rows.operations_rows import NAMES as _OPERATIONS_NAMES
from tests.metabase.pages.rows.operations_rows import TABLES as _OPERATIONS_TABLES
from tests.metabase.pages.rows.operations_rows import fill_operations
from tests.metabase.pages.rows.panel_rows import NAMES as _PANEL_NAMES
from tests.metabase.pages.rows.panel_rows import TABLES as _PANEL_TABLES
from tests.metabase.pages.rows.panel_rows import fill_panel
from tests.metabase.pages.rows.saas_rows import NAMES as _SAAS_NAMES
from tests.metabase.pages.rows.saas_rows import TABLES as _SAAS_TABLES
from tests.metabase.pages.rows.saas_rows import fill_saas
from tests.metabase.pages.rows.webinar_rows import NAMES as _WEBINAR_NAMES
from tests.metabase.pages.rows.webinar_rows import TABLES as _WEBINAR_TABLES
from tests.metabase.pages.rows.webinar_rows import fill_webinars

AS_OF = date(1997, 9, 30)


@dataclass(frozen=True)
class Customer:
    """One row of reporting.customer_values."""

    customer_id: str
    predicted_value_12m: float | None
    historic_value: float = 100.0
    probability_no_purchase_90d: float | None = 0.25
    days_since_order: int = 10
    frequency: int = 1


@dataclass(frozen=True)
class Shop:
    """One company, its customers and what was left out of them."""

    company_id: str
    name: str
    currency_code: str
    customers: tuple[Customer, ...] = ()
    stale_reason: str | None = None
    order_count: int = 0
    quarantined_row_count: int = 0
    health: ModelHealth = field(default_factory=ModelHealth)
    channels: tuple[Channel, ...] = ()


_TABLES = """
create table reporting.customer_value_totals (
    company_id text, as_of_date date, data_through_date date,
    customer_count integer, repeat_customer_count integer,
    active_customer_count integer,
    expected_active_customer_count_90d double precision,
    predicted_value_12m numeric(18, 2), historic_value numeric(18, 2),
    currency_code text, is_stale boolean, stale_reason text
);
create table reporting.customer_values (
    company_id text, customer_id text, predicted_value_12m numeric(18, 2),
    historic_value numeric(18, 2), probability_no_purchase_90d double precision,
    last_order_date date, expected_orders_90d double precision, value_rank integer,
    as_of_date date, first_order_date date, purchase_day_count integer,
    predicted_value_12m_lower numeric(18, 2), predicted_value_12m_upper numeric(18, 2),
    probability_no_purchase_90d_lower double precision,
    probability_no_purchase_90d_upper double precision, next_order_date date,
    next_order_date_lower date, next_order_date_upper date, reasons_es text
);
create table reporting.shop_admins (company_id text, customers_url text);
create table reporting.no_purchase_probability_bins (
    company_id text, bin_number integer, bin_lower double precision,
    bin_upper double precision, customer_count integer, historic_value numeric(18, 2)
);
create table reporting.data_quality_totals (
    company_id text, order_count integer, purchase_count integer,
    guest_order_count integer, guest_net_revenue numeric(18, 2),
    missing_rate_order_count integer, not_recognised_order_count integer,
    cancelled_order_count integer, fully_refunded_order_count integer,
    test_order_count integer, deleted_order_count integer,
    impossible_order_count integer, future_order_count integer,
    credit_note_count integer, nothing_sold_order_count integer,
    quarantined_row_count integer, quarantined_amount numeric(18, 2),
    loaded_row_count integer
);
"""
_NAMES = (
    "customer_value_totals",
    "customer_values",
    "shop_admins",
    "no_purchase_probability_bins",
    "data_quality_totals",
    "alerts",
    "model_backtests",
    "model_backtest_channels",
    "model_backtest_deciles",
    "model_backtest_tracking",
    "model_gates",
    "media_mix_backtests",
    "forecast_grades",
    "accuracy_totals",
    "recommendations",
    "scenario_grades",
    *_MARKETING_NAMES,
    *_OPERATIONS_NAMES,
    *_KPI_NAMES,
    *_PANEL_NAMES,
    *_DECISION_NAMES,
    *_COMMUNITY_NAMES,
    *_SAAS_NAMES,
    *_WEBINAR_NAMES,
)


def make_reporting(url: str, shops: Sequence[Shop]) -> None:
    """Create the tables, the companies and their logins, and fill them."""
    with psycopg.connect(url, autocommit=True) as connection:
        tables = (_TABLES, _HEALTH_TABLES, _MARKETING_TABLES, _OPERATIONS_TABLES)
        more = (_DECISION_TABLES, _COMMUNITY_TABLES, _SAAS_TABLES, _WEBINAR_TABLES)
        everything = (*tables, _KPI_TABLES, _PANEL_TABLES, *more)
        for statement in ";".join(everything).split(";"):
            connection.execute(sql.SQL(statement))
        _say_it_in_english(connection)
        for name in _NAMES:
            _secure(connection, sql.Identifier("reporting", name))
        for shop in shops:
            _add_company(connection, shop)
            ensure_login(connection, f"bi_{shop.company_id}")
            _fill(connection, shop)
            fill_health(connection, shop.company_id, shop.health)
            fill_marketing(connection, shop.company_id, shop.channels)
            if shop.customers:
                fill_operations(connection, shop.company_id)
                fill_decisions(connection, shop.company_id)
                scale = 3 if shop.currency_code == "CLP" else 1
                fill_community(connection, shop.company_id, scale)
                is_told = shop.currency_code == "CLP"
                fill_kpis(connection, shop.company_id, told=is_told)
                fill_panel(connection, shop.company_id, told=not is_told)
                fill_saas(connection, shop.company_id, more=is_told)
                fill_webinars(connection, shop.company_id, times=3 if is_told else 1)


def _say_it_in_english(connection: psycopg.Connection) -> None:
    """Give each Spanish column its English sister: the word, and (en)."""
    found = connection.execute(
        "select table_name, column_name from information_schema.columns"
        " where table_schema = 'reporting' and right(column_name, 3) = '_es'"
    ).fetchall()
    for table, column in found:
        connection.execute(
            sql.SQL(
                "alter table {} add {} text generated always as ({} || ' (en)') stored"
            ).format(
                sql.Identifier("reporting", table),
                sql.Identifier(f"{column[:-3]}_en"),
                sql.Identifier(column),
            )
        )


def _secure(connection: psycopg.Connection, table: sql.Identifier) -> None:
    connection.execute(
        sql.SQL("alter table {} enable row level security").format(table)
    )
    connection.execute(
        sql.SQL(
            "create policy own on {} for select to bi_reader using "
            "(company_id = case when starts_with(current_user::text, 'bi_')"
            " then substr(current_user::text, 4) end)"
        ).format(table)
    )
    connection.execute(sql.SQL("grant select on {} to bi_reader").format(table))


def _add_company(connection: psycopg.Connection, shop: Shop) -> None:
    connection.execute(
        "insert into ops.companies values (%s, %s, %s, 'UTC')",
        (shop.company_id, shop.name, shop.currency_code),
    )


def ensure_login(
    connection: psycopg.Connection, role: str, group: str = "bi_reader"
) -> None:
    """Create the login of a company if another test has not, or has dropped it.

    Roles belong to the server and outlive the database of one test.
    """
    if not connection.execute(
        "select 1 from pg_roles where rolname = %s", (role,)
    ).fetchone():
        connection.execute(
            sql.SQL("create role {} login in role {}").format(
                sql.Identifier(role), sql.Identifier(group)
            )
        )


def _fill(connection: psycopg.Connection, shop: Shop) -> None:
    for rank, customer in enumerate(shop.customers, start=1):
        last_order = AS_OF - timedelta(days=customer.days_since_order)
        connection.execute(
            "insert into reporting.customer_values"
            " values (%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,2,1,9,0.1,0.9,%s,%s,null,'Vuelve')",
            (
                shop.company_id,
                customer.customer_id,
                customer.predicted_value_12m,
                customer.historic_value,
                customer.probability_no_purchase_90d,
                last_order,
                1.5,
                rank,
                AS_OF,
                last_order,
                AS_OF + timedelta(days=20),
                AS_OF + timedelta(days=5),
            ),
        )
    connection.execute(
        "insert into reporting.customer_value_totals"
        " values (%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s)",
        _totals(shop),
    )
    connection.execute(
        "insert into reporting.data_quality_totals"
        " values (%s,%s,%s,%s,10.5,0,0,0,0,0,0,0,0,0,0,%s,0)",
        (
            shop.company_id,
            shop.order_count,
            max(0, shop.order_count - 2),
            min(2, shop.order_count),
            shop.quarantined_row_count,
        ),
    )
    for number in range(1, 11):
        connection.execute(
            "insert into reporting.no_purchase_probability_bins"
            " values (%s,%s,%s,%s,%s,0)",
            (
                shop.company_id,
                number,
                (number - 1) / 10,
                number / 10,
                sum(1 for one in shop.customers if _bin(one) == number),
            ),
        )


def _bin(customer: Customer) -> int:
    probability = customer.probability_no_purchase_90d
    return 0 if probability is None else min(10, int(probability * 10) + 1)


def _totals(shop: Shop) -> tuple[object, ...]:
    customers = shop.customers
    values = [one.predicted_value_12m for one in customers]
    known = [value for value in values if value is not None]
    odds = [one.probability_no_purchase_90d for one in customers]
    return (
        shop.company_id,
        AS_OF if customers else None,
        AS_OF - timedelta(days=1) if customers else None,
        len(customers),
        sum(one.frequency > 0 for one in customers),
        sum(one.days_since_order < 90 for one in customers),
        sum(1 - odd for odd in odds if odd is not None) if known else None,
        sum(known) if known else None,
        sum(one.historic_value for one in customers),
        shop.currency_code,
        shop.stale_reason is not None,
        shop.stale_reason,
    )
