with user_days as (
    select * from {{ ref('account_user_days') }}
    where {{ is_in_scope() }} and {{ is_changed('week_end_date') }}
),

counted as (
    select
        company_id,
        account_id,
        week_end_date,
        max(activity_date) as last_activity_date,
        max(activity_date) filter (where login_count > 0) as last_login_date
    from user_days
    group by company_id, account_id, week_end_date
)

select * from counted
