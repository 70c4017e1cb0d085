"""What people were shown, kept, so that it can be asked later what came of it.

`reporting.insights` says what the numbers carry now; tomorrow it says something else.
Kept is every insight of every day, with what it promised and what it advised.
"""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg.rows import dict_row

from orchestration.lib.warehouse.database import connect

__all__ = ["remember_insights"]


def remember_insights(url: str, company_id: str) -> int:
    """Keep what `reporting.insights` shows the company now; how many insights.

    An insight is known by its trace, which holds its day: doing this again corrects
    the day's row and adds none, and no other day is touched.
    """
    with connect(url, "orchestrator") as database, database.cursor() as cursor:
        insights = _read(database, company_id)
        traces = [insight["trace_id"] for insight in insights]
        cursor.executemany(_KEEP, insights)
        # A channel that the new plan of the day leaves alone is advised no longer.
        cursor.executemany(_FORGET_SHIFTS, insights)
        cursor.execute(_KEEP_SHIFTS, {"company": company_id, "traces": traces})
    return len(insights)


def _read(database: psycopg.Connection, company_id: str) -> list[dict[str, Any]]:
    cursor = database.cursor(row_factory=dict_row)
    return cursor.execute(_INSIGHTS, {"company": company_id}).fetchall()


# Money is promised of a better split alone: sales of 30 days, with their interval.
_INSIGHTS = """
    select insights.company_id, trace_id, insights.as_of_date, kind, rule_id,
        source_view, source_key, is_action, kind_rank, estimate_unit, estimate,
        estimate_lower, estimate_upper, plans.gain as promised,
        plans.gain_lower as promised_lower, plans.gain_upper as promised_upper,
        sample_size, insights.currency_code, sentence_es, sentence_en
    from reporting.insights
    left join reporting.budget_scenarios as plans
        on insights.company_id = plans.company_id
        and plans.outcome_unit = 'revenue'
        and plans.scenario = 'recommended'
        and insights.rule_id in ('move_budget', 'raise_better_channel')
    where insights.company_id = %(company)s
"""

_KEEP = """
    insert into ops.shown_insights (company_id, trace_id, as_of_date, kind, rule_id,
        source_view, source_key, is_action, kind_rank, estimate_unit, estimate,
        estimate_lower, estimate_upper, promised, promised_lower, promised_upper,
        sample_size, currency_code, sentence_es, sentence_en)
    values (%(company_id)s, %(trace_id)s, %(as_of_date)s, %(kind)s, %(rule_id)s,
        %(source_view)s, %(source_key)s, %(is_action)s, %(kind_rank)s,
        %(estimate_unit)s, %(estimate)s, %(estimate_lower)s, %(estimate_upper)s,
        %(promised)s, %(promised_lower)s, %(promised_upper)s, %(sample_size)s,
        %(currency_code)s, %(sentence_es)s, %(sentence_en)s)
    on conflict (company_id, trace_id) do update set
        is_action = excluded.is_action,
        kind_rank = excluded.kind_rank,
        estimate = excluded.estimate,
        estimate_lower = excluded.estimate_lower,
        estimate_upper = excluded.estimate_upper,
        promised = excluded.promised,
        promised_lower = excluded.promised_lower,
        promised_upper = excluded.promised_upper,
        sample_size = excluded.sample_size,
        sentence_es = excluded.sentence_es,
        sentence_en = excluded.sentence_en,
        last_shown_at = now()
"""

_FORGET_SHIFTS = """
    delete from ops.shown_insight_shifts
    where company_id = %(company_id)s and trace_id = %(trace_id)s
"""

# Spend of 30 days. Of a channel that does not pay nobody advises an amount: the shift
# is to nothing, half of which is half of its spend. One that is to get less is held to
# the recommended split; without one nobody can tell whether it was cut.
_KEEP_SHIFTS = """
    with told as (
        select company_id, trace_id, rule_id, source_key from ops.shown_insights
        where company_id = %(company)s and trace_id = any(%(traces)s)
    ),

    plans as (
        select company_id, channel_id, current_spend, projected_spend
        from reporting.budget_scenario_channels
        where company_id = %(company)s
            and outcome_unit = 'revenue' and scenario = 'recommended'
    )

    insert into ops.shown_insight_shifts
        (company_id, trace_id, channel_id, current_spend, advised_spend)
    select told.company_id, told.trace_id, plans.channel_id, plans.current_spend,
        plans.projected_spend
    from told
    inner join plans
        on told.company_id = plans.company_id
        and told.rule_id in ('move_budget', 'raise_better_channel')
    union all
    select told.company_id, told.trace_id, efficiency.channel_id,
        coalesce(plans.current_spend, efficiency.spend * 30 / 365), 0
    from told
    inner join reporting.channel_efficiency as efficiency
        on told.company_id = efficiency.company_id
        and told.source_key = efficiency.channel_id
    left join plans
        on efficiency.company_id = plans.company_id
        and efficiency.channel_id = plans.channel_id
    where told.rule_id in ('losing_channel', 'losing_margin')
    union all
    select told.company_id, told.trace_id, plans.channel_id, plans.current_spend,
        plans.projected_spend
    from told
    inner join plans
        on told.company_id = plans.company_id
        and told.source_key = plans.channel_id
        and plans.projected_spend < plans.current_spend
    where told.rule_id in ('saturated_channel', 'steeper_channel', 'cheap_poor_channel')
"""
