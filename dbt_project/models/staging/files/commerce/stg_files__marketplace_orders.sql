with source as (
    select * from {{ source('files', 'marketplace_orders') }}
),

renamed as (
    select
        company_id,
        file_sha256,
        line_number::integer as line_number,
        nullif(trim(order_id), '') as order_id,
        nullif(trim(user_id), '') as user_id,
        coalesce(nullif(lower(trim(status)), ''), 'none') as order_status,
        nullif(trim(service), '') as product_id,
        nullif(trim(region), '') as region_name,
        nullif(trim(comuna), '') as comuna_name,
        lower(nullif(trim(payment_method), '')) as payment_method,
        nullif(trim(channel), '') as channel_name,
        nullif(trim(campaign_name), '') as campaign_name,
        upper(trim(currency_code)) as currency_code,
        total::numeric(24, 6) as total,
        discount_amount::numeric(24, 6) as discount_amount,
        refunded_amount::numeric(24, 6) as refunded_amount,
        tax_amount::numeric(24, 6) as tax_amount,
        shipping_amount::numeric(24, 6) as shipping_amount,
        created_at::timestamptz as created_at,
        paid_at::timestamptz as paid_at,
        completed_at::timestamptz as completed_at,
        cancelled_at::timestamptz as cancelled_at,
        refunded_at::timestamptz as refunded_at,
        updated_at::timestamptz as updated_at,
        _sdc_batched_at::timestamptz as loaded_at
    from source
)

select * from renamed
