with source as (
    select * from {{ source('files', 'invoices') }}
),

renamed as (
    select
        company_id,
        file_sha256,
        line_number::integer as line_number,
        nullif(trim(invoice_id), '') as invoice_id,
        nullif(trim(account_id), '') as account_id,
        nullif(trim(subscription_id), '') as subscription_id,
        nullif(trim(status), '') as status,
        nullif(trim(currency_code), '') as currency_code,

        amount_due::numeric(24, 6) as amount_due,
        amount_paid::numeric(24, 6) as amount_paid,

        issued_at::timestamptz as issued_at,
        due_at::timestamptz as due_at,
        paid_at::timestamptz as paid_at,
        voided_at::timestamptz as voided_at,
        _sdc_batched_at::timestamptz as loaded_at
    from source
)

select * from renamed
