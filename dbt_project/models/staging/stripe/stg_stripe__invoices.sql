with source as (
    select * from {{ source('stripe', 'invoices') }}
),

renamed as (
    select
        company_id,
        id as invoice_id,
        customer_id,
        subscription_id,
        status,
        currency_code,

        payments::jsonb as payments,

        total::numeric(24, 6) as total,
        total_excluding_tax::numeric(24, 6) as total_excluding_tax,
        amount_paid::numeric(24, 6) as amount_paid,

        created_at::timestamptz as created_at,
        issued_at::timestamptz as issued_at,
        due_at::timestamptz as due_at,
        paid_at::timestamptz as paid_at,
        voided_at::timestamptz as voided_at,
        read_at::timestamptz as read_at,
        _sdc_batched_at::timestamptz as loaded_at
    from source
)

select * from renamed
