with source as (
    select * from {{ source('files', 'exit_reasons') }}
),

renamed as (
    select
        company_id,
        file_sha256,
        line_number::integer as line_number,
        nullif(trim(account_id), '') as account_id,
        nullif(trim(exit_reason), '') as exit_reason,
        nullif(trim(competitor), '') as competitor,

        recorded_at::timestamptz as recorded_at,
        decided_at::timestamptz as decided_at,
        _sdc_batched_at::timestamptz as loaded_at
    from source
)

select * from renamed
