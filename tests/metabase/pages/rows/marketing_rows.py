"""The views of channels and budgets, filled by hand."""

from __future__ import annotations

from dataclasses import dataclass

import psycopg
from psycopg import sql

__all__ = ["NAMES", "TABLES", "Channel", "fill_marketing"]

# Separated by semicolons: what follows a function's body must not hold one.
TABLES = """
create table reporting.channel_signals (
    company_id text, outcome_unit text, channel_label_es text, traffic_light text,
    traffic_light_label_es text, current_spend numeric(24, 6),
    recommended_spend numeric(24, 6), recommended_change numeric(18, 6),
    marginal_return double precision, marginal_return_lower double precision,
    marginal_return_upper double precision, marginal_return_target numeric(8, 3),
    saturation_days integer, marginal_profit double precision,
    marginal_profit_lower double precision, marginal_profit_upper double precision,
    suggested_shift numeric(24, 6), saturation_spend numeric(24, 6), channel_id text,
    marginal_value_return double precision,
    marginal_value_return_lower double precision,
    marginal_value_return_upper double precision
);
create table reporting.campaign_quality (
    company_id text, campaign_name text, channel_label_es text, customer_count integer,
    lost_rate double precision, lost_rate_lower double precision,
    lost_rate_upper double precision, others_lost_rate double precision,
    difference_rate double precision, difference_rate_lower double precision,
    difference_rate_upper double precision, spend_30d numeric(18, 2),
    losing_spend_30d numeric(18, 2)
);
create table reporting.marketing_curve_points (
    company_id text, outcome_unit text, channel_label_es text, spend numeric(24, 6),
    expected double precision, is_current boolean, expected_lower double precision,
    expected_upper double precision, is_observed boolean,
    channel_id text generated always as (lower(channel_label_es)) stored
);
create table reporting.marketing_contributions (
    company_id text, outcome_unit text, calendar_date date,
    component_label_es text, contribution double precision, as_of_date date
);
create table reporting.channel_efficiency (
    company_id text, channel_label_es text, verdict_label_es text,
    spend numeric(18, 2), new_customer_count integer,
    customer_acquisition_cost numeric(18, 2), value_per_customer numeric(18, 2),
    reported_roas numeric(18, 6), observed_roas numeric(18, 6),
    ltv_roas_attributed numeric(18, 6), ltv_roas_attributed_lower numeric(18, 6),
    ltv_roas_attributed_upper numeric(18, 6), ltv_roas_incremental double precision,
    value_to_cost_target numeric(8, 3), maturity_rate numeric(18, 6)
);
create table reporting.attribution_comparison (
    company_id text, channel_label_es text, attribution_label_es text,
    sort_order integer, revenue numeric(18, 2), channel_id text
);
create table reporting.media_mix_gates (
    company_id text, outcome_unit text, gate text, gate_label_es text, outcome text,
    as_of_date date, message_es text
);
create table reporting.budget_scenarios (
    company_id text, outcome_unit text, scenario text, scenario_label_es text,
    current_spend numeric(24, 6), projected_spend numeric(24, 6),
    projected_income double precision, gain double precision,
    gain_lower double precision, gain_upper double precision,
    projected_profit double precision, probability_better double precision,
    value_gain double precision, value_profit double precision,
    probability_better_label text generated always as
        (case
            when probability_better > 0.99 then '> 99 %'
            else round((100 * probability_better)::numeric)::text || chr(160) || '%'
        end) stored
);
create table reporting.saved_scenarios (
    company_id text, scenario_id text, scenario_label_es text, requested_at timestamptz,
    state text, state_label_es text, refusal_es text, start_date date, end_date date,
    current_spend numeric(24, 6), projected_spend numeric(24, 6),
    current_income double precision, projected_income double precision,
    income_gain double precision, income_gain_lower double precision,
    income_gain_upper double precision, probability_more_income double precision,
    current_profit double precision, projected_profit double precision,
    profit_gain double precision, profit_gain_lower double precision,
    profit_gain_upper double precision, probability_more_profit double precision,
    current_value double precision, projected_value double precision,
    value_gain double precision, value_gain_lower double precision,
    value_gain_upper double precision, probability_more_value_label text,
    probability_more_income_label text generated always as
        (case
            when probability_more_income > 0.99 then '> 99 %'
            else round((100 * probability_more_income)::numeric)::text
                || chr(160) || '%'
        end) stored,
    probability_more_profit_label text generated always as
        (case
            when probability_more_profit > 0.99 then '> 99 %'
            else round((100 * probability_more_profit)::numeric)::text
                || chr(160) || '%'
        end) stored
);
create table reporting.budget_grid (
    company_id text, outcome_unit text, channel_label_es text,
    total_budget numeric(24, 6), recommended_spend numeric(24, 6),
    total_expected double precision, total_expected_lower double precision,
    total_expected_upper double precision,
    channel_id text generated always as (lower(channel_label_es)) stored
);
create function reporting.budget_plan(budget numeric default null) returns table (
    company_id text, outcome_unit text, horizon_days integer, asked_budget numeric,
    total_budget numeric, placed_budget numeric, unplaced_budget numeric,
    worthwhile_budget numeric, is_within_grid boolean,
    channel_label_es text, channel_label_en text, channel_id text,
    current_spend numeric,
    recommended_spend numeric, total_current_spend numeric, current_income float8,
    projected_income float8, gain_rate float8, media_income_lower float8,
    media_income_upper float8, gain_lower float8, gain_upper float8,
    probability_better float8, current_profit float8, projected_profit float8,
    weighed_by text
) language sql stable as $$
    select
        company_id, outcome_unit, 30, coalesce(budget, 500), total_budget,
        total_budget, greatest(coalesce(budget, 500) - total_budget, 0),
        case when budget > 1000 then 900.0 end,
        coalesce(budget, 500) between 0 and 1000, channel_label_es,
        channel_label_es, channel_id, 500.0,
        recommended_spend, 500.0, 1000::float8, 900 + total_expected,
        total_expected / 1000 - 0.1, total_expected_lower, total_expected_upper,
        -- A grid from before gains were told, at its end.
        case when total_budget < 1000 then total_expected - 1600 end,
        case when total_budget < 1000 then total_expected + 1500 end,
        case when total_budget < 1000 then 0.999 end,
        null::float8, null::float8,
        -- Of the smallest budgets nothing is known by value.
        case when total_budget < 100 then 'revenue' else outcome_unit end
    from reporting.budget_grid
    where total_budget = least(greatest(coalesce(budget, 500), 0), 1000)
$$
"""
NAMES = (
    "channel_signals",
    "campaign_quality",
    "marketing_curve_points",
    "marketing_contributions",
    "channel_efficiency",
    "attribution_comparison",
    "media_mix_gates",
    "budget_scenarios",
    "saved_scenarios",
    "budget_grid",
)


@dataclass(frozen=True)
class Channel:
    """A channel that spends 500 in 30 days; one more unit brings `returns`."""

    name: str
    returns: float
    light: str = "Ámbar"
    claimed: float | None = 2.0


def fill_marketing(
    connection: psycopg.Connection, company_id: str, channels: tuple[Channel, ...]
) -> None:
    """Insert one company's rows: each unit of spend brings `returns`, in any unit."""

    def insert(table: str, *values: object) -> None:
        row = (company_id, *values)
        query = sql.SQL("insert into reporting.{} values ({})").format(
            sql.Identifier(table), sql.SQL(", ").join(sql.Placeholder() * len(row))
        )
        connection.execute(query, row)

    for one in channels:
        insert(
            "channel_signals",
            "revenue",
            one.name,
            "amber",
            one.light,
            500,
            600,
            0.2,
            one.returns,
            one.returns - 0.5,
            one.returns + 0.5,
            1,
            None,
            one.returns / 2 - 1,
            one.returns / 2 - 1.25,
            one.returns / 2 - 0.75,
            100,
            10 * one.returns,
            one.name.lower(),
            2 * one.returns,
            2 * one.returns - 1,
            2 * one.returns + 1,
        )
        insert(
            "channel_signals",
            "value_12m",
            one.name,
            "amber",
            one.light,
            500,
            600,
            0.2,
            99,
            98,
            100,
            1,
            None,
            *[None] * 4,
            999,
        )
        for spend in (0, 10, 20):
            insert(
                "marketing_curve_points",
                "revenue",
                one.name,
                spend,
                spend * one.returns,
                spend == 10,
                spend * one.returns / 2,
                spend * one.returns * 2,
                spend < 20,
            )
        for day, brought in (("1997-09-30", 40), ("1997-09-29", 2), ("1997-05-01", 9)):
            insert(
                "marketing_contributions",
                "revenue",
                day,
                one.name,
                brought,
                "1997-09-30",
            )
        insert(
            "channel_efficiency",
            one.name,
            "Bueno",
            1000,
            10,
            100,
            300,
            one.claimed,
            1,
            3,
            2,
            4,
            None,
            3,
            0.4,
        )
        campaigns: tuple[tuple[str, int, float, int | None], ...] = (
            ("Verano", 40, 0.4, 200),
            ("Otoño", 40, -0.4, None),
            ("Gota", 29, 0.5, 90),
        )
        for campaign, count, difference, spent in campaigns:
            insert(
                *("campaign_quality", f"{campaign} {one.name}", one.name, count),
                *(0.5 + difference, 0.4, 0.96, 0.5, difference),
                *(difference - 0.2, difference + 0.2, spent),
                (spent or 0) if difference > 0.2 and count >= 30 else 0,
            )
        for rule, place, revenue in (("Último clic", 1, 250), ("Primer clic", 2, 750)):
            told = (one.name, rule, place, revenue, one.name.lower())
            insert("attribution_comparison", *told)
        for budget in (0, 500, 600, 1000):
            insert(
                "budget_grid",
                "revenue",
                one.name,
                budget,
                budget / len(channels),
                budget / 5,
                budget / 10,
                budget / 2,
            )
            # Who costs more may be worth more: the other way round by value.
            insert(
                "budget_grid",
                "value_12m",
                one.name,
                budget,
                budget / len(channels) / 2,
                budget / 2,
                budget / 4,
                budget,
            )
    if channels:
        nothing = [None] * 16
        insert(
            "saved_scenarios",
            *("1", "Sin Meta Ads", "2026-11-02", "done", "Listo", None),
            *("2026-11-03", "2026-12-02", 500, 400, 1000, 950, -50, -80, -20, 0.1),
            *(-200, -120, 80, 10, 150, 0.96),
            *(2000, 1900, -100, -160, -40, "< 1 %"),
        )
        insert(
            "saved_scenarios",
            *("2", "El doble", "2026-11-03", "refused", "No es posible"),
            *("Demasiado incierto", *nothing),
        )
        insert(
            "saved_scenarios",
            *("3", "Primavera", "2026-11-01", "done", "Listo", None),
            *("2026-11-03", "2026-12-02", 500, 600, 1000, 1100, 100, 50, 150, 0.99),
            *(None, None, None, None, None, None),
        )
        insert(
            "media_mix_gates",
            "revenue",
            "mix_converged",
            "Hay solución",
            "passed",
            "1997-09-30",
        )
        insert(
            "media_mix_gates",
            "revenue",
            "quiet_residuals",
            "Sin patrón",
            "warned",
            "1997-09-30",
        )
        insert(
            "budget_scenarios",
            "revenue",
            "plus_20",
            "Un 20 % más",
            500,
            600,
            1050,
            50,
            -10,
            110,
            None,
            0.875,
        )
        insert(
            "budget_scenarios",
            "revenue",
            "current",
            "Como ahora",
            500,
            500,
            1000,
            0,
            0,
            0,
            None,
            0.5,
        )
