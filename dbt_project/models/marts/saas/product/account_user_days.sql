with events as (
    select * from {{ ref('product_event_accounts') }}
    where
        {{ is_in_scope() }}
        and {{ is_changed('activity_date') }}
        and left_out_reason is null
),

session_days as (
    select
        company_id,
        account_id,
        user_id,
        activity_date,
        count(*)::integer as session_count,
        count(session_seconds)::integer as timed_session_count,
        sum(session_seconds)::numeric(18, 2) as session_seconds
    from {{ ref('product_sessions') }}
    where {{ is_in_scope() }} and {{ is_changed('activity_date') }}
    group by company_id, account_id, user_id, activity_date
),

event_days as (
    select
        company_id,
        account_id,
        user_id,
        activity_date,
        count(*)::integer as event_count,
        count(*) filter (where is_login)::integer as login_count
    from events
    group by company_id, account_id, user_id, activity_date
),

joined as (
    select
        event_days.company_id,
        event_days.account_id,
        event_days.user_id,
        event_days.activity_date,
        date_trunc('month', event_days.activity_date)::date as activity_month,
        date_trunc('week', event_days.activity_date)::date + 6
            as week_end_date,
        event_days.event_count,
        event_days.login_count,
        coalesce(session_days.session_count, 0) as session_count,
        coalesce(session_days.timed_session_count, 0) as timed_session_count,
        coalesce(session_days.session_seconds, 0)::numeric(18, 2)
            as session_seconds
    from event_days
    left join session_days
        on
            event_days.company_id = session_days.company_id
            and event_days.account_id = session_days.account_id
            and event_days.user_id = session_days.user_id
            and event_days.activity_date = session_days.activity_date
)

select * from joined
