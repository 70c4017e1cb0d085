with events as (
    select * from {{ ref('account_event_months') }}
    where {{ is_in_scope() }}
),

accounts as (
    select
        company_id,
        account_id
    from {{ ref('accounts') }}
    where {{ is_in_scope() }}
    union all
    select
        company_id,
        account_id
    from {{ ref('subscription_versions') }}
    where {{ is_in_scope() }}
),

known as (
    select distinct
        company_id,
        account_id
    from accounts
),

judged as (
    select
        events.company_id,
        events.activity_month,
        case
            when events.event_use <> 'counted' then events.event_use
            when known.account_id is null then 'unknown_account'
            else 'counted'
        end as event_use,
        events.event_count
    from events
    left join known
        on
            events.company_id = known.company_id
            and events.account_id = known.account_id
),

counted as (
    select
        company_id,
        activity_month,
        event_use,
        sum(event_count)::integer as event_count,
        sum(event_count) / sum(sum(event_count)) over (
            partition by company_id, activity_month
        ) as event_share
    from judged
    group by company_id, activity_month, event_use
)

select * from counted
