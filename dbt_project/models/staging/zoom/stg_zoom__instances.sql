with source as (
    select * from {{ source('zoom', 'instances') }}
),

renamed as (
    select
        company_id,
        uuid,
        webinar_number,

        started_at::timestamptz as started_at,
        read_at::timestamptz as read_at,
        _sdc_batched_at::timestamptz as loaded_at
    from source
)

select * from renamed
