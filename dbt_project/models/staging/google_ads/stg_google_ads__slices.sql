with source as (
    select * from {{ source('google_ads', 'slices') }}
),

renamed as (
    select
        company_id,
        customer_id as account_id,

        stream_name,
        total_name,

        row_count::bigint as row_count,
        total::numeric(24, 6) as total,
        control_total::numeric(24, 6) as control_total,

        is_final,

        date::date as slice_date,

        read_at::timestamptz as read_at,
        _sdc_batched_at::timestamptz as loaded_at
    from source
)

select * from renamed
