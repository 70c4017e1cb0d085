with source as (
    select * from {{ source('files', 'marketplace_payments') }}
),

renamed as (
    select
        company_id,
        file_sha256,
        line_number::integer as line_number,
        nullif(trim(order_id), '') as order_id,
        nullif(trim(payment_id), '') as payment_id,
        lower(nullif(trim(method), '')) as payment_method,
        coalesce(nullif(lower(trim(status)), ''), 'paid') as payment_status,
        upper(trim(currency_code)) as currency_code,
        amount::numeric(24, 6) as amount,
        paid_at::timestamptz as paid_at,
        _sdc_batched_at::timestamptz as loaded_at
    from source
)

select * from renamed
