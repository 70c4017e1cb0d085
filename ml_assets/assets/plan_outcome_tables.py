"""What was spent after advice and on plans, out of the marts; what came of it in."""

from __future__ import annotations

from typing import Any

import pandas as pd
import psycopg
from psycopg.rows import dict_row

from ml_assets.assets.table_rows import as_row, insert

__all__ = ["read_advised", "read_draws", "read_planned", "replace_outcomes"]


def read_advised(database: psycopg.Connection, company_id: str) -> pd.DataFrame:
    """Spend of the 28 days after each advice, as of 30, for `advice_outcomes`."""
    return _read(database, company_id, _ADVISED)


def read_planned(database: psycopg.Connection, company_id: str) -> pd.DataFrame:
    """Spend of the days of each saved plan, for `scenario_outcomes`; `actual_income`.

    Of the channels that were planned: a plan says nothing about others.
    """
    return _read(database, company_id, _PLANNED)


def read_draws(database: psycopg.Connection, company_id: str) -> pd.DataFrame:
    """The published curves of revenue, draw by draw."""
    return _read(database, company_id, _DRAWS)


def replace_outcomes(
    database: psycopg.Connection, table: str, company_id: str, outcomes: pd.DataFrame
) -> None:
    """Put outcomes in place of the company's; the caller commits."""
    database.execute(_CLEAR[table], (company_id,))
    rows = [
        {"company_id": company_id, **as_row(record)}
        for record in outcomes.to_dict("records")
    ]
    insert(database, table, rows)


def _read(database: psycopg.Connection, company_id: str, query: Any) -> pd.DataFrame:
    cursor = database.cursor(row_factory=dict_row)
    cursor.execute(query, {"company": company_id})
    columns = [column.name for column in cursor.description or ()]
    return pd.DataFrame(cursor.fetchall(), columns=columns)


_CLEAR: dict[str, Any] = {
    "advice_outcomes": "delete from predictions.advice_outcomes where company_id = %s",
    "scenario_outcomes": (
        "delete from predictions.scenario_outcomes where company_id = %s"
    ),
}

_ADVISED = """
    select
        shown.trace_id,
        shown.as_of_date + 28 as due_date,
        shifts.channel_id,
        shifts.current_spend::double precision as current_spend,
        shifts.advised_spend::double precision as advised_spend,
        (coalesce(sum(days.spend), 0) * 30 / 28)::double precision as actual_spend
    from ops.shown_insights as shown
    inner join ops.shown_insight_shifts as shifts
        on shown.company_id = shifts.company_id
        and shown.trace_id = shifts.trace_id
    left join marts.channel_days as days
        on shifts.company_id = days.company_id
        and shifts.channel_id = days.channel_id
        and days.calendar_date between shown.as_of_date + 1 and shown.as_of_date + 28
    where shown.company_id = %(company)s
    group by shown.trace_id, shown.as_of_date, shifts.channel_id,
        shifts.current_spend, shifts.advised_spend
    order by shown.trace_id, shifts.channel_id
"""

_PLANNED = """
    select
        scenarios.scenario_id,
        scenarios.end_date,
        scenarios.end_date - scenarios.start_date + 1 as day_count,
        plans.channel_id,
        plans.current_spend::double precision as current_spend,
        plans.projected_spend::double precision as projected_spend,
        coalesce(sum(days.spend), 0)::double precision as actual_spend,
        (
            select coalesce(sum(sold.net_revenue), 0)
            from marts.company_days as sold
            where sold.company_id = %(company)s
                and sold.calendar_date
                between scenarios.start_date and scenarios.end_date
        ) as actual_income
    from predictions.scenarios as scenarios
    inner join predictions.scenario_channels as plans
        on scenarios.company_id = plans.company_id
        and scenarios.scenario_id = plans.scenario_id
    left join marts.channel_days as days
        on plans.company_id = days.company_id
        and plans.channel_id = days.channel_id
        and days.calendar_date between scenarios.start_date and scenarios.end_date
    where scenarios.company_id = %(company)s
    group by scenarios.scenario_id, scenarios.start_date, scenarios.end_date,
        plans.channel_id, plans.current_spend, plans.projected_spend
    order by scenarios.scenario_id, plans.channel_id
"""

_DRAWS = """
    select channel_id, alphas, half_saturations, gammas, data_through_date
    from predictions.marketing_curve_draws
    where company_id = %(company)s and outcome_unit = 'revenue'
"""
