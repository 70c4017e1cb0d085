with source as (
    select * from {{ source('files', 'shopify_order_lines') }}
),

renamed as (
    select
        company_id,
        file_sha256,
        line_number::integer as line_number,
        order_id,

        order_name,
        encode(
            sha256(
                convert_to(
                    coalesce(
                        nullif(lower(trim(email)), ''),
                        nullif(regexp_replace(phone, '\D', '', 'g'), '')
                    ),
                    'UTF8'
                )
            ),
            'hex'
        ) as buyer_hash,
        coalesce(nullif(lower(trim(financial_status)), ''), 'none')
            as financial_status,
        coalesce(nullif(lower(trim(fulfillment_status)), ''), 'none')
            as fulfillment_status,
        upper(trim(currency_code)) as currency_code,
        discount_code,
        lineitem_name,
        lineitem_sku,
        payment_method,
        shipping_country,
        source as sales_channel,
        tags,
        vendor,

        subtotal::numeric(24, 6) as subtotal,
        shipping::numeric(24, 6) as shipping,
        taxes::numeric(24, 6) as taxes,
        total::numeric(24, 6) as total,
        discount_amount::numeric(24, 6) as discount_amount,
        refunded_amount::numeric(24, 6) as refunded_amount,
        lineitem_quantity::integer as lineitem_quantity,
        lineitem_price::numeric(24, 6) as lineitem_price,
        lineitem_discount::numeric(24, 6) as lineitem_discount,

        is_order_row,

        created_at::timestamptz as created_at,
        paid_at::timestamptz as paid_at,
        fulfilled_at::timestamptz as fulfilled_at,
        cancelled_at::timestamptz as cancelled_at,
        _sdc_batched_at::timestamptz as loaded_at
    from source
)

select * from renamed
