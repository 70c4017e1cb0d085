with source as (
    select * from {{ source('zoom', 'webinars') }}
),

renamed as (
    select
        company_id,
        id as webinar_number,
        topic,

        type::bigint as webinar_type,
        length_minutes::bigint as length_minutes,

        starts_at::timestamptz as starts_at,
        read_at::timestamptz as read_at,
        _sdc_batched_at::timestamptz as loaded_at
    from source
)

select * from renamed
