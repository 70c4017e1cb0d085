with companies as (
    select
        company_id,
        {{ as_of_date() }} as as_of_date
    from {{ ref('companies') }}
    where {{ is_in_scope() }}
),

known as (
    select * from {{ ref('product_use_spans') }}
    where {{ is_in_scope() }}
),

user_days as (
    select
        *,
        (activity_month + interval '1 month')::date - 1 as month_end_date
    from {{ ref('account_user_days') }}
    where {{ is_in_scope() }} and {{ is_changed('activity_month') }}
),

-- The last 28 days of a month, all of them known.
counted as (
    select
        user_days.company_id,
        user_days.activity_month as month_start_date,
        user_days.month_end_date,
        user_days.month_end_date <= companies.as_of_date as is_complete,
        count(
            distinct user_days.account_id || '/' || user_days.user_id
        )::integer as active_user_count_28d,
        sum(user_days.session_count)::integer as session_count_28d,
        sum(user_days.timed_session_count)::integer
            as timed_session_count_28d,
        sum(user_days.session_seconds)::numeric(18, 2) as session_seconds_28d
    from user_days
    inner join companies
        on user_days.company_id = companies.company_id
    inner join known
        on
            user_days.company_id = known.company_id
            and user_days.month_end_date - 27 >= known.first_date
    where user_days.activity_date >= user_days.month_end_date - 27
    group by
        user_days.company_id,
        user_days.activity_month,
        user_days.month_end_date,
        companies.as_of_date
)

select * from counted
