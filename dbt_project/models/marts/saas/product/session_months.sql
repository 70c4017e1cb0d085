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
        (activity_month + interval '1 month')::date as next_month
    from {{ ref('account_user_days') }}
    where {{ is_in_scope() }}
),

-- The last 28 days of months that are over, all of them known.
counted as (
    select
        user_days.company_id,
        user_days.activity_month as month_start_date,
        count(
            distinct user_days.account_id || '/' || user_days.user_id
        )::integer as active_user_count_28d,
        sum(user_days.session_count)::integer as session_count_28d,
        sum(user_days.timed_session_count)::integer
            as timed_session_count_28d,
        sum(user_days.session_seconds)::numeric(18, 2) as session_seconds_28d
    from user_days
    inner join companies
        on
            user_days.company_id = companies.company_id
            and user_days.next_month <= companies.as_of_date + 1
    inner join known
        on
            user_days.company_id = known.company_id
            and user_days.next_month - 28 >= known.first_date
    where user_days.activity_date >= user_days.next_month - 28
    group by user_days.company_id, user_days.activity_month
)

select * from counted
