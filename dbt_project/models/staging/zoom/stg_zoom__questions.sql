with source as (
    select * from {{ source('zoom', 'questions') }}
),

renamed as (
    select
        company_id,
        instance_id,
        webinar_number,
        {{ hashed_email('email') }} as email_hash,

        place::bigint as place,

        asked_at::timestamptz as asked_at,
        read_at::timestamptz as read_at,
        _sdc_batched_at::timestamptz as loaded_at
    from source
)

select * from renamed
