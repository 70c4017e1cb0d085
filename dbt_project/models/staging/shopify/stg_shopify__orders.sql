with source as (
    select * from {{ source('shopify', 'orders') }}
),

renamed as (
    select
        company_id,
        id as order_id,
        customer_id,

        name as order_name,
        encode(
            sha256(convert_to(nullif(lower(trim(email)), ''), 'UTF8')),
            'hex'
        ) as email_hash,
        cancel_reason,
        coalesce(nullif(lower(trim(financial_status)), ''), 'none')
            as financial_status,
        coalesce(nullif(lower(trim(fulfillment_status)), ''), 'none')
            as fulfillment_status,
        source_name as sales_channel,
        currency_code,
        presentment_currency_code,
        shipping_country_code,
        shipping_province_code,

        discount_codes,
        tags,

        subtotal::numeric(24, 6) as subtotal,
        total_discounts::numeric(24, 6) as total_discounts,
        total_shipping::numeric(24, 6) as total_shipping,
        total_tax::numeric(24, 6) as total_tax,
        total_price::numeric(24, 6) as total_price,
        current_total_price::numeric(24, 6) as current_total_price,
        total_refunded::numeric(24, 6) as total_refunded,
        presentment_total_price::numeric(24, 6) as presentment_total_price,
        presentment_total_refunded::numeric(24, 6)
            as presentment_total_refunded,
        line_item_count::integer as line_item_count,
        customer_order_index::integer as customer_order_index,
        days_to_conversion::integer as days_to_conversion,
        moments_count::integer as moment_count,

        is_test,
        taxes_included as has_taxes_included,
        journey_is_ready as is_journey_ready,

        created_at::timestamptz as created_at,
        processed_at::timestamptz as processed_at,
        updated_at::timestamptz as updated_at,
        cancelled_at::timestamptz as cancelled_at,
        _sdc_batched_at::timestamptz as loaded_at
    from source
)

select * from renamed
