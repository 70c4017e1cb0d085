with source as (
    select * from {{ source('files', 'files') }}
),

renamed as (
    select
        company_id,
        file_name,
        file_sha256,

        contract,

        row_count::integer as row_count,
        order_count::integer as order_count,
        loaded_row_count::integer as loaded_row_count,
        rejected_row_count::integer as rejected_row_count,
        control_total::numeric(24, 6) as control_total,
        loaded_total::numeric(24, 6) as loaded_total,
        rejected_total::numeric(24, 6) as rejected_total,

        first_date::date as first_date,
        last_date::date as last_date,

        exported_at::timestamptz as exported_at,
        _sdc_batched_at::timestamptz as loaded_at
    from source
)

select * from renamed
