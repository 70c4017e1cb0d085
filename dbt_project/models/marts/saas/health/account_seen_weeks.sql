with weeks as (
    select
        company_id,
        account_id,
        scored_on
    from {{ ref('account_weeks') }}
    where {{ is_in_scope() }} and {{ is_changed('scored_on') }}
),

days as (
    select * from {{ ref('account_active_weeks') }}
    where {{ is_in_scope() }}
),

-- Days on which accounts are scored end weeks, or are the last that is known:
-- the last day of a week tells all of it. What others did nobody asks for.
seen as (
    select
        weeks.company_id,
        weeks.account_id,
        weeks.scored_on,
        max(days.last_activity_date) as last_activity_date,
        max(days.last_login_date) as last_login_date
    from weeks
    left join days
        on
            weeks.company_id = days.company_id
            and weeks.account_id = days.account_id
            and weeks.scored_on >= days.last_activity_date
    group by weeks.company_id, weeks.account_id, weeks.scored_on
)

select * from seen
