with source as (
    select * from {{ source('zoom', 'polls') }}
),

renamed as (
    select
        company_id,
        instance_id,
        webinar_number,
        {{ hashed_email('email') }} as email_hash,
        poll_id,

        place::bigint as place,

        answered_at::timestamptz as answered_at,
        read_at::timestamptz as read_at,
        _sdc_batched_at::timestamptz as loaded_at
    from source
)

select * from renamed
