with companies as (
    select
        company_id,
        {{ as_of_date() }} as as_of_date
    from {{ ref('companies') }}
    where {{ is_in_scope() }}
),

events as (
    select * from {{ ref('int_product_events_identified') }}
    where
        {{ is_in_scope() }}
        and left_out_reason is null
        and feature is not null
),

counted as (
    select
        events.company_id,
        events.account_id,
        events.feature,
        events.activity_date,
        count(distinct events.user_id)::integer as user_count,
        count(*)::integer as event_count
    from events
    inner join companies
        on
            events.company_id = companies.company_id
            and events.activity_date <= companies.as_of_date
    group by
        events.company_id,
        events.account_id,
        events.feature,
        events.activity_date
)

select * from counted
