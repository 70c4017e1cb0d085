with source as (
    select * from {{ source('shopify', 'refund_line_items') }}
),

renamed as (
    select
        company_id,
        id as refund_line_item_id,
        refund_id,
        order_id,
        line_item_id,

        restock_type,
        currency_code,
        presentment_currency_code,

        subtotal::numeric(24, 6) as subtotal,
        tax::numeric(24, 6) as tax,
        presentment_subtotal::numeric(24, 6) as presentment_subtotal,
        quantity::integer as quantity,

        order_updated_at::timestamptz as order_updated_at,
        _sdc_batched_at::timestamptz as loaded_at
    from source
)

select * from renamed
