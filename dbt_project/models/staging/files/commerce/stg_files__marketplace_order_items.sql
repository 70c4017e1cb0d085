with source as (
    select * from {{ source('files', 'marketplace_order_items') }}
),

renamed as (
    select
        company_id,
        file_sha256,
        line_number::integer as line_number,
        nullif(trim(order_id), '') as order_id,
        nullif(trim(item_id), '') as item_id,
        nullif(trim(product_id), '') as product_id,
        nullif(trim(product_name), '') as product_name,
        nullif(trim(category), '') as category,
        upper(trim(currency_code)) as currency_code,
        coalesce(quantity, 1)::numeric(24, 6) as quantity,
        price::numeric(24, 6) as price,
        coalesce(discount_amount, 0)::numeric(24, 6) as discount_amount,
        coalesce(shipping_amount, 0)::numeric(24, 6) as shipping_amount,
        _sdc_batched_at::timestamptz as loaded_at
    from source
)

select * from renamed
