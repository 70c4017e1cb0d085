with source as (
    select * from {{ source('calendar', 'slices') }}
),

renamed as (
    select
        company_id,
        calendar_id,

        stream_name,
        total_name,

        year::integer as calendar_year,
        row_count::bigint as row_count,
        total::numeric(24, 6) as total,
        control_total::numeric(24, 6) as control_total,

        is_final,

        read_at::timestamptz as read_at,
        _sdc_batched_at::timestamptz as loaded_at
    from source
)

select * from renamed
