with source as (
    select * from {{ source('stripe', 'subscriptions') }}
),

renamed as (
    select
        company_id,
        id as subscription_id,
        customer_id,
        status,
        pause_behavior,
        cancellation_reason,
        cancellation_feedback,

        items::jsonb as items,
        discounts::jsonb as discounts,

        started_at::timestamptz as started_at,
        trial_ends_at::timestamptz as trial_ends_at,
        cancelled_at::timestamptz as cancelled_at,
        ended_at::timestamptz as ended_at,
        read_at::timestamptz as read_at,
        _sdc_batched_at::timestamptz as loaded_at
    from source
)

select * from renamed
