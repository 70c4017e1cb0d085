"""How often each role of a company uses its dashboards, as Metabase's tables say.

Metabase writes a row of ``query_execution`` for every card that somebody looks at. Who
it was is of a group, named ``<company>: <role>``.
"""

from __future__ import annotations

from datetime import datetime

import psycopg

from orchestration.lib.warehouse.database import connect

__all__ = ["UsageUnreadable", "read_usage"]

_SECONDS = 10


class UsageUnreadable(RuntimeError):
    """Metabase's own database does not answer, or is not as we know it."""


def read_usage(url: str, metabase_url: str, now: datetime) -> int:
    """Write the weeks of every role anew; those that Metabase has forgotten stay.

    Weeks begin on Monday in the company's time zone. A role that nobody of used in a
    week has a row with zeros, from the first week on that anybody of its company used
    anything. Who is of a role is as of today.

    Parameters
    ----------
    metabase_url
        Metabase's own database, as a login that reads it.
    now
        The week it is in is the last one told.

    Returns
    -------
    int
        Rows written.

    Raises
    ------
    UsageUnreadable
        Without its words, which may hold the address.
    """
    with connect(url, "orchestrator") as database:
        zones: dict[str, str] = dict(
            database.execute("select company_id, time_zone from ops.companies")
        )
        try:
            with psycopg.connect(metabase_url, connect_timeout=_SECONDS) as metabase:
                metabase.execute("set transaction read only")
                values = (list(zones), list(zones.values()), now)
                rows = metabase.execute(_USED, values).fetchall()
        except psycopg.Error as failure:
            raise UsageUnreadable(
                f"Metabase's own database was not read ({type(failure).__name__}). "
                "Look at METABASE_DATABASE_URL, and whether it is a supported version."
            ) from None
        with database.cursor() as cursor:
            cursor.executemany(_SAVE, rows)
    return len(rows)


# What leaves by itself (subscriptions) has nobody who looks, and is not counted.
_USED = """
with companies as (
    select * from unnest(%s::text[], %s::text[]) as one (company_id, time_zone)
),

roles as (
    select companies.company_id, companies.time_zone, permissions_group.id as group_id,
        substr(permissions_group.name, length(companies.company_id) + 3) as role_name
    from permissions_group
    inner join companies
        on starts_with(permissions_group.name, companies.company_id || ': ')
),

looked as (
    select roles.company_id, roles.role_name, query_execution.executor_id,
        date_trunc(
            'week', query_execution.started_at at time zone roles.time_zone
        )::date as week
    from query_execution
    inner join permissions_group_membership as members
        on members.user_id = query_execution.executor_id
    inner join roles on roles.group_id = members.group_id
),

weeks as (
    select company_id, generate_series(
        min(week),
        date_trunc('week', %s::timestamptz at time zone min(time_zone)),
        interval '1 week'
    )::date as week
    from looked inner join companies using (company_id)
    group by company_id
)

select roles.company_id, roles.role_name, weeks.week,
    count(distinct looked.executor_id)::int, count(looked.executor_id)
from roles
inner join weeks using (company_id)
left join looked
    on looked.company_id = roles.company_id and looked.role_name = roles.role_name
        and looked.week = weeks.week
group by 1, 2, 3
"""
_SAVE = """
insert into ops.dashboard_usage (company_id, role_name, week_start_date, person_count,
    look_count)
values (%s, %s, %s, %s, %s)
on conflict (company_id, role_name, week_start_date) do update set
    person_count = excluded.person_count, look_count = excluded.look_count
"""
