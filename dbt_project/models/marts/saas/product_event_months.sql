with companies as (
    select
        company_id,
        {{ as_of_date() }} as as_of_date
    from {{ ref('companies') }}
    where {{ is_in_scope() }}
),

events as (
    select * from {{ ref('int_product_events_identified') }}
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
        date_trunc('month', events.activity_date)::date as activity_month,
        case
            when events.left_out_reason is not null then events.left_out_reason
            when known.account_id is null then 'unknown_account'
            else 'counted'
        end as event_use
    from events
    inner join companies
        on
            events.company_id = companies.company_id
            and events.activity_date <= companies.as_of_date
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
        count(*)::integer as event_count,
        count(*) / sum(count(*)) over (
            partition by company_id, activity_month
        ) as event_share
    from judged
    group by company_id, activity_month, event_use
)

select * from counted
