with ended as (
    select * from {{ ref('int_flow_runs_ended') }}
    where {{ is_in_scope() }}
),

outages as (
    select * from {{ ref('int_flow_outages') }}
    where {{ is_in_scope() }}
),

companies as (
    select
        company_id,
        time_zone
    from {{ ref('companies') }}
    where {{ is_in_scope() }}
),

repairs as (
    select
        outages.company_id,
        outages.flow_name,
        (outages.failed_at at time zone companies.time_zone)::date
            as run_date,
        count(*) as outage_count,
        count(outages.restored_at) as repair_count,
        sum(
            extract(epoch from outages.restored_at - outages.failed_at) / 60
        ) as repair_minutes
    from outages
    inner join companies
        on outages.company_id = companies.company_id
    group by
        outages.company_id,
        outages.flow_name,
        (outages.failed_at at time zone companies.time_zone)::date
),

runs_by_day as (
    select
        ended.company_id,
        ended.flow_name,
        (ended.ended_at at time zone companies.time_zone)::date as run_date,
        count(*)::integer as run_count,
        count(*) filter (where ended.status = 'failed')::integer
            as failed_run_count
    from ended
    inner join companies
        on ended.company_id = companies.company_id
    group by
        ended.company_id,
        ended.flow_name,
        (ended.ended_at at time zone companies.time_zone)::date
),

joined as (
    select
        runs_by_day.company_id,
        runs_by_day.flow_name,
        runs_by_day.run_date,
        runs_by_day.run_count,
        runs_by_day.failed_run_count,
        coalesce(repairs.outage_count, 0)::integer as outage_count,
        coalesce(repairs.repair_count, 0)::integer as repair_count,
        coalesce(repairs.repair_minutes, 0)::numeric(24, 6)
            as repair_minutes
    from runs_by_day
    left join repairs
        on
            runs_by_day.company_id = repairs.company_id
            and runs_by_day.flow_name = repairs.flow_name
            and runs_by_day.run_date = repairs.run_date
)

select * from joined
