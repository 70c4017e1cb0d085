with weeks as (
    select
        company_id,
        account_id,
        scored_on
    from {{ ref('account_weeks') }}
    where {{ is_in_scope() }}
),

scored as (
    select distinct
        company_id,
        account_id
    from weeks
),

-- What others did nobody asks for.
days as (
    select
        user_days.company_id,
        user_days.account_id,
        user_days.activity_date,
        max(user_days.login_count) as login_count
    from {{ ref('account_user_days') }} as user_days
    inner join scored
        on
            user_days.company_id = scored.company_id
            and user_days.account_id = scored.account_id
    where {{ is_in_scope('user_days.company_id') }}
    group by
        user_days.company_id, user_days.account_id, user_days.activity_date
),

placed as (
    select
        company_id,
        account_id,
        activity_date as on_date,
        activity_date,
        case when login_count > 0 then activity_date end as login_date,
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
