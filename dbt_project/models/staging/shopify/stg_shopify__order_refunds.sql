with source as (
    select * from {{ source('shopify', 'order_refunds') }}
),

renamed as (
    select
        company_id,
        id as refund_id,
        order_id,

        currency_code,
        presentment_currency_code,

        total_refunded::numeric(24, 6) as total_refunded,
        presentment_total_refunded::numeric(24, 6)
            as presentment_total_refunded,

        has_transactions,

        created_at::timestamptz as created_at,
        updated_at::timestamptz as updated_at,
        order_updated_at::timestamptz as order_updated_at,
        _sdc_batched_at::timestamptz as loaded_at
    from source
)

select * from renamed
