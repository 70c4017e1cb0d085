"""What was spent after advice and on plans, out of the marts."""

from __future__ import annotations

import pandas as pd
import psycopg

from ml_assets.assets.table_rows import read_frame

__all__ = ["read_advised", "read_draws", "read_planned"]


def read_advised(database: psycopg.Connection, company_id: str) -> pd.DataFrame:
    """Spend of the 28 days after each advice, as of 30, for `advice_outcomes`."""
    return read_frame(database, _ADVISED, company_id)


def read_planned(database: psycopg.Connection, company_id: str) -> pd.DataFrame:
    """Spend of the days of each saved plan, for `scenario_outcomes`; `actual_income`.

    Of the channels that were planned: a plan says nothing about others.
    """
    return read_frame(database, _PLANNED, company_id)


def read_draws(database: psycopg.Connection, company_id: str) -> pd.DataFrame:
    """The published curves of revenue, draw by draw."""
    return read_frame(database, _DRAWS, company_id)


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
