with events as (
    select
        *,
        row_number() over (
            partition by company_id, object_id
            order by happened_at, type not like '%.created', event_id
        ) as event_number,
        bool_or(type like '%.created')
            over (partition by company_id, object_id) as is_from_start
    from {{ ref('stg_stripe__events') }}
    where type like 'customer.subscription.%'
),

states as (
    select
        company_id,
        object_id as subscription_id,
        null::timestamptz as effective_from,
        coalesce(previous_status, status) as status,
        pause_behavior,
        coalesce(previous_items, items) as items,
        coalesce(previous_discounts, discounts) as discounts,
        '-infinity'::timestamptz as told_at,
        0 as event_number
    from events
    where event_number = 1 and not is_from_start
    union all
    select
        company_id,
        object_id as subscription_id,
        case when event_number > 1 or not is_from_start then happened_at end
            as effective_from,
        status,
        pause_behavior,
        items,
        discounts,
        happened_at as told_at,
        event_number
    from events
    where type <> 'customer.subscription.deleted'
    union all
    select
        company_id,
        subscription_id,
        read_at as effective_from,
        status,
        pause_behavior,
        items,
        jsonb_path_query_array(discounts, '$[*].id') as discounts,
        read_at as told_at,
        null as event_number
    from {{ ref('stg_stripe__subscriptions') }}
),

compared as (
    select
        *,
        jsonb_build_array(
            status,
            pause_behavior,
            jsonb_path_query_array(items, '$.data[*].quantity'),
            jsonb_path_query_array(items, '$.data[*].price.id'),
            discounts
        ) as fingerprint
    from states
),

followed as (
    select
        *,
        lag(fingerprint) over (
            partition by company_id, subscription_id
            order by told_at, event_number
        ) as previous,
        lead(told_at) over (
            partition by company_id, subscription_id
            order by told_at, event_number
        ) as next_at
    from compared
),

kept as (
    select
        company_id,
        subscription_id,
        case
            when coalesce(event_number::text, previous::text) is not null
                then effective_from
        end as effective_from,
        status,
        pause_behavior,
        items,
        discounts
    from followed
    where
        next_at is distinct from told_at
        and (event_number is not null or previous is distinct from fingerprint)
)

select * from kept
