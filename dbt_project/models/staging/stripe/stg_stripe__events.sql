with source as (
    select * from {{ source('stripe', 'events') }}
),

renamed as (
    select
        company_id,
        id as event_id,
        type,
        object_id,
        status,
        pause_behavior,
        previous_status,
        coupon_id,
        old_coupon_id,

        items::jsonb as items,
        discounts::jsonb as discounts,
        previous_items::jsonb as previous_items,
        previous_discounts::jsonb as previous_discounts,

        happened_at::timestamptz as happened_at,
        ends_at::timestamptz as ends_at,
        read_at::timestamptz as read_at,
        _sdc_batched_at::timestamptz as loaded_at
    from source
)

select * from renamed
