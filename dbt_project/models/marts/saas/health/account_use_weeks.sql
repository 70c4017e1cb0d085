with weeks as (
    select * from {{ ref('account_weeks') }}
    where {{ is_in_scope() }} and {{ is_changed('scored_on') }}
),

began as (
    select * from {{ ref('product_use_spans') }}
    where {{ is_in_scope() }}
),

user_days as (
    select
        window_days.scored_on,
        window_days.is_of_last_week,
        user_days.*
    from {{ ref('score_window_days') }} as window_days
    inner join {{ ref('account_user_days') }} as user_days
        on
            window_days.company_id = user_days.company_id
            and window_days.activity_date = user_days.activity_date
    where
        {{ is_in_scope('window_days.company_id') }}
        and {{ is_changed('window_days.scored_on', 'window_days.company_id') }}
        and {{ is_in_scope('user_days.company_id') }}
        and {{ is_changed('user_days.activity_date', 'user_days.company_id',
            days=28) }}
),

-- Grouped from the weeks on: joined back to them, a wrong guess of how many
-- there are costs their square.
used as (
    select
        weeks.company_id,
        weeks.account_id,
        weeks.scored_on,
        count(user_days.activity_date) as active_day_count,
        count(distinct user_days.user_id) as active_user_count,
        sum(user_days.login_count) filter (
            where user_days.is_of_last_week
        ) as login_count,
        sum(user_days.timed_session_count) filter (
            where user_days.is_of_last_week
        ) as session_count,
        sum(user_days.session_seconds) filter (
            where user_days.is_of_last_week
        ) as session_seconds,
        max(user_days.activity_date) as last_date
    from weeks
    left join user_days
        on
            weeks.company_id = user_days.company_id
            and weeks.account_id = user_days.account_id
            and weeks.scored_on = user_days.scored_on
    group by weeks.company_id, weeks.account_id, weeks.scored_on
),

-- Before four weeks of events there are none to count; a week in which nobody
-- of the company did anything is a source that failed.
judged as (
    select
        used.company_id,
        used.account_id,
        used.scored_on,
        used.active_day_count,
        used.active_user_count,
        coalesce(used.login_count, 0) as login_count,
        used.session_seconds / nullif(used.session_count, 0) / 60
            as session_minutes,
        coalesce(
            began.first_date <= used.scored_on - 27
            and max(used.last_date) over (
                partition by used.company_id, used.scored_on
            ) > used.scored_on - 7,
            false
        ) as is_known,
        coalesce(began.first_login_date <= used.scored_on - 27, false)
            as has_logins
    from used
    left join began
        on used.company_id = began.company_id
),

told as (
    select
        company_id,
        account_id,
        scored_on,
        is_known as is_use_known,
        case when is_known then active_day_count end::integer
            as active_day_count_28d,
        case when is_known then active_user_count end::integer
            as active_user_count_28d,
        case when is_known and has_logins then login_count end::integer
            as login_count_7d,
        case when is_known then session_minutes end::double precision
            as session_minutes
    from judged
)

select * from told
