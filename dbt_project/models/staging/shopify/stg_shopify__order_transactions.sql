with source as (
    select * from {{ source('shopify', 'order_transactions') }}
),

renamed as (
    select
        company_id,
        id as transaction_id,
        order_id,
        parent_id as parent_transaction_id,

        kind,
        status,
        gateway,
        currency_code,
        presentment_currency_code,

        amount::numeric(24, 6) as amount,
        presentment_amount::numeric(24, 6) as presentment_amount,

        is_test,

        processed_at::timestamptz as processed_at,
        order_updated_at::timestamptz as order_updated_at,
        _sdc_batched_at::timestamptz as loaded_at
    from source
)

select * from renamed
