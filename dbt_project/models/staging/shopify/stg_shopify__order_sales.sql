with source as (
    select * from {{ source('shopify', 'order_sales') }}
),

renamed as (
    select
        company_id,
        id as sale_id,
        agreement_id,
        order_id,
        line_item_id,

        reason,
        action_type,
        line_type,
        currency_code,
        presentment_currency_code,

        total::numeric(24, 6) as total,
        discount::numeric(24, 6) as discount,
        tax::numeric(24, 6) as tax,
        presentment_total::numeric(24, 6) as presentment_total,
        quantity::integer as quantity,

        happened_at::timestamptz as happened_at,
        order_updated_at::timestamptz as order_updated_at,
        _sdc_batched_at::timestamptz as loaded_at
    from source
)

select * from renamed
