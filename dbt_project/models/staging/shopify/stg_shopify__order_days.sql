with source as (
    select * from {{ source('shopify', 'order_days') }}
),

renamed as (
    select
        company_id,

        time_zone,
        currency_code,

        total_sales::numeric(24, 6) as total_sales,
        net_sales::numeric(24, 6) as net_sales,
        order_count::integer as order_count,

        date::date as created_date,

        read_at::timestamptz as read_at,
        _sdc_batched_at::timestamptz as loaded_at
    from source
)

select * from renamed
