with source as (
    select * from {{ source('files', 'uptime_checks') }}
),

renamed as (
    select
        company_id,
        file_sha256,
        line_number::integer as line_number,
        nullif(trim(site), '') as site_id,
        nullif(trim(reason), '') as reason,

        status_code::bigint as status_code,
        response_ms::bigint as response_ms,

        has_answered,

        checked_at::timestamptz as checked_at,
        _sdc_batched_at::timestamptz as loaded_at
    from source
)

select * from renamed
