with months as (
    select * from {{ ref('session_months') }}
    where is_complete
),

rated as (
    select
        company_id,
        month_start_date,
        active_user_count_28d,
        session_count_28d,
        timed_session_count_28d,
        session_count_28d / 4.0::double precision
        / nullif(active_user_count_28d, 0) as weekly_sessions_per_user,
        (session_seconds_28d / 60 / nullif(timed_session_count_28d, 0))
        ::double precision as mean_session_minutes
    from months
)

select * from rated
