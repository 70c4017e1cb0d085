with source as (
    select * from {{ source('shopify', 'order_line_items') }}
),

renamed as (
    select
        company_id,
        id as line_item_id,
        order_id,
        product_id,
        variant_id,

        sku,
        name as line_item_name,
        vendor,
        currency_code,
        presentment_currency_code,

        unit_price::numeric(24, 6) as unit_price,
        discounted_total::numeric(24, 6) as discounted_total,
        total_discount::numeric(24, 6) as total_discount,
        presentment_unit_price::numeric(24, 6) as presentment_unit_price,
        quantity::integer as quantity,
        current_quantity::integer as current_quantity,

        order_updated_at::timestamptz as order_updated_at,
        _sdc_batched_at::timestamptz as loaded_at
    from source
)

select * from renamed
