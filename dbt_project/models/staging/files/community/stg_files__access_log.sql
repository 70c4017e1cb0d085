with source as (
    select * from {{ source('files', 'access_log') }}
),

renamed as (
    select
        company_id,
        file_sha256,
        line_number::integer as line_number,
        nullif(trim(attempt_id), '') as attempt_id,
        nullif(trim(system_name), '') as system_name,
        nullif(trim(outcome), '') as outcome,
        encode(
            sha256(convert_to(nullif(lower(trim(account_name)), ''), 'UTF8')),
            'hex'
        ) as account_hash,

        attempted_at::timestamptz as attempted_at,
        _sdc_batched_at::timestamptz as loaded_at
    from source
)

select * from renamed
