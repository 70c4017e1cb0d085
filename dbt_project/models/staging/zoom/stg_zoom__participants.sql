with source as (
    select * from {{ source('zoom', 'participants') }}
),

renamed as (
    select
        company_id,
        instance_id,
        webinar_number,
        user_id,
        registrant_id,
        {{ hashed_email('email') }} as email_hash,
        status,

        joined_at::timestamptz as joined_at,
        left_at::timestamptz as left_at,
        read_at::timestamptz as read_at,
        _sdc_batched_at::timestamptz as loaded_at
    from source
)

select * from renamed
