with source as (
    select * from {{ source('shopify', 'abandoned_checkouts') }}
),

renamed as (
    select
        company_id,
        id as checkout_id,
        customer_id,

        encode(
            sha256(convert_to(nullif(lower(trim(email)), ''), 'UTF8')),
            'hex'
        ) as email_hash,
        currency_code,

        discount_codes,

        total_price::numeric(24, 6) as total_price,
        subtotal::numeric(24, 6) as subtotal,
        line_item_count::integer as line_item_count,

        created_at::timestamptz as created_at,
        updated_at::timestamptz as updated_at,
        completed_at::timestamptz as completed_at,
        _sdc_batched_at::timestamptz as loaded_at
    from source
)

select * from renamed
