with source as (
    select * from {{ source('ga4', 'realtime') }}
),

renamed as (
    select
        company_id,
        property_id,

        active_users::bigint as active_user_count,
        events::bigint as event_count,
        key_events::numeric(24, 6) as key_event_count,

        read_at::timestamptz as read_at,
        _sdc_batched_at::timestamptz as loaded_at
    from source
)

select * from renamed
