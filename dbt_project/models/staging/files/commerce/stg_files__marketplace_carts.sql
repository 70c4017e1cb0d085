with source as (
    select * from {{ source('files', 'marketplace_carts') }}
),

renamed as (
    select
        company_id,
        file_sha256,
        line_number::integer as line_number,
        nullif(trim(cart_id), '') as cart_id,
        nullif(trim(user_id), '') as user_id,
        nullif(trim(order_id), '') as order_id,
        nullif(trim(service), '') as product_id,
        upper(trim(currency_code)) as currency_code,
        coalesce(quantity, 1)::numeric(24, 6) as quantity,
        price::numeric(24, 6) as price,
        created_at::timestamptz as created_at,
        updated_at::timestamptz as updated_at,
        _sdc_batched_at::timestamptz as loaded_at
    from source
)

select * from renamed
