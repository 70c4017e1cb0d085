with days as (
    select * from {{ ref('uptime_days') }}
),

named as (
    select
        company_id,
        site_id,
        calendar_date,
        is_complete,
        check_count as website_check_count,
        answered_count as website_answered_count,
        uptime_ratio as website_uptime_ratio,
        uptime_ratio_lower,
        uptime_ratio_upper,
        checked_hour_count,
        hour_count,
        unchecked_hour_count as website_unchecked_hours,
        response_ms_median as website_response_ms
    from days
)

select * from named
