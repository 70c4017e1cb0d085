{%- set day_count = 90 -%}
with companies as (
    select
        company_id,
        -- What has not come yet is no outage.
        least(
            ({{ as_of_date() }} + 1)::timestamp at time zone time_zone,
            now()
        ) as until_moment
    from {{ ref('companies') }}
    where {{ is_in_scope() }}
),

ended as (
    select * from {{ ref('int_flow_runs_ended') }}
    where {{ is_in_scope() }}
),

outages as (
    select * from {{ ref('int_flow_outages') }}
    where {{ is_in_scope() }}
),

-- A flow is looked at from its first run on, ninety days at most.
windows as (
    select
        ended.company_id,
        ended.flow_name,
        companies.until_moment,
        greatest(
            min(ended.ended_at),
            companies.until_moment - interval '{{ day_count }} days'
        ) as from_moment
    from ended
    inner join companies
        on
            ended.company_id = companies.company_id
            and ended.ended_at < companies.until_moment
    group by ended.company_id, ended.flow_name, companies.until_moment
),

-- One that is down still is down until the end of the window.
down as (
    select
        windows.company_id,
        windows.flow_name,
        sum(
            extract(
                epoch from least(
                    coalesce(outages.restored_at, windows.until_moment),
                    windows.until_moment
                )
                - greatest(outages.failed_at, windows.from_moment)
            ) / 60
        ) as down_minutes
    from windows
    inner join outages
        on
            windows.company_id = outages.company_id
            and windows.flow_name = outages.flow_name
            and windows.until_moment > outages.failed_at
            and coalesce(outages.restored_at, windows.until_moment)
            > windows.from_moment
    group by windows.company_id, windows.flow_name
),

measured as (
    select
        windows.company_id,
        windows.flow_name,
        coalesce(down.down_minutes, 0)::numeric(24, 6) as down_minutes,
        (
            extract(epoch from windows.until_moment - windows.from_moment) / 60
        )::numeric(24, 6) as watched_minutes
    from windows
    left join down
        on
            windows.company_id = down.company_id
            and windows.flow_name = down.flow_name
)

select
    *,
    (1 - down_minutes / nullif(watched_minutes, 0))::double precision
        as uptime_ratio
from measured
