with source as (
    select * from {{ source('files', 'payments') }}
),

renamed as (
    select
        company_id,
        file_sha256,
        line_number::integer as line_number,
        nullif(trim(payment_id), '') as payment_id,
        nullif(trim(invoice_id), '') as invoice_id,
        nullif(trim(account_id), '') as account_id,
        nullif(trim(status), '') as status,
        nullif(trim(failure_reason), '') as failure_reason,
        nullif(trim(currency_code), '') as currency_code,

        amount::numeric(24, 6) as amount,

        attempted_at::timestamptz as attempted_at,
        _sdc_batched_at::timestamptz as loaded_at
    from source
)

select * from renamed
