with source as (
    select * from {{ source('hubspot', 'slices') }}
),

renamed as (
    select
        company_id,

        stream_name,

        date::date as slice_date,

        read_at::timestamptz as read_at,
        _sdc_batched_at::timestamptz as loaded_at
    from source
)

select * from renamed
