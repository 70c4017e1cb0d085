with weeks as (
    select
        company_id,
        account_id,
        scored_on
    from {{ ref('account_weeks') }}
    where {{ is_in_scope() }} and {{ is_changed('scored_on') }}
),

scored as (
    select distinct
        company_id,
        account_id
    from weeks
),

-- Days on which accounts are scored end weeks, or are the last that is known:
-- the last day of a week tells all of it. What others did nobody asks for.
days as (
    select active_weeks.*
    from {{ ref('account_active_weeks') }} as active_weeks
    inner join scored
        on
            active_weeks.company_id = scored.company_id
            and active_weeks.account_id = scored.account_id
    where {{ is_in_scope('active_weeks.company_id') }}
),

placed as (
    select
        company_id,
        account_id,
        last_activity_date as on_date,
        last_activity_date as activity_date,
        last_login_date as login_date,
        false as is_scored
    from days
    union all
    select
        company_id,
        account_id,
        scored_on as on_date,
        null as activity_date,
        null as login_date,
        true as is_scored
    from weeks
),

-- A day is among those before itself, because rows of a day are peers.
seen as (
    select
        company_id,
        account_id,
        on_date as scored_on,
        is_scored,
        max(activity_date) over (
            partition by company_id, account_id order by on_date
        ) as last_activity_date,
        max(login_date) over (
            partition by company_id, account_id order by on_date
        ) as last_login_date
    from placed
),

told as (
    select
        company_id,
        account_id,
        scored_on,
        last_activity_date,
        last_login_date
    from seen
    where is_scored
)

select * from told
