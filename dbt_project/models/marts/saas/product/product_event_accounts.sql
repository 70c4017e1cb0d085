with companies as (
    select
        company_id,
        {{ as_of_date() }} as as_of_date
    from {{ ref('companies') }}
    where {{ is_in_scope() }}
),

merged as (
    select * from {{ ref('merged_accounts') }}
    where {{ is_in_scope() }}
),

openings as (
    select * from {{ ref('product_user_openings') }}
    where {{ is_in_scope() }} and {{ is_changed('user_month') }}
),

events as (
    select
        *,
        occurred_at - lag(occurred_at) over (
            partition by company_id, user_month
            order by occurred_at, message_id
        ) as silence,
        count(account_id) over (
            partition by company_id, user_month
            order by occurred_at, message_id
        ) as account_number
    from {{ ref('product_events') }}
    where {{ is_in_scope() }} and {{ is_changed('user_month') }}
),

-- Who does not say which account is of the one they said last, never a later.
told as (
    select
        events.*,
        coalesce(
            max(events.account_id) over (
                partition by
                    events.company_id, events.user_month, events.account_number
            ),
            openings.opening_account_id
        ) as told_account_id,
        max(
            case
                when events.silence is null
                    then
                        coalesce(
                            openings.opening_session_at, events.occurred_at
                        )
                when events.silence > interval '30 minutes'
                    then events.occurred_at
            end
        ) over (
            partition by events.company_id, events.user_month
            order by events.occurred_at, events.message_id
        ) as session_at
    from events
    left join openings
        on
            events.company_id = openings.company_id
            and events.user_month = openings.user_month
),

identified as (
    select
        told.company_id,
        told.message_id,
        told.user_month,
        told.told_account_id,
        coalesce(merged.account_id, told.told_account_id) as account_id,
        told.user_id,
        coalesce(
            told.session_id,
            '#' || md5(extract(epoch from told.session_at) || told.user_id)
        ) as session_id,
        told.duration_seconds,
        told.feature,
        told.is_login,
        told.occurred_at,
        told.activity_date,
        date_trunc('month', told.activity_date)::date as activity_month,
        case
            when told.flaw is not null then told.flaw
            when told.told_account_id is null then 'no_account'
        end as left_out_reason
    from told
    inner join companies
        on
            told.company_id = companies.company_id
            and told.activity_date <= companies.as_of_date
    left join merged
        on
            told.company_id = merged.company_id
            and told.told_account_id = merged.merged_account_id
)

select * from identified
