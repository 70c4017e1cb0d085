with states as (
    select * from {{ ref('int_stripe_subscription_states') }}
),

subscriptions as (
    select * from {{ ref('stg_stripe__subscriptions') }}
),

dated as (
    select
        states.company_id,
        states.subscription_id,
        states.effective_from is not null as is_dated,
        coalesce(states.effective_from, subscriptions.started_at)
            as effective_at,
        subscriptions.read_at,
        case
            when states.pause_behavior is not null then 'paused'
            when states.status = 'canceled' then 'cancelled'
            else states.status
        end as status,
        subscriptions.customer_id as account_id,
        states.items,
        coalesce(states.discounts, '[]') as discounts,
        subscriptions.trial_ends_at,
        subscriptions.started_at,
        subscriptions.cancelled_at,
        subscriptions.ended_at,
        subscriptions.cancellation_reason,
        subscriptions.cancellation_feedback
    from states
    inner join subscriptions
        on
            states.company_id = subscriptions.company_id
            and states.subscription_id = subscriptions.subscription_id
    where
        states.effective_from is null
        or subscriptions.ended_at is null
        or states.effective_from < subscriptions.ended_at
),

followed as (
    select
        *,
        lead(effective_at, 1, read_at) over (
            partition by company_id, subscription_id order by effective_at
        ) as next_at
    from dated
),

-- When a discount runs out, nobody changes anything.
run_out as (
    select distinct
        followed.company_id,
        followed.subscription_id,
        true as is_dated,
        discounts.ends_at as effective_at,
        followed.read_at,
        followed.status,
        followed.account_id,
        followed.items,
        followed.discounts,
        followed.trial_ends_at,
        followed.started_at,
        followed.cancelled_at,
        followed.ended_at,
        followed.cancellation_reason,
        followed.cancellation_feedback,
        followed.next_at
    from followed
    cross join
        jsonb_array_elements_text(
            followed.discounts
            || jsonb_path_query_array(followed.items, '$.data[*].discounts[*]')
        ) as given (discount_id)
    inner join {{ ref('int_stripe_discounts') }} as discounts
        on
            followed.company_id = discounts.company_id
            and given.discount_id = discounts.discount_id
            and followed.effective_at < discounts.ends_at
            and followed.next_at > discounts.ends_at
),

versions as (
    select * from followed
    union all
    select * from run_out
)

select * from versions
