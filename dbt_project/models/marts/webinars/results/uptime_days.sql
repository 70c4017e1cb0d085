with companies as (
    select
        company_id,
        time_zone,
        {{ as_of_date() }} as as_of_date
    from {{ ref('companies') }}
    where {{ is_in_scope() }}
),

checks as (
    select
        checks.*,
        companies.time_zone,
        companies.as_of_date,
        (checks.checked_at at time zone companies.time_zone)::date
            as calendar_date
    from {{ ref('int_uptime_checks_current') }} as checks
    inner join companies
        on checks.company_id = companies.company_id
    where {{ is_in_scope('checks.company_id') }}
),

counted as (
    select
        company_id,
        site_id,
        calendar_date,
        calendar_date <= max(as_of_date) as is_complete,
        count(*)::integer as check_count,
        count(*) filter (where has_answered)::integer as answered_count,
        count(distinct date_trunc('hour', checked_at))::integer
            as checked_hour_count,
        -- 23 or 25 on the days that clocks are changed.
        (
            extract(epoch from (
                (calendar_date + 1)::timestamp at time zone max(time_zone)
                - calendar_date::timestamp at time zone max(time_zone)
            )) / 3600
        )::integer as hour_count,
        percentile_cont(0.5) within group (order by response_ms) filter (
            where has_answered
        )::integer as response_ms_median
    from checks
    group by company_id, site_id, calendar_date
),

rated as (
    select
        company_id,
        site_id,
        calendar_date,
        is_complete,
        check_count,
        answered_count,
        answered_count / check_count::double precision as uptime_ratio,
        {{ wilson_bound('answered_count', 'check_count', -1) }}
            as uptime_ratio_lower,
        {{ wilson_bound('answered_count', 'check_count', 1) }}
            as uptime_ratio_upper,
        checked_hour_count,
        hour_count,
        greatest(hour_count - checked_hour_count, 0) as unchecked_hour_count,
        response_ms_median
    from counted
)

select * from rated
