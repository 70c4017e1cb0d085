with runs as (
    select
        company_id,
        run_id,
        job_name,
        status,
        started_at,
        finished_at
    from {{ source('ops', 'runs') }}
    where status in ('succeeded', 'failed') and finished_at is not null
),

-- A failure is mended by its own job, or by the one that does everything.
ordered as (
    select
        company_id,
        job_name,
        status,
        finished_at,
        least(
            min(finished_at) filter (where status = 'succeeded') over (
                partition by company_id, job_name
                order by finished_at, run_id
                rows between 1 following and unbounded following
            ),
            min(finished_at) filter (
                where status = 'succeeded' and job_name = 'refresh_company'
            ) over (
                partition by company_id order by finished_at, run_id
                rows between 1 following and unbounded following
            )
        ) as repaired_at
    from runs
),

job_outages as (
    select
        company_id,
        job_name,
        min(finished_at) as began_at,
        coalesce(repaired_at, now()) as ended_at,
        repaired_at is null as is_open
    from ordered
    where status = 'failed'
    group by company_id, job_name, repaired_at
),

-- What is broken in two jobs at once is one outage.
ended_before as (
    select
        company_id,
        began_at,
        ended_at,
        is_open,
        max(ended_at) over (
            partition by company_id order by began_at, ended_at
            rows between unbounded preceding and 1 preceding
        ) as last_ended_at
    from job_outages
),

numbered as (
    select
        company_id,
        began_at,
        ended_at,
        is_open,
        count(*) filter (
            where last_ended_at is null or began_at >= last_ended_at
        ) over (
            partition by company_id order by began_at, ended_at
        ) as outage_number
    from ended_before
),

outages as (
    select
        company_id,
        min(began_at) as began_at,
        case when not bool_or(is_open) then max(ended_at) end as repaired_at,
        max(ended_at) as ended_at
    from numbered
    group by company_id, outage_number
),

firsts as (
    select
        company_id,
        min(started_at) as first_started_at
    from runs
    group by company_id
),

months as (
    select
        firsts.company_id,
        'month' as period_type,
        firsts.first_started_at,
        months.month_at at time zone 'UTC' as period_started_at,
        (months.month_at + interval '1 month') at time zone 'UTC'
            as period_ends_at
    from firsts
    cross join lateral generate_series(
        date_trunc('month', firsts.first_started_at at time zone 'UTC'),
        now() at time zone 'UTC',
        interval '1 month'
    ) as months (month_at)
),

periods as (
    select
        company_id,
        period_type,
        first_started_at,
        period_started_at,
        period_ends_at
    from months
    union all
    select
        company_id,
        'last_30_days' as period_type,
        first_started_at,
        now() - interval '30 days' as period_started_at,
        now() as period_ends_at
    from firsts
),

observed as (
    select
        company_id,
        period_type,
        period_started_at,
        period_ends_at,
        greatest(period_started_at, first_started_at) as observed_from,
        least(period_ends_at, now()) as observed_until
    from periods
),

counted as (
    select
        observed.company_id,
        observed.period_type,
        observed.period_started_at,
        count(runs.run_id) as run_count,
        count(runs.run_id) filter (where runs.status = 'failed')
            as failed_run_count
    from observed
    left join runs
        on
            observed.company_id = runs.company_id
            and observed.period_started_at <= runs.finished_at
            and observed.period_ends_at > runs.finished_at
    group by
        observed.company_id,
        observed.period_type,
        observed.period_started_at
),

overlapping as (
    select
        observed.company_id,
        observed.period_type,
        observed.period_started_at,
        outages.began_at >= observed.period_started_at as has_begun_in_period,
        extract(epoch from outages.repaired_at - outages.began_at)
            as repair_seconds,
        extract(
            epoch from least(outages.ended_at, observed.observed_until)
            - greatest(outages.began_at, observed.observed_from)
        ) as outage_seconds
    from observed
    inner join outages
        on
            observed.company_id = outages.company_id
            and observed.observed_from < outages.ended_at
            and observed.observed_until > outages.began_at
),

repaired as (
    select
        company_id,
        period_type,
        period_started_at,
        count(*) filter (where has_begun_in_period) as outage_count,
        avg(repair_seconds / 3600) filter (where has_begun_in_period)
            as mean_time_to_repair_hours,
        sum(outage_seconds) as outage_seconds
    from overlapping
    group by company_id, period_type, period_started_at
),

judged as (
    select
        observed.company_id,
        observed.period_type,
        (observed.period_started_at at time zone 'UTC')::date
            as period_start_date,
        counted.run_count::integer as run_count,
        counted.failed_run_count::integer as failed_run_count,
        counted.failed_run_count::double precision
        / nullif(counted.run_count, 0) as failure_rate,
        coalesce(repaired.outage_count, 0)::integer as outage_count,
        repaired.mean_time_to_repair_hours::double precision
            as mean_time_to_repair_hours,
        1 - coalesce(repaired.outage_seconds, 0)::double precision
        / nullif(
            extract(
                epoch from observed.observed_until - observed.observed_from
            )::double precision,
            0
        ) as uptime_share
    from observed
    inner join counted
        on
            observed.company_id = counted.company_id
            and observed.period_type = counted.period_type
            and observed.period_started_at = counted.period_started_at
    left join repaired
        on
            observed.company_id = repaired.company_id
            and observed.period_type = repaired.period_type
            and observed.period_started_at = repaired.period_started_at
)

select * from judged
